"""The catalogue as a file, with the columns by which it comes in again; no cell can become a formula."""

import csv
import datetime as dt
import io
from collections.abc import Iterable
from typing import Any, Final

import xlsxwriter

from ideation.base.cells import plain_cell
from ideation.catalog.models import Product

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MADE: Final = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
COLUMNS: Final = (
    "sku", "name", "name_zh", "category", "category_zh", "is_competitor", "price", "currency", "aliases",
)  # fmt: skip


def products_csv(products: Iterable[Product]) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in _rows(list(products)):
        writer.writerow([plain_cell(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def products_xlsx(products: Iterable[Product]) -> bytes:
    """A workbook whose cells are texts: nothing in it is computed."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        # Without it the same catalogue is another file each second.
        book.set_properties({"created": MADE})
        sheet = book.add_worksheet("Products")
        for number, row in enumerate(_rows(list(products))):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, plain_cell(cell))
    return out.getvalue()


def _rows(products: list[Product]) -> Iterable[list[str]]:
    languages = _keys(product.names for product in products)
    attributes = _keys(product.attributes for product in products)
    yield [*COLUMNS, *(f"names.{one}" for one in languages), *(f"attributes.{one}" for one in attributes)]
    for product in products:
        yield [
            *(_cell(getattr(product, name)) for name in COLUMNS),
            *(_cell(product.names.get(one)) for one in languages),
            *(_cell(product.attributes.get(one)) for one in attributes),
        ]


def _keys(each: Iterable[dict[str, Any]]) -> list[str]:
    return sorted({str(key) for one in each for key in one})


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return "" if value is None else str(value)
