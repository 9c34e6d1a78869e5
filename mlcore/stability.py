"""How far figures and ranks would move with other customers: the bootstrap over reviews."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from mlcore.estimates import Estimate, quantile
from mlcore.mentions import Floats, Ints

CHUNK = 50
"""Draws handled at once: 60,000 reviews then take 24 MB."""


@dataclass(frozen=True, kw_only=True)
class Stability:
    """A need's place among all, by opportunity."""

    rank: int
    """1 is the best; needs of equal opportunity share the better rank."""
    low: int
    high: int
    """The ranks between which it lies in the stated share of the draws."""
    top5: float
    top10: float
    """Share of the draws in which it is among the best five, and ten."""


def resampled_sums(rows: csr_array, *, draws: int, seed: int) -> Floats:
    """draws × K: column sums of n × K `rows` when n of the rows are drawn with replacement (Efron 1979).

    Drawing rows equals multinomial weights; the same seed gives the same draws for the same n. n must not be 0.
    """
    return np.vstack([np.asarray((rows.T @ counts.T).T) for counts in _counts(rows.shape[0], draws, seed)])


def _counts(n: int, draws: int, seed: int) -> Iterator[Floats]:
    """How often each of n reviews is drawn: blocks of up to 50 draws × n."""
    rng = np.random.default_rng(seed)
    for start in range(0, draws, CHUNK):
        block = np.empty((min(CHUNK, draws - start), n))
        for line in block:
            line[:] = np.bincount(rng.integers(0, n, n, dtype=np.int32), minlength=n)
        yield block


def spread(values: Floats, drawn: Floats, level: float) -> list[Estimate]:
    """Percentile intervals: J values with their draws × J, each reaching to its value at least."""
    quantile(level)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return [
        Estimate(value=float(v), low=float(min(a, v)), high=float(max(b, v)))
        for v, a, b in zip(values, low, high, strict=True)
    ]


def ranks(values: Floats) -> Ints:
    """… × J values → their ranks along the last axis, 1 the largest, equal values the better rank."""
    return np.asarray(1 + (values[..., None, :] > values[..., :, None]).sum(axis=-1), dtype=np.int64)


def stabilities(values: Floats, drawn: Floats, level: float) -> list[Stability]:
    """Ranks of J values and how they hold in draws × J of them."""
    places = ranks(drawn)
    sides = [(1 - level) / 2, (1 + level) / 2]
    low = np.quantile(places, sides[0], axis=0, method="inverted_cdf")
    high = np.quantile(places, sides[1], axis=0, method="inverted_cdf")
    return [
        Stability(rank=int(r), low=int(a), high=int(b), top5=float(five), top10=float(ten))
        for r, a, b, five, ten in zip(
            ranks(values), low, high, (places <= 5).mean(axis=0), (places <= 10).mean(axis=0), strict=True
        )
    ]
