"""Is the newest month out of the ordinary: the range in which a need's share and mood were to be expected, and breaks.

The range comes from the complete months before, and takes in three things: the chance of few reviews, the scatter of
months beyond chance, and that both are known from few months only. An alert then means more than a lively month.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import betaln, chdtri, gammaln, stdtr, stdtrit

from mlcore.estimates import Share, quantile, wilson
from mlcore.mentions import Floats, Ints
from mlcore.months import Monthly

Side = Literal["up", "down"]

LEVEL = 0.99
"""Coverage of the bands: one flat series in a hundred breaks its band by chance."""
BEFORE = 24
"""Months that the expectation looks back on at most."""
LEAST_MONTHS = 6
"""Months with reviews that it needs; for the mood, with mentions."""
LEAST_REVIEWS = 10
"""Reviews that the newest month needs."""
LEAST_MENTIONS = 5
"""Mentions that it needs for a word on the mood."""
CAUTION = 2 / 3
"""Chance with which the months' true scatter is to be no larger than what is reckoned with."""
STILL = 0.2
"""Standard deviation of a mention's sentiment at least: that all were alike so far promises nothing."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """What was to be expected, what came, and by how much it breaks out."""

    expected: float
    low: float
    high: float
    observed: float
    base: int
    """Of a share, the newest month's reviews; of a mood, its mentions of the need."""
    months: int
    """Months before, on which the expectation stands."""
    p: float
    """Chance of a month as far out, on either side, if nothing changed."""
    side: Side | None
    """None: within the band."""
    excess: float
    """How far beyond the end of the band; 0 within."""


@dataclass(frozen=True, kw_only=True)
class Newest:
    """A need in the newest complete month."""

    month: int | None
    """Months since January 1970; None: no month is complete."""
    share: Share
    volume: Band | None
    """Share of the month's reviews, 0 to 1. None: too little to say."""
    mood: Band | None
    """Mean sentiment of the month's mentions, −1 to 1. None: too little to say."""


def newest(series: Monthly, *, level: float = LEVEL) -> list[Newest]:
    """Bands for the newest complete month of each of the J needs, from up to 24 complete months with reviews before.

    volume  beta-binomial prediction: the share has the mean p of all earlier months; its variance is what the months
            scatter beyond chance (intraclass correlation ρ by moments, Kleinman 1973) plus that of p itself, times
            (t / z)² for the months' number; the band holds the counts between its tails, and p and breaks are exact in
            that distribution.
    mood    random effects: mean of the months' mean sentiment, their scatter beyond chance by moments (DerSimonian &
            Laird 1986), the mentions' own variance pooled; a t interval with one degree of freedom less than months
            (the prediction of Higgins, Thompson & Spiegelhalter 2009, which has two less, about a mean).

    Of 40 steady needs, 0.4 volumes and 0.4 moods a month break out by chance at 0.99: adjust the `p` of many by
    `benjamini_hochberg` before alarming anybody with all of them. Raises ValueError unless 0 < level < 1.
    """
    quantile(level)
    whole = np.flatnonzero(series.complete)
    if not len(whole):
        return [
            Newest(month=None, share=Share(count=0, base=0, share=None), volume=None, mood=None) for _ in series.counts
        ]
    last = whole[-1]
    past = whole[:-1][series.reviews[whole[:-1]] > 0][-BEFORE:]
    n = int(series.reviews[last])
    volumes = _volumes(series.counts[:, past], series.reviews[past], series.counts[:, last], n, level)
    return [
        Newest(
            month=int(series.month[last]),
            share=Share(count=int(y), base=n, share=wilson(y / n, n) if n else None),
            volume=volumes[j],
            mood=_mood(series, j, past, int(last), level),
        )
        for j, y in enumerate(series.counts[:, last])
    ]


