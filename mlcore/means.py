"""Proposes the means by which a need may be met: parts, materials and arrangements known from other products.

A small language model writes a sound sentence about 'a spring valve that shuts by itself', but left alone invents
valves that cannot be built. So the opening of a feature is looked up: of all means in a hand-written collection and in
the worked examples, those that met the most similar need, carried over to the product at hand (design by analogy).
"""

import functools
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mlcore import wording
from mlcore.embed import Encoder, Vectors
from mlcore.frames import read_examples

COLLECTION = Path(__file__).parent / "data" / "means.%s.jsonl"
SLACK = 0.13
"""How far below the best a need may lie in cosine for its means to be offered still."""

CARRIED = 0.08
"""What a means of a worked example, which was made for one product, must fit better than one of the collection."""

NEIGHBOURS = 5
"""Worked examples whose kinds of goods vote on a product's own."""

KINDS: dict[str, tuple[str, ...]] = {
    "wear": ("clothing", "footwear", "bedding", "home textiles"),
    "care": ("cosmetics", "hair care", "skin care"),
    "food": (
        "breakfast", "condiments", "dairy", "dairy alternatives", "fresh food", "frozen food", "snacks", "tea",
    ),
    "service": ("books", "games", "hotels"),
}  # fmt: skip
"""Kind of goods → categories of the worked examples. What stands nowhere is 'hard': vessels, devices, tools."""

MIXED = {
    "accessories": ("hard", "wear"), "bags": ("wear", "hard"), "luggage": ("hard", "wear"), "camping": ("hard", "wear"),
    "cleaning": ("hard", "care"), "laundry": ("care", "hard"), "oral care": ("care", "hard"),
    "shaving": ("hard", "care"), "bathroom": ("hard", "wear"),
}  # fmt: skip
"""Categories whose goods are of two kinds."""

SECOND = 0.4
"""Share of the best kind's votes with which another kind is taken in, too."""

LEAST_FIT = 0.36
"""Closeness of needs below which a means is not offered at all."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """One means and where it is known from."""

    text: str
    need: str
    kinds: tuple[str, ...]
    collected: bool
    """From the collection, not from a worked example."""


class Library:
    """The means of one language with the needs that they met, as vectors."""

    def __init__(self, language: str, encoder: Encoder) -> None:
        self._encoder = encoder
        self._entries = _collected(language)
        needs = list(dict.fromkeys(e.need for e in self._entries))
        rows = encoder.encode(needs)
        self._needs: Vectors = rows[[needs.index(e.need) for e in self._entries]]
        self._vectors: Vectors = encoder.encode([e.text for e in self._entries])
        examples = [e for e in read_examples(split=None) if e["kind"] == "concept"]
        self._kinds = [_kinds(e["category"]) for e in examples]
        self._products: Vectors = encoder.encode([f"{e['product']}, {e['category']}" for e in examples])

    def propose(
        self, asked: str, evidence: Sequence[str], product: str, count: int, *, category: str = ""
    ) -> list[tuple[str, float]]:
        """At most `count` different means for a need with how near the need that they met lies to it, best first.

        Fit = cosine of the two needs (the statement's, and its evidence's mean) + a share of the means' own closeness
        to the product. Only means of the product's kind of goods are offered: cloth for a blouse, valves for a pot.
        """
        if not self._entries:
            return []
        vectors = self._encoder.encode([asked, product, f"{product}: {asked}", *evidence[:4]])
        heard = vectors[3:].mean(axis=0) if len(vectors) > 3 else vectors[0]
        near = 0.7 * (self._needs @ vectors[0]) + 0.3 * (self._needs @ heard)
        fit = near + 0.35 * (self._vectors @ vectors[2]) + 0.15 * (self._vectors @ vectors[1])
        kinds = self.kinds(product, category)
        fit -= np.where([e.collected for e in self._entries], 0.0, CARRIED)
        fit[[not kinds & set(e.kinds) for e in self._entries]] = -1.0
        fit[near < LEAST_FIT] = -1.0
        ground = " ".join([asked, product, *evidence])
        chosen: dict[str, float] = {}
        for index in np.argsort(-fit, kind="stable"):
            if fit[index] < max(0.0, fit.max() - SLACK) or len(chosen) == count:
                break
            text = self._entries[index].text
            if not wording.strays(text, ground) and all(wording.overlap(text, c) < 0.5 for c in chosen):
                chosen[text] = float(near[index])
        return list(chosen.items())

    def kinds(self, product: str, category: str = "") -> set[str]:
        """'hard', 'wear', 'care', 'food', 'service': what the nearest worked examples are, mostly one of them.

        Names of brands say little, so the category, where there is one, counts twice.
        """
        closeness = self._products @ self._encoder.encode([product, category or product]).T @ np.array([1.0, 2.0])
        votes: dict[str, float] = defaultdict(float)
        for index in np.argsort(-closeness, kind="stable")[:NEIGHBOURS]:
            for kind in self._kinds[index]:
                votes[kind] += max(0.0, float(closeness[index])) ** 2
        return {kind for kind, vote in votes.items() if vote >= SECOND * max(votes.values())}


def _kinds(category: str) -> tuple[str, ...]:
    if category in MIXED:
        return MIXED[category]
    return (next((kind for kind, known in KINDS.items() if category in known), "hard"),)


@functools.cache
def _collected(language: str) -> tuple[Means, ...]:
    """The collection's means first, then those of the worked examples."""
    path = Path(str(COLLECTION) % language)
    if not path.exists():
        return ()
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [
        Means(text=m, need=row["need"], kinds=tuple(row["domains"]), collected=True)
        for row in rows
        for m in row["means"]
    ]
    for example in read_examples() if language == "en" else []:
        if example["kind"] == "concept":
            kinds = _kinds(example["category"])
            for text, need in zip(example["means"], example["needs"], strict=True):
                # Shorter ones ('The box') say nothing without their product.
                if len(text.split()) >= 4 and not text.startswith("The ") and text.split()[-1] not in ("each", "all"):
                    found.append(Means(text=text, need=need["statement"], kinds=kinds, collected=False))
    return tuple(found)
