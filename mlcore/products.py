"""Reads a file of products row by row, every row accounted for, with the readers of review files.

A column that the file doesn't have leaves a product's own value as it is; an empty cell empties it. Columns of no known
meaning are kept as attributes under their own names.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from mlcore.errors import InputError
from mlcore.events import Event
from mlcore.reviewfiles.columns import plain
from mlcore.reviewfiles.events import Rejected
from mlcore.reviewfiles.reading import blocks
from mlcore.reviewfiles.recognition import recognise
from mlcore.reviewfiles.refusals import rejection
from mlcore.reviewfiles.values import LONGEST, currency, price, yes_or_no
from mlcore.specs.products import MOST_PRODUCTS, ReadProductsSpec
from mlcore.specs.reviewfiles import ReadSpec

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "sku": (
        "sku", "sku id", "sku code", "product id", "product code", "item number", "article number", "asin", "sku编码",
        "商品编码", "商品编号", "商品id", "产品编号", "货号", "编码", "編碼", "貨號", "商品編號",
    ),
    "name": (
        "name", "name en", "product name", "product", "product title", "title", "item name", "名称", "商品名称",
        "商品名", "商品标题", "产品名称", "商品", "宝贝标题", "英文名", "名稱", "商品名稱",
    ),
    "name_zh": ("name zh", "name zh hans", "names zh", "chinese name", "中文名", "中文名称", "中文名稱"),
    "category": (
        "category", "category en", "product category", "product type", "类目", "分类", "品类", "类别", "商品分类",
        "分類", "類別",
    ),
    "category_zh": ("category zh", "category zh hans", "chinese category", "中文类目", "中文分类", "中文品类"),
    "is_competitor": ("is competitor", "competitor", "competitors", "competitor s", "竞品", "是否竞品", "競品"),
    "price": ("price", "list price", "unit price", "retail price", "价格", "售价", "单价", "價格", "售價"),
    "currency": ("currency", "currency code", "币种", "货币", "幣種"),
    "aliases": ("aliases", "alias", "also called", "other names", "别名", "其他名称", "又名", "別名"),
}  # fmt: skip
"""field → what its column is called, plain and in lower case."""
PASSED_OVER: Final = frozenset(("id", "created at", "image", "has image", "project", "reviews", "mean rating"))
"""Columns of our own lists that say nothing about a product."""
LENGTHS: Final[Mapping[str, int]] = {"sku": 60, "name": 200, "name_zh": 200, "category": 120, "category_zh": 120}
MOST_ALIASES: Final = 100
MOST_ATTRIBUTES: Final = 50
_LANGUAGE: Final = re.compile(r"names? ([a-z]{2,3}(?: [a-z0-9]{2,8})?)")
_ATTRIBUTE: Final = re.compile(r"attributes?[.:]\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ProductRow:
    """A product as a row has it: only the fields that the file has columns for."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProductsRead(Event):
    """The whole file: rows read = good + rejected."""

    rows: list[ProductRow]
    rejected: list[Rejected]


class _Unfit(Exception):
    """A cell that can't be what its column is."""

    def __init__(self, code: str) -> None:
        self.code = code


def read_products(spec: ReadProductsSpec) -> Iterator[Event]:
    """One ProductsRead event; for a process of its own.

    Raises InputError `no_sku_column` without a column of SKUs, `products_too_many`, and what any file is refused for.
    """
    found = recognise(spec.path)
    fields = fields_of(found.columns)
    if "sku" not in fields.values():
        raise InputError("no_sku_column")
    layout = replace(found, mapping={}, attributes=tuple(fields))
    rows: list[ProductRow] = []
    rejected: list[Rejected] = []
    seen: set[str] = set()
    with ExitStack() as stack:
        for block in blocks(ReadSpec(path=spec.path, layout=layout), stack):
            rejected += block.refused
            for row in block.cells.iter_rows(named=True):
                cells = {index: row[f"c{index}"] or "" for index in fields}
                _take(row["line"], cells, fields, found.columns, seen, rows, rejected)
            if len(rows) + len(rejected) > MOST_PRODUCTS:
                raise InputError("products_too_many", limit=MOST_PRODUCTS)
    yield ProductsRead(rows=rows, rejected=sorted(rejected, key=lambda one: one.line))


