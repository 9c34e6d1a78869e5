"""The fast tier: a student of the universal encoder, 256 dimensions at some ten times the speed.

It keeps the teacher's embeddings and first convolutions, whose rows are computed once per token, sums them over the
text and lets a small perceptron guess the rest (Hinton et al., 2015, 'Distilling the Knowledge in a Neural Network').
Its dimensions are the 256 directions in which the teacher's vectors vary most. It is trained on the project's own
sentences (mlcore.embed.reading); what it loses there, refresh() gains back on a brand's own reviews.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import ThreadpoolController

from mlcore.embed.perceptron import Perceptron, fresh, likeness, train
from mlcore.embed.sums import Sums
from mlcore.embed.vectors import Encoder, Vectors, unit

WEIGHTS = Path(__file__).parents[1] / "data" / "fast_weights.npz"
DIMENSIONS = 256
HIDDEN = 512
PASSES, RATE = 10, 1e-3
REFRESHING, REFRESHING_RATE = 30, 5e-4
"""Passes over a brand's own texts: some seconds for a few thousand."""
CHECKED = 2000
"""Texts that are only measured on."""


@dataclass(frozen=True, kw_only=True)
class Student:
    """What is learnt."""

    directions: Vectors
    """512 × 256, orthonormal columns: the teacher's vectors seen from the student's dimensions."""
    perceptron: Perceptron

    def save(self, path: Path) -> None:
        """Writes one .npz of half-precision numbers, without pickle."""
        half = {name: value.astype(np.float16) for name, value in vars(self.perceptron).items()}
        np.savez_compressed(path, allow_pickle=False, directions=self.directions.astype(np.float16), **half)


class FastEncoder:
    """256 dimensions, for tables of a million reviews; its vectors must never be mixed with another encoder's."""

    name = "fast"
    dimensions = DIMENSIONS

    def __init__(self, student: Student | None = None) -> None:
        self.student = student or shipped()
        self._threads = ThreadpoolController()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """n texts → float32, n × 256, each row of length one; no texts → 0 × 256."""
        if not len(texts):
            return np.empty((0, self.dimensions), dtype=np.float32)
        with self._threads.limit(limits=1, user_api="blas"):
            return unit(self.student.perceptron.run(_sums().of(texts)))

    def refresh(self, texts: Sequence[str], exact_vectors: Vectors, *, seed: int = 0) -> "FastEncoder":
        """A student that has also read n texts of a brand's own, given the teacher's n × 512 vectors of them.

        A thousand texts help, four thousand help more. Its vectors are not to be mixed with those from before.
        """
        directions = self.student.directions
        with self._threads.limit(limits=1, user_api="blas"):
            perceptron = train(
                self.student.perceptron, _sums().of(texts), unit(exact_vectors @ directions),
                passes=REFRESHING, rate=REFRESHING_RATE, seed=seed,
            )  # fmt: skip
        return FastEncoder(Student(directions=directions, perceptron=perceptron))


@functools.cache
def shipped() -> Student:
    """The weights that come with the package."""
    return load(WEIGHTS)


def load(path: Path) -> Student:
    """Reads what save() wrote."""
    with np.load(path, allow_pickle=False) as stored:
        parts = {name: stored[name].astype(np.float32) for name in stored.files}
    return Student(directions=parts.pop("directions"), perceptron=Perceptron(**parts))


def widened(vectors: Vectors) -> Vectors:
    """The shipped student's n × 256 vectors → n × 512, as near to the teacher's as they come; others pass as they are.

    So the linear models made for the teacher's vectors also read the student's.
    """
    return np.asarray(vectors @ shipped().directions.T) if vectors.shape[1] == DIMENSIONS else vectors


def learn(texts: Sequence[str], teacher: Encoder, *, passes: int = PASSES, seed: int = 0) -> tuple[Student, float]:
    """A student of n texts, and its mean cosine to the teacher on the last of them, which it has not seen.

    At 60,000 texts some 30 s of a core for the teacher and 90 s for the student.
    """
    exact = np.concatenate([teacher.encode(texts[first : first + 512]) for first in range(0, len(texts), 512)])
    return taught(texts, exact, passes=passes, seed=seed)


def taught(texts: Sequence[str], exact: Vectors, *, passes: int = PASSES, seed: int = 0) -> tuple[Student, float]:
    """As learn(), from the teacher's n × 512 vectors."""
    with ThreadpoolController().limit(limits=1, user_api="blas"):
        _, axes = np.linalg.eigh(exact.T @ exact)
        directions = np.ascontiguousarray(axes[:, ::-1][:, :DIMENSIONS], dtype=np.float32)
        x, y = _sums().of(texts), unit(exact @ directions)
        held = max(1, min(CHECKED, len(x) // 10))
        start = fresh(x[:-held], y[:-held], width=HIDDEN, seed=seed)
        perceptron = train(start, x[:-held], y[:-held], passes=passes, rate=RATE, seed=seed)
        return Student(directions=directions, perceptron=perceptron), likeness(perceptron, x[-held:], y[-held:])


@functools.cache
def _sums() -> Sums:
    return Sums()
