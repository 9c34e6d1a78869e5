"""What an analysis of reviews needs to know, and what it answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mlcore.errors import InputError
from mlcore.events import Event
from mlcore.specs.generate import BackendSpec


@dataclass(frozen=True, kw_only=True)
class UnderstandSpec:
    """Read a stretch of a file of reviews sentence by sentence."""

    runner: ClassVar[str] = "mlcore.understanding:understand"

    reviews: Path
    """JSON Lines: {"id", "text", "title", "rating" 1-5 or null, …}."""
    count: int
    """How many reviews the whole file holds."""
    output: Path
    """Folder for reviews.jsonl, sentences.jsonl and vectors.npy; made if absent."""
    share: tuple[int, int] = (0, 1)
    """Which of how many equal stretches this is."""
    encoder: str = "universal"
    """Name of the sentence encoder (mlcore.embed.ENCODERS)."""
    sentiment: Path | None = None
    """Weights of a tuned sentiment model; None: the shipped one."""


@dataclass(frozen=True, kw_only=True)
class Understood(Event):
    """The result; the files are in the spec's output."""

    sentences: int


@dataclass(frozen=True, kw_only=True)
class AnalyseSpec:
    """Reviews in, ranked customer needs with evidence out."""

    runner: ClassVar[str] = "mlcore.analyse:analyse"

    reviews: Path
    """JSON Lines: {"id", "text", "title", "rating" 1-5 or null, …}: those that no earlier analysis has read."""
    known: Path | None = None
    """Folder with what earlier analyses read and found, to be carried on (mlcore.earlier); None: nothing."""
    understood: tuple[Path, ...] = ()
    """Where UnderstandSpecs wrote what they read in those reviews, in order; empty: they are still to be read."""
    output: Path
    """Folder for sentences.jsonl, embeddings.npy (of the new reviews) and needs.jsonl; made if absent."""
    seed: int = 0
    """The same file under the same seed gives the same needs."""
    encoder: str = "universal"
    """Name of the sentence encoder (mlcore.embed.ENCODERS)."""
    smallest: int | None = None
    """Distinct reviews that make a need; None: 2 % of them, 3 to 12, and 0.4 % above 3,000."""
    most: int | None = None
    """Needs that are kept at most; None: 30, and 40 above 1,000 reviews."""
    sentiment: Path | None = None
    """Weights of a tuned sentiment model; None: the shipped one."""
    unassigned: float | None = None
    """Share of the informative sentences that may belong to no need, if it can be kept; None: as it comes."""

    def __post_init__(self) -> None:
        if self.unassigned is not None and not 0 <= self.unassigned <= 1:
            raise InputError("share_invalid", share=self.unassigned)
        if self.smallest is not None and self.smallest < 1:
            raise InputError("need_size_invalid", smallest=self.smallest)


MOST_TOKENS = 40 * 3 * 28
"""What is written at most: every need, every try at its full length. A test compares it with the writer's figures."""


@dataclass(frozen=True, kw_only=True)
class StatedAnalyseSpec(AnalyseSpec):
    """The same, and a language model words the needs for which the bank of themes has no statement."""

    runner: ClassVar[str] = "mlcore.stated:analyse"

    backend: BackendSpec
    """The model that writes."""


@dataclass(frozen=True, kw_only=True)
class Analysed(Event):
    """The result; the files are in `output`."""

    sentences: int
    """Of all reviews, read now or before; so are the other counts."""
    informative: int
    """Sentences that say something about the product."""
    needs: int
    unassigned: int
    """Informative sentences that belong to no need: too few customers said the like. Counted, not hidden."""
    languages: dict[str, int]
    """language → sentences, most frequent first."""
    output: Path
    tokens: int = 0
    """Written by a language model for the statements."""
