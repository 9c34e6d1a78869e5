"""Carries needs on when reviews are added: what stood stays, what is new joins its like, what nobody knew is found.

A new sentence goes where most of its nearest neighbours stand, or nowhere if they stand nowhere (k nearest neighbours:
Cover & Hart, 1967). So an analysis can be repeated without a need losing its sentences, and what people corrected
teaches: a sentence that a person placed counts as several, and those around it are judged again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, Vectors, unit
from mlcore.figures import Corpus
from mlcore.keywords import Vocabulary
from mlcore.themes import shipped
from mlcore.topics import COHESION, FIT_LIMIT, communities
from mlcore.topicspace import TopicSpace
from mlcore.worded import Topic, name, topic

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEIGHBOURS = 15
VOTERS = 20_000
"""Sentences whose votes are asked at most: more make it slower, and hardly any sentence goes elsewhere."""
DIMENSIONS = 128
"""Principal directions in which neighbours are looked for."""
SHARPNESS = 8.0
"""How fast a neighbour's vote falls with its distance."""
TAUGHT = 6.0
"""Votes of a sentence that a person placed."""
LEAST = 0.34
"""Share of the votes that a need must have."""
SECOND = 0.3
"""The same for a second need."""
AROUND = 0.6
"""Cosine to a sentence that a person placed from which on a sentence is judged again."""
KNOWN = 0.4
"""Mean probability of a theme of the bank from which on a new topic is that theme."""


def _none() -> Integers:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class EarlierNeed:
    """A need as an earlier analysis and people left it; sentences by their index in the corpus."""

    standing: str | None
    """None for one that this same analysis found in a part of its sentences."""
    statement: str
    label: str
    language: str
    theme: str | None
    members: Integers
    dismissed: bool = False
    """Not a need: what is like its members belongs nowhere."""
    taught: Integers = field(default_factory=_none)
    """Of the members, those that a person placed there."""
    refused: Integers = field(default_factory=_none)
    """Sentences that a person took out of it."""


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What is known of the first `sentences` sentences of a corpus."""

    sentences: int
    needs: Sequence[EarlierNeed]


def carry(
    corpus: Corpus, rows: Integers, needs: Sequence[EarlierNeed], fixed: Flags, space: TopicSpace, encoder: Encoder, *,
    seed: int, smallest: int,
) -> list[Topic]:  # fmt: skip
    """Topics of the sentences in `rows`: the earlier needs, dismissed ones left out, then new ones.

    `fixed`: which of the rows were judged before. Each sentence of an earlier need stays in it unless a person placed
    one like it elsewhere; a need that a person made stays even without a sentence. Deterministic under the seed.
    """
    points = space.reduced(corpus.vectors[rows], [corpus.languages[i] for i in rows], DIMENSIONS, seed)
    belonging = _belonging(rows, needs)
    said = np.isin(rows, np.concatenate([part for need in needs for part in (need.taught, need.refused)]))
    again = _around(points, said) | ~fixed
    if again.any():
        _vote(points, belonging, np.flatnonzero(again), _ground(fixed, said, seed))
    topics = [
        made
        for column, need in enumerate(needs)
        if not need.dismissed
        for made in (_carried(corpus, rows, points, belonging[:, column] > 0, need, space, encoder),)
    ]
    pool = np.flatnonzero(~(belonging > 0).any(axis=1))
    if (~fixed[pool]).sum() >= smallest:
        topics += _new(corpus, rows, points, pool, fixed, topics, space, encoder, seed=seed, smallest=smallest)
    return topics


def _belonging(rows: Integers, needs: Sequence[EarlierNeed]) -> Vectors:
    """len(rows) × needs: 1 for members, 6 for those that a person placed, −1 for those that a person took out."""
    table = np.zeros((len(rows), len(needs)), dtype=np.float32)
    for column, need in enumerate(needs):
        for members, value in ((need.members, 1.0), (need.taught, TAUGHT), (need.refused, -1.0)):
            table[np.isin(rows, members), column] = value
    return table


def _ground(fixed: Flags, said: Flags, seed: int) -> Integers:
    """The sentences that vote: those that a person placed, and of the others as many as can be asked in time."""
    others = np.flatnonzero(fixed & ~said)
    if len(others) > VOTERS:
        others = np.random.default_rng(seed).choice(others, VOTERS, replace=False)
    return np.sort(np.concatenate([np.flatnonzero(fixed & said), others]))


def _around(points: Vectors, said: Flags) -> Flags:
    """Which sentences lie near one that a person placed or took out; those themselves don't."""
    if not said.any():
        return np.zeros(len(points), dtype=bool)
    cosine: Vectors = points @ points[said].T
    return np.asarray((cosine.max(axis=1) >= AROUND) & ~said)


