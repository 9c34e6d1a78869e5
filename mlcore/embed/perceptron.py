"""A perceptron of one hidden layer in numpy, trained so that what it gives points where its teacher's vectors point."""

from dataclasses import dataclass

import numpy as np

from mlcore.embed.vectors import Vectors, unit

BATCH = 512
_MOMENTUM, _SECOND, _TINY = 0.9, 0.999, 1e-8


@dataclass(frozen=True, kw_only=True)
class Perceptron:
    """y = relu(x̂ A) B + x̂ C with x̂ = [(x − mean) / spread, 1]."""

    mean: Vectors
    """d."""
    spread: Vectors
    """d."""
    hidden: Vectors
    """A, (d + 1) × h."""
    out: Vectors
    """B, h × k."""
    straight: Vectors
    """C, (d + 1) × k."""

    def run(self, x: Vectors) -> Vectors:
        """n × d → float32, n × k."""
        x = self.scaled(x)
        return np.asarray(np.maximum(x @ self.hidden, 0) @ self.out + x @ self.straight)

    def scaled(self, x: Vectors) -> Vectors:
        """n × d → n × (d + 1): what the layers see."""
        scaled = np.asarray((x - self.mean) / self.spread, dtype=np.float32)
        return np.hstack([scaled, np.ones((len(x), 1), dtype=np.float32)])


def fresh(x: Vectors, y: Vectors, *, width: int, seed: int = 0, penalty: float = 30.0) -> Perceptron:
    """A start for n × d → n × k: the best straight answer (ridge regression), the hidden layer still silent."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-3
    scaled = np.hstack([(x - mean) / spread, np.ones((len(x), 1), dtype=np.float32)])
    straight = np.linalg.solve(scaled.T @ scaled + penalty * np.eye(scaled.shape[1], dtype=np.float32), scaled.T @ y)
    draw = np.random.default_rng(seed)
    hidden = draw.normal(scale=scaled.shape[1] ** -0.5, size=(scaled.shape[1], width)).astype(np.float32)
    return Perceptron(
        mean=mean, spread=spread, hidden=hidden, out=np.zeros((width, y.shape[1]), dtype=np.float32),
        straight=straight.astype(np.float32),
    )  # fmt: skip


def train(start: Perceptron, x: Vectors, y: Vectors, *, passes: int, rate: float, seed: int = 0) -> Perceptron:
    """Maximises the mean cosine of run(x) and the unit rows of y (n × k) by Adam (Kingma & Ba, 2015).

    The rate falls to zero.
    """
    weights = [start.hidden.copy(), start.out.copy(), start.straight.copy()]
    moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    x, draw = start.scaled(x), np.random.default_rng(seed)
    steps, step = passes * -(-len(x) // BATCH), 0
    for _ in range(passes):
        order = draw.permutation(len(x))
        for first in range(0, len(x), BATCH):
            rows, step = order[first : first + BATCH], step + 1
            now = rate * (1 - (step - 1) / steps)
            for weight, moment, slope in zip(weights, moments, _slopes(weights, x[rows], y[rows]), strict=True):
                _adam(weight, moment, slope, now, step)
    return Perceptron(mean=start.mean, spread=start.spread, hidden=weights[0], out=weights[1], straight=weights[2])


def _slopes(weights: list[Vectors], x: Vectors, y: Vectors) -> list[Vectors]:
    """Of the mean of 1 − cosine."""
    hidden, out, straight = weights
    active = np.maximum(x @ hidden, 0)
    found = active @ out + x @ straight
    length = np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)
    there = found / length
    slope = (there * (there * y).sum(axis=1, keepdims=True) - y) / length / len(x)
    return [x.T @ ((slope @ out.T) * (active > 0)), active.T @ slope, x.T @ slope]


def _adam(weight: Vectors, moment: tuple[Vectors, Vectors], slope: Vectors, rate: float, step: int) -> None:
    first, second = moment
    first *= _MOMENTUM
    first += (1 - _MOMENTUM) * slope
    second *= _SECOND
    second += (1 - _SECOND) * slope * slope
    scale = rate * np.sqrt(1 - _SECOND**step) / (1 - _MOMENTUM**step)
    weight -= scale * first / (np.sqrt(second) + _TINY)


def likeness(perceptron: Perceptron, x: Vectors, y: Vectors) -> float:
    """The mean cosine of run(x) and the unit rows of y."""
    return float((unit(perceptron.run(x)) * y).sum(axis=1).mean())
