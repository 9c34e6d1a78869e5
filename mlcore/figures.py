"""What a need weighs: how many customers speak of it, how they feel, and how much it moves their rating.

The figures follow Ulwick's opportunity algorithm ('What Customers Want', 2005) with reviews in the place of a survey:
opportunity = importance + max(importance − satisfaction, 0), importance and satisfaction on 0 to 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, hstack

from mlcore.estimates import LEVEL, Estimate, Share, base_of, share_of
from mlcore.mentions import Flags, Floats, Mentions, ReviewTable, review_table
from mlcore.ratingmodel import STARS, RatingModel
from mlcore.stability import Stability, resampled_sums, spread, stabilities

VOLUME_SHARE = 0.7
"""Weight of how many customers mention a need in its importance; the rest is its effect on the rating."""
SHRINKAGE = 3.0
"""Ridge penalty of the rating model, in reviews: what few reviews say moves its estimate little."""
CALM = 2.0
"""Neutral mentions that are added to each need's mean sentiment, so that three angry reviews are no verdict."""
DRAWS = 500
"""Bootstrap draws: enough for the ends of a 90 % interval to be steady to a tenth of its width."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """n judged sentences of r reviews, the ground on which needs stand."""

    texts: Sequence[str]
    languages: Sequence[str]
    reviews: Sequence[int]
    """Index of each sentence's review."""
    vectors: NDArray[np.float16] | NDArray[np.float32]
    """n × d embeddings, unit length."""
    sentiment: Floats
    informative: Floats
    ratings: Sequence[float | None]
    """One a review, 1 to 5."""
    copies: frozenset[int]
    """Reviews whose text stands in an earlier review; they count once."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a need weighs, in short."""

    mentions: int
    net_sentiment: float
    importance: float
    satisfaction: float
    opportunity: float


@dataclass(frozen=True, kw_only=True)
class NeedFigures:
    """What a need weighs, with every part of the formula and how far each would move with other customers."""

    mentions: Share
    """Reviews that speak of the need, of all reviews."""
    effective_mentions: float
    """(Σ w)² / Σ w² of them; the count itself where all reviews weigh the same."""
    rated_mentions: int
    """Those of them with stars: what `effect_stars` stands on."""
    net_sentiment: Estimate | None
    """−1 to 1; None without mentions."""
    volume: float
    """√(mentions / mentions of the most mentioned need), 0 to 1."""
    effect_stars: Estimate | None
    """Stars between a full complaint and full praise of the need, all other needs held equal; None: not known."""
    effect: float | None
    """effect_stars / 4, cut to 0 to 1."""
    importance: Estimate
    satisfaction: Estimate | None
    opportunity: Estimate | None
    stability: Stability | None
    """None without mentions."""


def weigh(
    mentions: Mentions, table: ReviewTable, needs: int, *, draws: int = DRAWS, seed: int = 0, level: float = LEVEL
) -> list[NeedFigures]:
    """Figures of needs 0 to `needs` − 1, each with its interval from `draws` resamples of the reviews.

    mentions      = reviews that speak of the need, weighted
    net_sentiment = mean sentiment of the mentions · m / (m + 2), m the effective number of mentions
    volume        = √(mentions / largest mentions)
    effect        = effect_stars / 4, at least 0 and at most 1; effect_stars is twice the slope of the stars over the
                    need's sentiment (absent: 0), from one ridge regression of all rated reviews on all needs
    importance    = 10 · (0.7 · volume + 0.3 · effect); 10 · volume where the effect is not known: without 20 ratings
                    that differ, or without a rated mention
    satisfaction  = 5 · (1 + net_sentiment)
    opportunity   = importance + max(importance − satisfaction, 0), 0 to 20 (Ulwick 2005)

    The root keeps one need of which everybody speaks from making all others look alike, and steadies the noise of
    counts. Four stars are all that a rating can move, so that an effect means the same in every project and the noise
    of one rare need moves no other's. Intervals are percentile intervals (Efron & Tibshirani 1993, chapter 13).

    Raises ValueError for a mention outside the reviews or needs, or without draws.
    """
    if draws < 1:
        raise ValueError("an interval needs draws")
    if not needs or not len(table):
        return [_unheard(table) for _ in range(needs)]
    ground = _Ground.of(mentions, table, needs)
    sums = np.asarray(ground.rows.sum(axis=0))[None]
    point = ground.parts(sums)
    drawn = ground.parts(resampled_sums(ground.rows, draws=draws, seed=seed))
    heard, known = point.mass[0] > 0, ground.known
    stars, net, importance, satisfaction, opportunity = (
        spread(value[0], other, level)
        for value, other in (
            (point.stars, drawn.stars), (point.net, drawn.net), (point.importance, drawn.importance),
            (point.satisfaction, drawn.satisfaction), (point.opportunity, drawn.opportunity),
        )
    )  # fmt: skip
    # A need that nobody mentions has no opportunity; it must not push others down the ranks.
    unranked = np.where(heard, 0.0, np.inf)
    places = stabilities(point.opportunity[0] - unranked, drawn.opportunity - unranked, level)
    counted = mentions.within(table.weight > 0)
    counts = np.bincount(counted.need, minlength=needs)
    rated = np.bincount(counted.within(table.rated).need, minlength=needs)
    mass = np.bincount(counted.need, weights=table.weight[counted.review], minlength=needs)
    base = base_of(table.weight)
    return [
        NeedFigures(
            mentions=share_of(int(counts[j]), float(mass[j]), base, level),
            effective_mentions=float(point.effective[0, j]),
            rated_mentions=int(rated[j]),
            net_sentiment=net[j] if heard[j] else None,
            volume=float(point.volume[0, j]),
            effect_stars=stars[j] if known[j] else None,
            effect=float(point.effect[0, j]) if known[j] else None,
            importance=importance[j],
            satisfaction=satisfaction[j] if heard[j] else None,
            opportunity=opportunity[j] if heard[j] else None,
            stability=places[j] if heard[j] else None,
        )
        for j in range(needs)
    ]


