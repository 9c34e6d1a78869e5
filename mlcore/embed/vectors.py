"""What every encoder shares: the form of its vectors, and what it must offer."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns n texts into n × `dimensions` unit vectors, the same text always into the same."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """n texts → float32, n × dimensions, each row of length one."""
        ...


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; a row of zeros stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)
