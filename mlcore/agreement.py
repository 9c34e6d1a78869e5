"""Do two people, or a person and a model, say the same: agreement beyond what chance alone would bring."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.estimates import LEVEL, Estimate, quantile

Floats = NDArray[np.float64]

DRAWS = 1000


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far coders agree."""

    units: int
    """Units that at least two coders coded: only they tell of agreement."""
    codes: int
    """Codes given to them, by all coders together."""
    observed: float | None
    """Share of the pairs of codes of one unit that are alike, 0 to 1. None: no unit was coded twice."""
    expected: float | None
    """What chance would bring with the same codes."""
    beyond_chance: Estimate | None
    """alpha or kappa: 1 full agreement, 0 chance, below 0 worse. None where only one code was ever used: then there is
    nothing to tell apart."""


def krippendorff(
    codes: Sequence[Sequence[object]], *, draws: int = DRAWS, seed: int = 0, level: float = LEVEL
) -> Agreement:
    """Krippendorff's α for names without order, with any number of coders and gaps.

    `codes`: units × coders, None for what was not coded. α = 1 − Dₒ / Dₑ from the coincidence matrix (Krippendorff
    2011, 'Computing Krippendorff's Alpha-Reliability', part C): each of a unit's m(m − 1) ordered pairs of codes counts
    1 / (m − 1), and Dₑ = 1 − Σ n_c(n_c − 1) / (n(n − 1)). The interval is a percentile one over `draws` resamples of
    the units (not Krippendorff's own resampling of pairs, which takes the pairs of one unit for independent).
    Raises ValueError if units have different numbers of coders.
    """
    if len({len(unit) for unit in codes}) > 1:
        raise ValueError("every unit needs one entry per coder, None where there is no code")
    counts = _counted(codes)
    m = counts.sum(axis=1)
    counts, m = counts[m > 1], m[m > 1]
    if not len(counts):
        return Agreement(units=0, codes=0, observed=None, expected=None, beyond_chance=None)
    same = (counts * (counts - 1)).sum(axis=1) / (m - 1)
    rows = np.column_stack([same, counts])
    agreed, alike, alpha = _alpha(rows.sum(axis=0)[None])
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws)
    drawn = _alpha(weights @ rows)[2]
    return Agreement(
        units=len(counts), codes=int(m.sum()), observed=float(agreed[0]), expected=float(alike[0]),
        beyond_chance=_between(float(alpha[0]), drawn[np.isfinite(drawn)], level),
    )  # fmt: skip


def cohen(one: Sequence[object], other: Sequence[object], *, level: float = LEVEL) -> Agreement:
    """Cohen's κ of two coders (Cohen 1960), units that either left out (None) apart.

    κ = (pₒ − pₑ) / (1 − pₑ), pₑ = Σ p_c· · p·_c; normal interval by the large-sample variance of Fleiss, Cohen and
    Everitt (1969), cut at −1 and 1; it is too narrow for few units. Raises ValueError for different lengths.
    """
    if len(one) != len(other):
        raise ValueError("two coders need one code each per unit")
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    if not pairs:
        return Agreement(units=0, codes=0, observed=None, expected=None, beyond_chance=None)
    n = len(pairs)
    places: dict[object, int] = {}
    cells = [(places.setdefault(a, len(places)), places.setdefault(b, len(places))) for a, b in pairs]
    p = np.zeros((len(places), len(places)))
    np.add.at(p, tuple(np.array(cells).T), 1.0)
    p /= n
    mine, theirs = p.sum(axis=1), p.sum(axis=0)
    agreed, alike = float(np.trace(p)), float(mine @ theirs)
    kappa = None
    if alike < 1 - 1e-12:
        value = (agreed - alike) / (1 - alike)
        half = quantile(level) * _kappa_error(p, mine, theirs, value, alike) / n**0.5
        kappa = Estimate(value=value, low=max(value - half, -1.0), high=min(value + half, 1.0))
    return Agreement(units=n, codes=2 * n, observed=agreed, expected=alike, beyond_chance=kappa)


def _counted(codes: Sequence[Sequence[object]]) -> Floats:
    """Units × codes: how many coders gave each unit each code."""
    places: dict[object, int] = {}
    found = [(u, places.setdefault(c, len(places))) for u, unit in enumerate(codes) for c in unit if c is not None]
    counts = np.zeros((len(codes), len(places)))
    if found:
        np.add.at(counts, tuple(np.array(found).T), 1.0)
    return counts


def _alpha(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """draws × (1 + codes) sums over units → agreement, agreement by chance, α (nan where only one code is left)."""
    same, counts = sums[:, 0], sums[:, 1:]
    n = counts.sum(axis=1)
    agreed = same / n
    alike = (counts * (counts - 1)).sum(axis=1) / (n * (n - 1))
    apart = 1 - alike
    alpha = np.where(apart > 1e-12, 1 - (1 - agreed) / np.where(apart > 1e-12, apart, 1.0), np.nan)
    return agreed, alike, alpha


def _between(value: float, drawn: Floats, level: float) -> Estimate | None:
    if not np.isfinite(value):
        return None
    quantile(level)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) if len(drawn) else (value, value)
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))


def _kappa_error(p: Floats, mine: Floats, theirs: Floats, kappa: float, alike: float) -> float:
    """√n times the standard error: Fleiss, Cohen & Everitt (1969), equation 13."""
    left = 1 - kappa
    on = float(np.diag(p) @ (1 - (mine + theirs) * left) ** 2)
    off = left**2 * float(((p - np.diag(np.diag(p))) * (theirs[:, None] + mine[None, :]) ** 2).sum())
    return float(np.sqrt(max(on + off - (kappa - alike * left) ** 2, 0.0))) / (1 - alike)
