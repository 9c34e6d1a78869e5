"""Customer needs: groups of sentences about the same wish, met or unmet, each with figures and evidence.

The figures follow Ulwick's opportunity algorithm ('What Customers Want', 2005) with reviews in the place of a survey:
opportunity = importance + max(importance − satisfaction, 0), importance and satisfaction on 0 to 10.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, Vectors
from mlcore.keywords import Vocabulary
from mlcore.sentiment import INFORMATIVE
from mlcore.themes import named
from mlcore.topics import TopicSpace, group
from mlcore.wishes import Wish, quoted, wishes

Floats = NDArray[np.float64]

EVIDENCE = 30
"""Sentences of evidence a need carries at most."""
DIVERSITY = 0.35
"""Weight of novelty in the choice of evidence (maximal marginal relevance, Carbonell & Goldstein 1998)."""
VOLUME_SHARE = 0.7
"""Weight of how many customers mention a need in its importance; the rest is its effect on the rating."""
SHRINKAGE = 3.0
"""Ridge penalty of the rating model, in reviews: what few reviews say moves its estimate little."""
CREDIBLE = 0.35
"""Cosine to the centre that a wish read off one sentence needs in order to speak for all."""
CALM = 2.0
"""Neutral mentions that are added to each need's mean sentiment, so that three angry reviews are no verdict."""


