"""Sketches that share a band of their numbers: the only ones that can be nearly the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mlcore.enrich.sketch import HASHES, NONE

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Buckets:
    """The rows that share a band with another one, at least one of them new; numbered through, the known ones first."""

    numbers: NDArray[np.int64]
    """Each such row's place in all rows, the known ones before the new ones."""
    known: int
    """How many of them are known."""
    sketches: NDArray[np.uint32]
    rows: NDArray[np.int64]
    """Entries of buckets, bucket by bucket, in each in the rows' order."""
    places: NDArray[np.int64]
    """Each entry's bucket; ascending."""


def buckets(known: NDArray[np.uint32], new: NDArray[np.uint32], bands: int) -> Buckets:
    """What shares a band, of `bands` of equal width."""
    valid = np.flatnonzero(np.concatenate([(rows != NONE).any(axis=1) for rows in (known, new)]))
    entries = [_entries(_keys(known, new, columns)[valid], valid, len(known)) for columns in _columns(bands)]
    rows = np.concatenate([one for one, _place in entries])
    place = np.concatenate([place + (band << 40) for band, (_one, place) in enumerate(entries)])
    shared = np.zeros(len(known) + len(new), dtype=bool)
    shared[rows] = True
    numbers = np.flatnonzero(shared)
    split = int(np.searchsorted(numbers, len(known)))
    return Buckets(
        numbers=numbers,
        known=split,
        sketches=np.concatenate((known[numbers[:split]], new[numbers[split:] - len(known)])),
        rows=(np.cumsum(shared) - 1)[rows],
        places=place,
    )


def _columns(bands: int) -> Iterator[range]:
    width = HASHES // bands
    return (range(band * width, (band + 1) * width) for band in range(bands))


def _keys(known: NDArray[np.uint32], new: NDArray[np.uint32], columns: range) -> NDArray[np.uint64]:
    """A hash of each row's band. Two bands of one hash only cost a comparison more."""
    keys = np.zeros(len(known) + len(new), dtype=np.uint64)
    for column in columns:
        # Wraps around at 2**64, as a polynomial hash may.
        keys *= _FACTOR
        keys[: len(known)] += known[:, column]
        keys[len(known) :] += new[:, column]
    return keys


def _entries(
    keys: NDArray[np.uint64], rows: NDArray[np.int64], known: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows that share a key with others, one of them new, and each one's bucket; by buckets, in them by rows."""
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    begins = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    ends = np.append(begins[1:], len(keys))[: len(begins)]
    shared = (ends - begins > 1) & (rows[ends - 1] >= known)
    sizes = np.where(shared, ends - begins, 0)
    mask = np.repeat(shared, ends - begins)
    return rows[mask], np.repeat(np.arange(len(begins)), sizes)
