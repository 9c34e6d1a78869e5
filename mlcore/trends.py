"""Which needs gain and lose: is there a change in a need's share of the reviews, of what kind, and how large.

One test a need looks for a steady slope and for a step between any two months at once, by permuting the months; it
needs no assumption on how much shares scatter from month to month beyond that, without a change, any order of the
months is as likely as any other. A season that fills most of the span may therefore pass for a trend.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, logit, stdtrit

from mlcore.estimates import LEVEL, Estimate, Share, benjamini_hochberg, newcombe, wilson
from mlcore.mentions import Floats, Ints
from mlcore.months import Monthly

Direction = Literal["emerging", "growing", "fading", "steady", "too_little"]
Shape = Literal["slope", "step"]

LEAST_MONTHS = 6
"""Complete months with reviews that a trend needs."""
LEAST_MENTIONS = 20
"""Mentions in them that it needs."""
SIDE = 3
"""Months on either side of a step, at least."""
EMERGES = 4.0
"""How many times its earlier share a need has in the later months if it is new rather than growing."""
FALSE = 0.1
"""Share of the needs called changing that may be steady (Benjamini & Hochberg)."""
PERMUTATIONS = 1999
CELLS = 2_000_000
"""Numbers held at once while permuting: 16 MB."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How a need's share of the reviews moves over the complete months."""

    direction: Direction
    months: int
    """Complete months with reviews."""
    mentions: int
    base: int
    """Reviews in these months, and how many of them mention the need."""
    p: float | None
    """Chance of a change as clear as this if the months stood in any order. None: too little."""
    q: float | None
    """p, adjusted for the number of needs tested: direction is steady above 0.1."""
    shape: Shape | None
    """Which fits better, a slope or a step."""
    per_year: Estimate | None
    """Factor by which the odds of a mention change in twelve months: 1 none, 2 doubling (quasi-binomial)."""
    dispersion: float | None
    """How many times the months' scatter around the slope is that of chance alone, at least 1."""
    since: int | None
    """Month (since January 1970) with which the later part begins: where a step fits best."""
    before: Share | None
    after: Share | None
    """The need's share before and from then on."""
    difference: Estimate | None
    """after − before, its interval widened by the dispersion (Newcombe's method with the bases divided by it)."""


def trends(
    series: Monthly, *, seed: int = 0, level: float = LEVEL, permutations: int = PERMUTATIONS, false: float = FALSE
) -> list[Trend]:
    """A trend for each of the J needs of `series`, from its complete months with reviews.

    residual    (y − n·p̂) / √(n·p̂(1 − p̂)) per month, y mentions of n reviews, p̂ the need's share of all months
    statistic   the largest |Σ √n · (x − x̄) · residual| / √(Σ n(x − x̄)²) over x = time and x = each step
                with three months or more on either side: score tests of logistic regression (Rao 1948)
                each divided by the length of the residuals
    p           the share of permutations of the months' residuals with as large a statistic, itself included
                (Freedman & Lane 1983; largest over the shapes as in Westfall & Young 1993)
    direction   steady if q > 0.1; emerging if the share is at least fourfold from the best step on; else growing or
                fading, by the sign of the clearest shape
    per_year    logistic regression of the share on time with the variance inflated by Pearson's χ² / (T − 2)
                (McCullagh & Nelder 1989, 4.5), t interval with T − 2 degrees of freedom

    Without 6 months and 20 mentions, or where every review mentions the need, too_little. `p` cannot fall below
    1 / (permutations + 1), nor much below 2 / T! of T months: of 40 needs in six months, one alone is never changing.
    """
    used = series.complete & (series.reviews > 0)
    month, reviews, counts = series.month[used], series.reviews[used].astype(np.float64), series.counts[:, used]
    total, mentions = reviews.sum(), counts.sum(axis=1)
    told = np.flatnonzero((len(month) >= LEAST_MONTHS) & (mentions >= LEAST_MENTIONS) & (mentions < total))
    found = [_too_little(len(month), int(mentions[j]), int(total)) for j in range(len(counts))]
    if not len(told):
        return found
    contrasts = _contrasts(month, reviews)
    share = mentions[told, None] / total
    residuals = (counts[told] - reviews * share) / np.sqrt(reviews * share * (1 - share))
    p = _permuted(residuals, contrasts, np.sqrt(reviews / total), permutations, np.random.default_rng(seed))
    q = benjamini_hochberg(p)
    scores = residuals @ contrasts
    slopes = _slopes(counts[told].astype(np.float64), reviews, month, level)
    for row, j in enumerate(told):
        found[j] = _trend(
            counts[j], reviews, month, scores[row], (float(p[row]), float(q[row])), slopes[row], level, false
        )  # fmt: skip
    return found


def _contrasts(month: Ints, reviews: Floats) -> Floats:
    """T × K: one column for time, then one for each step; unit length, at right angles to a constant share."""
    steps = month[:, None] >= month[None, SIDE : len(month) - SIDE + 1]
    shapes = np.column_stack([month.astype(np.float64), steps])
    centred = shapes - (reviews @ shapes) / reviews.sum()
    pulled = np.sqrt(reviews)[:, None] * centred
    return np.asarray(pulled / np.linalg.norm(pulled, axis=0))