class Evidence(TypedDict):
    """A sentence that shows a need, by its index, and how well it does so (0 to 1)."""

    sentence: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """n judged sentences of r reviews, the ground on which needs stand."""

    texts: Sequence[str]
    languages: Sequence[str]
    reviews: Sequence[int]
    """Index of each sentence's review."""
    vectors: Vectors
    """n × d embeddings, unit length."""
    sentiment: Floats
    informative: Floats
    ratings: Sequence[float | None]
    """One a review, 1 to 5."""
    copies: frozenset[int]
    """Reviews whose text stands in an earlier review; they count once."""


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
    most: int,
    writer: StatementWriter | None = None,
) -> list[Need]:
    """Groups the informative sentences and returns needs, best opportunity first. No sentence → no need.

    `smallest`: distinct reviews that make a need; None: 4, or 2 % of the reviews up to 12 if that is more.
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
    groups = found.groups[:most]
    figures = score(corpus, [rows[g] for g in groups])
    vocabulary = Vocabulary([corpus.texts[i] for i in rows], languages)
    points = space.transform(corpus.vectors[rows], languages)
    drafts = [
        _draft(corpus, rows, points, g, c, t, f, vocabulary, space, encoder)
        for g, c, t, f in zip(groups, found.closeness, found.themes, figures, strict=False)
    ]
    return sorted(_stated(drafts, corpus, writer), key=lambda n: (-n.opportunity, -n.mentions, n.label))


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
class Figures:
    """What a need weighs."""

    mentions: int
    net_sentiment: float
    importance: float
    satisfaction: float
    opportunity: float


def score(corpus: Corpus, groups: Sequence[NDArray[np.int64]]) -> list[Figures]:
    """Figures of each group of sentences.

    mentions      = distinct reviews
    net_sentiment = Σ of the reviews' mean sentiment / (mentions + 2), −1 to 1
    importance    = 10 · (0.7 · √(mentions / largest mentions) + 0.3 · effect / largest effect), 0 to 10;
                    effect is the rating stars that the need's sentiment moves, from one ridge regression of all
                    reviews' ratings on their mean sentiment per need (absent: 0); without at least 20 ratings that
                    differ, importance = 10 · √(mentions / largest mentions)
    satisfaction  = 5 · (1 + net_sentiment), 0 to 10
    opportunity   = importance + max(importance − satisfaction, 0), 0 to 20
    """
    feelings = [_by_review(corpus, members) for members in groups]
    mentions = np.array([len(f) for f in feelings], dtype=np.float64)
    net = np.array([sum(f.values()) / (len(f) + CALM) for f in feelings])
    volume = np.sqrt(mentions / mentions.max(initial=1.0))
    effect = _effects(corpus, feelings)
    weight = volume if effect is None else VOLUME_SHARE * volume + (1 - VOLUME_SHARE) * effect
    importance, satisfaction = 10 * weight, 5 * (1 + net)
    opportunity = importance + np.maximum(importance - satisfaction, 0)
    return [
        Figures(
            mentions=int(m), net_sentiment=round(float(n), 3), importance=round(float(i), 2),
            satisfaction=round(float(s), 2), opportunity=round(float(o), 2),
        )
        for m, n, i, s, o in zip(mentions, net, importance, satisfaction, opportunity, strict=True)
    ]  # fmt: skip


def rank_evidence(
    points: Vectors, texts: Sequence[str], reviews: Sequence[int], informative: Floats, belonging: Floats
) -> list[tuple[int, float]]:
    """Orders a need's m sentences by how well they show it: (index, score 0 to 1), at most 30, one a review.

    Relevance is closeness to the need's centre times belonging times informativeness, a little less for very short
    and very long sentences; each next one is chosen for relevance and for saying it differently (MMR).
    """
    centre = points.mean(axis=0)
    centre /= max(float(np.linalg.norm(centre)), 1e-9)
    relevance = (
        np.clip(points @ centre, 0, 1) * belonging * np.sqrt(informative) * np.array([_readable(t) for t in texts])
    )
    relevance = relevance / max(float(relevance.max(initial=0.0)), 1e-9)
    chosen: list[tuple[int, float]] = []
    seen_reviews: set[int] = set()
    seen_texts: set[str] = set()
    near = np.zeros(len(texts))
    for _ in range(min(EVIDENCE, len(texts))):
        gain = (1 - DIVERSITY) * relevance - DIVERSITY * near
        order = np.argsort(-gain, kind="stable")
        best = next(
            (i for i in order if reviews[i] not in seen_reviews and texts[i].casefold() not in seen_texts),
            None,
        )
        if best is None:
            break
        chosen.append((int(best), round(float(relevance[best]), 4)))
        seen_reviews.add(reviews[best])
        seen_texts.add(texts[best].casefold())
        near = np.maximum(near, np.clip(points @ points[best], 0, 1))
    return chosen


def _by_review(corpus: Corpus, members: NDArray[np.int64]) -> dict[int, float]:
    """review → mean sentiment of its sentences in the group."""
    found: dict[int, list[float]] = {}
    for i in members:
        found.setdefault(corpus.reviews[i], []).append(float(corpus.sentiment[i]))
    return {review: sum(values) / len(values) for review, values in found.items()}


def _effects(corpus: Corpus, feelings: Sequence[dict[int, float]]) -> Floats | None:
    """How much each need's sentiment moves the rating, 0 to 1 of the largest; None without enough ratings."""
    rated = [i for i, r in enumerate(corpus.ratings) if r is not None and i not in corpus.copies]
    stars = np.array([corpus.ratings[i] for i in rated], dtype=np.float64)
    if len(stars) < 20 or stars.std() == 0 or not feelings:
        return None
    place = {review: row for row, review in enumerate(rated)}
    x = np.zeros((len(rated), len(feelings)))
    for column, feeling in enumerate(feelings):
        for review, value in feeling.items():
            if review in place:
                x[place[review], column] = value
    slope = np.linalg.solve(x.T @ x + SHRINKAGE * np.eye(x.shape[1]), x.T @ (stars - stars.mean()))
    effect = np.maximum(slope, 0.0)
    return np.asarray(effect / effect.max()) if effect.max() > 0 else None


def _readable(text: str) -> float:
    length = len(text) * (3 if any("\u4e00" <= c <= "\u9fff" for c in text) else 1)
    return 0.75 if length < 15 else 0.85 if length > 200 else 1.0


