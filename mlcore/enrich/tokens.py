"""Cuts many texts at once into tokens: words of scripts with letters, single characters of Chinese and Japanese.

Everything is done on whole arrays of characters, some hundred texts at a time, so that a text costs a few microseconds;
language, counts, sketches and repeated phrases are all read from the same tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlcore.enrich.characters import DROPPED, ENDS, FIRST_CJK, LAST_CJK, folds, scripts

CHUNK: Final = 2**16
"""Bytes worked on at once: what a processor's cache holds with all that is made of them."""
LONGEST: Final = 20_000
"""Characters of one text that are looked at."""
_END: Final = "\uffff"
_BEGINS: Final = np.uint32(16)
"""The bit that is set on the first letter of a word, so that 'a b' isn't 'ab'."""
_BASE: Final = 0x9E3779B97F4A7C15
"""An odd base has an inverse modulo 2^64: what makes a hash the same wherever its text stands."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of some texts, one after the other."""

    starts: NDArray[np.intp]
    """Where each token begins among the letters; at last, where the last one ends."""
    scripts: NDArray[np.uint8]
    """Each token's script, told by its first letter."""
    bounds: NDArray[np.intp]
    """Each text's first token; at last, the number of all tokens."""
    letters: NDArray[np.intp]
    """Letters and digits of each text."""
    sums: NDArray[np.uint64]
    """Sum of letter · base^place up to each place, modulo 2^64."""

    @property
    def count(self) -> int:
        """How many texts."""
        return len(self.bounds) - 1

    def lengths(self) -> NDArray[np.intp]:
        """Tokens of each text."""
        return np.diff(self.bounds)

    def texts(self) -> NDArray[np.intp]:
        """Each token's text."""
        return np.repeat(np.arange(self.count), self.lengths())

    def hashes(self, first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.uint64]:
        """A polynomial hash of each run of tokens, from `first` to before `last`: the same text, the same hash."""
        start = self.starts[first]
        return _mixed((self.sums[self.starts[last]] - self.sums[start]) * _powers()[1][start])


def tokens(texts: pl.Series) -> Iterator[Tokens]:
    """The tokens of all texts, in their order, some hundred texts at a time."""
    if not len(texts):
        return
    texts = texts.fill_null("").str.head(LONGEST)
    place = np.cumsum(texts.str.len_bytes().to_numpy() + 1) // CHUNK
    cuts = [0, *(np.flatnonzero(np.diff(place)) + 1).tolist(), len(texts)]
    for low, high in pairwise(cuts):
        yield _tokens(texts[low:high].to_list())


def _tokens(texts: list[str]) -> Tokens:
    codes = _codes(texts)
    word = (codes > ENDS) & ~_is_cjk(codes)
    begins = word.copy()
    begins[1:] &= ~word[:-1]
    kept = (codes | (begins.astype(np.uint32) << _BEGINS))[codes >= ENDS]
    ends = np.flatnonzero(kept == ENDS)
    # Worth nothing, so that the last word of a text has the hash that it has elsewhere.
    kept[ends] = 0
    starts = np.flatnonzero((kept >> _BEGINS).astype(bool) | _is_cjk(kept))
    sums = np.zeros(len(kept) + 1, dtype=np.uint64)
    np.cumsum(kept * _powers()[0][: len(kept)], out=sums[1:])
    return Tokens(
        starts=np.append(starts, len(kept)),
        scripts=scripts()[kept[starts].astype(np.uint16)],
        bounds=np.concatenate(([0], np.searchsorted(starts, ends))),
        letters=np.diff(ends - np.arange(len(ends)), prepend=0),
        sums=sums,
    )


def _is_cjk(codes: NDArray[np.unsignedinteger]) -> NDArray[np.bool_]:
    return (codes >= FIRST_CJK) & (codes <= LAST_CJK)


def _codes(texts: list[str]) -> NDArray[np.uint16]:
    """Folded characters of all texts, an ENDS after each."""
    joined = _END.join(texts) + _END
    if joined.count(_END) != len(texts):
        joined = _END.join(text.replace(_END, " ") for text in texts) + _END
    codes = folds()[np.frombuffer(joined.encode("utf-16-le"), dtype=np.uint16)]
    dropped = codes == DROPPED
    return codes[~dropped] if dropped.any() else codes


@cache
def _powers() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """base^place and base^-place, modulo 2^64."""
    size = CHUNK + 4 * LONGEST + 2
    bases = (_BASE, pow(_BASE, -1, 2**64))
    first, second = (np.cumprod(np.full(size, base, dtype=np.uint64), dtype=np.uint64) for base in bases)
    return first, second


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of a hash made to depend on all others (the finaliser of MurmurHash3)."""
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return hashes ^ (hashes >> np.uint64(33))
