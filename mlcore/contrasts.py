"""Needs side by side: own products against competitors', before against after, one group against another.

Shares are shares of each side's reviews, so that sides of any size compare; every one carries its base.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from mlcore.estimates import (
    LEVEL,
    Base,
    Estimate,
    Mean,
    Share,
    base_of,
    benjamini_hochberg,
    mean_of,
    newcombe,
    share_of,
    welch,
)
from mlcore.figures import CALM
from mlcore.mentions import COLUMNS, UNKNOWN, Flags, Floats, Ints, Mentions, ReviewTable
from mlcore.months import month_of


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One side minus the other."""

    estimate: Estimate
    p: float
    """Two-sided, that there is no difference."""
    q: float
    """p adjusted for the needs compared (Benjamini & Hochberg)."""


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """A need on two sides."""

    one: Share
    other: Share
    """The need's share of each side's reviews."""
    share: Difference | None
    """None where a side has no reviews, or nobody or everybody mentions the need."""
    one_sentiment: Mean
    other_sentiment: Mean
    """Over the mentions of the need, −1 to 1."""
    sentiment: Difference | None
    """None with less than two mentions on a side."""
    voice: Share
    """Share of voice: the first side's part of both sides' mentions of the need."""
    voice_expected: float | None
    """What it would be if the need were nobody's: the first side's part of both sides' reviews."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A need in one group of reviews."""

    share: Share
    """Of the group's reviews."""
    net_sentiment: float | None
    """As in `figures.weigh`, −1 to 1; None without mentions."""
    residual: float
    """How far the mentions lie above what the need's overall share lets expect, in standard errors: beyond ±2 it is
    seldom chance, beyond ±3 hardly in a table of many."""


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """Needs × groups."""

    codes: list[int]
    """The groups, by their code; reviews without one are left out."""
    cells: list[list[Cell]]
    """One list per need, in the order of `codes`."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Where a need is spoken of: one group of reviews."""

    code: int
    """Of the column, or months since January 1970; −1: unknown."""
    share: Share
    """How many of the group's reviews mention the need."""
    of_need: Share
    """How many of the need's mentions come from the group."""
    sentiment: Mean


def contrast(
    mentions: Mentions, table: ReviewTable, needs: int, *, one: Flags, other: Flags, level: float = LEVEL
) -> list[Contrast]:
    """Needs 0 to `needs` − 1 in the reviews flagged `one` and those flagged `other` (n flags each).

    shares     Newcombe's interval (1998, method 10) of one − other; p of the z-test with the pooled share
    sentiment  Welch's t (1947)
    weights    effective numbers of reviews and mentions in the place of counts (Kish 1965)

    Raises ValueError if a review is on both sides, or a mention outside the reviews or needs.
    """
    if (one & other).any():
        raise ValueError("a review cannot be on both sides")
    sides = [_Side.of(mentions, table, needs, flags) for flags in (one, other)]
    shares = [[side.share(j, level) for j in range(needs)] for side in sides]
    feelings = [[side.feeling(j) for j in range(needs)] for side in sides]
    share_tests = [_shares_apart(a, b, sides[0].base, sides[1].base) for a, b in zip(*shares, strict=True)]
    mood_tests = [welch(a, b, level) for a, b in zip(*feelings, strict=True)]
    total = sides[0].base.total + sides[1].base.total
    return [
        Contrast(
            one=shares[0][j], other=shares[1][j], share=share, one_sentiment=feelings[0][j],
            other_sentiment=feelings[1][j], sentiment=mood, voice=_voice(sides, j, level),
            voice_expected=sides[0].base.total / total if total else None,
        )
        for j, (share, mood) in enumerate(zip(_adjusted(share_tests), _adjusted(mood_tests), strict=True))
    ]  # fmt: skip


def own_against_competitors(
    mentions: Mentions, table: ReviewTable, needs: int, *, level: float = LEVEL
) -> list[Contrast]:
    """The brand's own products against all competitors'; reviews of neither are left out."""
    return contrast(mentions, table, needs, one=table.own == 1, other=table.own == 0, level=level)


