"""Embeds the texts of a file, some thousand or as many as the time allows."""

import json
import time
from collections.abc import Iterator
from typing import Final

import numpy as np

from mlcore.embed import Vectors, open_encoder
from mlcore.events import Event, Progress
from mlcore.specs.embed import Embedded, EmbedSpec

CHUNK: Final = 512


def embed_file(spec: EmbedSpec) -> Iterator[Event]:
    """The vectors of the first texts, in their order; yields Progress, then Embedded."""
    texts = [json.loads(line) for line in spec.texts.read_text(encoding="utf-8").splitlines()]
    encoder = open_encoder(spec.encoder)
    begun, parts = time.monotonic(), [np.empty((0, encoder.dimensions), dtype=np.float32)]
    for start in range(0, len(texts), CHUNK):
        if time.monotonic() - begun > spec.seconds:
            break
        # Texts of one length go through the encoder together, in half the time.
        chunk = texts[start : start + CHUNK]
        order = sorted(range(len(chunk)), key=lambda place: len(chunk[place]))
        vectors: Vectors = np.empty((len(chunk), encoder.dimensions), dtype=np.float32)
        for first in range(0, len(order), CHUNK // 4):
            places = order[first : first + CHUNK // 4]
            vectors[places] = encoder.encode([chunk[place] for place in places])
        parts.append(vectors)
        done = spec.before + min(start + CHUNK, len(texts))
        yield Progress(step="understanding", done=done, total=max(done, spec.total or len(texts)), unit="reviews")
    found = np.concatenate(parts)
    np.save(spec.output, found, allow_pickle=False)
    yield Embedded(done=len(found))
