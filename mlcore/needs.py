"""Customer needs: groups of sentences about the same wish, met or unmet, each with figures and evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, Vectors
from mlcore.evidence import rank_evidence
from mlcore.figures import Corpus, Figures, score
from mlcore.keywords import Vocabulary
from mlcore.sentiment import INFORMATIVE
from mlcore.themes import SERVICES, named
from mlcore.topics import group
from mlcore.topicspace import TopicSpace
from mlcore.wishes import Wish, quoted, wishes

Floats = NDArray[np.float64]

CREDIBLE = 0.4
"""Cosine to the centre that a wish read off one sentence needs in order to speak for all."""
WORDING = 0.25
"""Added to a sentence's cosine to the statement before it weighs the sentence as evidence."""
BACKERS = 2
"""Reviews off which a wish must be read: what one customer wants of the sleeves, another may not."""
SAME = 0.6
"""Share of a need's sentences that stand in a larger need from which on it is no need of its own."""


class Evidence(TypedDict):
    """A sentence that shows a need, by its index, and how well it does so (0 to 1)."""

    sentence: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Theme:
    """What a writer of statements may know about a need: everything in it is evidence."""

    label: str
    language: str
    net_sentiment: float
    quotes: tuple[str, ...]
    """The best evidence in the need's language, best first."""
    statement: str
    """The statement drawn from the evidence, which stands if the writer has nothing better."""


StatementWriter = Callable[[Sequence[Theme]], Sequence[str | None]]
"""Themes → one statement each in the customer's voice, None where it has none to offer."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """One customer need. Field names are those of needs.jsonl."""

    statement: str
    language: str
    label: str
    statement_by: str
    about: str
    """product, or service: what the shop answers and not the designer."""
    mentions: int
    net_sentiment: float
    importance: float
    satisfaction: float
    opportunity: float
    members: list[int]
    evidence: list[Evidence]


def find_needs(
    corpus: Corpus,
    encoder: Encoder,
    *,
    seed: int,
    smallest: int | None,
    most: int | None,
    writer: StatementWriter | None = None,
) -> list[Need]:
    """Groups the informative sentences and returns needs, best opportunity first. No sentence → no need.

    `smallest`: distinct reviews that make a need; None: 2 % of them, 3 to 12, and 0.4 % above 3,000.
    `most`: needs kept at most, the most mentioned; None: 30, and 40 above 1,000 reviews.
    """
    rows = candidates(corpus)
    if not len(rows):
        return []
    languages = [corpus.languages[i] for i in rows]
    space = TopicSpace.fit(corpus.vectors[rows], languages, corpus.sentiment[rows])
    owners = [corpus.reviews[i] for i in rows]
    floor = smallest or _floor(len(set(owners)))
    found = group(
        corpus.vectors[rows], languages, [corpus.texts[i] for i in rows], owners, space, encoder,
        smallest=floor, seed=seed,
    )  # fmt: skip
    vocabulary = Vocabulary([corpus.texts[i] for i in rows], languages)
    topics = [
        topic
        for g, c, t in zip(found.groups, found.closeness, found.themes, strict=True)
        for topic in (_topic(corpus, rows, found.points, g, c, t, vocabulary, space, encoder),)
        if topic
    ]
    topics = _distinct(topics)[: most or (30 if len(corpus.ratings) <= 1000 else 40)]
    figures = score(corpus, [t.members for t in topics])
    statements = [_statement(t, corpus, space, encoder) for t in topics]
    needs = _stated(topics, figures, statements, corpus, writer)
    return sorted(needs, key=lambda n: (-n.opportunity, -n.mentions, n.label))


def _floor(reviews: int) -> int:
    """Reviews that make a need: 2 %, at least 3, at most 12 up to 3,000 reviews; 0.4 % above."""
    return max(3, min(12, round(0.02 * reviews)), round(0.004 * reviews))


def candidates(corpus: Corpus) -> NDArray[np.int64]:
    """Indices of the sentences that may show a need: informative, and not in a copied review."""
    return np.array(
        [i for i, r in enumerate(corpus.reviews) if corpus.informative[i] >= INFORMATIVE and r not in corpus.copies],
        dtype=np.int64,
    )


@dataclass(frozen=True, kw_only=True)
class _Topic:
    """A group that has a name; its statement is still to come."""

    members: NDArray[np.int64]
    evidence: list[Evidence]
    language: str
    label: str
    theme: str | None


def _topic(
    corpus: Corpus, rows: NDArray[np.int64], points: Vectors, inside: NDArray[np.int64], closeness: Floats,
    theme: str | None, vocabulary: Vocabulary, space: TopicSpace, encoder: Encoder,
) -> _Topic | None:  # fmt: skip
    """None for a group that neither the bank nor its own nouns can name: nobody could act on it."""
    members = rows[inside]
    tongues = [corpus.languages[i] for i in members]
    language = max(sorted(set(tongues)), key=tongues.count)
    known = named(theme, language) if theme else None
    label = known[0] if known else " ".join(vocabulary.label(inside.tolist(), language))
    if not label:
        return None
    said = space.transform(corpus.vectors[members], tongues)
    near = _near_statement(said, label, language, theme, space, encoder)
    ranked = rank_evidence(
        points[inside], [corpus.texts[i] for i in members], [corpus.reviews[i] for i in members],
        corpus.informative[members], closeness * (WORDING + near),
    )  # fmt: skip
    return _Topic(
        members=members, evidence=[{"sentence": int(members[i]), "score": value} for i, value in ranked],
        language=language, label=label, theme=theme if known else None,
    )  # fmt: skip


def _near_statement(
    said: Vectors, label: str, language: str, theme: str | None, space: TopicSpace, encoder: Encoder
) -> Floats:
    """Cosine of each sentence to the theme's statement in either language, or to the label of a topic of its own."""
    wordings = [(text, tongue) for tongue in ("en", "zh") for text in (named(theme, tongue) or ())] if theme else []
    texts, tongues = zip(*(wordings or [(label, language)]), strict=True)
    vectors = space.transform(encoder.encode(texts), tongues)
    return np.asarray(np.clip((said @ vectors.T).max(axis=1), 0, 1), dtype=np.float64)


