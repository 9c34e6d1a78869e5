"""Products come in from a file, row by row: each is kept whole, or not at all and reported with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.files import File
from django.db import transaction

from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import called
from ideation.catalog.services.products import matching
from ideation.jobs.smallfiles import small_file_read
from mlcore.products import ProductRow, ProductsRead
from mlcore.reviewfiles import Rejected
from mlcore.specs.products import ReadProductsSpec

FIELDS: Final = (
    "name", "name_zh", "names", "aliases", "category", "category_zh", "is_competitor", "price", "currency",
    "attributes",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of each row."""

    created: int
    updated: int
    rejected: list[Rejected]
    matched: int
    """Reviews that found their product by it."""

    @property
    def rows(self) -> int:
        """Rows read."""
        return self.created + self.updated + len(self.rejected)


@transaction.atomic
def products_import(*, project: Project, file: "File[bytes]") -> Imported:
    """Makes and brings up to date the products of a file, by SKU.

    What the file has no column for stays as it is. Raises UserError when it can't be a file of products.
    """
    read = small_file_read(file, lambda path: ReadProductsSpec(path=path))
    assert isinstance(read, ProductsRead)
    return products_keep(project=project, rows=read.rows, rejected=read.rejected)


@transaction.atomic
def products_keep(*, project: Project, rows: Sequence[ProductRow], rejected: Sequence[Rejected] = ()) -> Imported:
    """Makes and brings up to date many products, by SKU, in two statements."""
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    skus = [row.values["sku"] for row in rows]
    there = {one.sku: one for one in Product.objects.filter(project=project, sku__in=skus)}
    before = {name for product in there.values() for name in called(product)}
    refused = list(rejected)
    made: list[Product] = []
    changed: list[Product] = []
    for row in rows:
        found = there.get(row.values["sku"])
        product = _filled(found or Product(project=project), row)
        if not product.name:
            refused.append(Rejected(line=row.line, column="name", code="name_missing", value=product.sku))
        else:
            (changed if found else made).append(product)
    Product.objects.bulk_create(made, batch_size=1000)
    Product.objects.bulk_update(changed, FIELDS, batch_size=500)
    new = {name for product in (*made, *changed) for name in called(product)} - before
    matched = matching().reviews_match(project=project) if new else 0
    refused.sort(key=lambda one: one.line)
    return Imported(created=len(made), updated=len(changed), rejected=refused, matched=matched)


def _filled(product: Product, row: ProductRow) -> Product:
    """The product with a row's values; of names and attributes those that the row doesn't speak of stay."""
    for field, value in row.values.items():
        if isinstance(value, dict):
            merged = getattr(product, field) | value
            setattr(product, field, {name: one for name, one in merged.items() if one})
        else:
            setattr(product, field, value)
    return product
