"""The only writer of projects and products."""

from django.db import transaction

from accounts.models import User
from ideation.catalog.models import Product, Project


@transaction.atomic
def project_create(*, name: str, category: str = "", language: str = "en", created_by: User | None = None) -> Project:
    """A new, empty project."""
    return Project.objects.create(name=name, category=category, language=language, created_by=created_by)


@transaction.atomic
def product_save(
    *,
    project: Project,
    sku: str,
    name: str,
    name_zh: str = "",
    category: str = "",
    category_zh: str = "",
    is_competitor: bool = False,
) -> Product:
    """Makes the product with this SKU, or brings it up to date."""
    product, _created = Product.objects.update_or_create(
        project=project,
        sku=sku,
        defaults={
            "name": name,
            "name_zh": name_zh,
            "category": category,
            "category_zh": category_zh,
            "is_competitor": is_competitor,
        },
    )
    return product
