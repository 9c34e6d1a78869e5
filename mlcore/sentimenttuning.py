"""One click from a brand's star ratings to a sentiment model of its own, measured on reviews it has not seen."""

import dataclasses
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Vectors, embed, open_encoder
from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.sentiment import SentimentModel, judge, level
from mlcore.sentimentmodel import TunedSentiment, fit
from mlcore.specs.sentiment import Confusion, SentimentFigures, SentimentTuned, TuneSentimentSpec

Ints = NDArray[np.int64]

MOST_HELD_OUT = 3000


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """A tuned model and how it does beside the shipped one, on reviews that neither has learnt from."""

    model: TunedSentiment
    held_out: int
    before: SentimentFigures
    after: SentimentFigures


def tune_sentiment(spec: TuneSentimentSpec) -> Iterator[Event]:
    """Writes sentiment.npz and figures.json into spec.output; yields Progress, then SentimentTuned.

    Raises InputError for a file that cannot be read or has too few good or bad reviews.
    """
    encoder = open_encoder(spec.encoder)
    texts, ratings = _read(spec)
    yield Progress(step="reading", done=len(texts), total=len(texts), unit="reviews")
    vectors: Vectors = np.zeros((0, encoder.dimensions), dtype=np.float32)
    for done, filled in embed(texts, encoder):
        vectors = filled
        yield Progress(step="embedding", done=done, total=len(texts), unit="reviews")
    tuning = measured(texts, vectors, ratings, share=spec.held_out, seed=spec.seed)
    yield Progress(step="learning", done=1, total=1, unit="models")
    spec.output.mkdir(parents=True, exist_ok=True)
    tuning.model.save(spec.output / "sentiment.npz")
    figures = {"before": dataclasses.asdict(tuning.before), "after": dataclasses.asdict(tuning.after)}
    facts = {"encoder": spec.encoder, "reviews": len(texts) - tuning.held_out, "held_out": tuning.held_out, **figures}
    (spec.output / "figures.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    yield SentimentTuned(
        reviews=len(texts) - tuning.held_out, held_out=tuning.held_out, before=tuning.before, after=tuning.after
    )


def tune(texts: Sequence[str], vectors: Vectors, ratings: Sequence[float]) -> TunedSentiment:
    """Learns from all n reviews, their n × d embeddings and their stars from 1 to 5. Raises InputError if too few."""
    return fit(texts, vectors, ratings)


def measured(
    texts: Sequence[str], vectors: Vectors, ratings: Sequence[float], *, share: float = 0.1, seed: int = 0
) -> Tuning:
    """As tune(), but a share of the reviews is held out, and both models are measured on it."""
    order = np.random.default_rng(seed).permutation(len(texts))
    held = order[: min(MOST_HELD_OUT, max(1, round(share * len(texts))))]
    learnt = order[len(held) :]
    model = fit([texts[i] for i in learnt], vectors[learnt], [ratings[i] for i in learnt], seed=seed)
    chosen, stars = [texts[i] for i in held], [ratings[i] for i in held]
    return Tuning(
        model=model,
        held_out=len(held),
        before=figures(chosen, vectors[held], stars, None),
        after=figures(chosen, vectors[held], stars, model),
    )


def figures(
    texts: Sequence[str], vectors: Vectors, ratings: Sequence[float], model: SentimentModel | None
) -> SentimentFigures:
    """How well a model (None: the shipped one) tells good from bad; shares of a side without reviews count as 0."""
    found = judge(texts, vectors, model=model).sentiment
    stars = np.asarray(ratings, dtype=np.float64)
    sided = stars != 3
    pairs = _table((stars[sided] > 3).astype(int), (found[sided] >= 0).astype(int), 2)
    right = np.diag(pairs)
    recall = right / np.maximum(pairs.sum(axis=1), 1)
    f1 = 2 * right / np.maximum(pairs.sum(axis=1) + pairs.sum(axis=0), 1)
    whole = np.clip(np.round(stars), 1, 5).astype(int) - 1
    return SentimentFigures(
        accuracy=float(right.sum() / max(pairs.sum(), 1)),
        balanced_accuracy=float(recall.mean()),
        macro_f1=float(f1.mean()),
        confusion=_rows(pairs),
        levels=_rows(_table(whole, np.array([level(s) - 1 for s in found], dtype=int), 5)),
    )


def _table(true: Ints, found: Ints, size: int) -> Ints:
    table = np.zeros((size, size), dtype=np.int64)
    np.add.at(table, (true, found), 1)
    return table


def _rows(table: Ints) -> Confusion:
    return tuple(tuple(int(cell) for cell in row) for row in table)


def _read(spec: TuneSentimentSpec) -> tuple[list[str], list[float]]:
    texts: list[str] = []
    ratings: list[float] = []
    try:
        with spec.reviews.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                text, rating = _review(line, number) if line.strip() else ("", None)
                if text and rating is not None:
                    texts.append(text)
                    ratings.append(rating)
    except FileNotFoundError:
        raise InputError("reviews_missing", path=spec.reviews.name) from None
    except UnicodeDecodeError:
        raise InputError("reviews_encoding", path=spec.reviews.name) from None
    return texts, ratings


def _review(line: str, number: int) -> tuple[str, float | None]:
    try:
        row: dict[str, Any] = json.loads(line)
        title, text, rating = str(row.get("title") or ""), str(row.get("text") or ""), row.get("rating")
        stars = math.nan if rating is None or isinstance(rating, bool) else float(rating)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise InputError("reviews_line", line=number) from None
    known = 1 <= stars <= 5
    return with_title(title, text), stars if known else None


def with_title(title: str, text: str) -> str:
    """A review as one text: 'title. text'."""
    return ". ".join(part for part in (title.strip().rstrip(".!"), text.strip()) if part)