def _permuted(
    residuals: Floats, contrasts: Floats, constant: Floats, permutations: int, rng: np.random.Generator
) -> Floats:
    """p of the largest score of each row of J × T residuals, all rows permuted alike.

    What a permutation of them has in common with a constant share is taken out of their length, as fitting would.
    """
    # A share that is the same in every month has no residuals: any order fits it alike.
    squares = np.maximum((residuals**2).sum(axis=1), 1e-12)
    largest = np.abs(residuals @ contrasts).max(axis=1)
    as_large = np.ones(len(residuals))
    block = max(1, CELLS // (len(residuals) * max(contrasts.shape)))
    for start in range(0, permutations, block):
        orders = rng.permuted(np.tile(np.arange(len(contrasts)), (min(block, permutations - start), 1)), axis=1)
        shuffled = residuals[:, orders]
        left = np.maximum(squares[:, None] - (shuffled @ constant) ** 2, 1e-12) / squares[:, None]
        scores = np.abs(shuffled @ contrasts).max(axis=2) / np.sqrt(left)
        as_large += (scores >= largest[:, None] - 1e-9).sum(axis=1)
    return as_large / (permutations + 1)


def _slopes(counts: Floats, reviews: Floats, month: Ints, level: float) -> list[tuple[Estimate, float]]:
    """Odds ratio of twelve months, and dispersion, of each row of J × T counts; two unknowns a row, all at once."""
    years = (month - (reviews @ month) / reviews.sum()) / 12
    # Half a mention more, and half a review without one, spread over the months by their reviews: keeps slopes finite.
    padded, bases = counts + 0.5 * reviews / reviews.sum(), reviews * (1 + 1 / reviews.sum())
    constant = logit(padded.sum(axis=1) / bases.sum())
    slope = np.zeros(len(counts))
    for _ in range(50):
        chance = expit(constant[:, None] + slope[:, None] * years)
        weight = bases * chance * (1 - chance)
        a, b, c = weight.sum(axis=1), weight @ years, weight @ years**2
        rest = padded - bases * chance
        u, v = rest.sum(axis=1), rest @ years
        determinant = a * c - b * b
        up, along = (c * u - b * v) / determinant, (a * v - b * u) / determinant
        shorten = np.minimum(1.0, 3 / np.maximum(np.maximum(np.abs(up), np.abs(along)), 1e-12))
        constant, slope = constant + shorten * up, slope + shorten * along
        if max(np.abs(up).max(), np.abs(along).max()) < 1e-9:
            break
    freedom = len(month) - 2
    dispersion = np.maximum((rest**2 / weight).sum(axis=1) / freedom, 1.0)
    half = float(stdtrit(freedom, (1 + level) / 2)) * np.sqrt(dispersion * a / determinant)
    # Nothing is known beyond a factor of a million either way.
    low, value, high = (np.exp(np.clip(x, -14, 14)) for x in (slope - half, slope, slope + half))
    return [
        (Estimate(value=float(x), low=float(lo), high=float(hi)), float(d))
        for x, lo, hi, d in zip(value, low, high, dispersion, strict=True)
    ]


def _trend(
    counts: Ints, reviews: Floats, month: Ints, scores: Floats, chances: tuple[float, float],
    slope: tuple[Estimate, float], level: float, false: float,
) -> Trend:  # fmt: skip
    step = SIDE + int(np.abs(scores[1:]).argmax())
    best = scores[int(np.abs(scores).argmax())]
    y = (int(counts[:step].sum()), int(counts[step:].sum()))
    n = (int(reviews[:step].sum()), int(reviews[step:].sum()))
    before, after = (Share(count=a, base=b, share=wilson(a / b, b, level)) for a, b in zip(y, n, strict=True))
    per_year, dispersion = slope
    later, earlier = (wilson(a / b, max(b / dispersion, 1), level) for a, b in ((y[1], n[1]), (y[0], n[0])))
    smoothed = ((y[1] + 0.5) / (n[1] + 1)) / ((y[0] + 0.5) / (n[0] + 1))
    direction: Direction = "steady"
    if chances[1] <= false:
        direction = "fading" if best < 0 else "emerging" if smoothed >= EMERGES else "growing"
    return Trend(
        direction=direction, months=len(month), mentions=sum(y), base=sum(n), p=chances[0], q=chances[1],
        shape="slope" if np.abs(scores[0]) >= np.abs(scores[1:]).max() else "step", per_year=per_year,
        dispersion=dispersion, since=int(month[step]), before=before, after=after, difference=newcombe(later, earlier),
    )  # fmt: skip


def _too_little(months: int, mentions: int, base: int) -> Trend:
    return Trend(
        direction="too_little", months=months, mentions=mentions, base=base, p=None, q=None, shape=None, per_year=None,
        dispersion=None, since=None, before=None, after=None, difference=None,
    )  # fmt: skip
