"""Chooses among what a language model wrote: several candidates a field, scored without the model.

A candidate that fails a check of `wording` is out. The rest are ranked by how near they lie to what was asked (cosine
in the sentence encoder's space), how concrete they are, and how far they keep from what has been chosen before.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import rjieba

from mlcore import wording
from mlcore.embed import Encoder, Vectors
from mlcore.outcomes import outcome, wisher
from mlcore.specs.concepts import BriefSpec, NeedSpec

_SIZE = re.compile(r"\s*\b\d+(?:[.,]\d+)?\s*(?:ml|cl|l|g|kg|cm|mm|in|inch|oz|w|v|mah|gb|tb|pcs?|pack)\b", re.IGNORECASE)

_SMALL = frozenset("a an and by comes for in is it no not of on or that the to with without".split())

NEAR = 0.86
"""Cosine from which two features are the same idea in other words."""


SERVES = 0.55
"""Least closeness of a model's words to the need (cosine + 0.05 a common word) to be kept behind a means."""

KNOWN = 0.4
"""Least cosine of a target user to the lead need."""

GROUNDED = 0.7
"""Share of a pitch's words that its concept must know."""

LOOSE = 0.1
"""What a feature in the model's words behind a means must be better by than the wish itself behind it."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a model wrote, and the means that it was begun with, if any."""

    rest: str
    means: str = ""
    fit: float = 0.0
    """How near the need that the means is known for lies to the one at hand."""

    @property
    def text(self) -> str:
        """Both together; a model that repeats the means is not taken twice at its word."""
        if not self.means or self.rest.lower().startswith(self.means.lower()):
            return self.rest
        return self.means + ("" if self.rest.startswith(",") else " ") + self.rest


@dataclass(kw_only=True)
class Candidate:
    """A text that passed the checks."""

    text: str
    relevance: float
    concreteness: float
    vector: Vectors
    handicap: float = 0.0
    means: str = ""
    taken: bool = False

    @property
    def score(self) -> float:
        return 0.65 * self.relevance + 0.35 * self.concreteness - self.handicap