def _volumes(past: Ints, bases: Ints, counts: Ints, n: int, level: float) -> list[Band | None]:
    """Bands of J needs: J × T earlier counts of T bases, and J counts of n."""
    months = past.shape[1]
    if months < LEAST_MONTHS or n < LEAST_REVIEWS:
        return [None] * len(past)
    total = bases.sum()
    # Half a mention more, and half a review without one: a need never heard of may still be heard of.
    share = (past.sum(axis=1) + 0.5) / (total + 1)
    inflated = (float(stdtrit(months - 1, (1 + level) / 2)) / quantile(level)) ** 2
    rho = _intraclass(past, bases, share)
    of_share = rho * (bases**2).sum() / total**2 + (1 - rho) / total
    spread = np.clip((rho + of_share) * inflated, 1e-9, 0.9)
    return [_counted(int(y), n, p, s, months, level) for y, p, s in zip(counts, share.tolist(), spread, strict=True)]


def _intraclass(past: Ints, bases: Ints, share: Floats) -> Floats:
    """ρ of each row, 0 to 1: Pearson's χ² beyond its expectation, by moments.

    E[Σ (y − np)² / (np(1 − p))] ≈ (T − 1) + ρ(Σ n − Σ n² / Σ n − (T − 1)). Few months more often show too little of the
    scatter than too much; χ² is therefore raised by (T − 1) over the quantile that it exceeds in two of three cases.
    """
    p = share[:, None]
    pearson = ((past - bases * p) ** 2 / (bases * p * (1 - p))).sum(axis=1)
    freedom = past.shape[1] - 1
    room = bases.sum() - (bases**2).sum() / bases.sum() - freedom
    raised = pearson * freedom / float(chdtri(freedom, CAUTION))
    return np.asarray(np.clip((raised - freedom) / max(float(room), 1.0), 0, 1))


def _counted(y: int, n: int, p: float, spread: float, months: int, level: float) -> Band:
    """Beta-binomial: share of variance p(1 − p)·spread, n reviews."""
    mass = 1 / spread - 1
    k = np.arange(n + 1)
    a, b = p * mass, (1 - p) * mass
    log = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + betaln(k + a, n - k + b) - betaln(a, b)
    chance = np.exp(log - log.max())
    chance /= chance.sum()
    up_to = np.cumsum(chance)
    tail = (1 - level) / 2
    low = int(np.searchsorted(up_to, tail, side="right"))
    high = min(int(np.searchsorted(up_to, 1 - tail)), n)
    reached = float(chance[y:].sum())
    side: Side | None = "up" if y > high else "down" if y < low else None
    return Band(
        expected=p, low=low / n, high=high / n, observed=y / n, base=n, months=months,
        p=min(2 * min(float(up_to[y]), reached), 1.0), side=side, excess=max(y - high, low - y, 0) / n,
    )  # fmt: skip


def _mood(series: Monthly, need: int, past: Ints, last: int, level: float) -> Band | None:
    """Band of one need's mean sentiment."""
    counts = series.counts[need, past].astype(np.float64)
    heard = counts > 0
    m, months = int(series.counts[need, last]), int(heard.sum())
    if months < LEAST_MONTHS or m < LEAST_MENTIONS:
        return None
    counts, feeling = counts[heard], series.feeling[need, past][heard]
    means = feeling / counts
    within = float((series.squares[need, past][heard] - feeling * means).sum())
    variance = max(within / max(counts.sum() - months, 1.0), STILL**2)
    between = _between(means, counts / variance, months)
    weights = 1 / (between + variance / counts)
    expected = float(weights @ means / weights.sum())
    error = float(np.sqrt(between + variance / m + 1 / weights.sum()))
    half = float(stdtrit(months - 1, (1 + level) / 2)) * error
    observed = float(series.feeling[need, last]) / m
    low, high = max(expected - half, -1.0), min(expected + half, 1.0)
    side: Side | None = "up" if observed > high else "down" if observed < low else None
    return Band(
        expected=expected, low=low, high=high, observed=observed, base=m, months=months,
        p=2 * float(stdtr(months - 1, -abs(observed - expected) / error)), side=side,
        excess=max(observed - high, low - observed, 0.0),
    )  # fmt: skip


def _between(means: Floats, weights: Floats, months: int) -> float:
    """DerSimonian & Laird's variance of the months' true means: (Q − (T − 1)) / (Σ w − Σ w² / Σ w), at least 0."""
    total = weights.sum()
    q = float(weights @ (means - weights @ means / total) ** 2)
    return max((q - (months - 1)) / float(total - (weights**2).sum() / total), 0.0)
