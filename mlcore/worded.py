"""Groups of sentences in words: a name, the sentences that show the group best, the wish in the customer's voice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, Vectors
from mlcore.evidence import rank_evidence
from mlcore.figures import Corpus
from mlcore.headings import heading_of
from mlcore.keywords import Vocabulary
from mlcore.themes import named
from mlcore.topicspace import TopicSpace
from mlcore.wishes import Wish, plain, wishes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CREDIBLE = 0.4
"""Cosine to the centre that a wish read off one sentence needs in order to speak for all."""
WORDING = 0.25
"""Added to a sentence's cosine to the statement before it weighs the sentence as evidence."""
TELLING = 0.65
"""Mean informativeness from which on a topic of its own is one: greetings and thanks, repeated often, stay below."""
READ = 2_000
"""Sentences, the most telling first, off which wishes are read."""
BACKERS = 2
"""Reviews off which a wish must be read: what one customer wants of the sleeves, another may not."""


class Evidence(TypedDict):
    """A sentence that shows a need, by its index, and how well it does so (0 to 1)."""

    sentence: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A group that has a name."""

    evidence: list[Evidence]
    """All its sentences, the most telling first."""
    language: str
    label: str
    theme: str | None
    """The bank's; None for a topic of its own."""
    heading: str
    """Empty where there is no sentence to tell it by."""
    statement: str = ""
    """Given by an earlier analysis or by a person; empty: still to be found."""
    standing: str | None = None
    """Id of the need that it carries on; None for a new one."""

    @property
    def members(self) -> Integers:
        """Indices of its sentences."""
        return np.array([e["sentence"] for e in self.evidence], dtype=np.int64)


def name(
    corpus: Corpus, rows: Integers, inside: Integers, theme: str | None, vocabulary: Vocabulary
) -> tuple[str, str] | None:
    """Language and label of a group (`inside` indexes rows, which the vocabulary was made of).

    None for one that neither the bank nor its own nouns can name, or that tells little: nobody could act on it.
    """
    if theme is None and float(corpus.informative[rows[inside]].mean()) < TELLING:
        return None
    tongues = [corpus.languages[i] for i in rows[inside]]
    language = max(sorted(set(tongues)), key=tongues.count)
    known = named(theme, language) if theme else None
    label = known[0] if known else " ".join(vocabulary.label(inside.tolist(), language))
    return (language, label) if label else None


def topic(
    corpus: Corpus, members: Integers, points: Vectors, closeness: Floats, theme: str | None,
    worded: tuple[str, str], space: TopicSpace, encoder: Encoder, *, statement: str = "", standing: str | None = None,
) -> Topic:  # fmt: skip
    """The topic of m sentences with their points (m × p unit vectors) and closeness, each sentence ranked."""
    language, label = worded
    if not len(members):
        return Topic(evidence=[], language=language, label=label, theme=theme, heading="", statement=statement,
                     standing=standing)  # fmt: skip
    tongues = [corpus.languages[i] for i in members]
    said = space.transform(corpus.vectors[members], tongues)
    known = theme if theme and named(theme, language) else None
    near = _near_wording(said, statement or label, language, known, space, encoder)
    ranked = rank_evidence(
        points, [corpus.texts[i] for i in members], [corpus.reviews[i] for i in members],
        corpus.informative[members], closeness * (WORDING + near),
    )  # fmt: skip
    return Topic(
        evidence=[{"sentence": int(members[i]), "score": value} for i, value in ranked],
        language=language, label=label, theme=known, statement=statement, standing=standing,
        heading=heading_of(known, space.centred(corpus.vectors[members], tongues)),
    )  # fmt: skip


def _near_wording(
    said: Vectors, wording: str, language: str, theme: str | None, space: TopicSpace, encoder: Encoder
) -> Floats:
    """Cosine of each sentence to the theme's statement in either language, or to the topic's own wording."""
    wordings = [(text, tongue) for tongue in ("en", "zh") for text in (named(theme, tongue) or ())] if theme else []
    texts, tongues = zip(*(wordings or [(wording, language)]), strict=True)
    vectors = space.transform(encoder.encode(texts), tongues)
    return np.asarray(np.clip((said @ vectors.T).max(axis=1), 0, 1), dtype=np.float64)


def quotes(corpus: Corpus, topic: Topic) -> list[str]:
    """The best evidence in the topic's language; in any, where there is none in it."""
    best = [int(e["sentence"]) for e in topic.evidence[:30]]
    return [corpus.texts[i] for i in best if corpus.languages[i] == topic.language] or [corpus.texts[i] for i in best]


def statement(topic: Topic, corpus: Corpus, space: TopicSpace, encoder: Encoder) -> str:
    """The wish: given, or the bank's, or the one that can be read off several reviews, or the plainest one."""
    if topic.statement:
        return topic.statement
    known = named(topic.theme, topic.language) if topic.theme else None
    if known:
        return known[1]
    wish = _best_wish(topic, corpus, space, encoder) or plain(topic.language, topic.label, quotes(corpus, topic))
    return wish.text


def _best_wish(topic: Topic, corpus: Corpus, space: TopicSpace, encoder: Encoder) -> Wish | None:
    """The wish that can be read off several reviews, names the topic, and lies nearest to what all members say."""
    members = topic.members[:READ]
    centre = space.transform(corpus.vectors[members], [corpus.languages[i] for i in members]).mean(axis=0)
    words = topic.label.split()
    backers: dict[str, set[int]] = {}
    read: dict[str, Wish] = {}
    for i in members:
        if corpus.languages[i] == topic.language:
            for wish in wishes(corpus.texts[i], topic.language, float(corpus.sentiment[i])):
                read[wish.text] = wish
                backers.setdefault(wish.text, set()).add(corpus.reviews[i])
    offers = [w for t, w in read.items() if len(backers[t]) >= BACKERS and any(word in t.lower() for word in words)]
    if not offers:
        return None
    vectors = space.transform(encoder.encode([w.text for w in offers]), [topic.language] * len(offers))
    closeness = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    best = int((closeness + np.array([w.quality for w in offers])).argmax())
    return offers[best] if closeness[best] >= CREDIBLE else None


def mostly_within(topic: Topic, others: Sequence[Topic], share: float) -> bool:
    """Whether one of the others has the same name, or holds this share of its sentences."""
    own = set(topic.members.tolist())
    return any(k.label == topic.label or len(own & set(k.members.tolist())) >= share * len(own) for k in others)
