"""The smaller things a review comes with: whether it was bought, helpful votes, a price, a country, a language."""

import re
from collections.abc import Callable
from typing import Final

import polars as pl

_YES: Final = frozenset("true yes y 1 t x ✓ ✔ verified 是 有 已购 已购买 真实购买 验证购买 已验证 实际购买".split()) | {
    "verified purchase",
    "vine customer review of free product verified purchase",
    "verified buyer",
    "1.0",
}
_NO: Final = frozenset("false no n 0 f - 否 无 未购买 未验证 unverified".split()) | {"not verified", "0.0"}
_CURRENCIES: Final = {
    "¥": "CNY", "￥": "CNY", "元": "CNY", "rmb": "CNY", "cny": "CNY", "$": "USD", "us$": "USD", "usd": "USD",
    "€": "EUR",
    "eur": "EUR", "£": "GBP", "gbp": "GBP", "jpy": "JPY", "円": "JPY", "hk$": "HKD", "hkd": "HKD", "nt$": "TWD",
    "twd": "TWD", "₩": "KRW", "krw": "KRW", "₹": "INR", "inr": "INR", "cad": "CAD", "aud": "AUD", "chf": "CHF",
}  # fmt: skip
EXCEL_ERRORS: Final = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
"""What stands in a cell whose formula failed; nobody wrote it."""
LONGEST: Final = 100
"""Characters that any of these has at most."""
_PRICE = re.compile(r"([^\d\s.,+-]*)\s*(\d[\d.,' ]*)\s*([^\d\s.,]*)")
_VOTES = re.compile(r"\D*?(\d{1,3}(?:[,.]\d{3})+|\d{1,12})(?:\.0+)?\s*(万|k)?\D*", re.IGNORECASE)


def yes_or_no(cell: str) -> bool | None:
    """True, False, or None for what is neither."""
    word = cell.strip().lower()
    return True if word in _YES else False if word in _NO else None


def votes(cell: str) -> int | None:
    """How many found a review helpful: '12', '1,204', 'One person found this helpful', '有用(12)'."""
    word = cell.strip().lower()
    if word.startswith(("one person", "一人")):
        return 1
    found = _VOTES.fullmatch(word)
    if not found:
        return None
    return int(re.sub(r"\D", "", found[1])) * {"万": 10_000, "k": 1000}.get(found[2] or "", 1)


def price(cell: str) -> float | None:
    """The amount in a price; a comma or dot before two last digits parts off hundredths."""
    found = _PRICE.fullmatch(cell.strip())
    if not found:
        return None
    number = re.sub(r"[' ]", "", found[2]).rstrip(".,")
    if re.search(r",\d{1,2}$", number) and "." not in number[-3:]:
        number = number.replace(".", "").replace(",", ".")
    number = number.replace(",", "")
    return float(number) if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", number) else None


def currency(cell: str) -> str:
    """The currency that a price names, as three letters; empty when it names none that is known."""
    found = _PRICE.fullmatch(cell.strip())
    return _CURRENCIES.get(found[1].lower(), "") or _CURRENCIES.get(found[3].lower(), "") if found else ""


def each(cells: pl.Series, read: Callable[[str], object], kind: pl.DataType) -> pl.Series:
    """A column of cells read one by one, each distinct one once; null where there is nothing or it can't be read."""
    distinct = cells.filter(cells != "").unique()
    values = pl.Series([read(cell) if len(cell) <= LONGEST else None for cell in distinct.to_list()], dtype=kind)
    return cells.replace_strict(distinct, values, default=None, return_dtype=kind)
