"""Writing small files that must be whole and private."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Put `text` at `path` in one step, readable by us only."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
