"""Words in their surroundings as sparse features, made once for each distinct word, pair and pattern of a batch."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mlcore.aspects.lexicon import categories, feelings, parts, singular

Key = TypeVar("Key", bound=Hashable)
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_ENDINGS = ("ing", "ed", "ly", "est", "er", "n't", "able", "ful", "y", "s")
PAD = ""
"""Stands for the two places before and after a chain."""


@dataclass(frozen=True)
class Block:
    """Features of distinct things, and which thing stands at each token."""

    features: list[list[str]]
    places: Ints


class Vocabulary:
    """Feature ↔ column."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self._column = {name: k for k, name in enumerate(self.names)}

    def rows(self, features: Sequence[Sequence[str]]) -> csr_matrix:
        """things × columns of ones; a feature that training never saw is left out."""
        known = [self.columns(row) for row in features]
        ends = np.cumsum([0, *(len(row) for row in known)])
        columns = np.fromiter((c for row in known for c in row), dtype=np.int32, count=int(ends[-1]))
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(known), len(self.names)))

    def columns(self, features: Sequence[str]) -> list[int]:
        """Columns of the features that training saw."""
        return [self._column[f] for f in features if f in self._column]

    def matrix(self, blocks: Sequence[Block]) -> csr_matrix:
        """tokens × columns: for training, where the weights change with every step."""
        return csr_matrix(sum(self.rows(block.features)[block.places] for block in blocks))

    def product(self, blocks: Sequence[Block], weights: Floats) -> Floats:
        """The same matrix times the weights, without ever being built: each distinct thing is multiplied once."""
        return np.asarray(sum((self.rows(b.features) @ weights)[b.places] for b in blocks))


def vocabulary(blocks: Sequence[Block], least: int = 1) -> Vocabulary:
    """The features that stand at `least` tokens or more."""
    counts: dict[str, int] = {}
    for block in blocks:
        often = np.bincount(block.places, minlength=len(block.features))
        for row, count in zip(block.features, often.tolist(), strict=True):
            for feature in row:
                counts[feature] = counts.get(feature, 0) + count
    return Vocabulary(sorted(f for f, count in counts.items() if count >= least))


def blocks_of(sentences: Sequence[Sequence[str]], of_word: Callable[[str], list[str]] | None = None) -> list[Block]:
    """Blocks of all tokens of chains: the words around each, pairs, and the pattern of kinds of five words.

    `of_word` adds features of a word of the caller's own, such as its cluster.
    """
    flat, inside = _flat(sentences)
    around = [np.roll(np.arange(len(flat)), -d)[inside] for d in (-2, -1, 0, 1, 2)]
    lower = [w.lower() for w in flat]
    kinds = {w: kind(w) for w in set(lower)}
    extra = of_word or (lambda _word: [])
    out = [_block([lower[k] for k in around[d + 2]], partial(_at, d, kinds, extra)) for d in (-2, -1, 0, 1, 2)]
    out.append(_block([flat[k] for k in around[2]], lambda w: [f"shape={_shape(w)}"]))
    for name, left, right in (("<", 1, 2), (">", 2, 3)):
        pairs = [(lower[i], lower[j]) for i, j in zip(around[left], around[right], strict=True)]
        out.append(_block(pairs, partial(_pair, name)))
    patterns = zip(*([kinds[lower[k]] for k in places] for places in around), strict=True)
    out.append(_block(list(patterns), _pattern))
    return out


def kind(word: str) -> str:
    """One of about forty kinds: feeling, part of speech, known term, mark, or the ending."""
    if word == PAD:
        return "PAD"
    known = feelings().get(word) or parts().get(word)
    if known:
        return known
    if word in categories() or singular(word) in categories():
        return "term"
    return _form(word)


def _form(word: str) -> str:
    if not word[0].isalnum():
        return "mark" if word not in ",.!?，。！？" else word
    if word[0].isdigit():
        return "number"
    if word[0] >= "\u3400":
        return f"han{min(len(word), 4)}"
    return next((end for end in _ENDINGS if word.endswith(end)), "x")


def _at(distance: int, kinds: dict[str, str], extra: Callable[[str], list[str]], word: str) -> list[str]:
    return [f"{distance}{f}" for f in _near(word, kinds[word], extra(word), abs(distance))]


def _near(word: str, its_kind: str, extra: list[str], far: int) -> Iterator[str]:
    yield f"w={word}"
    yield f"k={its_kind}"
    if far < 2:
        yield from extra
        yield f"s3={word[-3:] if word < '㐀' else word[-1:]}"
    if far == 0 and word != PAD:
        yield f"s2={word[-2:]}"
        yield f"s4={word[-4:]}"
        yield f"p3={word[:3] if word < '㐀' else word[:1]}"
        yield f"c={categories().get(word) or categories().get(singular(word))}"
        yield f"len={min(len(word), 8)}"


def _shape(word: str) -> str:
    if word.isupper() and len(word) > 1:
        return "upper"
    return "title" if word[:1].isupper() else "plain"


def _pair(name: str, pair: tuple[str, str]) -> list[str]:
    text = " ".join(pair) if pair[0] < "㐀" else "".join(pair)
    return [f"{name}{text}", f"{name}known={text in categories() or singular(text) in categories()}"]


def _pattern(k: tuple[str, ...]) -> list[str]:
    return [
        f"kk<{k[1]} {k[2]}",
        f"kk>{k[2]} {k[3]}",
        f"k_k{k[1]} {k[3]}",
        f"kkk{k[1]} {k[2]} {k[3]}",
        f"kkk<{k[0]} {k[1]} {k[2]}",
        f"kkk>{k[2]} {k[3]} {k[4]}",
    ]


def _block(keys: Sequence[Key], features: Callable[[Key], Sequence[str] | Iterator[str]]) -> Block:
    place: dict[Key, int] = {}
    places = np.fromiter((place.setdefault(key, len(place)) for key in keys), dtype=np.int64, count=len(keys))
    return Block([list(features(key)) for key in place], places)


def _flat(sentences: Sequence[Sequence[str]]) -> tuple[list[str], Ints]:
    """All words with two pads before, between and after; and the places of the words."""
    flat: list[str] = [PAD, PAD]
    inside: list[int] = []
    for words in sentences:
        inside.extend(range(len(flat), len(flat) + len(words)))
        flat.extend(words)
        flat += [PAD, PAD]
    return flat, np.asarray(inside, dtype=np.int64)