def _distinct(topics: Sequence[_Topic]) -> list[_Topic]:
    """Without those that a larger one already holds, and without two of one name."""
    kept: list[_Topic] = []
    for topic in topics:
        own = set(topic.members.tolist())
        if not any(k.label == topic.label or len(own & set(k.members.tolist())) >= SAME * len(own) for k in kept):
            kept.append(topic)
    return kept


def _quotes(corpus: Corpus, topic: _Topic) -> list[str]:
    best = [int(e["sentence"]) for e in topic.evidence]
    return [corpus.texts[i] for i in best if corpus.languages[i] == topic.language] or [corpus.texts[i] for i in best]


def _statement(topic: _Topic, corpus: Corpus, space: TopicSpace, encoder: Encoder) -> str:
    known = named(topic.theme, topic.language) if topic.theme else None
    if known:
        return known[1]
    wish = _best_wish(topic, corpus, space, encoder) or quoted(topic.language, topic.label, _quotes(corpus, topic))
    return wish.text


def _best_wish(topic: _Topic, corpus: Corpus, space: TopicSpace, encoder: Encoder) -> Wish | None:
    """The wish that can be read off several reviews, names the topic, and lies nearest to what all members say."""
    centre = space.transform(
        corpus.vectors[topic.members], [corpus.languages[i] for i in topic.members]
    ).mean(axis=0)  # fmt: skip
    words = topic.label.split()
    backers: dict[str, set[int]] = {}
    read: dict[str, Wish] = {}
    for i in topic.members:
        if corpus.languages[i] == topic.language:
            for wish in wishes(corpus.texts[i], topic.language, float(corpus.sentiment[i])):
                read[wish.text] = wish
                backers.setdefault(wish.text, set()).add(corpus.reviews[i])
    offers = [
        w for t, w in read.items() if len(backers[t]) >= BACKERS and any(word in t.lower() for word in words)
    ]  # fmt: skip
    if not offers:
        return None
    vectors = space.transform(encoder.encode([w.text for w in offers]), [topic.language] * len(offers))
    closeness = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    best = int((closeness + np.array([w.quality for w in offers])).argmax())
    return offers[best] if closeness[best] >= CREDIBLE else None


def _stated(
    topics: Sequence[_Topic], figures: Sequence[Figures], statements: Sequence[str], corpus: Corpus,
    writer: StatementWriter | None,
) -> list[Need]:  # fmt: skip
    """Needs with their statements; the writer is asked for those that the bank does not know."""
    open_ = [i for i, t in enumerate(topics) if t.theme is None]
    asked = [
        Theme(
            label=topics[i].label, language=topics[i].language, net_sentiment=figures[i].net_sentiment,
            quotes=tuple(_quotes(corpus, topics[i])[:8]), statement=statements[i],
        )
        for i in open_
    ]  # fmt: skip
    answers = writer(asked) if writer and asked else [None] * len(asked)
    written = {i: text for i, text in zip(open_, answers, strict=True) if text}
    return [
        Need(
            statement=written.get(i, statements[i]),
            statement_by="model" if i in written else "theme" if t.theme else "evidence",
            about="service" if t.theme in SERVICES else "product",
            language=t.language, label=t.label, mentions=f.mentions, net_sentiment=f.net_sentiment,
            importance=f.importance, satisfaction=f.satisfaction, opportunity=f.opportunity,
            members=[int(m) for m in t.members], evidence=t.evidence,
        )
        for i, (t, f) in enumerate(zip(topics, figures, strict=True))
    ]  # fmt: skip
