"""MinHash sketches: 32 numbers that say how alike two texts are (Broder 1997), equal to datasketch's.

A text is the set of its runs of three words, or of four characters in Chinese and Japanese; letters, digits and nothing
else, case and width folded. Two sketches agree in as many of their numbers, on average, as the sets share. All runs of
a text are taken, however long it is: with whole arrays that costs less than to choose among them.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlcore.enrich.characters import DIGIT, HANGUL, LATIN, OTHER
from mlcore.enrich.tokens import Tokens, tokens

HASHES: Final = 32
WORDS: Final = 3
"""Words of a run."""
CHARACTERS: Final = 4
"""Characters of a run in Chinese and Japanese."""
ENOUGH_CHARACTERS: Final = 40
"""Letters and digits from which a text can be compared: with fewer, two customers may well write the same."""
ENOUGH_CJK: Final = 15
"""The same for Chinese and Japanese characters, each of which says as much as three letters."""
NONE: Final = np.uint32(0xFFFFFFFF)
"""All numbers of a text that is too short; datasketch's empty sketch too."""
_WORD_SCRIPTS: Final = (DIGIT, LATIN, OTHER, HANGUL)


def sketches(texts: pl.Series, parts: Iterable[Tokens] | None = None) -> NDArray[np.uint32]:
    """A row of 32 numbers for each text; all NONE where it is too short. `parts`: its tokens, where they are known.

    A row equals datasketch.MinHash(num_perm=32, scheme="affine32") over the text's `shingles`.
    """
    rows = [_sketches(part) for part in (tokens(texts) if parts is None else parts)]
    return np.concatenate(rows) if rows else np.empty((0, HASHES), dtype=np.uint32)


def shingles(part: Tokens) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Hashes of all runs, text by text, and where each text's runs begin; at last, how many there are.

    A text that is too short to compare, or to hold a run, has none.
    """
    length = np.where(_words(part), WORDS, CHARACTERS)
    first = np.arange(len(length))
    whole = first + length <= np.repeat(np.where(_enough(part), part.bounds[1:], -1), part.lengths())
    first = first[whole]
    bounds = np.concatenate(([0], np.cumsum(whole)))[part.bounds]
    return (part.hashes(first, first + length[whole]) >> np.uint64(32)).astype(np.uint32), bounds


def _sketches(part: Tokens) -> NDArray[np.uint32]:
    hashes, bounds = shingles(part)
    made = np.full((part.count, HASHES), NONE, dtype=np.uint32)
    held = np.flatnonzero(np.diff(bounds))
    if not len(held):
        return made
    starts, hashes = bounds[held], _premixed(hashes)
    smallest = np.empty((HASHES, len(held)), dtype=np.uint32)
    for row, factor, offset in zip(smallest, *_permutations(), strict=True):
        np.minimum.reduceat(hashes * factor + offset, starts, out=row)
    made[held] = smallest.T
    return made


def _words(part: Tokens) -> NDArray[np.bool_]:
    return np.isin(part.scripts, _WORD_SCRIPTS)


def _enough(part: Tokens) -> NDArray[np.bool_]:
    """Whether each text is long enough to be compared."""
    cjk = np.concatenate(([0], np.cumsum(~_words(part))))[part.bounds]
    return (part.letters >= ENOUGH_CHARACTERS) | (np.diff(cjk) >= ENOUGH_CJK)


@cache
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """datasketch's own factors and offsets, made as it makes them: importing it and its scipy takes half a second."""
    chance = np.random.RandomState(1)
    factors = chance.randint(0, 2**31, HASHES, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, chance.randint(0, 2**32, HASHES, dtype=np.uint32)


def _premixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """What datasketch does to a hash before its permutations (the finaliser of MurmurHash3, 32 bits)."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))


def packed(sketches: NDArray[np.uint32]) -> list[bytes]:
    """Each row as 128 bytes, little-endian."""
    whole = np.ascontiguousarray(sketches, dtype="<u4").tobytes()
    return [whole[start : start + 4 * HASHES] for start in range(0, len(whole), 4 * HASHES)]


def unpacked(packed: bytes) -> NDArray[np.uint32]:
    """The rows of sketches that were packed, one or many in a row."""
    return np.frombuffer(packed, dtype="<u4").astype(np.uint32).reshape(-1, HASHES)
