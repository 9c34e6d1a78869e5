"""Reviews to ranked customer needs: reads a file of reviews, judges every sentence, groups, scores and states.

Everything runs on the processor without torch; the results are three files that other parts read.
"""

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects import aspects_of
from mlcore.earlier import Known, read_known
from mlcore.embed import Vectors, embed, open_encoder
from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.figures import Corpus
from mlcore.intents import intents_of
from mlcore.needs import Need, StatementWriter, candidates, find_needs
from mlcore.sentiment import INFORMATIVE, Judgement, judge, level, words
from mlcore.specs.analyse import Analysed, AnalyseSpec
from mlcore.text import Sentence, content_hash, majority_language, sentences
from mlcore.themes import shipped
from mlcore.topicspace import TopicSpace

Floats = NDArray[np.float64]

SAMPLE = 300
"""Reviews from which the file's majority language is told."""
SAID = 2000
"""Sentences whose aspects are found at once."""
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

    Yields Progress with the steps reading, sentences, embedding, sentiment, aspects, grouping, stating; the last event is
    Analysed. With `spec.known`, what was read before is not read again, and its needs are carried on: indices of
    sentences then count from the first known one. `statements` may write the needs' statements; where it has none, the
    one read off the evidence stands. Raises InputError for a file that cannot be read or if there is no review at all.
    """
    encoder = open_encoder(spec.encoder)
    yield Progress(step="reading", done=0, total=1, unit="files")
    known = read_known(spec.known) if spec.known else None
    reviews = _read(spec.reviews, may_be_empty=known is not None)
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
    fresh = _corpus(reviews, pieces, owners, vectors, judgement)
    said = []
    for done, part in _said(fresh):
        said += part
        yield Progress(step="aspects", done=done, total=len(texts), unit="sentences")
    corpus = _joined(known, fresh, reviews) if known else fresh
    yield Progress(step="grouping", done=0, total=1, unit="files")
    needs = find_needs(
        corpus, encoder, seed=spec.seed, smallest=spec.smallest, most=spec.most, writer=statements,
        earlier=known.needs if known else None, unassigned=spec.unassigned,
    )  # fmt: skip
    yield Progress(step="stating", done=len(needs), total=len(needs), unit="needs")
    _write(spec.output, reviews, fresh, said, needs)
    yield _answer(spec.output, corpus, needs)


def _read(path: Path, *, may_be_empty: bool) -> list[_Review]:
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
    if not reviews and not may_be_empty:
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
        copies=_copies([p.text for p in pieces], owners),
    )


def _about_nothing(vectors: Vectors, languages: list[str], sentiment: Floats) -> Floats:
    """Each sentence's probability to be what people write around their wishes, by the bank of themes."""
    centred = TopicSpace.fit(vectors, languages, sentiment).centred(vectors, languages)
    return np.asarray(np.exp(shipped().log_prior(centred)[:, 0]))


def _joined(known: Known, fresh: Corpus, reviews: list[_Review]) -> Corpus:
    """The known sentences, then the new ones; a new review that says what a known one says is a copy."""
    ids = [*known.ratings, *(r.id for r in reviews)]
    place = {id_: number for number, id_ in enumerate(ids)}
    first = len(known.ratings)
    texts = [*known.texts, *fresh.texts]
    owners = [*(place[r] for r in known.reviews), *(first + i for i in fresh.reviews)]
    return Corpus(
        texts=texts,
        languages=[*known.languages, *fresh.languages],
        reviews=owners,
        vectors=np.concatenate([known.vectors, fresh.vectors]),
        sentiment=np.concatenate([np.array(known.sentiment), fresh.sentiment]),
        informative=np.concatenate([np.array(known.informative), fresh.informative]),
        ratings=[*known.ratings.values(), *fresh.ratings],
        copies=_copies(texts, owners),
    )


def _copies(texts: Sequence[str], owners: Sequence[int]) -> frozenset[int]:
    """Reviews that say word for word what an earlier one says, whatever their case and marks."""
    whole: dict[int, list[str]] = {}
    for text, owner in zip(texts, owners, strict=True):
        whole.setdefault(owner, []).append(text)
    seen: set[str] = set()
    copies: set[int] = set()
    for owner, parts in whole.items():
        key = content_hash(" ".join(parts))
        if key in seen:
            copies.add(owner)
        seen.add(key)
    return frozenset(copies)


def _said(fresh: Corpus) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """What each sentence is for, and what it judges how, in portions: (sentences done, those of this portion)."""
    for start in range(0, len(fresh.texts), SAID):
        part = slice(start, start + SAID)
        texts, languages, felt = fresh.texts[part], fresh.languages[part], fresh.sentiment[part]
        aspects = aspects_of(texts, languages, fresh.vectors[part], felt.tolist())
        intents = intents_of(texts, languages, felt.tolist())
        yield (
            min(start + SAID, len(fresh.texts)),
            [
                {"intents": [i.name for i in meant], "aspects": [dataclasses.asdict(a) for a in judged]}
                for meant, judged in zip(intents, aspects, strict=True)
            ],
        )


def _write(output: Path, reviews: list[_Review], fresh: Corpus, said: list[dict[str, Any]], needs: list[Need]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    position: Counter[int] = Counter()
    with (output / "sentences.jsonl").open("w", encoding="utf-8") as out:
        for row, owner in enumerate(fresh.reviews):
            line = {
                "review": reviews[owner].id,
                "position": position[owner],
                "text": fresh.texts[row],
                "language": fresh.languages[row],
                "informative": round(float(fresh.informative[row]), 4),
                "sentiment": round(float(fresh.sentiment[row]), 4),
                "level": level(float(fresh.sentiment[row])),
                **said[row],
            }
            position[owner] += 1
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    np.save(output / "embeddings.npy", fresh.vectors)
    with (output / "needs.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(dataclasses.asdict(n), ensure_ascii=False) + "\n" for n in needs)


def _answer(output: Path, corpus: Corpus, needs: list[Need]) -> Analysed:
    assigned = len({e["sentence"] for n in needs for e in n.evidence})
    return Analysed(
        sentences=len(corpus.texts),
        informative=int((corpus.informative >= INFORMATIVE).sum()),
        needs=len(needs),
        unassigned=len(candidates(corpus)) - assigned,
        languages=dict(Counter(corpus.languages).most_common()),
        output=output,
    )
