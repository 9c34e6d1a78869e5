"""Groups texts that say almost the same, so that a held-out review has no twin among the training reviews.

MinHash over character shingles (Broder 1997) with banding: pairs that share a band are compared by their whole
signatures. Characters instead of words, so that Chinese needs no segmentation.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHINGLE = 5
HASHES = 32
BAND = 4
ALIKE = 0.7
"""Estimated Jaccard similarity of the shingle sets from which two texts count as the same."""


def normalised(text: str) -> str:
    """Lower-case letters and digits only, in Unicode's compatibility form."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def groups(texts: Sequence[str]) -> list[int]:
    """For each text the index of the first text of its group. Deterministic; linear in the total length."""
    parents = list(range(len(texts)))
    signatures = [_signature(normalised(text)) for text in texts]
    first_with: dict[tuple[int, bytes], int] = {}
    for index, signature in enumerate(signatures):
        for band in range(0, HASHES, BAND):
            other = first_with.setdefault((band, signature[band : band + BAND].tobytes()), index)
            if other != index and float(np.mean(signature == signatures[other])) >= ALIKE:
                join(parents, index, other)
    return [root(parents, index) for index in range(len(texts))]


def join(parents: list[int], one: int, other: int) -> None:
    """Puts two members' groups together under the earlier root."""
    low, high = sorted((root(parents, one), root(parents, other)))
    parents[high] = low


def root(parents: list[int], index: int) -> int:
    """The group's first member, shortening the way for the next caller."""
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _signature(text: str) -> NDArray[np.uint64]:
    """HASHES smallest values of independent hash functions over the text's shingles."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    length = min(SHINGLE, len(codes))
    shingles = np.zeros(max(1, len(codes) - length + 1), dtype=np.uint64)
    for offset in range(length):
        # Wraps around at 2**64, as a polynomial hash may.
        shingles = shingles * np.uint64(1_000_003) + codes[offset : offset + len(shingles)]
    mixed = (shingles[:, None] + _OFFSETS) * _FACTORS
    smallest: NDArray[np.uint64] = (mixed ^ (mixed >> np.uint64(29))).min(axis=0)
    return smallest


_RANDOM = np.random.default_rng(20_231)
_FACTORS = _RANDOM.integers(1, 2**63, HASHES, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _RANDOM.integers(0, 2**63, HASHES, dtype=np.uint64)
