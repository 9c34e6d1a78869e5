"""A linear-chain conditional random field in numpy (Lafferty, McCallum and Pereira, 2001): trained, and run in batches.

p(y | x) ∝ exp(Σ_t e_t[y_t] + Σ_t a[y_t−1, y_t]) with emissions e = X W. All chains of a batch walk side by side, the
longest first, so that a step costs one small matrix operation however many chains there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Chain:
    """Weights: features × labels, and labels × labels from the label before to the label."""

    weights: Floats
    steps: Floats


@dataclass(frozen=True)
class _Packed:
    """Rows of tokens by step: `rows[t]` are the tokens at step t of all chains that are that long, longest first."""

    rows: list[Ints]

    @staticmethod
    def of(lengths: Sequence[int]) -> "_Packed":
        size = np.asarray(lengths, dtype=np.int64)
        first = np.cumsum(size) - size
        order = np.argsort(-size, kind="stable")
        first, size = first[order], size[order]
        rows = [
            first[: int(np.searchsorted(-size, -t, side="left"))] + t for t in range(int(size[0]) if len(size) else 0)
        ]
        return _Packed(rows)


def fit(x: csr_matrix, lengths: Sequence[int], labels: Ints, weights: Floats, *, classes: int, penalty: float) -> Chain:
    """Maximises Σ w log p(y | x) − ½ penalty ‖W, a‖² by L-BFGS.

    x: tokens × features, the tokens of chains one after another; labels: one per token; weights: one per token, equal
    within a chain.
    """
    packed, across, many = _Packed.of(lengths), csr_matrix(x.T), x.shape[1] * classes
    truth = np.zeros((x.shape[0], classes))
    truth[np.arange(len(labels)), labels] = 1.0

    def loss(flat: Floats) -> tuple[float, Floats]:
        w, a = flat[:many].reshape(-1, classes), flat[many:].reshape(classes, classes)
        e = np.asarray(x @ w)
        marginal, expected, partition = _expect(e, a, packed, weights)
        score, seen = _observed(e, a, packed, labels, weights)
        slope = np.concatenate(
            [np.asarray(across @ ((marginal - truth) * weights[:, None])).ravel(), (expected - seen).ravel()]
        )
        return partition - score + 0.5 * penalty * float(flat @ flat), slope + penalty * flat

    start = np.zeros(many + classes * classes)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150, "maxcor": 6}).x
    return Chain(best[:many].reshape(-1, classes), best[many:].reshape(classes, classes))


def marginals(emissions: Floats, steps: Floats, lengths: Sequence[int]) -> Floats:
    """tokens × labels: the probability of each label at each token."""
    return _expect(emissions, steps, _Packed.of(lengths), np.ones(len(emissions)))[0]


def best_labels(emissions: Floats, steps: Floats, lengths: Sequence[int]) -> Ints:
    """The most probable labels of each chain (Viterbi), one per token."""
    packed, out = _Packed.of(lengths), np.zeros(len(emissions), dtype=np.int64)
    if not packed.rows:
        return out
    score, back = emissions[packed.rows[0]].copy(), []
    for rows in packed.rows[1:]:
        reach = score[: len(rows), :, None] + steps
        back.append(reach.argmax(axis=1))
        score[: len(rows)] = reach.max(axis=1) + emissions[rows]
    at = score.argmax(axis=1)
    for t in range(len(packed.rows) - 1, 0, -1):
        rows = packed.rows[t]
        out[rows] = at[: len(rows)]
        at[: len(rows)] = back[t - 1][np.arange(len(rows)), at[: len(rows)]]
    out[packed.rows[0]] = at
    return out


def _expect(e: Floats, a: Floats, packed: _Packed, weights: Floats) -> tuple[Floats, Floats, float]:
    """Marginals, weighted expected steps, weighted log partition: forward and backward."""
    forward = np.zeros_like(e)
    if not packed.rows:
        return forward, np.zeros_like(a), 0.0
    forward[packed.rows[0]] = e[packed.rows[0]]
    for before, rows in zip(packed.rows, packed.rows[1:], strict=False):
        forward[rows] = e[rows] + _sum(forward[before[: len(rows)], :, None] + a, 1)
    marginal, expected = np.zeros_like(e), np.zeros_like(a)
    last = np.zeros((len(packed.rows[0]), e.shape[1]))
    total = np.zeros(len(packed.rows[0]))
    for t in range(len(packed.rows) - 1, -1, -1):
        rows = packed.rows[t]
        ending = len(packed.rows[t + 1]) if t + 1 < len(packed.rows) else 0
        total[ending : len(rows)] = _sum(forward[rows[ending:]], 1)
        if ending:
            after = packed.rows[t + 1]
            reach = a + (e[after] + last[:ending])[:, None, :]
            pair = forward[rows[:ending]][:, :, None] + reach - total[:ending, None, None]
            expected += np.einsum("nij,n->ij", np.exp(pair), weights[after])
            last[:ending] = _sum(reach, 2)
        marginal[rows] = np.exp(forward[rows] + last[: len(rows)] - total[: len(rows), None])
    return marginal, expected, float(total @ weights[packed.rows[0]])


def _sum(values: Floats, axis: int) -> Floats:
    """log Σ exp, without scipy's checks, which cost more than the sum on small arrays."""
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis))


def _observed(e: Floats, a: Floats, packed: _Packed, labels: Ints, weights: Floats) -> tuple[float, Floats]:
    """Weighted score of the true labels, and their weighted steps."""
    score = float((e[np.arange(len(labels)), labels] * weights).sum())
    seen = np.zeros_like(a)
    for before, rows in zip(packed.rows, packed.rows[1:], strict=False):
        np.add.at(seen, (labels[before[: len(rows)]], labels[rows]), weights[rows])
    return score + float((seen * a).sum()), seen
