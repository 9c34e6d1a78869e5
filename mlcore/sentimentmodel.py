"""A sentiment model learnt from star ratings: linear in n-grams, in the embedding and in what the shipped model says.

Two support vector machines see the n-grams: one through log-count ratios (Wang & Manning, 2012, 'Baselines and
Bigrams'), one through inverse document frequency; a logistic regression sees the embedding. A last logistic regression
weighs the three and the shipped model by what each said of reviews it had not learnt from (Wolpert, 1992, 'Stacked
Generalization'), so that a hundred reviews lean on the shipped model and ten thousand on themselves.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from mlcore.embed import Vectors
from mlcore.errors import InputError
from mlcore.ngrams import chosen, ngrams, places
from mlcore.sentiment import LEVELS, shipped

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RARE = 2
"""An n-gram counts if so many reviews have it."""
SVM_COST, EMBEDDING_COST = 0.7, 0.2
"""Chosen on training rows of the evaluation data, not on its test rows."""
SCALE = 4.0
"""Embeddings are multiplied by this, as in mlcore.sentiment."""
FOLDS, FOLDED = 5, 8000
"""Up to FOLDED reviews are held out in turn, each once in FOLDS; of more, one fold of at most FOLDED is enough."""
FEWEST = 10
"""Reviews on the good and on the bad side that a model needs."""
_BATCH = 4096


@dataclass(frozen=True, kw_only=True)
class View:
    """One linear model on n-grams: score = x·(scale∘weight) / |x∘scale| + bias for x of zeros and ones."""

    scale: NDArray[np.float32]
    weight: NDArray[np.float32]
    bias: float

    def score(self, x: csr_matrix) -> Floats:
        """n × c n-grams → n scores."""
        length = np.sqrt(np.maximum(x @ self.scale**2, 1e-12))
        return np.asarray((x @ (self.scale * self.weight)) / length + self.bias, dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class TunedSentiment:
    """The learnt weights. Give it to mlcore.sentiment.judge as `model`."""

    columns: NDArray[np.int32]
    """c hashed n-grams, ascending; the views' weights are in this order."""
    ratio: View
    frequency: View
    embedding: NDArray[np.float32]
    """d weights, then the bias."""
    mixture: Floats
    """Weights of ratio, frequency, embedding and shipped model, then the bias."""
    knots: Floats
    """Logits at the borders of the five levels, ascending."""

    def logits(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        """n texts and their n × d embeddings → n logits: 2·atanh of the sentiment.

        Raises InputError if the embeddings are another encoder's.
        """
        if vectors.shape[1] != len(self.embedding) - 1:
            raise InputError("sentiment_encoder", dimensions=vectors.shape[1], needed=len(self.embedding) - 1)
        parts = [slice(first, first + _BATCH) for first in range(0, len(texts), _BATCH)]
        raw = [self._raw(texts[part], vectors[part]) for part in parts]
        return _bend(np.concatenate([np.zeros(0), *raw]), self.knots)

    @cached_property
    def _places(self) -> NDArray[np.int32]:
        return places(self.columns)

    def _raw(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        x = chosen(ngrams(texts), self._places, len(self.columns))
        heard = np.column_stack(
            [
                self.ratio.score(x),
                self.frequency.score(x),
                vectors @ (self.embedding[:-1] * SCALE) + self.embedding[-1],
                shipped().logits(texts, vectors),
            ]
        )
        return np.asarray(heard @ self.mixture[:-1] + self.mixture[-1])

    def save(self, path: Path) -> None:
        """Writes one .npz, without pickle: about 8 bytes for an n-gram."""
        half = {
            f"{name}_{part}": getattr(getattr(self, name), part).astype(np.float16)
            for name in ("ratio", "frequency")
            for part in ("scale", "weight")
        }
        np.savez_compressed(
            path, columns=self.columns, embedding=self.embedding, mixture=self.mixture, knots=self.knots,
            biases=np.array([self.ratio.bias, self.frequency.bias]), allow_pickle=False, **half,
        )  # fmt: skip


def load_sentiment(path: Path) -> TunedSentiment:
    """Reads what save() wrote. Raises InputError if there is nothing that can be read."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            views = [
                View(
                    scale=stored[f"{name}_scale"].astype(np.float32),
                    weight=stored[f"{name}_weight"].astype(np.float32),
                    bias=float(bias),
                )
                for name, bias in zip(("ratio", "frequency"), stored["biases"], strict=True)
            ]
            rest = {name: stored[name] for name in ("columns", "embedding", "mixture", "knots")}
    except (OSError, ValueError, KeyError, EOFError):
        raise InputError("sentiment_unreadable", path=path.name) from None
    return TunedSentiment(ratio=views[0], frequency=views[1], **rest)


def fit(texts: Sequence[str], vectors: Vectors, ratings: Sequence[float], *, seed: int = 0) -> TunedSentiment:
    """Learns from n reviews, their embeddings and their stars, 1 to 5; three stars only help to place the levels.

    Good and bad reviews weigh the same in sum, so that a shop full of praise still hears its complaints.
    Raises InputError with fewer than ten good (4, 5) or bad (1, 2) reviews.
    """
    stars = np.asarray(ratings, dtype=np.float64)
    good, bad = stars > 3, stars < 3
    if min(good.sum(), bad.sum()) < FEWEST:
        raise InputError("sentiment_few", good=int(good.sum()), bad=int(bad.sum()), fewest=FEWEST)
    x, said = ngrams(texts), shipped().logits(texts, vectors)
    sided = np.flatnonzero(good | bad)
    heard = np.full((len(stars), 4), np.nan)
    heard[:, 3] = said
    for out in _folds(len(stars), seed):
        learnt = np.setdiff1d(sided, out)
        columns, views, embedding = _parts(x[learnt], vectors[learnt], good[learnt])
        held = chosen(x[out], places(columns), len(columns))
        heard[out, :3] = np.column_stack(
            [views[0].score(held), views[1].score(held), vectors[out] @ (embedding[:-1] * SCALE) + embedding[-1]]
        )
    known = ~np.isnan(heard).any(axis=1)
    mixture = _mixture(heard[known & (good | bad)], good[known & (good | bad)])
    columns, views, embedding = _parts(x[sided], vectors[sided], good[sided])
    raw = heard[known] @ mixture[:-1] + mixture[-1]
    return TunedSentiment(
        columns=columns, ratio=views[0], frequency=views[1], embedding=embedding, mixture=mixture,
        knots=_knots(raw, stars[known]),
    )  # fmt: skip


def _folds(count: int, seed: int) -> list[NDArray[np.int64]]:
    order = np.random.default_rng(seed).permutation(count)
    if count <= FOLDED:
        return [order[fold::FOLDS] for fold in range(FOLDS)]
    return [order[: min(FOLDED, count // FOLDS)]]


def _parts(x: csr_matrix, vectors: Vectors, good: Bools) -> tuple[NDArray[np.int32], list[View], NDArray[np.float32]]:
    counts = np.asarray(x.sum(axis=0)).ravel()
    columns = np.flatnonzero(counts >= RARE).astype(np.int32)
    kept = chosen(x, places(columns), len(columns))
    views = [_view(kept, scale, good) for scale in (_ratio(kept, good), _idf(counts[columns], len(good)))]
    regression = LogisticRegression(C=EMBEDDING_COST, class_weight="balanced", max_iter=200)
    regression.fit(vectors * SCALE, good)
    embedding = np.append(regression.coef_[0], regression.intercept_)
    return columns, views, embedding.astype(np.float32)


def _ratio(x: csr_matrix, good: Bools) -> NDArray[np.float32]:
    """How much oftener good reviews have each n-gram than bad ones, in logarithms."""
    liked = 1 + np.asarray(x[good].sum(axis=0)).ravel()
    loathed = 1 + np.asarray(x[~good].sum(axis=0)).ravel()
    return np.asarray(np.log((liked / liked.sum()) / (loathed / loathed.sum())), dtype=np.float32)


def _idf(counts: NDArray[np.float32], total: int) -> NDArray[np.float32]:
    return np.asarray(1 + np.log(total / counts), dtype=np.float32)


def _view(x: csr_matrix, scale: NDArray[np.float32], good: Bools) -> View:
    length = np.sqrt(np.maximum(x @ scale**2, 1e-12))
    scaled = csr_matrix(diags(1 / length) @ x @ diags(scale))
    machine = LinearSVC(C=SVM_COST, class_weight="balanced", max_iter=40, tol=0.01, random_state=0)
    with warnings.catch_warnings():
        # The last passes turn no review over; that they are not made is meant.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(scaled, good)
    return View(scale=scale, weight=machine.coef_[0].astype(np.float32), bias=float(machine.intercept_[0]))


def _mixture(heard: Floats, good: Bools) -> Floats:
    regression = LogisticRegression(C=1.0, class_weight="balanced", max_iter=500).fit(heard, good)
    return np.append(regression.coef_[0], regression.intercept_)


def _knots(raw: Floats, stars: Floats) -> Floats:
    """Where more stars and fewer part best, for each step of the scale; the shipped borders if stars are missing."""
    plain = 2 * np.arctanh(LEVELS)
    if min(np.sum(np.round(stars) == star) for star in range(1, 6)) < FEWEST:
        return np.asarray(plain)
    found = []
    for star in range(1, 5):
        above = LogisticRegression(C=10.0, class_weight="balanced").fit(raw[:, None], stars > star + 0.5)
        found.append(-float(above.intercept_[0]) / max(float(above.coef_[0, 0]), 1e-6))
    # Never closer than a tenth, so that the bent line stays a line.
    return np.asarray(np.maximum.accumulate(np.array(found)) + np.arange(4) * 0.1)


def _bend(raw: Floats, knots: Floats) -> Floats:
    """Straight pieces from the knots to the shipped levels' borders, and beyond them with slope one."""
    borders = 2 * np.arctanh(LEVELS)
    inside = np.interp(raw, knots, borders)
    return np.asarray(inside + np.minimum(raw - knots[0], 0) + np.maximum(raw - knots[-1], 0))
