"""What a review file looks like, and how it is to be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

ROLES = ("text", "title", "rating", "date", "product", "source", "author", "id")
"""What a column can be. Only the text is a must."""


@dataclass(frozen=True, kw_only=True)
class FileLayout:
    """How a file was recognised, before anything is imported; a person may correct any of it."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    mapping: Mapping[str, int]
    """role → index of its column."""
    rating_scale: tuple[float, float] = (1.0, 5.0)
    date_format: str = "%Y-%m-%d"
    sample: tuple[tuple[str, ...], ...] = ()
    """The first rows, as they stand in the file."""


@dataclass(frozen=True, kw_only=True)
class ReadSpec:
    """Read a review file in bounded batches."""

    runner: ClassVar[str] = "mlcore.reviewfile:read"

    path: Path
    layout: FileLayout
    batch: int = field(default=2000)
    """Rows a batch."""
