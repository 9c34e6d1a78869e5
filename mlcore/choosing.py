"""Chooses among what a language model wrote: several candidates a field, scored without the model.

A candidate that fails a check of `wording` is out. The rest are ranked by how near they lie to what was asked (cosine
in the sentence encoder's space), how concrete they are, and how far they keep from what has been chosen before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mlcore import wording
from mlcore.embed import Encoder, Vectors
from mlcore.specs.concepts import BriefSpec, NeedSpec

NEAR = 0.86
"""Cosine from which two features are the same idea in other words."""


@dataclass(kw_only=True)
class Candidate:
    """A text that passed the checks."""

    text: str
    relevance: float
    concreteness: float
    vector: Vectors
    taken: bool = False

    @property
    def score(self) -> float:
        return 0.65 * self.relevance + 0.35 * self.concreteness


@dataclass(kw_only=True)
class Chooser:
    """Knows the brief and everything chosen for it so far."""

    brief: BriefSpec
    encoder: Encoder
    ground: str = ""
    """Product, category, needs and evidence in one text: what may be spoken of."""
    names: list[str] = field(default_factory=list)
    pitches: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        said = [s for n in self.brief.needs for s in (n.statement, *(e.text for e in n.evidence))]
        self.ground = " ".join([self.brief.product, self.brief.category, *self.brief.must_have, *said])

    def features(
        self, texts: Sequence[str], asked: str, evidence: Sequence[str], *, demand: str = ""
    ) -> list[Candidate]:
        """The texts that can stand as features for what is asked (a need's statement), best first, without repeats."""
        fit = list(dict.fromkeys(t for t in texts if self._feature_fits(t, asked, evidence, demand)))
        if not fit:
            return []
        vectors = self.encoder.encode([asked, *evidence[:3], *fit])
        goal, rows = vectors[: -len(fit)], vectors[-len(fit) :]
        near = 0.6 * (rows @ goal[0]) + 0.4 * (rows @ goal.T).max(axis=1)
        found = [
            Candidate(
                text=text[0].upper() + text[1:],
                relevance=_bounded(float(closeness) + 0.1 * min(3, len(wording.stems(text) & wording.stems(asked)))),
                concreteness=wording.concreteness(text),
                vector=row,
            )
            for text, closeness, row in zip(fit, near, rows, strict=True)
        ]
        return sorted(found, key=lambda c: -c.score)

    def take(self, pool: Sequence[Candidate], beside: Sequence[Candidate]) -> Candidate | None:
        """The best candidate that is no near copy of those beside it; used ones only when no fresh one is left."""
        used = [c for c in pool if c.taken]
        best: tuple[float, Candidate] | None = None
        for candidate in pool:
            alike = max((float(candidate.vector @ b.vector) for b in beside), default=0.0)
            if alike >= NEAR or candidate in beside:
                continue
            repeated = max((float(candidate.vector @ u.vector) for u in used), default=0.0)
            value = candidate.score - 0.25 * alike - (1.0 if candidate.taken else 0.3 * max(0.0, repeated))
            if best is None or value > best[0]:
                best = (value, candidate)
        if best:
            best[1].taken = True
        return best[1] if best else None

    def _feature_fits(self, text: str, asked: str, evidence: Sequence[str], demand: str) -> bool:
        if demand and not wording.speaks_of(text, demand):
            return False
        if not wording.stems(text) & wording.stems(" ".join([asked, *evidence, self.brief.product])):
            return False
        new = wording.stems(text) - wording.stems(" ".join([asked, *evidence, self.brief.product]))
        # Three words that nobody asked with: else it is the wish again, without a means.
        return self._fits(text, wording.FEATURE) and len(new) >= 3 and not wording.copied(text, [asked, *evidence])

    def _fits(self, text: str, limits: wording.Limits) -> bool:
        if wording.flaws(text, self.brief.language, limits) or wording.similar_example(text):
            return False
        return not self._avoided(text) and not wording.strays(text, self.ground)

    def _avoided(self, text: str) -> bool:
        return any(wording.speaks_of(text, phrase) for phrase in self.brief.must_avoid)

    def pitch(self, texts: Sequence[str], features: Sequence[Candidate]) -> str:
        """The text that best sums up the features and names the product; empty if none will do."""
        fit = [t for t in dict.fromkeys(texts) if self._fits(t, wording.PITCH)]
        fit = [t for t in fit if not wording.copied(t, [f.text for f in features], run=9)]
        if not fit:
            return ""
        rows = self.encoder.encode(fit)
        centre = np.mean([f.vector for f in features], axis=0)
        summed = [np.mean([bool(wording.stems(t) & wording.stems(f.text)) for f in features]) for t in fit]
        named = [bool(wording.stems(t) & wording.stems(self.brief.product)) for t in fit]
        stale = [max((wording.overlap(t, p) for p in self.pitches), default=0.0) for t in fit]
        value = rows @ centre + 0.5 * np.array(summed) + 0.3 * np.array(named) - 0.4 * np.array(stale)
        text = fit[int(value.argmax())]
        self.pitches.append(text)
        return text[0].upper() + text[1:]

    def user(self, texts: Sequence[str], features: Sequence[Candidate]) -> str:
        """The people who lie nearest to the features; empty if none will do."""
        fit = [t for t in dict.fromkeys(texts) if self._fits(t, wording.USER)]
        if not fit:
            return ""
        rows = self.encoder.encode([f"{t} {self.brief.product}" for t in fit])
        stale = [max((wording.overlap(t, u) for u in self.users), default=0.0) for t in fit]
        value = rows @ np.mean([f.vector for f in features], axis=0) - 0.3 * np.array(stale)
        text = fit[int(value.argmax())]
        self.users.append(text)
        return text[0].upper() + text[1:]

    def name(self, texts: Sequence[str], said: Sequence[str]) -> str:
        """A name made of words that the concept itself uses and no other concept's; said = pitch, then features."""
        chosen = self._named(texts, said)
        self.names += [chosen] if chosen else []
        return chosen

    def _named(self, texts: Sequence[str], said: Sequence[str]) -> str:
        words = wording.stems(" ".join([*said, self.brief.product]))
        scored: list[tuple[float, str]] = []
        for text in dict.fromkeys(_titled(t) for t in texts if t):
            own = wording.stems(text)
            if not own or not self._name_fits(text):
                continue
            known = len(own & words) / len(own)
            if known >= 0.5:
                scored.append((known + 0.5 * bool(own & wording.stems(self.brief.product)), text))
        if scored:
            return max(scored)[1]
        return self._plain_name(said)

    def _name_fits(self, text: str) -> bool:
        alike = any(wording.overlap(text, name) > 0.6 for name in self.names)
        wordy = any(c in text for c in ",.:;!?，。：；！？/") or any(c.isdigit() for c in text)
        repeats = len(set(text.lower().split())) < len(text.split())
        return not alike and not wordy and not repeats and self._fits(text, wording.NAME)

    def _plain_name(self, said: Sequence[str]) -> str:
        """Where the model found none: a word of the first feature before the product's own."""
        named = [w for w in self.brief.product.split() if w.isalpha() and len(w) > 2]
        head = named[-1] if named and self.brief.language == "en" else self.brief.product[-4:]
        known = wording.stems(self.brief.product)
        words = said[1].split() if self.brief.language == "en" else []
        for word in words:
            bare = word.strip(",.;")
            if len(bare) > 3 and bare.isalpha() and wording.stems(bare) and not wording.stems(bare) & known:
                text = _titled(f"{bare} {head}")
                if self._name_fits(text):
                    return text
        return ""


def nearest(vector: Vectors, needs: Sequence[NeedSpec], encoder: Encoder, *, at_least: float) -> list[str]:
    """Ids of the needs whose statements lie near a feature, nearest first; never empty."""
    closeness = encoder.encode([n.statement for n in needs]) @ vector
    order = [int(i) for i in np.argsort(-closeness, kind="stable")]
    return [needs[i].id for i in order if closeness[i] >= at_least] or [needs[order[0]].id]


def _titled(text: str) -> str:
    return " ".join(w if w.isupper() else w[0].upper() + w[1:] for w in text.split())


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, value))