def _vote(points: Vectors, belonging: Vectors, asked: Integers, known: Integers) -> None:
    """Fills the asked rows of `belonging` by the votes of their nearest known neighbours."""
    nowhere = np.where((belonging > 0).any(axis=1), 0.0, 1.0).astype(np.float32)[:, None]
    votes_of = np.hstack([nowhere, belonging])[known]
    ground = points[known]
    decided = np.zeros((len(asked), belonging.shape[1]), dtype=np.float32)
    for start in range(0, len(asked), 512):
        part = asked[start : start + 512]
        cosine = points[part] @ ground.T
        cosine[part[:, None] == known[None, :]] = -1.0
        count = min(NEIGHBOURS, len(known))
        near = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
        weight = np.exp(SHARPNESS * (np.take_along_axis(cosine, near, axis=1) - 1))
        votes = np.maximum(np.einsum("ik,ikn->in", weight, votes_of[near]), 0)
        share: Vectors = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-9)
        best = share.argmax(axis=1)
        for place, (winner, shares) in enumerate(zip(best, share, strict=True)):
            if winner > 0 and shares[winner] >= LEAST:
                decided[start + place, shares[1:] >= min(SECOND, shares[winner])] = 1.0
    refused = belonging[asked] < 0
    belonging[asked] = np.where(refused, -1.0, decided)


def _carried(
    corpus: Corpus, rows: Integers, points: Vectors, inside: Flags, need: EarlierNeed, space: TopicSpace,
    encoder: Encoder,
) -> Topic:  # fmt: skip
    return topic(
        corpus, rows[inside], points[inside], _closeness(points[inside]), need.theme, (need.language, need.label),
        space, encoder, statement=need.statement, standing=need.standing,
    )  # fmt: skip


def _closeness(points: Vectors) -> Floats:
    cosine = np.clip(points @ unit(points.sum(axis=0)), 0, 1)
    return np.asarray(cosine / max(float(cosine.max(initial=0.0)), 1e-9), dtype=np.float64)


def _new(
    corpus: Corpus, rows: Integers, points: Vectors, pool: Integers, fixed: Flags,
    there: Sequence[Topic], space: TopicSpace, encoder: Encoder, *, seed: int, smallest: int,
) -> list[Topic]:  # fmt: skip
    """Topics among the sentences that belong nowhere, where enough reviews speak of one and new ones are among them."""
    if len(pool) > FIT_LIMIT:
        newest = pool[~fixed[pool]][-FIT_LIMIT // 2 :]
        older = np.setdiff1d(pool, newest)
        drawn = np.random.default_rng(seed).choice(older, min(len(older), FIT_LIMIT - len(newest)), replace=False)
        pool = np.sort(np.concatenate([newest, drawn]))
    texts, languages = [corpus.texts[i] for i in rows[pool]], [corpus.languages[i] for i in rows[pool]]
    vocabulary = Vocabulary(texts, languages)
    found = communities(points[pool], seed)
    known = np.exp(shipped().log_prior(space.centred(corpus.vectors[rows[pool]], languages)))
    used, topics = {t.label for t in there}, []
    for k in range(int(found.max()) + 1):
        inside = np.flatnonzero(found == k)
        members = pool[inside]
        closeness = points[members] @ unit(points[members].sum(axis=0))
        enough = len({corpus.reviews[i] for i in rows[members]}) >= smallest and not fixed[members].all()
        likeness = known[inside].mean(axis=0)
        about_nothing = likeness.argmax() == 0 and likeness[0] >= KNOWN
        if not enough or closeness.mean() < COHESION or about_nothing:
            continue
        theme = shipped().names[int(likeness.argmax())] if likeness.max() >= KNOWN else None
        worded = name(corpus, rows[pool], inside, theme, vocabulary)
        if worded and worded[1] not in used:
            topics.append(
                topic(
                    corpus, rows[members], points[members], _closeness(points[members]), theme, worded, space, encoder
                )
            )
            used.add(worded[1])
    return topics
