"""Finds how far the cells of a sheet's XML reach, many at a time, where they are written as every program writes them.

Eight bytes from each tag's beginning are one number, so that a comparison of numbers tells what the tag is.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Words = NDArray[np.uint64]
_PAD: Final = bytes(24)
_DIGITS: Final = 7
"""Digits of the last row that a sheet can have."""


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def _mask(length: int) -> np.uint64:
    return np.uint64(2 ** (8 * length) - 1)


_USUAL: Final = (b"<v>", b"<is>", b"<t>", b"<t ", b"<f>", b"<f ")
_CELL: Final = b'<c r="'
_ROW: Final = b'<row r="'
_SHARED: Final = b't="s"><v'


class SheetPart:
    """A stretch of a sheet's XML that begins and ends between tags."""

    def __init__(self, part: bytes) -> None:
        padded = part + _PAD
        self.words: Words = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))
        data = np.frombuffer(padded, np.uint8)
        # What closes tells nothing.
        self.tags: Places = np.flatnonzero((data[:-1] == ord("<")) & (data[1:] != ord("/")))
        self.heads: Words = self.words[self.tags]

    def reach(self) -> tuple[int, int] | None:
        """The last row and column that are named; None when any tag isn't written as usual."""
        cells, rows = self._which(_CELL), self._which(_ROW)
        known = int(cells.sum()) + int(rows.sum())
        for tag in _USUAL:
            known += int(self._which(tag).sum())
        if known != len(self.tags):
            return None
        letters, columns = self._columns(self.tags[cells] + len(_CELL))
        named = self._numbers(self.tags[cells] + len(_CELL) + letters, ord('"'))
        alone = self._numbers(self.tags[rows] + len(_ROW), ord('"'))
        if named is None or alone is None:
            return None
        return max(int(named.max(initial=0)), int(alone.max(initial=0))), int(columns.max(initial=0))

    def shared(self) -> Places | None:
        """Which shared texts the cells name; None when any isn't written as usual."""
        values = self.tags[self._which(b"<v>")]
        named = values[self.words[np.maximum(values - 6, 0)] == _word(_SHARED)]
        return self._numbers(named + 3, ord("<"))

    def _which(self, tag: bytes) -> NDArray[np.bool_]:
        which: NDArray[np.bool_] = self.heads & _mask(len(tag)) == _word(tag)
        return which

    def _columns(self, places: Places) -> tuple[Places, Places]:
        """How many letters stand at each place, and the column that they name."""
        letters, columns = np.zeros(len(places), np.int64), np.zeros(len(places), np.int64)
        more = np.ones(len(places), bool)
        for byte in self._bytes(places)[:3]:
            letter = (byte & 0xDF) - np.uint8(ord("A"))
            more &= letter < 26
            if not more.any():
                break
            letters += more
            columns = np.where(more, columns * 26 + letter + 1, columns)
        return letters, columns

    def _bytes(self, places: Places) -> NDArray[np.uint8]:
        """The eight bytes from each place on: all the first ones, all the second ones and so on."""
        found: NDArray[np.uint8] = self.words[places].view(np.uint8).reshape(-1, 8).T
        return found

    def _numbers(self, places: Places, end: int) -> Places | None:
        """The number at each place; None when anything but this end stands behind the digits of any."""
        letters = self._bytes(places)
        numbers = np.zeros(len(places), np.int64)
        more = np.ones(len(places), bool)
        for at in range(_DIGITS + 1):
            byte = letters[at]
            digit = byte - np.uint8(ord("0")) <= 9
            if (byte[more & ~digit] != end).any() or not (at or digit.all()):
                return None
            more &= digit
            if not more.any():
                return numbers
            numbers = np.where(more, numbers * 10 + (byte - np.uint8(ord("0"))), numbers)
        return None
