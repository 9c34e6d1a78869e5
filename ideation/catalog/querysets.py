"""Reads of projects and products."""

import uuid

from django.db.models import QuerySet
from django.http import Http404

from ideation.catalog.models import Product, Project


def projects() -> QuerySet[Project]:
    """The brand's projects, newest first."""
    return Project.objects.all()


def project(project_id: uuid.UUID) -> Project:
    """One project. Raises Http404 if this brand has none with this id."""
    found = Project.objects.filter(pk=project_id).first()
    if found is None:
        raise Http404
    return found


def product_names(project: Project) -> dict[str, Product]:
    """Lower-case SKU or name in any language → product, to find the product a review speaks of."""
    return {
        name.casefold(): product
        for product in Product.objects.filter(project=project)
        for name in (product.sku, product.name, product.name_zh)
        if name
    }
