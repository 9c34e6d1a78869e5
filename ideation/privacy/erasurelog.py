"""What was erased, noted outside the database: restoring a backup brings erased rows back, this takes them out again.

One JSON object a line, only ever added to, on disk before the transaction that erases is committed. It holds a brand's
id, the leaves of erased reviews and the time; a leaf says nothing about its review to whoever hasn't got the review.
"""

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone


def note_reviews(brand_id: uuid.UUID, leaves: Sequence[str]) -> None:
    """These reviews of the brand are erased."""
    _add({"brand": str(brand_id), "leaves": list(leaves)})


def note_brand(brand_id: uuid.UUID) -> None:
    """This brand is deleted whole."""
    _add({"brand": str(brand_id), "deleted": True})


def _add(what: dict[str, Any]) -> None:
    line = json.dumps({"at": timezone.now().isoformat(), **what}) + "\n"
    is_new = not settings.ERASURE_LOG.exists()
    file = os.open(settings.ERASURE_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, line.encode())
        os.fsync(file)
    finally:
        os.close(file)
    if is_new:
        folder = os.open(settings.ERASURE_LOG.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def entries() -> Iterator[dict[str, Any]]:
    """All entries, the oldest first. A last line that a power cut left half-written counts as not there."""
    if settings.ERASURE_LOG.exists():
        with settings.ERASURE_LOG.open(encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n") and line.strip():
                    yield json.loads(line)
