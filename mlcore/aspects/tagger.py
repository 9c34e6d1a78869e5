"""Finds spans of words, such as the terms that a customer judges: a chain over sparse features, and its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects.chain import Chain, best_labels, fit, marginals
from mlcore.aspects.features import Block, Vocabulary, blocks_of, vocabulary
from mlcore.aspects.words import Word, chains

Floats = NDArray[np.float64]
OUTSIDE, FIRST, REST = 0, 1, 2


class Span(NamedTuple):
    """Words `first` to before `last` of a sentence, and the probability that they belong to a span at all."""

    first: int
    last: int
    probability: float


class Example(NamedTuple):
    """A sentence's words with the spans in it, and how much it counts in training."""

    words: Sequence[Word]
    spans: Sequence[tuple[int, int]]
    weight: float = 1.0


@dataclass(frozen=True)
class Tagger:
    """A trained tagger."""

    vocabulary: Vocabulary
    chain: Chain
    bias: float = 0.0
    """Added to what speaks for a span beginning at a word; set by `tune` so that F1 is best on held-out folds."""

    def spans(self, sentences: Sequence[Sequence[Word]], bias: float | None = None) -> list[list[Span]]:
        """Spans of each sentence, in order and without overlap."""
        emissions, lengths = self.emissions(sentences)
        return decode(sentences, emissions, self.chain.steps, lengths, self.bias if bias is None else bias)

    def emissions(self, sentences: Sequence[Sequence[Word]]) -> tuple[Floats, list[int]]:
        """tokens × 3 of all chains, and the chains' lengths."""
        blocks, lengths = _blocks(sentences)
        return self.vocabulary.product(blocks, self.chain.weights), lengths


def decode(
    sentences: Sequence[Sequence[Word]], emissions: Floats, steps: Floats, lengths: Sequence[int], bias: float
) -> list[list[Span]]:
    """The best spans of each sentence with a bias for or against spans; their probabilities are without the bias."""
    if not len(emissions):
        return [[] for _ in sentences]
    inside = 1.0 - marginals(emissions, steps, lengths)[:, OUTSIDE]
    labels = best_labels(emissions + np.array([0.0, bias, 0.0]), steps, lengths).tolist()
    out, start = [], 0
    for words in sentences:
        out.append(_read(labels[start : start + len(words)], inside[start : start + len(words)]))
        start += len(words)
    return out


def train(examples: Sequence[Example], *, penalty: float = 1.0, least: int = 1) -> Tagger:
    """Fits a tagger; `least`: how often a feature must occur to be used."""
    blocks, lengths = _blocks([e.words for e in examples])
    labels = np.concatenate([_labels(e) for e in examples])
    weights = np.concatenate([np.full(len(e.words), e.weight) for e in examples])
    known = vocabulary(blocks, least)
    return Tagger(known, fit(known.matrix(blocks), lengths, labels, weights, classes=3, penalty=penalty))


def _labels(example: Example) -> NDArray[np.int64]:
    labels = np.full(len(example.words), OUTSIDE, dtype=np.int64)
    for first, last in example.spans:
        labels[first], labels[first + 1 : last] = FIRST, REST
    return labels


def _blocks(sentences: Sequence[Sequence[Word]]) -> tuple[list[Block], list[int]]:
    ranges = [[words[a:b] for a, b in chains(words)] for words in sentences]
    texts = [[w.text for w in chain] for chained in ranges for chain in chained]
    return blocks_of(texts), [len(t) for t in texts]


def _read(labels: Sequence[int], inside: Floats) -> list[Span]:
    out: list[Span] = []
    place = 0
    while place < len(labels):
        start = place
        place += 1
        if labels[start] == OUTSIDE:
            continue
        while place < len(labels) and labels[place] == REST:
            place += 1
        out.append(Span(start, place, float(inside[start:place].mean())))
    return out


def arrays(tagger: Tagger, least: float = 0.02) -> dict[str, NDArray[np.generic]]:
    """What a file stores: only features that matter, weights in half precision."""
    kept = np.abs(tagger.chain.weights).max(axis=1) >= least
    names = [n for n, keep in zip(tagger.vocabulary.names, kept, strict=True) if keep]
    return {
        "names": text_array(names),
        "weights": tagger.chain.weights[kept].astype(np.float16),
        "steps": tagger.chain.steps.astype(np.float32),
        "bias": np.array(tagger.bias),
    }


def from_arrays(stored: dict[str, NDArray[np.generic]]) -> Tagger:
    """The tagger of `arrays`."""
    chain = Chain(np.asarray(stored["weights"], dtype=np.float64), np.asarray(stored["steps"], dtype=np.float64))
    return Tagger(Vocabulary(text_list(stored["names"])), chain, float(stored["bias"]))


def text_array(names: Sequence[str]) -> NDArray[np.uint8]:
    """Strings as the bytes of their lines: numpy would pad every one to the longest, or pickle them."""
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def text_list(stored: NDArray[np.generic]) -> list[str]:
    """The strings of `text_array`."""
    return stored.astype(np.uint8).tobytes().decode().split("\n")
