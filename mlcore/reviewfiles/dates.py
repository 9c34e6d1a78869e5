"""Dates as files have them: one order of day, month and year for a whole column, recognised from all that is seen of
it.

What can't be misread (the year first, a Chinese date, a month by its name) is read whatever the order.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl

ORDERS: Final = ("ymd", "mdy", "dmy", "ydm", "myd", "dym")
FORMATS: Final = (*ORDERS, "excel", "epoch", "epoch_ms")
"""What a column of dates can be. `excel` counts days from 1899-12-30, `epoch` seconds and `epoch_ms` thousandths."""
LONGEST: Final = 100
"""Characters that a date has at most."""
FIRST_YEAR, LAST_YEAR = 1900, 2100

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier januar enero", "february feb février fevrier februar febrero",
            "march mar mars märz marzo", "april apr avril abril", "may mai mayo", "june jun juin juni junio",
            "july jul juillet juli julio", "august aug août aout agosto", "september sep sept septembre septiembre",
            "october oct octobre oktober octubre", "november nov novembre noviembre",
            "december dec décembre decembre dezember diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_TIME = r"(?:(?:[T,\s]\s*|(?<=日))(?:上午|下午|晚上)?\d{1,2}[:：时]\d{1,2}.{0,24})?"
_NUMBERS = re.compile(r"(\d{1,4})\s?[-/.\s年，,]\s?(\d{1,4})\s?[-/.\s月，,]\s?(\d{1,4})日?" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]?\d{4,6}Z?)?")
_NAMED = (
    re.compile(
        r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[-\s/,]+(?:of\s+|de\s+)?(?P<m>[^\W\d_]{3,10})\.?[-\s/,]+(?:de\s+)?"
        r"(?P<y>\d{4}|\d{2})" + _TIME
    ),
    re.compile(r"(?P<m>[^\W\d_]{3,10})\.?[-\s/,]+(?P<d>\d{1,2})(?:st|nd|rd|th)?[-\s/,]+(?P<y>\d{4}|\d{2})" + _TIME),
    re.compile(
        r"(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s+"
        r"(?P<m>[^\W\d_]{3,9})\s+(?P<d>\d{1,2})\s+[\d:]{8}(?:\s\S+)?\s+(?P<y>\d{4})"
    ),
)
_LEAD = re.compile(r"(?:reviewed in .{2,40} on |(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+(?=\d))", re.IGNORECASE)
_PLAIN = str.maketrans("０１２３４５６７８９／－．：", "0123456789/-.:", "\u200e\u200f")
_AMOUNT = re.compile(r"\d{4,13}(?:\.\d{1,12})?")


def order_of(form: str) -> str:
    """The order that a stored format means; layouts of old hold what strptime takes."""
    if "%" not in form:
        return form if form in FORMATS else "ymd"
    letters = "".join({"Y": "y", "y": "y", "m": "m", "b": "m", "B": "m", "d": "d"}.get(one, "") for one in form)
    return letters if letters in ORDERS else "ymd"


def day_of(cell: str, form: str) -> date | None:
    """The day that a cell names; None when it names none."""
    if len(cell) > LONGEST:
        return None
    word = _LEAD.sub("", cell.translate(_PLAIN).strip(), count=1)
    if form in {"excel", "epoch", "epoch_ms"} and _AMOUNT.fullmatch(word):
        return _counted(float(word), form)
    if found := _COMPACT.fullmatch(word):
        return _day(found[1], found[2], found[3])
    if found := _NUMBERS.fullmatch(word):
        return _ordered((found[1], found[2], found[3]), form)
    for pattern in _NAMED:
        if found := pattern.fullmatch(word.lower()):
            month = _MONTHS.get(found["m"])
            return _day(found["y"], str(month), found["d"]) if month else None
    return None


def _counted(amount: float, form: str) -> date | None:
    if form == "excel":
        return _within(date(1899, 12, 30) + timedelta(days=int(amount))) if amount < 100_000 else None
    seconds = amount / 1000 if form == "epoch_ms" else amount
    return _within(datetime.fromtimestamp(seconds, UTC).date()) if seconds < 5e9 else None


def _ordered(parts: tuple[str, str, str], form: str) -> date | None:
    order = form if form in ORDERS else "ymd"
    if len(parts[0]) == 4 and order[0] != "y":
        order = "ymd"
    named = dict(zip(order, parts, strict=True))
    return _day(named["y"], named["m"], named["d"])


def _day(year: str, month: str, day: str) -> date | None:
    if len(year) == 2:
        year = ("20" if year < "69" else "19") + year
    if len(year) != 4 or len(month) > 2 or len(day) > 2:
        return None
    try:
        return _within(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _within(day: date) -> date | None:
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def format_of(cells: Sequence[str]) -> tuple[str, bool]:
    """The format that reads most of a column's cells, and whether another would read as many in another way."""
    filled = [cell for cell in dict.fromkeys(cells) if cell.strip()]
    if not filled:
        return "ymd", False
    amounts = [float(cell) for cell in filled if _AMOUNT.fullmatch(cell.strip())]
    if len(amounts) > len(filled) / 2 and (counted := _counted_format(amounts, filled)):
        return counted, False
    read = {order: [day_of(cell, order) for cell in filled] for order in ORDERS}
    scores = {order: sum(day is not None for day in days) for order, days in read.items()}
    best = max(ORDERS, key=lambda order: (scores[order], order == _usual(filled)))
    return best, any(scores[one] == scores[best] and read[one] != read[best] for one in ORDERS[:3])


def _counted_format(amounts: list[float], filled: list[str]) -> str:
    if (
        sum(_COMPACT.fullmatch(cell.strip()) is not None and day_of(cell, "ymd") is not None for cell in filled)
        > len(filled) / 2
    ):
        return ""
    middle = sorted(amounts)[len(amounts) // 2]
    if middle > 1e11:
        return "epoch_ms"
    return "epoch" if middle > 3e8 else "excel" if 18_000 < middle < 80_000 else ""


def _usual(cells: list[str]) -> str:
    """What an order that can't be told mostly is: with dots the day comes first, with slashes the month."""
    if sum(cell.strip()[:4].isdecimal() for cell in cells) > len(cells) / 2:
        return "ymd"
    return "dmy" if sum("." in cell[:6] for cell in cells) > len(cells) / 2 else "mdy"


_ISO = r"^(?:\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.{0,24})?$"


def days(cells: pl.Series, form: str) -> pl.Series:
    """A column of dates as Date, null for what is none."""
    order = order_of(form)
    head = cells.str.head(10)
    found = (
        head.str.to_date("%Y-%m-%d", strict=False)
        if order != "ydm"
        else pl.repeat(None, len(cells), dtype=pl.Date, eager=True)
    )
    sure = found.is_not_null() & cells.str.contains(_ISO) & found.dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    rest = cells.filter(~sure.fill_null(value=False)).unique().drop_nulls()
    if not len(rest):
        return found
    values = pl.Series([day_of(cell, order) for cell in rest.to_list()], dtype=pl.Date)
    slow = cells.replace_strict(rest, values, default=None, return_dtype=pl.Date)
    return pl.select(pl.when(sure).then(found).otherwise(slow)).to_series()
