"""What embedding texts needs to know, and what it answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mlcore.events import Event


@dataclass(frozen=True, kw_only=True)
class EmbedSpec:
    """Texts in, vectors out, for as long as there is time."""

    runner: ClassVar[str] = "mlcore.embedfile:embed_file"

    texts: Path
    """JSON Lines: a text a line, as a string."""
    output: Path
    """For the vectors, as .npy: float32, one row of length one for each of the first texts."""
    seconds: float
    """After so long, loading apart, the chunk at hand is the last."""
    before: int = 0
    """How many were embedded before these, for the progress that is told."""
    total: int = 0
    """How many there are with those to come; 0: only these."""
    encoder: str = "universal"
    """Name of the encoder (mlcore.embed.ENCODERS)."""


@dataclass(frozen=True, kw_only=True)
class Embedded(Event):
    """The result."""

    done: int
    """How many texts, from the first on, have their vector in the file."""
