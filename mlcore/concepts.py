"""Writes product concepts for a brief: each answers its own combination of needs, feature by feature.

A small model cannot plan a product, but it can say, in one line, by what part or material a need may be met. So code
plans (which needs, which of them leads), asks for several features a need in one batch, chooses, and only then asks
for the target user, the pitch that sums the chosen features up, and the name. Claims about customers are not written
by the model at all (see `claims`).
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from mlcore import wording
from mlcore.backends import Backend, open_backend
from mlcore.choosing import Candidate, Chooser, Written, bare_name, nearest
from mlcore.claims import claims, insight
from mlcore.embed import Encoder, open_encoder
from mlcore.events import Event, Progress
from mlcore.folders import write_file
from mlcore.frames import feature_form, parse_value, shots, tail_form
from mlcore.means import Library
from mlcore.specs.concepts import ConceptsDone, ConceptsSpec, ConceptWritten, NeedSpec
from mlcore.taskadapter import shipped

FEWEST, MOST = 3, 5
"""Features of a concept."""

ROUNDS = 3
"""Times that missing concepts are tried anew before the rest is given up."""

FEATURE_TOKENS, USER_TOKENS, PITCH_TOKENS, NAME_TOKENS = 40, 24, 44, 10
TOP_P = 0.9
LED, FREE, TAIL_TEMPERATURE = 0.35, 0.8, 0.6
"""Temperatures: of features that are begun with different means, of features left to the model, of the rest."""
TIED = 0.45
"""Cosine from which a feature is said to answer another need of its concept, too."""

DEMAND = {"en": "I want %s", "zh": "我想要%s"}


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Candidates written for each value that is needed."""

    features: int
    tails: int
    together: int
    """Concepts whose tails are written in one batch; the first of them can be shown while the next are written."""


SMALL = Effort(features=3, tails=4, together=4)
LARGE = Effort(features=2, tails=2, together=4)
"""For a server: its models fail less, and every answer costs."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place for one feature."""

    asked: str
    """A need's statement, or what the brief demands."""
    need: NeedSpec | None
    """None for a demand."""


@dataclass(kw_only=True)
class Draft:
    """A concept under way."""

    slots: list[Slot]
    """The lead need's first."""
    chosen: list[tuple[Slot, Candidate]] = field(default_factory=list)

    @property
    def needs(self) -> list[NeedSpec]:
        """The needs that got a feature, the lead need first."""
        return list({slot.need.id: slot.need for slot, _ in self.chosen if slot.need}.values())

    @property
    def features(self) -> list[Candidate]:
        return [candidate for _, candidate in self.chosen]

    @property
    def complete(self) -> bool:
        """Whether it has enough features, one for the lead need among them."""
        return len(self.chosen) >= FEWEST and self.chosen[0][0] == self.slots[0]


def write_concepts(spec: ConceptsSpec) -> Iterator[Event]:
    """Yields Progress and a ConceptWritten for each concept as soon as it is whole, at last ConceptsDone.

    The same spec gives the same concepts, if the model does. Writes concepts.json into spec.output, if given. Raises
    InputError for what the user can mend (a model that is missing, a server that is down).
    """
    backend = open_backend(spec.backend)
    # Only what goes on from the shipped adapter knows the bare forms.
    taught = spec.backend.kind == "local" and shipped(spec.backend.base) is not None
    tuned = taught and spec.backend.adapter is not None and spec.brief.language == "en"
    effort = SMALL if spec.backend.kind == "local" else LARGE
    yield from write_with(backend, spec, tuned=tuned, effort=effort)


def write_with(backend: Backend, spec: ConceptsSpec, *, tuned: bool, effort: Effort = SMALL) -> Iterator[Event]:
    """`write_concepts` with an open backend; `tuned` models get the bare forms, others worked examples before them."""
    # A model that doesn't say what it writes was chosen by somebody who knows; only a clear no is a no.
    if backend.languages and spec.brief.language not in backend.languages:
        yield from _finish(spec, [], 0, "model_language", 0)
        return
    writer = _Writer(backend, spec, tuned, effort)
    done: list[ConceptWritten] = []
    tried = 0
    for attempt in range(ROUNDS):
        missing = spec.count - len(done)
        if not missing:
            break
        tried += missing
        for event in writer.round(missing, attempt, len(done)):
            if isinstance(event, ConceptWritten):
                done.append(event)
            yield event
    reason = None if len(done) == spec.count else "too_few_good"
    yield from _finish(spec, done, tried, reason, backend.tokens)


