"""Texts that reach their length by saying the same again and again."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mlcore.enrich.sketch import shingles
from mlcore.enrich.tokens import Tokens

RUN: Final = 3
"""Tokens of the runs that are counted."""
LEAST: Final = 24
"""Runs from which a text can be told to repeat itself: words, or Chinese characters."""
MOST: Final = 128
"""Runs from which on a text has said how it goes on."""
OWN: Final = 0.34
"""Different runs, of all, down to which it does: everything three times."""


def padded(part: Tokens) -> NDArray[np.bool_]:
    """For each text whether it repeats its phrases. One word or sound repeated (哈哈哈, 'so so so') is mere feeling and
    doesn't count.
    """
    told = np.zeros(part.count, dtype=bool)
    for text in np.flatnonzero(_poor(part)).tolist():
        told[text] = _repeats(part, text)
    return told


def _poor(part: Tokens) -> NDArray[np.bool_]:
    """Which texts may have few different runs: as many as the drawers, of 64, that the runs' hashes lie in, or more."""
    hashes, bounds = shingles(part)
    begins, ends = bounds[:-1], np.minimum(bounds[1:], bounds[:-1] + MOST)
    drawers = np.uint64(1) << (np.append(hashes, np.uint32(0)) >> np.uint32(26)).astype(np.uint64)
    filled = np.bitwise_or.reduceat(drawers, np.stack((begins, ends), axis=1).ravel())[::2]
    return (ends - begins >= LEAST // 2) & (np.bitwise_count(filled) <= OWN * (ends - begins) + 2)


def _repeats(part: Tokens, text: int) -> bool:
    start, end = int(part.bounds[text]), int(min(part.bounds[text + 1], part.bounds[text] + MOST))
    places = np.arange(start, end)
    words = part.hashes(places, places + 1)
    first = places[: 1 - RUN]
    first = first[words[: 1 - RUN] != words[1 : 2 - RUN]]
    return len(first) >= LEAST and len(np.unique(part.hashes(first, first + RUN))) <= OWN * len(first)
