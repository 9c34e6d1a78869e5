"""Customer needs: groups of sentences about the same wish, met or unmet, each with figures and evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.carrying import Earlier, EarlierNeed, carry
from mlcore.embed import Encoder
from mlcore.figures import Corpus, Figures, score
from mlcore.keywords import Vocabulary
from mlcore.sentiment import INFORMATIVE
from mlcore.settling import settle
from mlcore.themes import SERVICES
from mlcore.topics import Grouping, group
from mlcore.topicspace import TopicSpace
from mlcore.worded import Evidence, Topic, mostly_within, name, quotes, statement, topic

Integers = NDArray[np.int64]

GROUPED = 30_000
"""Sentences that are grouped at once at most; more than that tell no other needs, only more of the same."""
SAME = 0.6
"""Share of a need's sentences that stand in a larger need from which on it is no need of its own."""
WRITTEN_FROM = 8
"""Quotes that a writer of statements is shown."""


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

    standing: str | None
    """Id of the need that it carries on; None for a new one."""
    statement: str
    language: str
    label: str
    statement_by: str
    """theme, evidence, model; '' where the statement was given."""
    about: str
    """product, or service: what the shop answers and not the designer."""
    theme: str | None
    heading: str
    mentions: int
    net_sentiment: float
    importance: float
    satisfaction: float
    opportunity: float
    evidence: list[Evidence]
    """All sentences that show it, the most telling first."""


def find_needs(
    corpus: Corpus,
    encoder: Encoder,
    *,
    seed: int,
    smallest: int | None,
    most: int | None,
    earlier: Earlier | None = None,
    unassigned: float | None = None,
    writer: StatementWriter | None = None,
) -> list[Need]:
    """Groups the informative sentences and returns needs, best opportunity first. No sentence → no need.

    `smallest`: distinct reviews that make a need; None: 2 % of them, 3 to 12, and 0.4 % above 3,000.
    `most`: needs found at most, the most mentioned; None: 30, and 40 above 1,000 reviews.
    `earlier`: the needs found before, which are carried on; what is new joins them or makes needs of its own.
    `unassigned`: the share of informative sentences that may belong to none, if it can be kept.
    """
    rows = candidates(corpus)
    if not len(rows):
        return []
    languages = [corpus.languages[i] for i in rows]
    space = TopicSpace.fit(corpus.vectors[rows], languages, corpus.sentiment[rows])
    floor = smallest or _floor(len({corpus.reviews[i] for i in rows}))
    if earlier is not None and earlier.needs:
        fixed = rows < earlier.sentences
        topics = carry(corpus, rows, earlier.needs, fixed, space, encoder, seed=seed, smallest=floor)
    else:
        topics = _found(corpus, rows, space, encoder, seed=seed, smallest=floor)
        topics = topics[: most or (30 if len(corpus.ratings) <= 1000 else 40)]
    if unassigned is not None:
        topics = settle(corpus, rows, topics, space, encoder, unassigned)
    figures = score(corpus, [t.members for t in topics])
    statements = [statement(t, corpus, space, encoder) for t in topics]
    needs = _stated(topics, figures, statements, corpus, writer)
    return sorted(needs, key=lambda n: (-n.opportunity, -n.mentions, n.label))


def candidates(corpus: Corpus) -> Integers:
    """Indices of the sentences that may show a need: informative, and not in a copied review."""
    return np.array(
        [i for i, r in enumerate(corpus.reviews) if corpus.informative[i] >= INFORMATIVE and r not in corpus.copies],
        dtype=np.int64,
    )


def _floor(reviews: int) -> int:
    """Reviews that make a need: 2 %, at least 3, at most 12 up to 3,000 reviews; 0.4 % above."""
    return max(3, min(12, round(0.02 * reviews)), round(0.004 * reviews))


