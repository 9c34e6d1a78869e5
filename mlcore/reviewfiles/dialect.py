"""Recognises how the cells of a delimited text are set apart, and which of its first rows names the columns."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Final

from mlcore.reviewfiles.columns import is_named
from mlcore.reviewfiles.dates import ORDERS, day_of
from mlcore.reviewfiles.limits import MAX_COLUMNS
from mlcore.reviewfiles.records import Dialect, records

DELIMITERS: Final = (",", "\t", ";", "|")
ROWS: Final = 200
ABOVE: Final = 10
"""Rows above the header that are looked through, at most."""
LONG: Final = 60
"""Characters that no header has."""


def dialect_of(text: str, *, final: bool) -> Dialect:
    """The delimiter and quote by which most rows have as many cells as the header."""
    choices = [Dialect(delimiter, '"') for delimiter in DELIMITERS]
    best = max(choices, key=lambda one: _fit(text, one, final))
    if '\\"' in text:
        best = max((best, Dialect(best.delimiter, '"', "\\")), key=lambda one: _fit(text, one, final))
    if min(_fit(text, best, final)[:3]) < 0.9:
        others = [Dialect(delimiter, quote) for delimiter in DELIMITERS for quote in ("", "'")]
        best = max((best, *others), key=lambda one: _fit(text, one, final))
    if _width(rows_of(text, best, final)) < 2:
        # One column: whatever stands in it parts nothing.
        return Dialect(next((one for one in ("\t", "|", ";", "\x1f") if one not in text), "\x1f"), best.quote)
    return best


def rows_of(text: str, dialect: Dialect, final: bool, count: int = ROWS) -> list[list[str]]:
    """The first rows that hold anything."""
    found = (one.cells for one in records(text, dialect, final=final) if not one.code)
    return list(islice((cells for cells in found if any(cell.strip() for cell in cells)), count))


def _width(rows: Sequence[Sequence[str]]) -> int:
    return Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0


def _fit(text: str, dialect: Dialect, final: bool) -> tuple[int, float, float, float, int, bool]:
    found = list(islice(records(text, dialect, final=final), ROWS))
    rows = [one.cells for one in found if not one.code and any(cell.strip() for cell in one.cells)]
    width = _width(rows)
    if width < 2 and dialect.quote == '"' and rows:
        return 0, 0.5, 0.5, 0.0, width, False
    if width < 2:
        return 0, 0.0, 0.0, 0.0, width, False
    same = sum(len(row) == width for row in rows) / len(rows)
    whole = sum(not one.code for one in found) / len(found)
    known = sum(map(is_named, rows[0][:MAX_COLUMNS])) / len(rows[0])
    # A table that is half out of step is none: prose has commas too.
    return int(same >= 0.5), round(same, 2), round(whole, 2), known, width, dialect.delimiter == ","


def header_of(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows names the columns; -1 when none does."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    usual = Counter(filled).most_common(1)[0][0]
    named = [sum(map(is_named, row)) for row in rows[:ABOVE]]
    best = max(range(len(named)), key=lambda index: (named[index], -index))
    if named[best] and filled[best] >= max(1, usual // 2):
        return best
    first = next((index for index, count in enumerate(filled[:ABOVE]) if count >= max(1, usual * 0.6)), 0)
    return -1 if any(_is_data(cell) for cell in rows[first]) else first


def _is_data(cell: str) -> bool:
    word = cell.strip()
    if len(word) > LONG or "★" in word:
        return True
    if word.replace(".", "", 1).replace("-", "", 1).isdecimal():
        return True
    return len(word) > 5 and any(day_of(word, order) is not None for order in ORDERS[:3])
