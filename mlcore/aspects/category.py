"""Which category of the taxonomy a term belongs to: as the lexicon says, else as its letters and sentence suggest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects.features import Vocabulary
from mlcore.aspects.lexicon import candidates, category_of, taxonomy
from mlcore.aspects.polarity import clause, softmax_regression
from mlcore.aspects.tagger import Span
from mlcore.aspects.words import Word

Floats = NDArray[np.float64]
OTHER = "other"
SURE = 0.35
"""Probability below which a term that the lexicon does not know stays without a category of its own."""


@dataclass(frozen=True)
class Category:
    """Weights: features × categories, in the order of the taxonomy."""

    vocabulary: Vocabulary
    weights: Floats

    def of(self, term: str, words: Sequence[Word], span: Span) -> str:
        """The category of a term that stands at a span of a sentence."""
        named = candidates(term)
        if len(named) == 1:
            return named[0]
        keys = list(taxonomy())
        columns = self.vocabulary.columns(around(term, words, span.first, span.last))
        scores = self.weights[columns].sum(axis=0) + self.weights[-1]
        if named:
            return max(named, key=lambda key: float(scores[keys.index(key)]))
        chances = np.exp(scores - scores.max())
        sure = chances.max() / chances.sum() >= SURE
        return category_of(term) or (keys[int(scores.argmax())] if sure else OTHER)


def train(rows: Sequence[tuple[Sequence[str], str, float]], penalty: float = 0.5) -> Category:
    """Fits on (features, category, weight)."""
    keys = {key: k for k, key in enumerate(taxonomy())}
    vocabulary = Vocabulary(sorted({name for names, _, _ in rows for name in names}))
    labels = np.array([keys[category] for _, category, _ in rows])
    weights = np.array([weight for _, _, weight in rows])
    x = vocabulary.rows([names for names, _, _ in rows])
    return Category(
        vocabulary, softmax_regression(x, np.ones((len(rows), 1)), labels, weights, penalty, classes=len(keys))
    )


def around(term: str, words: Sequence[Word], first: int, last: int) -> list[str]:
    """The term's words and pieces of four letters (one and two in Chinese), and the other words of its clause."""
    start, end = clause(words, first, last)
    return [
        *pieces(term),
        *(f"c={w.text.lower()}" for k, w in enumerate(words[start:end], start) if not first <= k < last),
    ]


def pieces(term: str) -> Iterator[str]:
    """The pieces of a term itself."""
    for word in term.lower().split():
        yield f"w={word}"
        size = 2 if word >= "\u3400" else 4
        for k in range(max(1, len(word) - size + 1)):
            yield f"p={word[k : k + size]}"
        if size == 2:
            yield from (f"p={c}" for c in word)
