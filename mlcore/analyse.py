"""Reviews to ranked customer needs: what was understood of every sentence is grouped, weighed and stated.

Everything runs on the processor without torch; the results are files that other parts read.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlcore.earlier import Known, read_known
from mlcore.embed import open_encoder
from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.figures import Corpus
from mlcore.needs import Need, StatementWriter, candidates, find_needs
from mlcore.sentiment import INFORMATIVE
from mlcore.specs.analyse import Analysed, AnalyseSpec, UnderstandSpec
from mlcore.text import content_hash
from mlcore.themes import shipped
from mlcore.topicspace import TopicSpace
from mlcore.understanding import Understanding, count_reviews, read_understood, understand

Floats = NDArray[np.float64]


def analyse(spec: AnalyseSpec, statements: StatementWriter | None = None) -> Iterator[Event]:
    """Reads spec.reviews and writes sentences.jsonl, embeddings.npy and needs.jsonl into spec.output.

    Yields Progress with the steps embedding, grouping, stating; the last event is Analysed. With `spec.known`, what
    was read before is not read again, and its needs are carried on: indices of sentences then count from the first
    known one. With `spec.understood`, the reviews were read already, by others. `statements` may write the needs'
    statements; where it has none, the one read off the evidence stands. Raises InputError for a file that cannot be
    read or if there is no review at all.
    """
    encoder = open_encoder(spec.encoder)
    folders = spec.understood
    if not folders:
        count = count_reviews(spec.reviews)
        if not count and spec.known is None:
            raise InputError("reviews_empty")
        folders = (spec.output / "understood",)
        reading = UnderstandSpec(
            reviews=spec.reviews, count=count, output=folders[0], encoder=spec.encoder, sentiment=spec.sentiment
        )
        yield from (event for event in understand(reading) if isinstance(event, Progress))
    yield Progress(step="grouping", done=0, total=1, unit="files")
    fresh = read_understood(folders)
    informative = _informative(fresh)
    known = read_known(spec.known) if spec.known else None
    corpus = _corpus(known, fresh, informative)
    needs = find_needs(
        corpus, encoder, seed=spec.seed, smallest=spec.smallest, most=spec.most, writer=statements,
        earlier=known.needs if known else None, unassigned=spec.unassigned,
    )  # fmt: skip
    yield Progress(step="stating", done=len(needs), total=len(needs), unit="needs")
    _write(spec.output, fresh, informative, needs)
    yield _answer(spec.output, corpus, needs)


def _informative(fresh: Understanding) -> Floats:
    """Each sentence's probability to tell something, times that of being about a wish at all, by the bank of themes."""
    told = np.array([row["informative"] for row in fresh.rows], dtype=np.float64)
    if not len(told):
        return told
    languages = [row["language"] for row in fresh.rows]
    feeling = np.array([row["sentiment"] for row in fresh.rows])
    space = TopicSpace.fit(fresh.vectors, languages, feeling)
    about_nothing = [
        np.exp(shipped().log_prior(centred)[:, 0]) for centred in space.centred_blocks(fresh.vectors, languages)
    ]
    return np.asarray(told * (1 - np.concatenate(about_nothing)))


def _corpus(known: Known | None, fresh: Understanding, informative: Floats) -> Corpus:
    """The known sentences, then the new ones."""
    texts = [row["text"] for row in fresh.rows]
    languages = [row["language"] for row in fresh.rows]
    feeling = np.array([row["sentiment"] for row in fresh.rows], dtype=np.float64)
    owners, ratings, vectors = fresh.owners, fresh.ratings, fresh.vectors
    if known is not None:
        place = {review: number for number, review in enumerate(known.ratings)}
        texts, languages = [*known.texts, *texts], [*known.languages, *languages]
        owners = [*(place[review] for review in known.reviews), *(len(place) + owner for owner in owners)]
        ratings = [*known.ratings.values(), *ratings]
        vectors = np.concatenate([known.vectors, vectors])
        feeling = np.concatenate([np.array(known.sentiment), feeling])
        informative = np.concatenate([np.array(known.informative), informative])
    return Corpus(
        texts=texts, languages=languages, reviews=owners, vectors=vectors, sentiment=feeling, informative=informative,
        ratings=ratings, copies=_copies(texts, owners),
    )  # fmt: skip


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


def _write(output: Path, fresh: Understanding, informative: Floats, needs: list[Need]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    _lines(
        output / "sentences.jsonl",
        ({**row, "informative": round(told, 4)} for row, told in zip(fresh.rows, informative.tolist(), strict=True)),
    )
    np.save(output / "embeddings.npy", fresh.vectors)
    _lines(output / "needs.jsonl", (dataclasses.asdict(need) for need in needs))


def _lines(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


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
