"""Sentences as points in one space for all languages: what is close means the same, whatever language it is in.

Encoders are exchangeable by name. The default needs no download and no torch, so that the web process can embed a
search query too.
"""

import functools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from mlcore.embed.universal import UniversalEncoder
from mlcore.embed.vectors import Encoder as Encoder
from mlcore.embed.vectors import Vectors as Vectors
from mlcore.embed.vectors import unit as unit
from mlcore.errors import InputError

DIMENSIONS = UniversalEncoder.dimensions
CHUNK = 256
"""Texts handed over at once: enough for speed, few enough to report progress every quarter of a second."""

ENCODERS: dict[str, Callable[[], Encoder]] = {"universal": UniversalEncoder}
"""Name → maker. Another encoder is one entry here; vectors of two encoders must never be mixed."""


@functools.lru_cache(maxsize=2)
def open_encoder(name: str = "universal") -> Encoder:
    """The encoder of that name, loaded once a process (1.2 s). Raises InputError if there is none."""
    if name not in ENCODERS:
        raise InputError("encoder_unknown", name=name, known=", ".join(sorted(ENCODERS)))
    return ENCODERS[name]()


def embed(texts: Sequence[str], encoder: Encoder) -> Iterator[tuple[int, Vectors]]:
    """Embeds in chunks, each distinct text once; yields (texts done so far, the array that is being filled).

    The last pair has done == len(texts) and the complete array, float32, len(texts) × encoder.dimensions.
    """
    place: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        place.setdefault(text, []).append(row)
    out = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    distinct, done = list(place), 0
    for start in range(0, len(distinct), CHUNK):
        chunk = distinct[start : start + CHUNK]
        for text, vector in zip(chunk, encoder.encode(chunk), strict=True):
            out[place[text]] = vector
            done += len(place[text])
        yield done, out
    if not distinct:
        yield 0, out