def score(corpus: Corpus, groups: Sequence[NDArray[np.int64]]) -> list[Figures]:
    """Figures of each group of sentences, by the formulas of `weigh`, without intervals. Copied reviews don't count."""
    if not groups:
        return []
    table = review_table(corpus.ratings, weight=[float(i not in corpus.copies) for i in range(len(corpus.ratings))])
    members = np.concatenate(groups).astype(np.int64)
    owners = np.array(corpus.reviews, dtype=np.int64)[members]
    group = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
    mentions = Mentions.of_sentences(owners, group, corpus.sentiment[members])
    ground = _Ground.of(mentions, table, len(groups))
    parts = ground.parts(np.asarray(ground.rows.sum(axis=0))[None])
    return [
        Figures(
            mentions=round(float(m)), net_sentiment=round(float(n), 3), importance=round(float(i), 2),
            satisfaction=round(float(s), 2), opportunity=round(float(o), 2),
        )
        for m, n, i, s, o in zip(
            parts.effective[0], parts.net[0], parts.importance[0], parts.satisfaction[0], parts.opportunity[0],
            strict=True,
        )
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """Every part of the formulas, draws × needs."""

    mass: Floats
    effective: Floats
    net: Floats
    volume: Floats
    stars: Floats
    effect: Floats
    importance: Floats
    satisfaction: Floats
    opportunity: Floats


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The reviews as rows whose sums yield all figures."""

    rows: csr_array
    """n × (3 · needs + K): weight, its square and weighted sentiment per need, then the rating model's products."""
    needs: int
    model: RatingModel | None
    known: Flags
    """Needs whose effect on the stars can be told."""

    @classmethod
    def of(cls, mentions: Mentions, table: ReviewTable, needs: int) -> "_Ground":
        shape = (len(table), needs)
        said = mentions.matrix(np.ones(len(mentions)), shape)
        feeling = mentions.matrix(mentions.sentiment, shape)
        model = RatingModel.of(feeling, table)
        weight = table.weight / max(float(table.weight.mean()), 1e-12)
        scaled, squared = diags_array(weight), diags_array(weight**2)
        blocks = [scaled @ said, squared @ said, scaled @ feeling]
        rated = np.asarray(said.T @ (table.rated & (table.weight > 0)).astype(np.float64)) > 0
        if model:
            blocks.append(scaled @ model.products)
        return cls(
            rows=hstack(blocks, format="csr"), needs=needs, model=model,
            known=rated if model else np.zeros(needs, dtype=bool),
        )  # fmt: skip

    def parts(self, sums: Floats) -> _Parts:
        """draws × columns of summed rows → the figures of each draw."""
        mass, squares, feeling = (sums[:, i * self.needs : (i + 1) * self.needs] for i in range(3))
        effective = mass**2 / np.where(squares > 0, squares, 1.0)
        net = feeling / np.where(mass > 0, mass, 1.0) * effective / (effective + CALM)
        largest = mass.max(axis=1, keepdims=True)
        volume = np.sqrt(mass / np.where(largest > 0, largest, 1.0))
        stars = np.zeros_like(mass)
        if self.model:
            stars = 2 * self.model.solve(sums[:, 3 * self.needs :], SHRINKAGE)[:, 1:]
        effect = np.clip(stars / STARS, 0.0, 1.0)
        blended = VOLUME_SHARE * volume + (1 - VOLUME_SHARE) * effect
        importance = 10 * np.where(self.known, blended, volume)
        satisfaction = 5 * (1 + net)
        return _Parts(
            mass=mass, effective=effective, net=net, volume=volume, stars=stars, effect=effect, importance=importance,
            satisfaction=satisfaction, opportunity=opportunity_of(importance, satisfaction),
        )  # fmt: skip


def opportunity_of(importance: Floats, satisfaction: Floats) -> Floats:
    """importance + max(importance − satisfaction, 0), of two scales of 0 to 10 (Ulwick 2005)."""
    return np.asarray(importance + np.maximum(importance - satisfaction, 0.0))


def _unheard(table: ReviewTable) -> NeedFigures:
    nothing = Estimate(value=0.0, low=0.0, high=0.0)
    return NeedFigures(
        mentions=share_of(0, 0.0, base_of(table.weight)), effective_mentions=0.0, rated_mentions=0,
        net_sentiment=None, volume=0.0, effect_stars=None, effect=None, importance=nothing, satisfaction=None,
        opportunity=None, stability=None,
    )  # fmt: skip
