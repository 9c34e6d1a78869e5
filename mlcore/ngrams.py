"""Texts as sets of character and word n-grams, hashed into a fixed number of columns without a vocabulary.

Weinberger et al., 2009, 'Feature Hashing for Large Scale Multitask Learning'. Characters are hashed by whole arrays;
words are cut by mlcore.sentiment.words, so that Chinese has some too.
"""

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mlcore.sentiment import words

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]

BITS = 22
"""2²² columns: of the 1.7 million n-grams that 50,000 reviews share, few meet in one."""
CHARACTERS = (1, 2, 3, 4)
WORDS = (1, 2, 3)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def ngrams(texts: Sequence[str]) -> csr_matrix:
    """n texts → float32, n × 2²², 1 where a text has the n-gram."""
    found = [*_grams(*_characters(texts), CHARACTERS, salt=0), *_grams(*_words(texts), WORDS, salt=100)]
    columns = (np.concatenate([h for h, _ in found]) >> np.uint64(64 - BITS)).astype(np.int32)
    rows = np.concatenate([owners for _, owners in found]).astype(np.int32)
    ones = np.ones(len(rows), dtype=np.float32)
    matrix = csr_matrix((ones, (rows, columns)), shape=(len(texts), 1 << BITS))
    matrix.data[:] = 1
    return matrix


def places(columns: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where among the c chosen columns each of the 2²² stands; −1 if it doesn't."""
    found = np.full(1 << BITS, -1, dtype=np.int32)
    found[columns] = np.arange(len(columns), dtype=np.int32)
    return found


def chosen(matrix: csr_matrix, place: NDArray[np.int32], count: int) -> csr_matrix:
    """The `count` chosen columns alone, in their order; many times as fast as the matrix's own indexing."""
    column = place[matrix.indices]
    kept = column >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr]
    return csr_matrix((matrix.data[kept], column[kept], ends), shape=(matrix.shape[0], count))


def _characters(texts: Sequence[str]) -> tuple[Hashes, Ints]:
    """The code of every character, and whose it is. A blank before and after each text marks its ends."""
    low = [f" {text.lower()} " for text in texts]
    codes = np.frombuffer("".join(low).encode("utf-32-le", "replace"), dtype=np.uint32)
    return codes.astype(np.uint64), np.repeat(np.arange(len(low)), [len(text) for text in low])


def _words(texts: Sequence[str]) -> tuple[Hashes, Ints]:
    cut = [words(text) for text in texts]
    codes = np.array([_code(word) for found in cut for word in found], dtype=np.uint64)
    return codes, np.repeat(np.arange(len(cut)), [len(found) for found in cut])


@lru_cache(maxsize=200_000)
def _code(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace"))


def _grams(codes: Hashes, owners: Ints, sizes: Sequence[int], *, salt: int) -> Iterator[tuple[Hashes, Ints]]:
    """Hashes of all runs of each size that lie within one text."""
    for size in sizes:
        count = max(len(codes) - size + 1, 0)
        mixed = np.full(count, salt + size, dtype=np.uint64)
        for place in range(size):
            mixed = (mixed + codes[place : place + count]) * _MULTIPLIER
            mixed ^= mixed >> np.uint64(29)
        inside = owners[:count] == owners[size - 1 : size - 1 + count]
        yield (mixed * _MULTIPLIER)[inside], owners[:count][inside]