def plan(needs: Sequence[NeedSpec], count: int, seed: int) -> list[list[NeedSpec]]:
    """Which needs each of `count` concepts answers, the lead need first: 3 to 5 of them, or all if there are fewer.

    Leads go round in the brief's order, so that no two concepts start alike before every need has led. The others are
    those that have been used least, more mentioned ones first; the seed decides between equals.
    """
    chance = random.Random(seed)
    used = dict.fromkeys((n.id for n in needs), 0)
    plans: list[list[NeedSpec]] = []
    for number in range(count):
        lead = needs[number % len(needs)]
        rest = [n for n in needs if n.id != lead.id]
        ties = {n.id: chance.random() for n in rest}
        rest.sort(key=lambda n: (used[n.id], -n.mentions // 5, ties[n.id]))
        size = 3 + (number + seed) % 3
        chosen = [lead, *rest[: size - 1]]
        for need in chosen:
            used[need.id] += 1
        plans.append(chosen)
    return plans


class _Writer:
    """Carries what has been chosen from round to round, so that nothing is said twice."""

    def __init__(self, backend: Backend, spec: ConceptsSpec, tuned: bool, effort: Effort) -> None:
        self._backend, self._spec, self._brief, self._effort = backend, spec, spec.brief, effort
        self._encoder: Encoder = open_encoder()
        # What stands on a server is large enough to find means by itself.
        self._library = Library(spec.brief.language, self._encoder) if spec.backend.kind == "local" else None
        small = self._library is not None
        self._chooser = Chooser(brief=spec.brief, encoder=self._encoder, strict=small)
        language = spec.brief.language
        self._warmth = LED if small else FREE
        self._before = {kind: "" if tuned else shots(language, kind) for kind in ("feature", "tail")}

    def round(self, count: int, attempt: int, ready: int) -> Iterator[Event]:
        """Plans and writes `count` concepts; those that fail the checks are left out."""
        seed = self._spec.seed + 7919 * attempt
        drafts = [self._draft(needs) for needs in plan(self._brief.needs, ready + count, seed)[ready:]]
        yield Progress(step="features", done=0, total=count, unit="concepts")
        self._fill(drafts, seed)
        whole = [d for d in drafts if d.complete]
        for first in range(0, len(whole), self._effort.together):
            group = whole[first : first + self._effort.together]
            for draft, (user, pitch, name) in zip(group, self._tails(group, seed + first), strict=True):
                if user and pitch and name:
                    ready += 1
                    yield self._whole(draft, user, pitch, name, ready)
            yield Progress(step="concepts", done=min(first + len(group), count), total=count, unit="concepts")

    def _draft(self, needs: Sequence[NeedSpec]) -> Draft:
        demands = [Slot(asked=d, need=None) for d in self._brief.must_have]
        asked = [Slot(asked=n.statement, need=n) for n in needs][: MOST - len(demands)]
        while len(asked) + len(demands) < FEWEST:
            # One or two needs only: each gets several features.
            asked.append(asked[len(asked) % len(needs)])
        return Draft(slots=asked + demands)

    def _fill(self, drafts: Sequence[Draft], seed: int) -> None:
        """Writes the features of all drafts in one batch and shares them out."""
        slots = [slot for draft in drafts for slot in draft.slots]
        asked = [ask for slot, places in Counter(slots).items() for ask in self._asks(slot, places)]
        answers = self._complete("feature", [prompt for _, _, prompt in asked], FEATURE_TOKENS, self._warmth, seed)
        texts: dict[Slot, list[Written]] = {slot: [] for slot in slots}
        for (slot, given, _), answer in zip(asked, answers, strict=True):
            texts[slot].append(replace(given, rest=parse_value(answer, self._brief.language)))
        pools = {slot: self._pool(slot, written) for slot, written in texts.items()}
        for draft in drafts:
            for slot in draft.slots:
                candidate = self._chooser.take(pools[slot], draft.features)
                if candidate:
                    draft.chosen.append((slot, candidate))

    def _asks(self, slot: Slot, places: int) -> list[tuple[Slot, Written, str]]:
        """(slot, what is given, prompt) for each candidate of a slot that `places` concepts have."""
        language, count = self._brief.language, places * self._effort.features
        said = [e.text for e in slot.need.evidence if e.text.strip() != slot.asked.strip()][:6] if slot.need else []
        asked = slot.asked if slot.need else DEMAND[language] % slot.asked
        means = self._means(asked, said, count)
        asks = []
        for turn in range(count):
            shown = [said[(turn + i) % len(said)] for i in range(min(2, len(said)))]
            opening, fit = means[turn % len(means)] if means else ("", 0.0)
            given = Written(rest="", means=opening, fit=fit)
            asks.append((slot, given, feature_form(language, self._product, asked, shown, opening)))
        return asks

    def _means(self, asked: str, said: Sequence[str], count: int) -> list[tuple[str, float]]:
        if self._library is None:
            return []
        return self._library.propose(asked, said, self._brief.product, count, category=self._brief.category)

    def _pool(self, slot: Slot, texts: Sequence[Written]) -> list[Candidate]:
        if slot.need:
            return self._chooser.features(texts, slot.asked, [e.text for e in slot.need.evidence])
        found = self._chooser.features(texts, slot.asked, [], demand=slot.asked)
        # A demand must be met in every concept: its own words stand in where the model has none.
        row = self._encoder.encode([slot.asked])[0]
        return [*found, Candidate(text=slot.asked, relevance=1.0, concreteness=0.0, vector=row)]

    def _tails(self, drafts: Sequence[Draft], seed: int) -> list[tuple[str, str, str]]:
        """Target user, pitch and name of each draft, one after the other since each builds on the last; '' if none."""
        users = [self._brief.audience] * len(drafts)
        if not self._brief.audience:
            found = self._lines(drafts, [("", "")] * len(drafts), USER_TOKENS, seed)
            users = [self._chooser.user(t, d.features, d.slots[0].asked) for t, d in zip(found, drafts, strict=True)]
        found = self._lines(drafts, [(u or "-", "") for u in users], PITCH_TOKENS, seed + 1)
        pitches = [
            self._chooser.pitch(t, d.features, [n.statement for n in d.needs])
            for t, d in zip(found, drafts, strict=True)
        ]
        found = self._lines(
            drafts, [(u or "-", p or "-") for u, p in zip(users, pitches, strict=True)], NAME_TOKENS, seed
        )
        said = [[p, *(f.text for f in d.features)] for p, d in zip(pitches, drafts, strict=True)]
        names = [self._chooser.name(t, s) if p else "" for t, s, p in zip(found, said, pitches, strict=True)]
        return list(zip(users, pitches, names, strict=True))

    def _lines(
        self, drafts: Sequence[Draft], known: Sequence[tuple[str, str]], max_tokens: int, seed: int
    ) -> list[list[str]]:
        """Several candidates a draft for the line that comes after what is known of its end."""
        language, each = self._brief.language, self._effort.tails
        prompts = [
            tail_form(language, self._product, [f.text for f in draft.features], *given)
            for draft, given in zip(drafts, known, strict=True)
            for _ in range(each)
        ]
        answers = self._complete("tail", prompts, max_tokens, TAIL_TEMPERATURE, seed + 104_729)
        values = [parse_value(answer, language) for answer in answers]
        return [values[i : i + each] for i in range(0, len(values), each)]

    def _complete(self, kind: str, prompts: Sequence[str], max_tokens: int, temperature: float, seed: int) -> list[str]:
        # Chat models may begin with an empty line.
        stop = ["\n"] if self._spec.backend.kind == "local" else ["\n\n\n"]
        return self._backend.complete(
            [self._before[kind] + p for p in prompts],
            max_tokens=max_tokens, stop=stop, temperature=temperature, top_p=TOP_P, seed=seed,
        )  # fmt: skip

    @property
    def _product(self) -> str:
        """As the forms name it: without sizes ('Trail Mug 450 ml'), with the category that says what it is."""
        name = bare_name(self._brief.product)
        if not self._brief.category or wording.speaks_of(name, self._brief.category):
            return name
        return f"{name} ({self._brief.category})" if self._brief.language == "en" else name

    def _whole(self, draft: Draft, user: str, pitch: str, name: str, number: int) -> ConceptWritten:
        language, needs = self._brief.language, draft.needs
        features = []
        for slot, candidate in draft.chosen:
            near = nearest(candidate.vector, needs, self._encoder, at_least=TIED)
            own = [slot.need.id] if slot.need else near[:1]
            features.append({"text": candidate.text, "needs": list(dict.fromkeys(own + near))[:2]})
        return ConceptWritten(
            number=number, name=name, pitch=pitch, target_user=user,
            insight=insight(needs, language), features=features, claims=claims(needs, language),
            scores=_scores(draft.features), tokens=self._backend.tokens,
        )  # fmt: skip


def _scores(features: Sequence[Candidate]) -> dict[str, float]:
    rows = np.array([f.vector for f in features])
    alike = (rows @ rows.T)[~np.eye(len(rows), dtype=bool)].mean()
    parts = {
        "relevance": float(np.mean([f.relevance for f in features])),
        "concreteness": float(np.mean([f.concreteness for f in features])),
        "distinctness": float(min(1.0, max(0.0, 1.0 - alike))),
    }
    parts["overall"] = 0.5 * parts["relevance"] + 0.3 * parts["concreteness"] + 0.2 * parts["distinctness"]
    return {name: round(value, 3) for name, value in parts.items()}


def _finish(
    spec: ConceptsSpec, done: Sequence[ConceptWritten], tried: int, reason: str | None, tokens: int
) -> Iterator[Event]:
    if spec.output:
        spec.output.mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(c) for c in done], ensure_ascii=False, indent=1)
        write_file(spec.output / "concepts.json", text.encode())
    yield ConceptsDone(count=len(done), tried=tried, reason=reason, tokens=tokens)
