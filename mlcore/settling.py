"""Brings the share of sentences that belong to no need to what a user set, as far as the sentences allow.

BERTopic's users ask for nothing more often than for fewer outliers. Here a sentence goes to the nearest need only while
it is nearer to it than a stated least, so that a low target is not reached by force; the rest stays counted and shown.
"""

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, unit
from mlcore.figures import Corpus
from mlcore.topicspace import TopicSpace
from mlcore.worded import Topic, topic

Integers = NDArray[np.int64]

LEAST = 0.12
"""Cosine to a need's centre below which no sentence is put there, whatever the target."""


def settle(
    corpus: Corpus, rows: Integers, topics: list[Topic], space: TopicSpace, encoder: Encoder, target: float
) -> list[Topic]:
    """The topics with those of the unassigned sentences that lie nearest, until at most `target` of `rows` is left."""
    taken = {int(m) for t in topics for m in t.members}
    left = np.array([i for i in rows if int(i) not in taken], dtype=np.int64)
    wanted = len(left) - int(target * len(rows))
    if wanted <= 0 or not topics:
        return topics
    centres = unit(np.stack([_points(corpus, t.members, space).sum(axis=0) for t in topics]))
    cosine = _points(corpus, left, space) @ centres.T
    best, value = cosine.argmax(axis=1), cosine.max(axis=1)
    order = np.argsort(-value, kind="stable")[:wanted]
    order = order[value[order] >= LEAST]
    return [
        _joined(corpus, t, left[order[best[order] == k]], space, encoder) if (best[order] == k).any() else t
        for k, t in enumerate(topics)
    ]


def _points(corpus: Corpus, members: Integers, space: TopicSpace) -> NDArray[np.float32]:
    return space.transform(corpus.vectors[members], [corpus.languages[i] for i in members])


def _joined(corpus: Corpus, old: Topic, more: Integers, space: TopicSpace, encoder: Encoder) -> Topic:
    """Those that join come after those that were there: they show the need less well."""
    points = _points(corpus, more, space)
    near = np.clip(points @ unit(_points(corpus, old.members, space).sum(axis=0)), 0, 1).astype(np.float64)
    joined = topic(
        corpus, more, points, near, old.theme, (old.language, old.label), space, encoder,
        statement=old.statement, standing=old.standing,
    )  # fmt: skip
    least = min((e["score"] for e in old.evidence), default=0.0)
    weak = [{**e, "score": round(e["score"] * least, 4)} for e in joined.evidence]
    return Topic(
        evidence=[*old.evidence, *weak], language=old.language, label=old.label, theme=old.theme,  # type: ignore[list-item]
        heading=old.heading, statement=old.statement, standing=old.standing,
    )  # fmt: skip
