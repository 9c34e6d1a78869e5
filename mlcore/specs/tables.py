"""A file with a small table, and what is read of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

MOST_ROWS = 5_000
"""Rows of one table."""


@dataclass(frozen=True, kw_only=True)
class ReadTableSpec:
    """Read a small table, of any format in which reviews come: one TableRead event."""

    runner: ClassVar[str] = "mlcore.tables:read_table"

    path: Path