def fields_of(columns: Sequence[str]) -> dict[int, str]:
    """Index of a column → the field that it fills: one of HEADERS, `names.fr`, `attributes.Colour`."""
    fields: dict[int, str] = {}
    for index, column in enumerate(columns):
        name = _field(column)
        if name and name not in fields.values():
            fields[index] = name
    return fields


def _field(column: str) -> str:
    name = plain(column)
    if not name or name in PASSED_OVER or re.fullmatch(r"#\d+", column):
        return ""
    known = next((field for field, names in HEADERS.items() if name in names), "")
    if known:
        return known
    if language := _LANGUAGE.fullmatch(name):
        return "names." + language[1].replace(" ", "-")
    own = _ATTRIBUTE.fullmatch(column.strip())
    return "attributes." + (own[1] if own else column.strip())[:100]


def _take(
    line: int,
    cells: Mapping[int, str],
    fields: Mapping[int, str],
    columns: Sequence[str],
    seen: set[str],
    rows: list[ProductRow],
    rejected: list[Rejected],
) -> None:
    """Puts a row where it belongs: among the good ones, or among the rejected with its first fault."""
    if not any(cell.strip() for cell in cells.values()):
        return
    values: dict[str, Any] = {}
    for index, field in fields.items():
        try:
            _put(values, field, _meant(cells[index].strip()), seen)
        except _Unfit as fault:
            rejected.append(rejection(line, fault.code, column=columns[index], value=cells[index]))
            return
    seen.add(values["sku"])
    rows.append(ProductRow(line=line, values=values))


def _meant(cell: str) -> str:
    """A cell that was kept from being taken for a formula, as it was before."""
    return cell[1:] if re.match(r"'[=+\-@]", cell) else cell


def _put(values: dict[str, Any], field: str, cell: str, seen: set[str]) -> None:
    group, dot, name = field.partition(".")
    if dot:
        values.setdefault(group, {})[name] = _short(cell, LENGTHS["name"])
        if sum(map(bool, values[group].values())) > MOST_ATTRIBUTES:
            raise _Unfit("attributes_many")
        return
    if field == "currency" and not cell and values.get("currency"):
        return  # the price has named it
    values[field] = READERS[field](cell)
    if field == "sku" and cell in seen:
        raise _Unfit("sku_repeats")
    if field == "price" and cell and not values.get("currency") and currency(cell):
        values["currency"] = currency(cell)


def _short(cell: str, most: int) -> str:
    if len(cell) > most:
        raise _Unfit("cell_over_length")
    return cell


def _text(field: str) -> Callable[[str], str]:
    return lambda cell: _short(cell, LENGTHS[field])


def _sku(cell: str) -> str:
    if not cell:
        raise _Unfit("sku_missing")
    return _short(cell, LENGTHS["sku"])


def _competitor(cell: str) -> bool:
    answer = yes_or_no(cell) if cell else False
    if answer is None:
        raise _Unfit("bad_yes_no")
    return answer


def _price(cell: str) -> Decimal | None:
    if not cell:
        return None
    amount = price(cell) if len(cell) <= LONGEST else None
    if amount is None or amount >= 10**10:
        raise _Unfit("bad_price")
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def _currency(cell: str) -> str:
    if not cell:
        return ""
    known = currency(f"{cell}1") if len(cell) <= 3 else ""
    if known or re.fullmatch(r"[A-Za-z]{3}", cell):
        return known or cell.upper()
    raise _Unfit("bad_currency")


def _aliases(cell: str) -> list[str]:
    """Names parted by | or ;, or a JSON list of them."""
    names = _listed(cell) if cell.startswith("[") else re.split(r"[|;；]", cell)
    kept = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(kept) > MOST_ALIASES:
        raise _Unfit("aliases_many")
    return [_short(name, LENGTHS["name"]) for name in kept]


def _listed(cell: str) -> list[str]:
    try:
        names = json.loads(cell)
    except (ValueError, RecursionError):
        return [cell]
    return [str(name) for name in names]


READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "sku": _sku,
    "name": _text("name"),
    "name_zh": _text("name_zh"),
    "category": _text("category"),
    "category_zh": _text("category_zh"),
    "is_competitor": _competitor,
    "price": _price,
    "currency": _currency,
    "aliases": _aliases,
}
"""field → how a cell of it is read; what can't be raises _Unfit."""
assert READERS.keys() == HEADERS.keys()
