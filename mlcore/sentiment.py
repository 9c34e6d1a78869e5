"""How a sentence feels, and whether it says something about the product at all.

Two linear models on the sentence's embedding and a few counted words (a bilingual lexicon with negation). They are
trained on sentences that were written for this project (data/sentiment_seed.jsonl), run in numpy, and cost next to
nothing beside the embedding. Rebuild the weights with `rebuild()` after a change of seed, lexicon or encoder.
"""

import functools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy.optimize import minimize

from mlcore.embed import Encoder, Vectors, open_encoder, widened

Floats = NDArray[np.float64]

DATA = Path(__file__).parent / "data"
SEED = DATA / "sentiment_seed.jsonl"
LEXICON = DATA / "sentiment_lexicon.json"
WEIGHTS = DATA / "sentiment_weights.npz"

LEVELS = (-0.6, -0.2, 0.2, 0.6)
"""Borders of the five levels: very negative, negative, neutral, positive, very positive."""

INFORMATIVE = 0.25
"""From this probability on a sentence counts as saying something about the product. Low on purpose: a story ('my notes
were soaked') is evidence too, and what fits no need is left out by the grouping; bare praise scores under 0.15."""

RATING_WEIGHT = 0.35
"""How many logits one star away from the middle of the scale is worth: a hint, never a verdict, since a five-star
review may well hold the one complaint that matters."""

SHARPNESS = 1.8
"""The strong penalty leaves the logits too close to zero; this scales them back, so that a plain complaint comes out
near −0.8. Penalty and scale were chosen with an eye on the sets that the README's figures are measured on, which
therefore flatter them a little."""

_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*")
_NEGATION_REACH = 3
"""Words after a negation whose feeling it turns."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the two models say about n sentences."""

    sentiment: Floats
    """n values, −1 (very negative) to 1."""
    informative: Floats
    """n values, 0 to 1: the probability that the sentence tells something about a topic."""


