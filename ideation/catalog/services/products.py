"""The only writer of products. What reviews call a product is matched as soon as it is known."""

from decimal import Decimal
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.services.quotas import quota_give
from ideation.base.errors import UserError
from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import called


class Matching(Protocol):
    """What the catalogue asks of the room above it that has the reviews (settings.PRODUCT_MATCHING)."""

    def reviews_match(self, *, project: Project) -> int:
        """Gives reviews without a product theirs, by the names that products have now; returns how many."""
        ...


def matching() -> Matching:
    """The module that the settings name: there from the start in every process, as accounts/projects.py has it."""
    return cast("Matching", import_module(settings.PRODUCT_MATCHING))


@transaction.atomic
def product_save(
    *,
    project: Project,
    sku: str,
    name: str,
    product: Product | None = None,
    name_zh: str = "",
    names: dict[str, str] | None = None,
    aliases: list[str] | None = None,
    category: str = "",
    category_zh: str = "",
    is_competitor: bool = False,
    price: Decimal | None = None,
    currency: str = "",
    attributes: dict[str, str] | None = None,
) -> Product:
    """Makes the product with this SKU, or brings it up to date; with `product` that one, whose SKU may change too.

    Aliases that aren't given stay: people name them elsewhere. Raises UserError `sku_taken`.
    """
    found = _locked(project, sku, product)
    before = called(found) if found else []
    made = found or Product(project=project)
    values: dict[str, Any] = {
        "sku": sku, "name": name, "name_zh": name_zh, "names": names or {}, "category": category,
        "category_zh": category_zh, "is_competitor": is_competitor, "price": price, "currency": currency,
        "attributes": attributes or {}, "aliases": made.aliases if aliases is None else aliases,
    }  # fmt: skip
    for field, value in values.items():
        setattr(made, field, value)
    made.save(force_insert=found is None, update_fields=values if found else None)
    if set(called(made)) - set(before):
        matching().reviews_match(project=project)
    return made


def _locked(project: Project, sku: str, product: Product | None) -> Product | None:
    """The product to change, locked. One at a time in a project, so that no SKU is made twice."""
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    there = Product.objects.filter(project=project, sku=sku).first()
    if product is None:
        return there
    if there is not None and there.pk != product.pk:
        raise UserError("sku_taken", status=409, field="sku", sku=sku)
    return Product.objects.get(pk=product.pk)


@transaction.atomic
def product_delete(*, product: Product) -> None:
    """Takes a product out of the catalogue. Its reviews stay, with the name that their file gave it."""
    image = product.image.name
    product.delete()
    if image:
        image_forget(image)


def image_forget(name: str) -> None:
    """Deletes an image's file once it is sure that nobody needs it, and gives its bytes back to the brand."""
    if default_storage.exists(name):
        quota_give(kind="storage_bytes", amount=default_storage.size(name))
        transaction.on_commit(lambda: default_storage.delete(name))
