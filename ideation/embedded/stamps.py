"""Remembers what has been done for which files, so that a second start doesn't do it again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ideation.embedded.files import write_private


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash over the names and contents of files, in whatever order they come."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_done(stamp: Path, state: str) -> bool:
    """Whether the work behind `stamp` was last done for this very state."""
    return stamp.exists() and stamp.read_text(encoding="utf-8") == state


def mark_done(stamp: Path, state: str) -> None:
    """Remember that the work behind `stamp` is done for this state."""
    write_private(stamp, state)
