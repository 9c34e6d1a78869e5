"""From sentences to aspects: the term, what is said of it, its category and polarity."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects.category import OTHER
from mlcore.aspects.models import Models, shipped
from mlcore.aspects.polarity import Judged, clause
from mlcore.aspects.tagger import Span
from mlcore.aspects.words import Word, is_chinese, words_of
from mlcore.sentiment import judge

Floats = NDArray[np.float64]
LANGUAGES = ("en", "zh")
DOUBTFUL = 0.6
REACH = 4
"""Words after a term within which an opinion in the next clause is still about it: 'the lid, awful'."""
JOINED = frozenset(("and", "or", "&", ",", "/", "和", "跟", "与", "、", "，"))


@dataclass(frozen=True, kw_only=True)
class Aspect:
    """One judged term of a sentence."""

    term: str
    start: int
    end: int
    """Characters of the sentence from `start` to before `end` are the term."""
    opinion: str
    """The words that judge it, '' if none were found."""
    category: str
    """A key of `taxonomy()`."""
    polarity: int
    """−1, 0 or 1."""
    probability: float
    """That a customer would call this a judged term, 0 to 1."""


def aspects_of(
    texts: Sequence[str],
    languages: Sequence[str],
    vectors: NDArray[np.float32] | None = None,
    sentiments: Sequence[float] | None = None,
    models: Models | None = None,
) -> list[list[Aspect]]:
    """Aspects of n sentences, in the order of their text; none where the language is not 'en' or 'zh'.

    sentiments: n values −1 to 1 of the whole sentences, which settle a polarity that the words leave open; vectors: the
    sentences' n × 512 embeddings, from which the sentiments are judged if they are not given. Both may be left out.
    """
    models = models or shipped()
    if sentiments is None and vectors is not None:
        sentiments = judge(texts, vectors).sentiment.tolist()
    known = [k for k, language in enumerate(languages) if language in LANGUAGES and texts[k].strip()]
    out: list[list[Aspect]] = [[] for _ in texts]
    words = [words_of(texts[k]) for k in known]
    terms, opinions = models.terms.spans(words), models.opinions.spans(words)
    judged = [Judged(w, s.first, s.last) for w, found in zip(words, terms, strict=True) for s in found]
    owner = [k for k, found in zip(known, terms, strict=True) for _ in found]
    polarities = models.polarities(judged, None if sentiments is None else [float(sentiments[k]) for k in owner])
    place = 0
    for row, sentence, spans, said in zip(known, words, terms, opinions, strict=True):
        linked = link(sentence, spans, said)
        for span, opinion in zip(spans, linked, strict=True):
            aspect = _aspect(texts[row], sentence, span, opinion, polarities[place], models)
            out[row] += [aspect] if _worth(aspect) else []
            place += 1
    return out


def _worth(aspect: Aspect) -> bool:
    """A word of no known category that nothing judges is no aspect, nor is a doubtful one."""
    return bool(aspect.opinion) or (aspect.category != OTHER and aspect.probability >= DOUBTFUL)


def link(words: Sequence[Word], terms: Sequence[Span], opinions: Sequence[Span]) -> list[list[Span]]:
    """The opinions of each term: an opinion belongs to the nearest term of its clause, after it rather than before.

    An opinion in a clause without a term belongs to the last term before it, if the next clause is its own.
    """
    out: list[list[Span]] = [[] for _ in terms]
    for opinion in opinions:
        start, end = clause(words, opinion.first, opinion.last)
        near = [(_gap(term, opinion), k) for k, term in enumerate(terms) if start <= term.first < end]
        if near:
            out[min(near)[1]].append(opinion)
            continue
        before = [k for k, term in enumerate(terms) if term.last <= opinion.first]
        if before and opinion.first - terms[before[-1]].last <= REACH:
            out[before[-1]].append(opinion)
    return _shared(words, terms, out)


def _shared(words: Sequence[Word], terms: Sequence[Span], linked: list[list[Span]]) -> list[list[Span]]:
    """'lid and handle are loose': a term without an opinion takes that of the term it is joined with."""
    for k in range(len(terms) - 2, -1, -1):
        between = [w.text.lower() for w in words[terms[k].last : terms[k + 1].first]]
        if not linked[k] and len(between) <= 2 and any(w in JOINED for w in between):
            linked[k] = linked[k + 1]
    return linked


def _gap(term: Span, opinion: Span) -> float:
    """Words between a term and an opinion; a little more when the opinion comes first."""
    return opinion.first - term.last if opinion.first >= term.last else term.first - opinion.last + 0.5


def _aspect(
    text: str, words: Sequence[Word], span: Span, opinions: Sequence[Span], polarity: int, models: Models
) -> Aspect:
    start, end = words[span.first].start, words[span.last - 1].end
    said = [text[words[o.first].start : words[o.last - 1].end] for o in opinions]
    term = text[start:end]
    return Aspect(
        term=term,
        start=start,
        end=end,
        opinion=(" " if not is_chinese(text) else "、").join(said),
        category=models.category.of(term, words, span),
        polarity=polarity,
        probability=span.probability,
    )
