"""Finds which of many known names a new one is closest to, by the pairs of characters that both have.

Dice's coefficient over pairs of characters (Dice 1945), or, for a name that holds the other with more around it
("Kettle K-17, red, 1.7 l"), the share of the shorter one's pairs. Only the few best are compared character by
character (Ratcliff and Obershelp 1988, difflib), so that tens of thousands of known names cost milliseconds.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from difflib import SequenceMatcher
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T", bound=Hashable)

LEAST: Final = 0.5
"""How alike two names are at least before one is worth suggesting for the other, 0 to 1."""
COMPARED: Final = 12
INSIDE: Final = 0.85
"""What it counts that one name stands whole within another."""


class Guess(NamedTuple, Generic[T]):
    """A known name's owner, and how alike the names are, 0 to 1."""

    owner: T
    score: float


class Closest(Generic[T]):
    """Known names, by their pairs of characters."""

    def __init__(self, known: Mapping[str, T]) -> None:
        self._owners = dict(known)
        self._pairs = {name: _pairs(name) for name in known}
        self._having: dict[str, list[str]] = defaultdict(list)
        for name, pairs in self._pairs.items():
            for pair in pairs:
                self._having[pair].append(name)

    def best(self, name: str) -> Guess[T] | None:
        """The owner of the closest known name; None when none is close."""
        if name in self._owners:
            return Guess(self._owners[name], 1.0)
        pairs = _pairs(name)
        shared: Counter[str] = Counter()
        for pair in pairs:
            shared.update(self._having.get(pair, ()))
        rough = {known: _alike(count, len(pairs), len(self._pairs[known])) for known, count in shared.items()}
        first = sorted(rough, key=lambda known: (-rough[known], known))[:COMPARED]
        scored = [(max(rough[known], SequenceMatcher(None, known, name).ratio()), known) for known in first]
        score, known = max(scored, default=(0.0, ""))
        return Guess(self._owners[known], round(score, 2)) if score >= LEAST else None


def _pairs(name: str) -> frozenset[str]:
    return frozenset(name[at : at + 2] for at in range(len(name) - 1)) or frozenset((name,))


def _alike(shared: int, one: int, other: int) -> float:
    # Of two or three pairs, all are soon found anywhere.
    inside = INSIDE * shared / min(one, other) if min(one, other) > 3 else 0.0
    return max(2 * shared / (one + other), inside)
