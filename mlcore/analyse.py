"""Reviews to ranked customer needs: reads a file of reviews, judges every sentence, groups, scores and states.

Everything runs on the processor without torch; the results are three files that other parts read.
"""

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Vectors, embed, open_encoder
from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.figures import Corpus
from mlcore.needs import Need, StatementWriter, candidates, find_needs
from mlcore.sentiment import INFORMATIVE, Judgement, judge, level, words
from mlcore.specs.analyse import Analysed, AnalyseSpec
from mlcore.text import Sentence, content_hash, majority_language, sentences
from mlcore.themes import shipped
from mlcore.topicspace import TopicSpace

Floats = NDArray[np.float64]

SAMPLE = 300
"""Reviews from which the file's majority language is told."""
EVERY = 200
"""Reviews between two reports of progress."""


TITLE_WORDS = 3
"""Words that a title needs in order to be read as a sentence."""


@dataclass(frozen=True, kw_only=True)
class _Review:
    id: str
    title: str
    text: str
    rating: float | None


def analyse(spec: AnalyseSpec, statements: StatementWriter | None = None) -> Iterator[Event]:
    """Reads spec.reviews and writes sentences.jsonl, embeddings.npy and needs.jsonl into spec.output.

    Yields Progress with the steps reading, sentences, embedding, sentiment, grouping, stating; the last event is
    Analysed. `statements` may write the needs' statements; where it has none, the one read off the evidence stands.
    Raises InputError for a file that cannot be read or holds no review.
    """
    encoder = open_encoder(spec.encoder)
    yield Progress(step="reading", done=0, total=1, unit="files")
    reviews = _read(spec.reviews)
    yield Progress(step="reading", done=1, total=1, unit="files")
    pieces: list[Sentence] = []
    owners: list[int] = []
    fallback = majority_language(r.text for r in reviews[:SAMPLE])
    for number, review in enumerate(reviews):
        found = [*_title(review, fallback), *sentences(review.text, fallback=fallback)]
        pieces.extend(found)
        owners.extend([number] * len(found))
        if number % EVERY == 0 or number == len(reviews) - 1:
            yield Progress(step="sentences", done=number + 1, total=len(reviews), unit="reviews")
    texts = [p.text for p in pieces]
    vectors: Vectors = np.zeros((0, encoder.dimensions), dtype=np.float32)
    for done, filled in embed(texts, encoder):
        vectors = filled
        yield Progress(step="embedding", done=done, total=len(texts), unit="sentences")
    judgement = judge(texts, vectors, [reviews[i].rating for i in owners])
    yield Progress(step="sentiment", done=len(texts), total=len(texts), unit="sentences")
    corpus = _corpus(reviews, pieces, owners, vectors, judgement)
    yield Progress(step="grouping", done=0, total=1, unit="files")
    needs = find_needs(corpus, encoder, seed=spec.seed, smallest=spec.smallest, most=spec.most, writer=statements)
    yield Progress(step="stating", done=len(needs), total=len(needs), unit="needs")
    yield _write(spec.output, reviews, corpus, needs)


def _read(path: Path) -> list[_Review]:
    reviews: list[_Review] = []
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    reviews.append(_review(line, number))
    except FileNotFoundError:
        raise InputError("reviews_missing", path=path.name) from None
    except UnicodeDecodeError:
        raise InputError("reviews_encoding", path=path.name) from None
    if not reviews:
        raise InputError("reviews_empty")
    return reviews


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


def _title(review: _Review, fallback: str | None) -> list[Sentence]:
    """The title's sentences that can stand alone and use a word that the text does not.

    'Leaks!' above 'The lid leaks' adds nothing, and 'Crutches' can only be understood after the text.
    """
    found = sentences(review.title, fallback=fallback)
    heard = set(words(review.text))
    return [s for s in found if len(words(s.text)) >= TITLE_WORDS and not set(words(s.text)) <= heard]


def _corpus(
    reviews: list[_Review], pieces: list[Sentence], owners: list[int], vectors: Vectors, judgement: Judgement
) -> Corpus:
    languages = [p.language for p in pieces]
    return Corpus(
        texts=[p.text for p in pieces],
        languages=languages,
        reviews=owners,
        vectors=vectors,
        sentiment=judgement.sentiment,
        informative=judgement.informative * (1 - _about_nothing(vectors, languages, judgement.sentiment)),
        ratings=[r.rating for r in reviews],
        copies=_copies(reviews),
    )


def _about_nothing(vectors: Vectors, languages: list[str], sentiment: Floats) -> Floats:
    """Each sentence's probability to be what people write around their wishes, by the bank of themes."""
    centred = TopicSpace.fit(vectors, languages, sentiment).centred(vectors, languages)
    return np.asarray(np.exp(shipped().log_prior(centred)[:, 0]))


def _copies(reviews: list[_Review]) -> frozenset[int]:
    seen: set[str] = set()
    copies: set[int] = set()
    for number, review in enumerate(reviews):
        key = content_hash(review.text)
        if key in seen:
            copies.add(number)
        seen.add(key)
    return frozenset(copies)


def _write(output: Path, reviews: list[_Review], corpus: Corpus, needs: list[Need]) -> Analysed:
    output.mkdir(parents=True, exist_ok=True)
    position: Counter[int] = Counter()
    with (output / "sentences.jsonl").open("w", encoding="utf-8") as out:
        for row, owner in enumerate(corpus.reviews):
            line = {
                "review": reviews[owner].id,
                "position": position[owner],
                "text": corpus.texts[row],
                "language": corpus.languages[row],
                "informative": round(float(corpus.informative[row]), 4),
                "sentiment": round(float(corpus.sentiment[row]), 4),
                "level": level(float(corpus.sentiment[row])),
            }
            position[owner] += 1
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    np.save(output / "embeddings.npy", corpus.vectors)
    with (output / "needs.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(dataclasses.asdict(n), ensure_ascii=False) + "\n" for n in needs)
    assigned = len({i for n in needs for i in n.members})
    return Analysed(
        sentences=len(corpus.texts),
        informative=int((corpus.informative >= INFORMATIVE).sum()),
        needs=len(needs),
        unassigned=len(candidates(corpus)) - assigned,
        languages=dict(Counter(corpus.languages).most_common()),
        output=output,
    )
