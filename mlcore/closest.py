"""Finds which of many known names a new one is closest to, by the pairs of characters and the words that both have.

Dice's coefficient (Dice 1945) over pairs of characters and over words, or, for a name that holds the other with more
around it ("Kettle K-17, red, 1.7 l"), the share of the shorter one's pairs. Only the few best are compared character by
character (Ratcliff and Obershelp 1988, difflib), so that tens of thousands of known names cost milliseconds.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from difflib import SequenceMatcher
from itertools import chain
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T", bound=Hashable)

LEAST: Final = 0.5
"""How alike two names are at least before one is worth suggesting for the other, 0 to 1."""
COMMON: Final = 2000
"""Names that may have a pair before it tells nothing."""
LOOKED_AT: Final = 500
COMPARED: Final = 12
"""Names of which pairs and words are compared, and of these, those that are compared character by character."""
INSIDE: Final = 0.85
"""What it counts that one name stands whole within another."""
SHORTEST: Final = 3
"""Letters that a name must have before it means anything that it stands within another."""


class Guess(NamedTuple, Generic[T]):
    """A known name's owner, and how alike the names are, 0 to 1."""

    owner: T
    score: float


class Spelling(NamedTuple):
    """A name as it is compared."""

    bare: str
    """Letters and digits alone: "K-17" is in "Kettle K17"."""
    pairs: frozenset[str]
    words: frozenset[str]


def spelling(name: str) -> Spelling:
    """What of a name is compared; upper and lower case are its caller's business."""
    words = re.findall(r"\w+", name)
    bare = "".join(words) or name
    pairs = frozenset(bare[at : at + 2] for at in range(len(bare) - 1))
    return Spelling(bare, pairs or frozenset((bare,)), frozenset(words))


class Closest(Generic[T]):
    """Known names, by their pairs of characters."""

    def __init__(self, known: Mapping[str, T]) -> None:
        self._owners = dict(known)
        self._known = {name: spelling(name) for name in known}
        self._having: dict[str, list[str]] = defaultdict(list)
        for name, spelt in self._known.items():
            for pair in spelt.pairs:
                self._having[pair].append(name)

    def best(self, name: str) -> Guess[T] | None:
        """The owner of the closest known name; None when none is close."""
        if name in self._owners:
            return Guess(self._owners[name], 1.0)
        new = spelling(name)
        rough = {known: _alike(self._known[known], new) for known in self._candidates(new)}
        first = sorted(rough, key=lambda known: (-rough[known], known))[:COMPARED]
        exact = {known: SequenceMatcher(None, self._known[known].bare, new.bare).ratio() for known in first}
        scored = [(max(rough[known], exact[known]), len(known), known) for known in first]
        score, _length, known = max(scored, default=(0.0, 0, ""))
        return Guess(self._owners[known], round(score, 2)) if score >= LEAST else None

    def _candidates(self, new: Spelling) -> list[str]:
        """The known names that share most pairs with it, of those pairs that tell any names apart."""
        lists = sorted((self._having[pair] for pair in new.pairs if pair in self._having), key=len)
        telling = [names for names in lists if len(names) <= COMMON] or lists[:1]
        shared = Counter(chain.from_iterable(telling))
        return [name for name, _count in shared.most_common(LOOKED_AT)]


def _alike(one: Spelling, other: Spelling) -> float:
    shared = len(one.pairs & other.pairs)
    if min(len(one.bare), len(other.bare)) >= SHORTEST and (one.bare in other.bare or other.bare in one.bare):
        return INSIDE
    fewer = min(len(one.pairs), len(other.pairs))
    # Of two or three pairs, all are soon found anywhere.
    inside = INSIDE * shared / fewer if fewer > SHORTEST else 0.0
    words = 2 * len(one.words & other.words) / (len(one.words) + len(other.words) or 1)
    return max(2 * shared / (len(one.pairs) + len(other.pairs)), inside, words)