def _found(
    corpus: Corpus, rows: Integers, space: TopicSpace, encoder: Encoder, *, seed: int, smallest: int
) -> list[Topic]:
    """The topics of all sentences; of very many, those of a part, which the others then join."""
    if len(rows) <= GROUPED:
        return _afresh(corpus, rows, space, encoder, seed=seed, smallest=smallest)
    drawn = _drawn(corpus, rows, seed)
    fewer = max(3, round(smallest * drawn.sum() / len(rows)))
    topics = _afresh(corpus, rows[drawn], space, encoder, seed=seed, smallest=fewer)
    found = [
        EarlierNeed(standing=None, statement="", label=t.label, language=t.language, theme=t.theme, members=t.members)
        for t in topics
    ]
    return carry(corpus, rows, found, drawn, space, encoder, seed=seed, smallest=smallest) if found else []


def _drawn(corpus: Corpus, rows: Integers, seed: int) -> NDArray[np.bool_]:
    """Which sentences are grouped first: whole reviews at random, until there are enough."""
    owners = np.array(corpus.reviews)[rows]
    order = np.random.default_rng(seed).permutation(np.unique(owners))
    counts = np.bincount(owners, minlength=int(owners.max()) + 1)[order].cumsum()
    return np.isin(owners, order[: int(np.searchsorted(counts, GROUPED))])


def _afresh(
    corpus: Corpus, rows: Integers, space: TopicSpace, encoder: Encoder, *, seed: int, smallest: int
) -> list[Topic]:
    languages, texts = [corpus.languages[i] for i in rows], [corpus.texts[i] for i in rows]
    owners = [corpus.reviews[i] for i in rows]
    vectors = corpus.vectors[rows].astype(np.float32)
    found = group(vectors, languages, texts, owners, space, encoder, smallest=smallest, seed=seed)
    return _named(corpus, rows, found, Vocabulary(texts, languages), space, encoder)


def _named(
    corpus: Corpus, rows: Integers, found: Grouping, vocabulary: Vocabulary, space: TopicSpace, encoder: Encoder
) -> list[Topic]:
    """The groups that have a name, without those that a larger one already holds."""
    topics: list[Topic] = []
    for inside, closeness, theme in zip(found.groups, found.closeness, found.themes, strict=True):
        worded = name(corpus, rows, inside, theme, vocabulary)
        if worded:
            made = topic(corpus, rows[inside], found.points[inside], closeness, theme, worded, space, encoder)
            if not mostly_within(made, topics, SAME):
                topics.append(made)
    return topics


def _stated(
    topics: Sequence[Topic], figures: Sequence[Figures], statements: Sequence[str], corpus: Corpus,
    writer: StatementWriter | None,
) -> list[Need]:  # fmt: skip
    """Needs with their statements; the writer is asked for those that are neither given nor in the bank."""
    open_ = [i for i, t in enumerate(topics) if t.theme is None and not t.statement]
    asked = [
        Theme(
            label=topics[i].label, language=topics[i].language, net_sentiment=figures[i].net_sentiment,
            quotes=tuple(quotes(corpus, topics[i])[:WRITTEN_FROM]), statement=statements[i],
        )
        for i in open_
    ]  # fmt: skip
    answers = writer(asked) if writer and asked else [None] * len(asked)
    written = {i: text for i, text in zip(open_, answers, strict=True) if text}
    return [
        Need(
            standing=t.standing, statement=written.get(i, statements[i]),
            statement_by="" if t.statement else "model" if i in written else "theme" if t.theme else "evidence",
            about="service" if t.theme in SERVICES else "product", theme=t.theme, heading=t.heading,
            language=t.language, label=t.label, mentions=f.mentions, net_sentiment=f.net_sentiment,
            importance=f.importance, satisfaction=f.satisfaction, opportunity=f.opportunity, evidence=t.evidence,
        )
        for i, (t, f) in enumerate(zip(topics, figures, strict=True))
    ]  # fmt: skip