def after_against_before(
    mentions: Mentions, table: ReviewTable, needs: int, *, day: int, level: float = LEVEL
) -> list[Contrast]:
    """Reviews from `day` on (days since 1 January 1970) against those before it; undated ones are left out."""
    dated = table.day >= 0
    return contrast(
        mentions, table, needs, one=dated & (table.day >= day), other=dated & (table.day < day), level=level
    )


def group_against_another(
    mentions: Mentions, table: ReviewTable, needs: int, *, column: str, code: int, other: int | None = None,
    level: float = LEVEL,
) -> list[Contrast]:  # fmt: skip
    """Reviews with `code` in one of `mentions.COLUMNS` against those with `other`, or with any other known code.

    Raises ValueError for another column, or if the codes are the same.
    """
    codes = table.column(column)
    rest = (codes != UNKNOWN) & (codes != code) if other is None else codes == other
    return contrast(mentions, table, needs, one=codes == code, other=rest, level=level)


def heat_map(
    mentions: Mentions, table: ReviewTable, needs: int, *, column: str = "product", level: float = LEVEL
) -> HeatMap:
    """Needs × the known codes of one of `mentions.COLUMNS`: share, net sentiment, base, residual.

    residual = (O − E) / √(E · (1 − p) · (1 − n_g / n)), E = n_g · p: the adjusted residual of Haberman (1973) in the
    table of mentioned or not × group; O the mentions of n_g reviews of the group, p the need's share of all n. With
    weights, all numbers are scaled to the effective n. Raises ValueError for another column.
    """
    grid = _Grid.of(mentions, table, needs, table.column(column))
    known = [k for k, code in enumerate(grid.codes) if code != UNKNOWN]
    group, mass = np.array([grid.bases[k].total for k in known]), grid.mass[:, known]
    total = float(group.sum())
    squares = float((table.weight[table.column(column) != UNKNOWN] ** 2).sum())
    scale = total / squares if squares else 0.0
    share = mass.sum(axis=1, keepdims=True) / (total or 1.0)
    expected = share * group
    error = np.sqrt(expected * (1 - share) * (1 - group / (total or 1.0)))
    residual = np.where(error > 1e-12, (mass - expected) * np.sqrt(scale) / np.where(error > 1e-12, error, 1.0), 0.0)
    cells = [
        [
            Cell(
                share=grid.share(j, k, level),
                net_sentiment=float(grid.net[j, k]) if grid.counts[j, k] else None,
                residual=float(residual[j, at]),
            )
            for at, k in enumerate(known)
        ]
        for j in range(needs)
    ]
    return HeatMap(codes=[int(grid.codes[k]) for k in known], cells=cells)


def distribution(mentions: Mentions, table: ReviewTable, *, need: int, by: str, level: float = LEVEL) -> list[Part]:
    """Where one need is spoken of: a part for each code of one of `mentions.COLUMNS`, or each 'month' with reviews.

    Reviews without a code make a part of their own, −1. Raises ValueError for another column.
    """
    if by not in {*COLUMNS, "month"}:
        raise ValueError(f"no column {by!r}; there are: {', '.join(COLUMNS)}, month")
    codes = np.where(table.day >= 0, month_of(table.day), UNKNOWN) if by == "month" else table.column(by)
    heard = mentions.need == need
    mine = Mentions(
        review=mentions.review[heard], need=np.zeros(int(heard.sum()), dtype=np.int64),
        sentiment=mentions.sentiment[heard],
    )  # fmt: skip
    grid = _Grid.of(mine, table, 1, codes)
    weight = table.weight[mine.review]
    whole = base_of(weight)
    return [
        Part(
            code=int(code),
            share=grid.share(0, k, level),
            of_need=share_of(int(grid.counts[0, k]), float(grid.mass[0, k]), whole, level),
            sentiment=mean_of(*(x[codes[mine.review] == code] for x in (mine.sentiment, weight))),
        )
        for k, code in enumerate(grid.codes)
    ]


