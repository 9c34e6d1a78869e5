"""Ids that grow with time (UUID version 7), so that their order is the order in which things came."""

import secrets
import uuid
from datetime import datetime

PLACES = 2**32


def ordered_id(at: datetime, place: int = 0) -> uuid.UUID:
    """An id of this moment: after those of earlier ones and, of the same millisecond, of lower places.

    48 bits of milliseconds, 32 of place, 42 of chance, around the version's and the variant's own.
    """
    assert 0 <= place < PLACES, place
    milliseconds = int(at.timestamp() * 1000)
    tail = place << 42 | secrets.randbits(42)
    high, low = tail >> 62, tail & (2**62 - 1)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)
