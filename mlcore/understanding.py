"""Reads reviews sentence by sentence: what each says, whether it tells anything, how it feels, what it judges.

The work is done review after review in portions, so that its memory doesn't grow with the file; several processes may
share a file, each taking a stretch of it.
"""

import dataclasses
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects import aspects_of
from mlcore.embed import Encoder, embed, open_encoder
from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.intents import intents_of
from mlcore.sentiment import judge, level, words
from mlcore.sentimentmodel import TunedSentiment, load_sentiment
from mlcore.specs.analyse import UnderstandSpec, Understood
from mlcore.text import Sentence, majority_language, sentences

Halves = NDArray[np.float16]

SAMPLE = 300
"""Reviews from which the file's majority language is told."""
PORTION = 400
"""Reviews that are read at once."""
TITLE_WORDS = 3
"""Words that a title needs in order to be read as a sentence."""


@dataclass(frozen=True, kw_only=True)
class _Review:
    id: str
    title: str
    text: str
    rating: float | None


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """n sentences of r reviews, as a folder of an UnderstandSpec keeps them."""

    reviews: list[str]
    """Ids."""
    ratings: list[float | None]
    owners: list[int]
    """Index of each sentence's review."""
    rows: list[dict[str, Any]]
    """What sentences.jsonl says of each."""
    vectors: Halves
    """n × d."""


def understand(spec: UnderstandSpec) -> Iterator[Event]:
    """Reads a stretch of spec.reviews and writes reviews.jsonl, sentences.jsonl and vectors.npy into spec.output.

    A line of sentences.jsonl: {"review", "position", "text", "language", "informative" 0 to 1, "sentiment" −1 to 1,
    "level" 1 to 5, "intents": [name], "aspects": [{"term", "opinion", "category", "polarity", …}]}. Yields Progress,
    at last Understood. Raises InputError for a file that cannot be read.
    """
    encoder = open_encoder(spec.encoder)
    model = load_sentiment(spec.sentiment) if spec.sentiment else None
    fallback = majority_language(review.text for review in islice(_reviews(spec.reviews), SAMPLE))
    share, shares = spec.share
    start, end = spec.count * share // shares, spec.count * (share + 1) // shares
    spec.output.mkdir(parents=True, exist_ok=True)
    vectors: list[Halves] = [np.zeros((0, encoder.dimensions), dtype=np.float16)]
    stretch, done, count = islice(_reviews(spec.reviews), start, end), 0, 0
    with (
        (spec.output / "reviews.jsonl").open("w", encoding="utf-8") as kept,
        (spec.output / "sentences.jsonl").open("w", encoding="utf-8") as said,
    ):
        while portion := list(islice(stretch, PORTION)):
            lines, found = _understood(portion, fallback, encoder, model)
            kept.writelines(_line({"id": review.id, "rating": review.rating}) for review in portion)
            said.writelines(_line(line) for line in lines)
            vectors.append(found)
            done, count = done + len(portion), count + len(lines)
            yield Progress(step="embedding", done=done, total=end - start, unit="reviews")
    np.save(spec.output / "vectors.npy", np.concatenate(vectors))
    yield Understood(sentences=count)


def read_understood(folders: Sequence[Path]) -> Understanding:
    """What the shares of one file wrote, in the order of the file."""
    reviews = [row for folder in folders for row in _lines(folder / "reviews.jsonl")]
    rows = [row for folder in folders for row in _lines(folder / "sentences.jsonl")]
    place = {review["id"]: number for number, review in enumerate(reviews)}
    return Understanding(
        reviews=[review["id"] for review in reviews],
        ratings=[review["rating"] for review in reviews],
        owners=[place[row["review"]] for row in rows],
        rows=rows,
        vectors=np.concatenate([np.load(folder / "vectors.npy", allow_pickle=False) for folder in folders]),
    )


def count_reviews(path: Path) -> int:
    """Lines of the file that hold something. Raises InputError for a file that cannot be read."""
    return sum(1 for _ in _texts(path))


def _understood(
    portion: Sequence[_Review], fallback: str | None, encoder: Encoder, model: TunedSentiment | None
) -> tuple[list[dict[str, Any]], Halves]:
    pieces: list[Sentence] = []
    owners: list[int] = []
    places: list[int] = []
    for number, review in enumerate(portion):
        found = [*_title(review, fallback), *sentences(review.text, fallback=fallback)]
        pieces.extend(found)
        owners.extend([number] * len(found))
        places.extend(range(len(found)))
    texts, languages = [p.text for p in pieces], [p.language for p in pieces]
    *_, (_done, vectors) = embed(texts, encoder)
    judged = judge(texts, vectors, [portion[i].rating for i in owners], model)
    felt = judged.sentiment.tolist()
    lines = [
        {
            "review": portion[owner].id,
            "position": place,
            "text": text,
            "language": language,
            "informative": round(informative, 4),
            "sentiment": round(feeling, 4),
            "level": level(feeling),
            "intents": [intent.name for intent in meant],
            "aspects": [dataclasses.asdict(aspect) for aspect in aspects],
        }
        for owner, place, text, language, informative, feeling, meant, aspects in zip(
            owners, places, texts, languages, judged.informative.tolist(), felt,
            intents_of(texts, languages, felt), aspects_of(texts, languages, sentiments=felt), strict=True,
        )
    ]  # fmt: skip
    return lines, vectors.astype(np.float16)


def _title(review: _Review, fallback: str | None) -> list[Sentence]:
    """The title's sentences that can stand alone and use a word that the text does not.

    'Leaks!' above 'The lid leaks' adds nothing, and 'Crutches' can only be understood after the text.
    """
    found = sentences(review.title, fallback=fallback)
    heard = set(words(review.text)) if found else set()
    return [s for s in found if len(words(s.text)) >= TITLE_WORDS and not set(words(s.text)) <= heard]


def _reviews(path: Path) -> Iterator[_Review]:
    for number, line in _texts(path):
        yield _review(line, number)


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line
    except FileNotFoundError:
        raise InputError("reviews_missing", path=path.name) from None
    except UnicodeDecodeError:
        raise InputError("reviews_encoding", path=path.name) from None


def _review(line: str, number: int) -> _Review:
    try:
        row = json.loads(line)
        title, text = str(row.get("title") or ""), str(row["text"] or "")
        rating = row.get("rating")
        stars = None if rating is None or isinstance(rating, bool) else float(rating)
        known = stars is not None and math.isfinite(stars)
        return _Review(
            id=str(row["id"]), title=title if text else "", text=text or title, rating=stars if known else None
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError("reviews_line", line=number) from None


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
