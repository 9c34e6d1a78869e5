"""What a need weighs: how many customers speak of it, how they feel, and how much it moves their rating.

The figures follow Ulwick's opportunity algorithm ('What Customers Want', 2005) with reviews in the place of a survey:
opportunity = importance + max(importance − satisfaction, 0), importance and satisfaction on 0 to 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Vectors

Floats = NDArray[np.float64]

VOLUME_SHARE = 0.7
"""Weight of how many customers mention a need in its importance; the rest is its effect on the rating."""
SHRINKAGE = 3.0
"""Ridge penalty of the rating model, in reviews: what few reviews say moves its estimate little."""
CALM = 2.0
"""Neutral mentions that are added to each need's mean sentiment, so that three angry reviews are no verdict."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """n judged sentences of r reviews, the ground on which needs stand."""

    texts: Sequence[str]
    languages: Sequence[str]
    reviews: Sequence[int]
    """Index of each sentence's review."""
    vectors: Vectors
    """n × d embeddings, unit length."""
    sentiment: Floats
    informative: Floats
    ratings: Sequence[float | None]
    """One a review, 1 to 5."""
    copies: frozenset[int]
    """Reviews whose text stands in an earlier review; they count once."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a need weighs."""

    mentions: int
    net_sentiment: float
    importance: float
    satisfaction: float
    opportunity: float


def score(corpus: Corpus, groups: Sequence[NDArray[np.int64]]) -> list[Figures]:
    """Figures of each group of sentences.

    mentions      = distinct reviews
    net_sentiment = Σ of the reviews' mean sentiment / (mentions + 2), −1 to 1
    importance    = 10 · (0.7 · √(mentions / largest mentions) + 0.3 · effect / largest effect), 0 to 10;
                    effect is the rating stars that the need's sentiment moves, from one ridge regression of all
                    reviews' ratings on their mean sentiment per need (absent: 0); without at least 20 ratings that
                    differ, importance = 10 · √(mentions / largest mentions)
    satisfaction  = 5 · (1 + net_sentiment), 0 to 10
    opportunity   = importance + max(importance − satisfaction, 0), 0 to 20
    """
    feelings = [_by_review(corpus, members) for members in groups]
    mentions = np.array([len(f) for f in feelings], dtype=np.float64)
    net = np.array([sum(f.values()) / (len(f) + CALM) for f in feelings])
    volume = np.sqrt(mentions / mentions.max(initial=1.0))
    effect = _effects(corpus, feelings)
    weight = volume if effect is None else VOLUME_SHARE * volume + (1 - VOLUME_SHARE) * effect
    importance, satisfaction = 10 * weight, 5 * (1 + net)
    opportunity = importance + np.maximum(importance - satisfaction, 0)
    return [
        Figures(
            mentions=int(m), net_sentiment=round(float(n), 3), importance=round(float(i), 2),
            satisfaction=round(float(s), 2), opportunity=round(float(o), 2),
        )
        for m, n, i, s, o in zip(mentions, net, importance, satisfaction, opportunity, strict=True)
    ]  # fmt: skip


def _by_review(corpus: Corpus, members: NDArray[np.int64]) -> dict[int, float]:
    """review → mean sentiment of its sentences in the group."""
    found: dict[int, list[float]] = {}
    for i in members:
        found.setdefault(corpus.reviews[i], []).append(float(corpus.sentiment[i]))
    return {review: sum(values) / len(values) for review, values in found.items()}


def _effects(corpus: Corpus, feelings: Sequence[dict[int, float]]) -> Floats | None:
    """How much each need's sentiment moves the rating, 0 to 1 of the largest; None without enough ratings."""
    rated = [i for i, r in enumerate(corpus.ratings) if r is not None and i not in corpus.copies]
    stars = np.array([corpus.ratings[i] for i in rated], dtype=np.float64)
    if len(stars) < 20 or stars.std() == 0 or not feelings:
        return None
    place = {review: row for row, review in enumerate(rated)}
    x = np.zeros((len(rated), len(feelings)))
    for column, feeling in enumerate(feelings):
        for review, value in feeling.items():
            if review in place:
                x[place[review], column] = value
    slope = np.linalg.solve(x.T @ x + SHRINKAGE * np.eye(x.shape[1]), x.T @ (stars - stars.mean()))
    effect = np.maximum(slope, 0.0)
    return np.asarray(effect / effect.max()) if effect.max() > 0 else None
