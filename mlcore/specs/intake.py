"""What makes reviews of a file's rows, ready to be stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from mlcore.specs.reviewfiles import FileLayout


@dataclass(frozen=True, kw_only=True)
class IntakeSpec:
    """Read a share of a review file and write its reviews, batch by batch, as CSV files for a database to copy in."""

    runner: ClassVar[str] = "mlcore.intake:taking"

    path: Path
    layout: FileLayout
    folder: Path
    """Where the files go; who reads them deletes them."""
    salt: str
    """The dataset's: keys the hashes of what customers wrote and are called."""
    started_ms: int
    """Milliseconds since 1970 that the import's ids begin with."""
    products: Mapping[str, str] = field(default_factory=dict)
    """Folded name or SKU → the product's id."""
    share: tuple[int, int] = (0, 1)
    """Which of how many readers of the same file this is."""
    enriched: bool = True
    """Whether language, lengths, flags, sketches and masks are made; only a measurement goes without."""


@dataclass(frozen=True, kw_only=True)
class NearSpec:
    """Find the reviews of an import that nearly repeat an earlier one, by their sketches: one NearDone event."""

    runner: ClassVar[str] = "mlcore.intake:comparing"

    folder: Path
    """Of the intake: its sketch files are read."""
    known: Path | None
    """The dataset's reviews so far, in the form of the sketch files; None where there are none."""
    threshold: float = 0.85
    """Shared part of both texts' pieces from which they count as one."""
