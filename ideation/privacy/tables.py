"""Every table that holds a brand's rows, in an order in which they can be deleted: what refers to a row before it."""

from django.apps import apps
from django.db import models

from accounts.models import ApiKey, Membership
from accounts.tenancy import BrandOwnedModel


def brand_models() -> list[type[BrandOwnedModel]]:
    """All models of brands' rows, found, not listed: a new one can't be forgotten."""
    return [model for model in apps.get_models() if issubclass(model, BrandOwnedModel)]


def deletion_order() -> list[type[BrandOwnedModel]]:
    """Nobody comes in any more, first; then each table after all that refer to it."""
    left, order = set(brand_models()), []
    while left:
        free = {model for model in left if not any(model in _refers_to(other) for other in left - {model})}
        assert free, f"tables that refer to each other in a circle: {left}"
        order += sorted(free, key=lambda model: (model not in (ApiKey, Membership), model._meta.db_table))
        left -= free
    return order


def _refers_to(model: type[models.Model]) -> set[object]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}
