"""Finds the reviews that nearly repeat an earlier one, among a million sketches in seconds.

Two sketches that agree in 28 of 32 numbers differ in four at most, so that of five bands of six numbers at least one is
the same in both: looking only at rows that share a band (locality-sensitive hashing, Indyk and Motwani 1998) loses no
pair. Rows are compared with the rows that are kept, not with each other: a text copied 100,000 times is settled by
100,000 comparisons.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mlcore.enrich.buckets import Buckets, buckets
from mlcore.enrich.sketch import HASHES

AT_LEAST: Final = 10_000_000
AT_MOST: Final = 10
"""Looks at an entry of a bucket: so many, and so many more an entry. Only where very many texts share their half and
differ in the other do they not suffice; the rows that are left are kept then."""
COMPARED: Final = 2**15
"""Pairs compared at once."""
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Near:
    """Which new rows nearly repeat an earlier one, in their order: arrays of one length."""

    new: Rows
    """Rows of `new` to leave out."""
    known: NDArray[np.bool_]
    """Whether the row repeated is one of `known`; else it is one of `new` that is itself kept."""
    of: Rows
    """The row repeated."""
    similarity: NDArray[np.float64]
    """Numbers in which both sketches agree, of all: datasketch's estimate of the Jaccard similarity."""


def near_duplicates(new: NDArray[np.uint32], known: NDArray[np.uint32], threshold: float = 0.85) -> Near:
    """For each row of `new` the earliest kept row, of `known` or before it in `new`, that it repeats to `threshold`.

    The known rows are all kept. The outcome is that of going through `new` row by row and leaving out what nearly
    repeats a kept row: the same, therefore, in whatever batches the rows come. Sketches of texts too short to compare
    repeat nothing. `threshold` above 0.5; the higher, the faster.
    """
    agreeing = int(np.ceil(threshold * HASHES - 1e-9))
    found = buckets(known, new, bands=HASHES - agreeing + 1)
    search = _Search(found, agreeing)
    search.settle()
    out = np.flatnonzero(search.of < len(search.of))
    of, numbers = search.of[out], found.numbers
    from_known = of < found.known
    return Near(
        new=numbers[out] - len(known),
        known=from_known,
        of=numbers[of] - np.where(from_known, 0, len(known)),
        similarity=search.alike(out, of) / HASHES,
    )


class _Search:
    """Goes through all buckets at once, in rounds.

    In each, a bucket's head is its first row that isn't left out. A row that heads all its buckets has no row before it
    that it could still repeat, and is kept; then all rows after it in its buckets are compared with it.
    """

    def __init__(self, found: Buckets, agreeing: int) -> None:
        self.found, self.agreeing = found, agreeing
        count = len(found.numbers)
        self.kept = np.arange(count + 1) < found.known
        self.of = np.full(count, count, dtype=np.int64)
        """For each row the kept one that it repeats; `count` while there is none."""

    def settle(self) -> None:
        """Decides about all rows."""
        rows, places = self.found.rows, self.found.places
        work = AT_LEAST + AT_MOST * len(rows)
        while len(rows) and work > 0:
            work -= len(rows)
            rows, places = self._round(rows, places)

    def _round(self, rows: Rows, places: Rows) -> tuple[Rows, Rows]:
        """Decides about the rows that can be decided, and drops the entries that have done their work."""
        bucket = np.cumsum(np.diff(places, prepend=places[0]) != 0)
        head = self._heads(rows, bucket)
        heads = rows == head
        waiting = np.zeros_like(self.kept)
        waiting[rows[~heads & (self.of[rows] == len(self.of))]] = True
        self.kept[rows[heads]] |= ~waiting[rows[heads]]
        done = self.kept[head]
        later = np.flatnonzero(done & ~heads & (self.of[rows] > head))
        same = self._compared(rows[later], head[later])
        dropped = (heads & done) | (self.of[rows] <= head)
        dropped[later[same]] = True
        left = np.bincount(bucket[~dropped], minlength=bucket[-1] + 1)
        stays = ~dropped & (left[bucket] > 1)
        return rows[stays], places[stays]

    def _heads(self, rows: Rows, bucket: Rows) -> Rows:
        """For each entry the first row of its bucket that isn't left out; `count` where all are."""
        count = len(self.of)
        candidates = np.where(self.of[rows] == count, rows, count)
        return np.minimum.reduceat(candidates, np.searchsorted(bucket, np.arange(bucket[-1] + 1)))[bucket]

    def _compared(self, rows: Rows, heads: Rows) -> NDArray[np.bool_]:
        """Leaves out the rows that repeat these heads; tells which known rows are the same as theirs."""
        alike = self.alike(rows, heads)
        known = rows < self.found.known
        repeats = (alike >= self.agreeing) & ~known
        np.minimum.at(self.of, rows[repeats], heads[repeats])
        same: NDArray[np.bool_] = known & (alike == HASHES)
        return same

    def alike(self, rows: Rows, others: Rows) -> NDArray[np.int64]:
        """In how many numbers each row agrees with the other."""
        sketches, counted = self.found.sketches, np.empty(len(rows), dtype=np.int64)
        for start in range(0, len(rows), COMPARED):
            part = slice(start, start + COMPARED)
            counted[part] = np.count_nonzero(sketches[rows[part]] == sketches[others[part]], axis=1)
        return counted