@dataclass(kw_only=True)
class Chooser:
    """Knows the brief and everything chosen for it so far."""

    brief: BriefSpec
    encoder: Encoder
    strict: bool = True
    """Whether the writer is a small model, of which no pitch or name is believed that its features do not bear out."""
    ground: str = ""
    """Product, category, needs and evidence in one text: what may be spoken of."""
    names: list[str] = field(default_factory=list)
    pitches: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        said = [s for n in self.brief.needs for s in (n.statement, *(e.text for e in n.evidence))]
        self.ground = " ".join([self.brief.product, self.brief.category, *self.brief.must_have, *said])

    def features(
        self, texts: Sequence[Written], asked: str, evidence: Sequence[str], *, demand: str = ""
    ) -> list[Candidate]:
        """What can stand as a feature for what is asked (a need's statement), best first, without repeats.

        Where a means came with the text, the model's words about it are kept only if they speak of the need; the wish
        itself, turned into an outcome, stands in for words that do not.
        """
        serving = self._serving(texts, asked, evidence)
        own = [t.text for t in serving if self._feature_fits(t.text, asked, evidence, demand)]
        composed = {t: f for t, f in self._composed(texts, asked).items() if self._fits(t, wording.COMPOSED)}
        led = {t.text: t.means for t in serving if t.means}
        composed_means = {t: m for t in composed for m in (w.means for w in texts) if m and t.startswith(m)}
        fit = list(dict.fromkeys([*own, *composed]))
        if not fit:
            return []
        vectors = self.encoder.encode([asked, *evidence[:3], *fit])
        goal, rows = vectors[: -len(fit)], vectors[-len(fit) :]
        near = 0.6 * (rows @ goal[0]) + 0.4 * (rows @ goal.T).max(axis=1)
        found = [
            Candidate(
                text=text[0].upper() + text[1:],
                # Of a composed feature the wish is no evidence of its sense: only the means' own fit is.
                relevance=_bounded(
                    float(closeness) + 0.1 * min(2, len(wording.stems(text) & wording.stems(asked)))
                    if text in own
                    else composed[text]
                ),
                concreteness=wording.concreteness(text),
                vector=row,
                handicap=LOOSE if text in led else 0.0,
                means=led.get(text) or composed_means.get(text, ""),
            )
            for text, closeness, row in zip(fit, near, rows, strict=True)
        ]
        return sorted(found, key=lambda c: -c.score)

    def _serving(self, texts: Sequence[Written], asked: str, evidence: Sequence[str]) -> list[Written]:
        """Texts without a means, and those whose words behind it speak of the need."""
        if not texts:
            return []
        heard = [asked, *evidence[:3]]
        vectors = self.encoder.encode([*heard, *(t.rest or t.text for t in texts)])
        near = (vectors[len(heard) :] @ vectors[: len(heard)].T).max(axis=1)
        known = wording.stems(" ".join(heard))
        common = [len(wording.stems(t.rest) & known) for t in texts]
        kept = zip(texts, near, common, strict=True)
        fit = [t for t, n, c in kept if not t.means or (c and n + 0.05 * c >= SERVES)]
        return [t for t in fit if not t.means or not wording.turns(t.rest, asked, evidence)]

    def _composed(self, texts: Sequence[Written], asked: str) -> dict[str, float]:
        """Features of means and wish, each with its means' fit."""
        clause, comma = outcome(asked), "，" if self.brief.language == "zh" else ", "
        if not clause:
            return {}
        said = wording.stems(clause)
        means = {t.means: t.fit for t in texts if t.means}
        return {m if said <= wording.stems(m) else m + comma + clause: fit for m, fit in means.items()}

    def take(self, pool: Sequence[Candidate], beside: Sequence[Candidate]) -> Candidate | None:
        """The best candidate that is no near copy of those beside it; used ones only when no fresh one is left."""
        used = [c for c in pool if c.taken]
        best: tuple[float, Candidate] | None = None
        for candidate in pool:
            alike = max((float(candidate.vector @ b.vector) for b in beside), default=0.0)
            repeats = any(candidate.means and candidate.means == b.means for b in beside)
            if alike >= NEAR or repeats or candidate in beside:
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

    def pitch(self, texts: Sequence[str], features: Sequence[Candidate], needs: Sequence[str]) -> str:
        """The text that best sums up the features and names the product; empty if none will do.

        Most of its words must come from the product, its features or the needs: a pitch that promises what no feature
        holds is worse than the plain list of what there is, which stands in (in English).
        """
        fit = [t for t in dict.fromkeys(texts) if self._pitch_fits(t, features, needs)]
        fit = fit or [p for p in [self._plain_pitch(features)] if p]
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

    def _pitch_fits(self, text: str, features: Sequence[Candidate], needs: Sequence[str]) -> bool:
        said = [f.text for f in features]
        known = wording.stems(" ".join([self.brief.product, self.brief.category, *needs, *said]))
        own = wording.stems(text)
        grounded = len(own & known) >= GROUNDED * len(own)
        sound = not self.strict or (grounded and not self._mixes(text, said))
        return sound and self._fits(text, wording.PITCH) and not wording.copied(text, said, run=9)

    def _mixes(self, text: str, said: Sequence[str]) -> bool:
        """Whether a part of the text says what no single feature says ('a seal that stays hot')."""
        told = [wording.stems(f) for f in said]
        product = wording.stems(f"{self.brief.product} {self.brief.category}")
        for part in re.split(r",| and | with |[，、]", text):
            own = wording.stems(part) - product
            if own and max(len(own & one) for one in told) < len(own):
                return True
        return False

    def _plain_pitch(self, features: Sequence[Candidate]) -> str:
        """The means of two or three features in a row."""
        product = bare_name(self.brief.product)
        parts = [re.split(r",? so that |,? for |,? which |，", f.text)[0] for f in features]
        if self.brief.language == "zh":
            text = f"带{'、'.join(p.removeprefix('带') for p in parts[:3])}的{product}"
            return text if not wording.flaws(text, "zh", wording.PLAIN_PITCH) else ""
        short = [p[0].lower() + p[1:] for p in parts if 2 <= len(p.split()) <= 9][:3]
        if len(short) < 2:
            return ""
        text = f"{_with_article(product)} with {', '.join(short[:-1])} and {short[-1]}"
        text = text[0].upper() + text[1:]
        return text if not wording.flaws(text, "en", wording.PLAIN_PITCH) else ""

    def user(self, texts: Sequence[str], features: Sequence[Candidate], lead: str) -> str:
        """The people who lie nearest to the features; those who have the lead need, if the model knows none."""
        known = wording.stems(self.ground)
        fit = [t for t in dict.fromkeys(texts) if self._fits(t, wording.USER)]
        fit = [t for t in fit if not self.strict or wording.stems(t) & known]
        rows = self.encoder.encode([lead, *fit])
        near = rows[1:] @ rows[0]
        fit = [t for t, n in zip(fit, near, strict=True) if n >= KNOWN or not self.strict]
        if not fit:
            return wisher(lead)
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
            if known == 1.0 or not self.strict:
                scored.append((known + 0.5 * bool(own & wording.stems(self.brief.product)), text))
        if scored:
            return max(scored)[1]
        return self._plain_name(said)

    def _name_fits(self, text: str) -> bool:
        alike = any(wording.overlap(text, name) > 0.6 for name in self.names)
        wordy = any(c in text for c in ",.:;!?，。：；！？/") or any(c.isdigit() for c in text)
        words = text.lower().split()
        repeats = len(set(words)) < len(words) or bool(_SMALL & set(words))
        bare = text == self.brief.product
        return not bare and not alike and not wordy and not repeats and self._fits(text, wording.NAME)

    def _plain_name(self, said: Sequence[str]) -> str:
        """Where the model found none: a word of the first feature before the product's own."""
        return next((name for name in self._plain_names(said) if self._name_fits(name)), "")

    def _plain_names(self, said: Sequence[str]) -> Iterator[str]:
        if self.brief.language == "zh":
            head = _last_words(self.brief.product, 3)
            yield from (_last_words(feature.split("，")[0], 4) + head for feature in said[1:])
            return
        named = [w for w in self.brief.product.split() if w.isalpha() and len(w) > 2]
        known = wording.stems(self.brief.product)
        for word in said[1].split():
            bare = word.strip(",.;")
            if len(bare) > 3 and bare.isalpha() and wording.stems(bare) - known:
                yield _titled(f"{bare} {named[-1] if named else self.brief.product}")