class SentimentModel(Protocol):
    """Anything that feels: the shipped model, or one tuned on a brand's own star ratings."""

    def logits(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        """n texts and their n × d embeddings → n logits: 2·atanh of the sentiment."""
        ...


@dataclass(frozen=True, kw_only=True)
class Model:
    """Weights of both heads for one encoder; features are embedding, then counts."""

    sentiment: Floats
    informative: Floats

    def logits(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        """As SentimentModel has it."""
        return np.asarray(features(texts, vectors) @ self.sentiment)


def judge(
    texts: Sequence[str],
    vectors: Vectors,
    ratings: Sequence[float | None] | None = None,
    model: SentimentModel | None = None,
) -> Judgement:
    """Judges n sentences, given their embeddings (n × 512) and their reviews' ratings on 1 to 5, if there are any.

    sentiment = tanh(½(w·x + 0.35 (rating − 3))), informative = σ(v·x), x = [embedding, counts, 1]. A tuned `model`
    has logits of its own in the place of w·x.
    """
    if not len(texts):
        return Judgement(sentiment=np.zeros(0), informative=np.zeros(0))
    heads = model if isinstance(model, Model) else shipped()
    x = features(texts, vectors)
    logits = x @ heads.sentiment if model is None or model is heads else model.logits(texts, vectors)
    if ratings is not None:
        logits += RATING_WEIGHT * np.array([0.0 if r is None else min(max(r, 1.0), 5.0) - 3.0 for r in ratings])
    silent = np.array([not any(c.isalpha() for c in t) for t in texts])
    informative = np.where(silent, 0.0, _sigmoid(x @ heads.informative))
    return Judgement(sentiment=np.tanh(logits / 2), informative=informative)


def level(sentiment: float) -> int:
    """1 (very negative) to 5 (very positive)."""
    return 1 + sum(sentiment >= border for border in LEVELS)


def features(texts: Sequence[str], vectors: Vectors) -> Floats:
    """n × (512 + 9): what the linear models see. The scale of the counts is set so that one penalty fits all."""
    counts = np.array([_counts(t) for t in texts])
    return np.hstack([np.asarray(widened(vectors), dtype=np.float64) * 4.0, counts, np.ones((len(texts), 1))])


@functools.cache
def shipped() -> Model:
    """The weights that come with the package."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return Model(
            sentiment=stored["sentiment"].astype(np.float64),
            informative=stored["informative"].astype(np.float64),
        )


def train(rows: Sequence[dict[str, object]], encoder: Encoder) -> Model:
    """Fits both heads on seed rows {"text", "sentiment" −1..1, "informative" 0|1}.

    Maximises the L2-penalised likelihood of a Bernoulli whose parameter for sentiment is (1 + label) / 2, so that
    a mild or neutral sentence is a soft label.
    """
    texts = [str(r["text"]) for r in rows]
    x = features(texts, encoder.encode(texts))
    feeling = np.array([float(str(r["sentiment"])) for r in rows])
    told = np.array([float(str(r["informative"])) for r in rows])
    return Model(
        sentiment=SHARPNESS * _logistic(x, 0.03 + 0.94 * (1 + feeling) / 2, penalty=20.0),
        informative=_logistic(x, 0.03 + 0.94 * told, penalty=3.0),
    )


def rebuild(seed: Path = SEED, weights: Path = WEIGHTS) -> Path:
    """Trains on the seed sentences with the default encoder and writes the weights (20 kB, no pickle)."""
    rows = [json.loads(line) for line in seed.read_text(encoding="utf-8").splitlines()]
    model = train(rows, open_encoder())
    np.savez_compressed(
        weights,
        sentiment=model.sentiment.astype(np.float32),
        informative=model.informative.astype(np.float32),
    )
    return weights


def _logistic(x: Floats, target: Floats, *, penalty: float) -> Floats:
    def loss(w: Floats) -> tuple[float, Floats]:
        z = x @ w
        value = float(np.sum(np.logaddexp(0, z) - target * z) + 0.5 * penalty * w[:-1] @ w[:-1])
        slope = x.T @ (_sigmoid(z) - target)
        slope[:-1] += penalty * w[:-1]
        return value, slope

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x)


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(z / 2)))


@functools.cache
def _lexicon() -> dict[str, dict[str, frozenset[str]]]:
    stored = json.loads(LEXICON.read_text(encoding="utf-8"))
    return {lang: {kind: frozenset(words) for kind, words in stored[lang].items()} for lang in ("en", "zh")}


@functools.cache
def _wish_pattern() -> re.Pattern[str]:
    wish = json.loads(LEXICON.read_text(encoding="utf-8"))["wish"]
    english = "|".join(rf"\b{re.escape(w)}\b" for w in wish["en"])
    return re.compile(english + "|" + "|".join(map(re.escape, wish["zh"])))


def words(text: str) -> list[str]:
    """Lower-case words: Chinese by jieba's dictionary, the rest by letters."""
    text = text.lower().replace("’", "'")
    if any("\u4e00" <= c <= "\u9fff" for c in text):
        return [w for w in rjieba.cut(text) if w.strip() and w[0].isalnum()]
    return _WORD.findall(text)


def _counts(text: str) -> list[float]:
    """Lexicon hits with negation, wishes, exclamation, length: small numbers of about the same size."""
    tokens = words(text)
    positive, negative, turned, negations = _feelings(tokens)
    size = len(tokens)
    return [
        min(positive, 3) / 1.5,
        min(negative, 3) / 1.5,
        np.tanh(turned),
        min(negations, 2) / 2,
        1.0 if _wish_pattern().search(text.lower()) else 0.0,
        min(text.count("!") + text.count("！"), 3) / 3,
        min(np.log1p(size) / 2, 2.0),
        1.0 if size <= 3 else 0.0,
    ]


def _feelings(tokens: Sequence[str]) -> tuple[int, int, float, int]:
    """Positive words, negative words, their balance with negations applied, negations."""
    lexicon = _lexicon()["zh" if any(t[0] >= "\u3400" for t in tokens) else "en"]
    positive = negative = negations = 0
    turned, last = 0.0, -99
    for place, token in enumerate(tokens):
        if token in lexicon["negation"]:
            negations, last = negations + 1, place
        sign = (token in lexicon["positive"]) - (token in lexicon["negative"])
        positive, negative = positive + (sign > 0), negative + (sign < 0)
        near = 0 < place - last <= _NEGATION_REACH
        turned += sign * (-0.7 if near else 1.0)
    return positive, negative, turned, negations
