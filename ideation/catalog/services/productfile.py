"""Products come in from a file, row by row: each is kept whole, or not at all and reported with its reason."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files import File
from django.db import transaction

from ideation.base.errors import UserError
from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import called
from ideation.catalog.services.products import matching
from ideation.jobs.child import ChildKilledError, run_child
from mlcore.errors import InputError
from mlcore.products import ProductRow, ProductsRead
from mlcore.reviewfiles import Rejected
from mlcore.specs.products import ReadProductsSpec

MEGABYTES: Final = 20
"""Of a file of products, at most."""
READ_MEGABYTES: Final = 700
READ_SECONDS: Final = 40
"""How long a person waits, at most, for the file to be read."""
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
    read = _read(file)
    return products_keep(project=project, rows=read.rows, rejected=read.rejected)


def _read(file: "File[bytes]") -> ProductsRead:
    """The file's rows, read in a process of its own: a file made to harm dies with that."""
    if (file.size or 0) > MEGABYTES * 2**20:
        raise UserError("file_too_large", status=413, megabytes=(file.size or 0) >> 20, limit=MEGABYTES)
    late = time.monotonic() + READ_SECONDS

    def beat() -> None:
        if time.monotonic() > late:
            raise InputError("file_slow", seconds=READ_SECONDS)

    with tempfile.NamedTemporaryFile(prefix="products-", dir=settings.WORK_FOLDER) as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        try:
            for event in run_child(ReadProductsSpec(path=Path(copy.name)), megabytes=READ_MEGABYTES, beat=beat):
                if isinstance(event, ProductsRead):
                    return event
        except InputError as error:
            params: dict[str, Any] = error.params
            raise UserError(error.code, field="file", **params) from None
        except ChildKilledError:
            raise UserError("out_of_memory", field="file", megabytes=READ_MEGABYTES) from None
    raise AssertionError("a child ends with its rows or an error")


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
