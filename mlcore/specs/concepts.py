"""What the writing of product concepts needs to know, and what it answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mlcore.errors import InputError
from mlcore.events import Event
from mlcore.specs.generate import BackendSpec

LANGUAGES = ("en", "zh")
MOST_CONCEPTS = 50
MOST_TOKENS = 2736
"""A concept's share of what may be written for all of them at most: every candidate at its full length, in every round.
A test compares it with what the writer asks for."""
MOST_DEMANDS = 2
"""Things a brief may demand of every concept: each takes one of its five features."""


@dataclass(frozen=True, kw_only=True)
class EvidenceSpec:
    """A customer's sentence."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class NeedSpec:
    """A need that concepts may answer, most promising first in the brief."""

    id: str
    statement: str
    mentions: int
    """Distinct reviews that speak of it."""
    reviews: int
    """Reviews read in all."""
    evidence: tuple[EvidenceSpec, ...]
    """Best first; at least one, since every claim cites some."""

    def __post_init__(self) -> None:
        if not self.statement.strip():
            raise InputError("need_without_statement", need=self.id)
        if not any(e.text.strip() for e in self.evidence):
            raise InputError("need_without_evidence", need=self.statement)
        if not 0 < self.mentions <= self.reviews:
            raise InputError("need_count_invalid", need=self.statement, mentions=self.mentions, reviews=self.reviews)


@dataclass(frozen=True, kw_only=True)
class BriefSpec:
    """What the team asks for."""

    product: str
    """What is to be conceived, in a few words: 'insulated lunch box'."""
    category: str = ""
    language: str = "en"
    """The concepts' language, 'en' or 'zh'."""
    needs: tuple[NeedSpec, ...]
    must_have: tuple[str, ...] = ()
    """Each becomes a feature of every concept."""
    must_avoid: tuple[str, ...] = ()
    """No concept may speak of these."""
    audience: str = ""
    """The target user, if the team has chosen one."""

    def __post_init__(self) -> None:
        if not self.product.strip():
            raise InputError("brief_without_product")
        if self.language not in LANGUAGES:
            raise InputError("brief_language", language=self.language, known=", ".join(LANGUAGES))
        if not self.needs:
            raise InputError("brief_without_needs")
        if len({n.id for n in self.needs}) < len(self.needs):
            raise InputError("brief_needs_repeat")
        if len(self.must_have) > MOST_DEMANDS:
            raise InputError("brief_demands", most=MOST_DEMANDS, given=len(self.must_have))


@dataclass(frozen=True, kw_only=True)
class ConceptsSpec:
    """Write product concepts for a brief."""

    runner: ClassVar[str] = "mlcore.concepts:write_concepts"

    backend: BackendSpec
    brief: BriefSpec
    count: int = 8
    seed: int = 0
    """The same brief, model and seed give the same concepts."""
    output: Path | None = None
    """Folder for concepts.json; none: events only."""

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_CONCEPTS:
            raise InputError("concept_count", count=self.count, most=MOST_CONCEPTS)


@dataclass(frozen=True, kw_only=True)
class ConceptWritten(Event):
    """One whole concept."""

    number: int
    """From 1, in the order of writing."""
    name: str
    pitch: str
    insight: str
    target_user: str
    features: list[dict[str, Any]]
    """3 to 5 of {"text": str, "needs": [need id, …]}: proposals, each tied to the needs it is meant to answer."""
    claims: list[dict[str, Any]]
    """{"text": str, "evidence": [evidence id, …]}: statements about customers, made from counts and quotes."""
    scores: dict[str, float]
    """Each 0 to 1, higher is better: relevance, concreteness, distinctness, overall."""
    tokens: int = 0
    """Tokens written so far, for this and all that came before it."""


@dataclass(frozen=True, kw_only=True)
class ConceptsDone(Event):
    """The end: how many concepts there are, and why not more."""

    count: int
    tried: int
    reason: str | None = None
    """None, or a code: 'model_language' (the model does not write the brief's language), 'too_few_good' (what it
    wrote failed the checks too often)."""
    tokens: int = 0
    """Tokens written in all."""