@dataclass(frozen=True, kw_only=True)
class _Draft:
    figures: Figures
    members: list[int]
    evidence: list[Evidence]
    label: str
    language: str
    wish: Wish


def _draft(
    corpus: Corpus, rows: NDArray[np.int64], points: Vectors, inside: NDArray[np.int64], belonging: Floats,
    theme: str | None, figures: Figures, vocabulary: Vocabulary, space: TopicSpace, encoder: Encoder,
) -> _Draft:  # fmt: skip
    members = rows[inside]
    ranked = rank_evidence(
        points[inside], [corpus.texts[i] for i in members], [corpus.reviews[i] for i in members],
        corpus.informative[members], belonging,
    )  # fmt: skip
    evidence: list[Evidence] = [{"sentence": int(members[i]), "score": value} for i, value in ranked]
    tongues = [corpus.languages[i] for i in members]
    language = max(sorted(set(tongues)), key=tongues.count)
    words = vocabulary.label(inside.tolist(), language)
    known = named(theme, language) if theme else None
    if known:
        label, wish = known[0], Wish(text=known[1], quality=0.0)
    else:
        label = " ".join(words) or corpus.texts[evidence[0]["sentence"]][:40]
        wish = _best_wish(corpus, members, points[inside], belonging, language, words, space, encoder) or quoted(
            language, label, _quotes(corpus, evidence, language)
        )
    return _Draft(
        figures=figures, members=[int(i) for i in members], evidence=evidence, label=label, language=language,
        wish=wish,
    )  # fmt: skip


def _quotes(corpus: Corpus, evidence: Sequence[Evidence], language: str) -> list[str]:
    best = [int(e["sentence"]) for e in evidence]
    return [corpus.texts[i] for i in best if corpus.languages[i] == language] or [corpus.texts[i] for i in best]


def _best_wish(
    corpus: Corpus, members: NDArray[np.int64], points: Vectors, belonging: Floats, language: str, words: Sequence[str],
    space: TopicSpace, encoder: Encoder,
) -> Wish | None:  # fmt: skip
    """The wish that can be read off a member and lies nearest to what all of them say."""
    centre = (points * belonging[:, None]).mean(axis=0)
    near = np.argsort(-(points @ centre) * belonging, kind="stable")[:120]
    texts = [
        (corpus.texts[members[i]], float(corpus.sentiment[members[i]]))
        for i in near
        if corpus.languages[members[i]] == language
    ]
    found = {w.text: w for t, s in texts for w in wishes(t, language, s)}
    if not found:
        return None
    offers = list(found.values())
    vectors = space.transform(encoder.encode([w.text for w in offers]), [language] * len(offers))
    closeness = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    named = np.array([sum(word in w.text.lower() for word in words) for w in offers])
    value = closeness + np.array([w.quality for w in offers]) + 0.06 * np.minimum(named, 2)
    best = int(value.argmax())
    return offers[best] if closeness[best] >= CREDIBLE else None


def _stated(drafts: Sequence[_Draft], corpus: Corpus, writer: StatementWriter | None) -> list[Need]:
    themes = [
        Theme(
            label=d.label, language=d.language, net_sentiment=d.figures.net_sentiment,
            quotes=tuple(_quotes(corpus, d.evidence, d.language)[:8]), statement=d.wish.text,
        )
        for d in drafts
    ]  # fmt: skip
    written = writer(themes) if writer else [None] * len(drafts)
    return [
        Need(
            statement=text or d.wish.text, statement_by="model" if text else "evidence", language=d.language,
            label=d.label, mentions=d.figures.mentions, net_sentiment=d.figures.net_sentiment,
            importance=d.figures.importance, satisfaction=d.figures.satisfaction, opportunity=d.figures.opportunity,
            members=d.members, evidence=d.evidence,
        )
        for d, text in zip(drafts, written, strict=True)
    ]  # fmt: skip