@dataclass(frozen=True, kw_only=True)
class _Side:
    """The reviews of one side and what they say."""

    base: Base
    counts: Ints
    mass: Floats
    feelings: list[tuple[Floats, Floats]]
    """Sentiments and weights of each need's mentions."""

    @classmethod
    def of(cls, mentions: Mentions, table: ReviewTable, needs: int, flags: Flags) -> "_Side":
        mentions.matrix(np.ones(len(mentions)), (len(table), needs))
        kept = mentions.within(flags & (table.weight > 0))
        weight = table.weight[kept.review]
        order = np.argsort(kept.need, kind="stable")
        ends = np.searchsorted(kept.need[order], np.arange(needs + 1))
        return cls(
            base=base_of(table.weight[flags]),
            counts=np.diff(ends),
            mass=np.bincount(kept.need, weights=weight, minlength=needs).astype(np.float64),
            feelings=[
                (kept.sentiment[order[a:b]], weight[order[a:b]]) for a, b in pairwise(ends)
            ],
        )  # fmt: skip

    def share(self, need: int, level: float) -> Share:
        return share_of(int(self.counts[need]), float(self.mass[need]), self.base, level)

    def feeling(self, need: int) -> Mean:
        return mean_of(*self.feelings[need])


def _voice(sides: list[_Side], need: int, level: float) -> Share:
    weights = np.concatenate([side.feelings[need][1] for side in sides])
    return share_of(int(sides[0].counts[need]), float(sides[0].mass[need]), base_of(weights), level)


def _shares_apart(one: Share, other: Share, base: Base, base_other: Base) -> tuple[Estimate, float] | None:
    """Newcombe's interval, and p of z = d / √(p(1 − p)(1/n₁ + 1/n₂)) with the pooled share p."""
    if one.share is None or other.share is None:
        return None
    a, b = base.effective, base_other.effective
    pooled = (one.share.value * a + other.share.value * b) / (a + b)
    variance = pooled * (1 - pooled) * (1 / a + 1 / b)
    if variance <= 1e-15:
        return None
    between = newcombe(one.share, other.share)
    return between, 2 * float(ndtr(-abs(between.value) / variance**0.5))


def _adjusted(tests: list[tuple[Estimate, float] | None]) -> list[Difference | None]:
    q = iter(benjamini_hochberg([t[1] for t in tests if t]))
    return [Difference(estimate=t[0], p=t[1], q=float(next(q))) if t else None for t in tests]


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Needs × groups."""

    codes: Ints
    bases: list[Base]
    counts: Ints
    mass: Floats
    net: Floats

    @classmethod
    def of(cls, mentions: Mentions, table: ReviewTable, needs: int, codes: Ints) -> "_Grid":
        mentions.matrix(np.ones(len(mentions)), (len(table), needs))
        known, place = np.unique(codes, return_inverse=True)
        width = len(known)
        kept = mentions.within(table.weight > 0)
        cell, weight = kept.need * width + place[kept.review], table.weight[kept.review]

        def summed(values: Floats) -> Floats:
            filled = np.bincount(cell, weights=values, minlength=needs * width)
            return np.asarray(filled.reshape(needs, width), dtype=np.float64)

        mass, squares, feeling = summed(weight), summed(weight**2), summed(weight * kept.sentiment)
        effective = mass**2 / np.where(squares > 0, squares, 1.0)
        return cls(
            codes=known,
            bases=[base_of(table.weight[place == k]) for k in range(width)],
            counts=np.rint(summed(np.ones(len(kept)))).astype(np.int64),
            mass=mass,
            net=feeling / np.where(mass > 0, mass, 1.0) * effective / (effective + CALM),
        )

    def share(self, need: int, group: int, level: float) -> Share:
        return share_of(int(self.counts[need, group]), float(self.mass[need, group]), self.bases[group], level)
