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
    found = _Ends(text, dialect, final=final)
    data, ends = found.data, found.ends
    marks = np.flatnonzero(data == ord(dialect.delimiter))
    if len(found.quotes):
        marks = _outside(marks, found.quotes)
    if len(found.lone):
        data = data.copy()
        data[np.intersect1d(found.lone, ends, assume_unique=True)] = LF
    starts = _starts(ends)
    content = ends - starts
    blank = (content == 0) | ((content == 1) & (data[starts] == CR)) if len(starts) else np.empty(0, bool)
    lines = np.searchsorted(found.breaks, starts)
    return Vouched(data, starts, ends + 1, lines, found.line_count, _cells(marks, starts, ends), blank)


def reach(text: bytes, dialect: Dialect, *, final: bool) -> tuple[int, int]:
    """How many bytes and lines the rows take that `vouch` would find, for less."""
    found = _Ends(text, dialect, final=final)
    return int(found.ends[-1]) + 1 if len(found.ends) else 0, found.line_count


class _Ends:
    """Where the rows of a text end that can be vouched for, and by what that is known."""

    def __init__(self, text: bytes, dialect: Dialect, *, final: bool) -> None:
        self.data = _whole(text, final=final)
        self.breaks, self.lone = _breaks(self.data, text)
        self.quotes: Places = np.empty(0, np.int64)
        ends = self.breaks
        if dialect.quote and dialect.quote.encode() in text:
            self.quotes = np.flatnonzero(self.data == ord(dialect.quote))
            limit = _first_stray(self.data, self.quotes, ord(dialect.delimiter))
            ends = _outside(ends[: np.searchsorted(ends, limit)], self.quotes)
        self.ends: Places = _before_long(ends) if len(text) > MAX_RECORD else ends
        self.line_count = int(np.searchsorted(self.breaks, self.ends[-1], "right")) if len(self.ends) else 0


def _whole(text: bytes, *, final: bool) -> NDArray[np.uint8]:
    data = np.frombuffer(text, np.uint8)
    if final and text and data[-1] not in {LF, CR}:
        return np.append(data, np.uint8(LF))
    return data[:-1] if not final and text and data[-1] == CR else data


def _breaks(data: NDArray[np.uint8], text: bytes) -> tuple[Places, Places]:
    """Places of line ends, and those of them that are a CR alone."""
    feeds = np.flatnonzero(data == LF)
    if b"\r" not in text:
        return feeds, feeds[:0]
    returns = np.flatnonzero(data == CR)
    following = np.minimum(returns + 1, len(data) - 1)
    lone = returns[(data[following] != LF) | (returns + 1 >= len(data))]
    return (np.sort(np.concatenate((feeds, lone))) if len(lone) else feeds), lone


def _starts(ends: Places) -> Places:
    return np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))[: len(ends)]


def _before_long(ends: Places) -> Places:
    """The ends before the first row that is too long."""
    whole = ends - _starts(ends) <= MAX_RECORD
    return ends if whole.all() else ends[: int(np.argmin(whole))]


def _cells(marks: Places, starts: Places, ends: Places) -> Places:
    """How many cells each row has."""
    each, rest = divmod(int(np.searchsorted(marks, ends[-1])), len(ends)) if len(ends) else (0, 0)
    if each and not rest:
        # Mostly all rows have as many, and then each one's first and last mark lie within it.
        table = marks[: each * len(ends)].reshape(len(ends), each)
        if (table[:, 0] >= starts).all() and (table[:, -1] < ends).all():
            return np.full(len(ends), each + 1, np.int64)
    counts: Places = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
    return counts


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
