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
SHORTEST: Final = 3
"""Letters that a name must have before it means anything that it stands within another."""


class Guess(NamedTuple, Generic[T]):
    """A known name's owner, and how alike the names are, 0 to 1."""

    owner: T
    score: float


class Closest(Generic[T]):
    """Known names, by their pairs of characters."""

    def __init__(self, known: Mapping[str, T]) -> None:
        self._owners = dict(known)
        self._bare = {name: _bare(name) for name in known}
        self._pairs = {name: _pairs(bare) for name, bare in self._bare.items()}
        self._having: dict[str, list[str]] = defaultdict(list)
        for name, pairs in self._pairs.items():
            for pair in pairs:
                self._having[pair].append(name)

    def best(self, name: str) -> Guess[T] | None:
        """The owner of the closest known name; None when none is close."""
        if name in self._owners:
            return Guess(self._owners[name], 1.0)
        bare = _bare(name)
        pairs = _pairs(bare)
        shared: Counter[str] = Counter()
        for pair in pairs:
            shared.update(self._having.get(pair, ()))
        rough = {known: self._rough(known, bare, count, len(pairs)) for known, count in shared.items()}
        first = sorted(rough, key=lambda known: (-rough[known], known))[:COMPARED]
        scored = [
            (max(rough[one], SequenceMatcher(None, self._bare[one], bare).ratio()), len(one), one) for one in first
        ]
        score, _length, known = max(scored, default=(0.0, 0, ""))
        return Guess(self._owners[known], round(score, 2)) if score >= LEAST else None

    def _rough(self, known: str, bare: str, shared: int, pairs: int) -> float:
        own, fewer = self._bare[known], min(len(self._pairs[known]), pairs)
        if min(len(own), len(bare)) >= SHORTEST and (own in bare or bare in own):
            return INSIDE
        # Of two or three pairs, all are soon found anywhere.
        inside = INSIDE * shared / fewer if fewer > SHORTEST else 0.0
        return max(2 * shared / (len(self._pairs[known]) + pairs), inside)


def _bare(name: str) -> str:
    """Letters and digits alone: "K-17" is in "Kettle K17"."""
    return "".join(char for char in name if char.isalnum()) or name


def _pairs(name: str) -> frozenset[str]:
    return frozenset(name[at : at + 2] for at in range(len(name) - 1)) or frozenset((name,))
