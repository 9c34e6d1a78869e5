"""Finds the rows of delimited text by the places of quotes and line ends alone, many at a time, and says how far that
can be vouched for: up to the first quote that stands where the standard has none.

With every quote before a cell's beginning or end or doubled, text between an even and an odd quote is inside a cell.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.reviewfiles.limits import MAX_RECORD
from mlcore.reviewfiles.records import Dialect

Places = NDArray[np.int64]
LF, CR = 10, 13


@dataclass(frozen=True)
class Vouched:
    """Rows of a piece of text: row i is data[starts[i]:ends[i]], its line end included."""

    data: NDArray[np.uint8]
    """The text, with line ends that are a lone CR turned into LF."""
    starts: Places
    ends: Places
    lines: Places
    """Line of each row's beginning, counted from 0."""
    line_count: int
    """Lines that all rows take."""
    cells: Places
    """How many cells each has."""
    blank: NDArray[np.bool_]

    @property
    def length(self) -> int:
        """Bytes that the rows take."""
        return int(self.ends[-1]) if len(self.ends) else 0


def vouch(text: bytes, dialect: Dialect, *, final: bool) -> Vouched:
    """The rows at the beginning of a text that any reader would see. Perhaps none."""
    data = np.frombuffer(text, np.uint8)
    if final and text and data[-1] not in {LF, CR}:
        data = np.append(data, np.uint8(LF))
    elif not final and text and data[-1] == CR:
        data = data[:-1]
    breaks, lone = _breaks(data)
    quotes = np.flatnonzero(data == ord(dialect.quote)) if dialect.quote else np.empty(0, np.int64)
    marks = np.flatnonzero(data == ord(dialect.delimiter))
    outside = breaks
    if len(quotes):
        limit = _first_stray(data, quotes, ord(dialect.delimiter))
        outside = _outside(breaks[: np.searchsorted(breaks, limit)], quotes)
        marks = _outside(marks, quotes)
    if len(lone):
        data = data.copy()
        data[np.intersect1d(lone, outside, assume_unique=True)] = LF
    return _rows(data, outside, breaks, marks)


def _breaks(data: NDArray[np.uint8]) -> tuple[Places, Places]:
    feeds = np.flatnonzero(data == LF)
    returns = np.flatnonzero(data == CR)
    if not len(returns):
        return feeds, returns
    following = np.minimum(returns + 1, len(data) - 1)
    lone = returns[(data[following] != LF) | (returns + 1 >= len(data))]
    return (np.sort(np.concatenate((feeds, lone))) if len(lone) else feeds), lone


def _outside(places: Places, quotes: Places) -> Places:
    outside: Places = places[np.searchsorted(quotes, places) & 1 == 0]
    return outside


def _first_stray(data: NDArray[np.uint8], quotes: Places, delimiter: int) -> int:
    """Place of the first quote that neither begins nor ends a cell; beyond the data when there is none."""
    allowed = np.zeros(256, bool)
    allowed[[data[quotes[0]], delimiter, LF, CR]] = True
    opening, closing = quotes[::2], quotes[1::2]
    before = allowed[data[np.maximum(opening - 1, 0)]] | (opening == 0)
    after = allowed[data[np.minimum(closing + 1, len(data) - 1)]]
    stray = np.concatenate((opening[~before], closing[~after]))
    return int(stray.min()) if len(stray) else len(data)


def _rows(data: NDArray[np.uint8], ends: Places, breaks: Places, marks: Places) -> Vouched:
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))[: len(ends)]
    cells = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
    content = ends - starts
    blank = (content == 0) | ((content == 1) & (data[starts] == CR)) if len(starts) else np.empty(0, bool)
    whole = content <= MAX_RECORD
    if not whole.all():
        keep = int(np.argmin(whole))
        starts, ends, cells, blank = starts[:keep], ends[:keep], cells[:keep], blank[:keep]
    count = int(np.searchsorted(breaks, ends[-1], "right")) if len(ends) else 0
    return Vouched(data, starts, ends + 1, np.searchsorted(breaks, starts), count, cells, blank)
