"""Vectors of sentences in and out of Postgres by binary COPY: the text form would cost many times the embedding."""

import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from accounts.tenancy import current_brand
from ideation.needs.models import DIMENSIONS

ROW: Final = np.dtype(
    [
        ("fields", ">i2"), ("key_bytes", ">i4"), ("key", "V16"), ("vector_bytes", ">i4"), ("dimensions", ">i2"),
        ("unused", ">i2"), ("vector", ">f2", (DIMENSIONS,)),
    ]
)  # fmt: skip
"""A row of COPY … (FORMAT binary) with a bytea of 16 bytes and a halfvec."""
HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
BLOCK: Final = 2**20


def key_of(text: str) -> bytes:
    """Under which a text's vector stands."""
    return hashlib.sha256(text.encode()).digest()[:16]


def vectors_read(project: uuid.UUID, keys: Sequence[bytes], scratch: Path) -> NDArray[np.float16]:
    """len(keys) × 512: the vectors of these texts; zeros for one that isn't there."""
    statement = "COPY (SELECT key, embedding FROM needs_sentencevector WHERE project_id = %s) TO STDOUT (FORMAT binary)"
    with (
        connection.cursor() as cursor,
        scratch.open("wb") as file,
        cursor.copy(statement, [project]) as copy,
    ):
        for data in copy:
            file.write(data)
    rows = np.memmap(scratch, dtype=np.uint8)[len(HEADER) : -len(TRAILER)].view(ROW)
    place = {bytes(key): index for index, key in enumerate(rows["key"])}
    found = np.zeros((len(keys), DIMENSIONS), dtype=np.float16)
    where = np.array([place.get(key, -1) for key in keys], dtype=np.int64)
    found[where >= 0] = rows["vector"][where[where >= 0]]
    return found


def vectors_write(project: uuid.UUID, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
    """Keeps the vectors of texts that have none yet; each text counts once."""
    first = {key: index for index, key in enumerate(keys)}
    rows = np.zeros(len(first), dtype=ROW)
    rows["fields"], rows["key_bytes"], rows["vector_bytes"] = 2, 16, 4 + 2 * DIMENSIONS
    rows["dimensions"] = DIMENSIONS
    rows["key"] = np.frombuffer(b"".join(first), dtype="V16")
    rows["vector"] = vectors[list(first.values())]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE incoming_vectors (key bytea, embedding halfvec({DIMENSIONS})) ON COMMIT DROP"
        )
        with cursor.copy("COPY incoming_vectors FROM STDIN (FORMAT binary)") as copy:
            copy.write(HEADER)
            data = memoryview(rows.tobytes())
            for start in range(0, len(data), BLOCK):
                copy.write(data[start : start + BLOCK])
            copy.write(TRAILER)
        cursor.execute(
            "INSERT INTO needs_sentencevector (id, brand_id, created_at, project_id, key, embedding) "
            "SELECT gen_random_uuid(), %s, now(), %s, key, embedding FROM incoming_vectors "
            "ON CONFLICT (brand_id, project_id, key) DO NOTHING",
            [current_brand(), project],
        )
        cursor.execute("DROP TABLE incoming_vectors")
