"""Numbers with their uncertainty: shares and means with intervals, differences of them, and many tests at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr, stdtrit

Floats = NDArray[np.float64]

LEVEL = 0.9
"""Coverage of the intervals unless asked otherwise."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number and the interval in which it lies with the stated coverage."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Share:
    """`count` of `base` reviews. No base → no share."""

    count: int
    base: int
    share: Estimate | None
    """0 to 1; weighted if the reviews are, with an interval for the effective base."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """What shares are shares of."""

    count: int
    total: float
    """Sum of the weights."""
    effective: float
    """Kish's effective number, (Σ w)² / Σ w²; without weights, the count."""


@dataclass(frozen=True, kw_only=True)
class Mean:
    """Mean of `count` values with their variance (n − 1); less than two values have no variance."""

    count: int
    effective: float
    """As of a base."""
    value: float | None
    variance: float | None


def quantile(level: float) -> float:
    """The z beyond which (1 − level) / 2 of a normal distribution lie; 1.645 for 0.9.

    Raises ValueError unless 0 < level < 1.
    """
    if not 0 < level < 1:
        raise ValueError("the coverage of an interval lies between 0 and 1")
    return float(ndtri((1 + level) / 2))


def wilson(share: float, base: float, level: float = LEVEL) -> Estimate:
    """Wilson's score interval of a share of `base` trials (Wilson 1927), base > 0, possibly an effective one.

    (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
    """
    z = quantile(level)
    middle, scale = share + z * z / (2 * base), 1 + z * z / base
    half = z * np.sqrt(share * (1 - share) / base + (z / (2 * base)) ** 2)
    return Estimate(
        value=share,
        low=min(max(float((middle - half) / scale), 0.0), share),
        high=max(min(float((middle + half) / scale), 1.0), share),
    )


def base_of(weight: Floats) -> Base:
    """The base of weighted reviews; those of weight 0 are none of it."""
    return Base(count=int((weight > 0).sum()), total=float(weight.sum()), effective=effective_size(weight))


def share_of(count: int, mass: float, base: Base, level: float = LEVEL) -> Share:
    """`count` reviews of summed weight `mass`, of a base, with Wilson's interval for its effective size."""
    if not base.total:
        return Share(count=0, base=0, share=None)
    share = min(max(mass / base.total, 0.0), 1.0)
    return Share(count=count, base=base.count, share=wilson(share, base.effective, level))


def mean_of(values: Floats, weight: Floats) -> Mean:
    """Weighted mean; the variance is Σ w(x − x̄)² / Σ w · n/(n − 1), n the effective number."""
    total, effective = float(weight.sum()), effective_size(weight)
    count = int((weight > 0).sum())
    if not total:
        return Mean(count=0, effective=0.0, value=None, variance=None)
    value = float(weight @ values) / total
    spread = float(weight @ (values - value) ** 2) / total
    variance = spread * effective / (effective - 1) if effective > 1 + 1e-9 else None
    return Mean(count=count, effective=effective, value=value, variance=variance)


def effective_size(weight: Floats) -> float:
    """How many equally weighted reviews tell as much: (Σ w)² / Σ w² (Kish 1965); 0 if there are none."""
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares else 0.0


def newcombe(one: Estimate, other: Estimate) -> Estimate:
    """Interval of the difference of two independent shares from their Wilson intervals (Newcombe 1998, method 10).

    d − √((p₁ − l₁)² + (u₂ − p₂)²) to d + √((u₁ − p₁)² + (p₂ − l₂)²), d = p₁ − p₂
    """
    value = one.value - other.value
    return Estimate(
        value=value,
        low=value - float(np.hypot(one.value - one.low, other.high - other.value)),
        high=value + float(np.hypot(one.high - one.value, other.value - other.low)),
    )


def welch(one: Mean, other: Mean, level: float = LEVEL) -> tuple[Estimate, float] | None:
    """Difference of two means with its interval, and the two-sided p-value that there is none (Welch 1947).

    None with less than two values on a side, or where neither side varies at all.
    """
    if one.value is None or other.value is None or one.variance is None or other.variance is None:
        return None
    parts = (one.variance / one.effective, other.variance / other.effective)
    error = sum(parts)
    if error <= 1e-18:  # nothing but rounding
        return None
    freedom = error**2 / sum(p * p / (side.effective - 1) for p, side in zip(parts, (one, other), strict=True))
    value = one.value - other.value
    half = float(stdtrit(freedom, (1 + level) / 2)) * error**0.5
    p = 2 * float(stdtr(freedom, -abs(value) / error**0.5))
    return Estimate(value=value, low=value - half, high=value + half), p


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p-values: calling all those up to q a finding makes at most a share q of the findings false.

    Step-up of Benjamini & Hochberg (1995): q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎ · m / j, at most 1.
    """
    values = np.array(p, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    ranks = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.minimum.accumulate(values[order] * len(values) / ranks), 1.0)
    return adjusted