def nearest(vector: Vectors, needs: Sequence[NeedSpec], encoder: Encoder, *, at_least: float) -> list[str]:
    """Ids of the needs whose statements lie near a feature, nearest first; never empty."""
    closeness = encoder.encode([n.statement for n in needs]) @ vector
    order = [int(i) for i in np.argsort(-closeness, kind="stable")]
    return [needs[i].id for i in order if closeness[i] >= at_least] or [needs[order[0]].id]


def bare_name(product: str) -> str:
    """A product's name without its size: 'Trail Mug 450 ml' → 'Trail Mug'."""
    return _SIZE.sub("", product).strip() or product


def _with_article(product: str) -> str:
    """'a kettle', 'an iron', but 'dresses'."""
    if re.search(r"[^s]s$", product):
        return product
    return f"{'an' if product[0].lower() in 'aeiou' else 'a'} {product}"


def _last_words(text: str, most: int) -> str:
    """Whole Chinese words from the end of a text, at most so many characters."""
    kept = ""
    for word in reversed(rjieba.cut(text)):
        if kept and (len(word + kept) > most or word in "的米升克"):
            break
        kept = word + kept
    return kept


def _titled(text: str) -> str:
    return " ".join(w if w.isupper() else w[0].upper() + w[1:] for w in text.split())


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, value))
