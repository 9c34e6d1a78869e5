"""What the fast encoder sees of a text: sums over its tokens of rows that are computed once per token."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csr_matrix

from mlcore.embed.network import Ints, Network
from mlcore.embed.tokens import Tokens
from mlcore.embed.vectors import Vectors

KEPT = 8192
"""Tokens whose rows are kept, 7 kB each: under 60 MB. A block's new tokens push out all others when it is full."""
BLOCK = 6144
"""Tokens of the texts whose rows are fetched together: never more than are kept."""
LONGEST = 512
"""Tokens of a text that are read."""
RUN = 512
"""Tokens that are summed together: their rows stay in the processor's cache."""
EMBEDDING, WIDTH = 512, 256


class Sums:
    """The teacher's embeddings and its first convolutions of two and three tokens, summed over each text."""

    width = EMBEDDING + 2 * WIDTH

    def __init__(self) -> None:
        self._tokens, self._network = Tokens(), Network()
        self._workers = min(os.cpu_count() or 1, 2)
        self._slots = np.full(self._network.vocabulary, -1, dtype=np.int64)
        self._used = 0
        # What a token adds at its own place, at the place before it, and at the place behind it. The last row is zero.
        self._here, self._before, self._behind, self._embedded = (
            np.zeros((KEPT + 1, size), dtype=np.float32) for size in (2 * WIDTH, 2 * WIDTH, WIDTH, EMBEDDING)
        )

        self._buffers = [
            [np.empty((max(RUN, LONGEST), size), dtype=np.float32) for size in (2 * WIDTH, 2 * WIDTH, WIDTH)]
            for _ in range(self._workers)
        ]

    def of(self, texts: Sequence[str]) -> Vectors:
        """n texts → float32, n × 1024: sums over the tokens, divided by the root of their number."""
        lists = [tokens[:LONGEST] for tokens in self._tokens.cut(texts, exact=False)]
        lengths = np.array([len(tokens) for tokens in lists])
        out = np.empty((len(lists), self.width), dtype=np.float32)
        with ThreadPoolExecutor(max_workers=self._workers) as pool:
            for first, last in _cuts(lengths, BLOCK):
                self._block(lists[first:last], lengths[first:last], out[first:last], pool)
        out /= np.sqrt(lengths)[:, None]
        return out

    def _block(self, lists: list[list[int]], lengths: Ints, out: Vectors, pool: ThreadPoolExecutor) -> None:
        rows = self._rows(np.array([token for tokens in lists for token in tokens]))
        ends = np.cumsum(lengths)
        after, before = np.append(rows[1:], KEPT), np.insert(rows[:-1], 0, KEPT)
        after[ends - 1], before[ends - lengths] = KEPT, KEPT

        cuts, starts = list(_cuts(lengths, RUN)), ends - lengths

        def work(worker: int) -> None:
            for first, last in cuts[worker :: self._workers]:
                inside = slice(int(starts[first]), int(ends[last - 1]))
                borders = np.append(starts[first:last], ends[last - 1]) - inside.start
                out[first:last, :EMBEDDING] = _spans(rows[inside], borders, KEPT + 1) @ self._embedded
                hidden = self._hidden(worker, rows[inside], after[inside], before[inside])
                places = np.arange(len(hidden))
                out[first:last, EMBEDDING:] = _spans(places, borders, len(hidden)) @ hidden

        list(pool.map(work, range(self._workers)))

    def _hidden(self, worker: int, rows: Ints, after: Ints, before: Ints) -> Vectors:
        # Into buffers that stay: fresh memory costs more than all the rest.
        wide, row, narrow = (buffer[: len(rows)] for buffer in self._buffers[worker])
        np.take(self._here, rows, axis=0, out=wide, mode="clip")
        wide += np.take(self._before, after, axis=0, out=row, mode="clip")
        wide[:, WIDTH:] += np.take(self._behind, before, axis=0, out=narrow, mode="clip")
        return np.asarray(np.maximum(wide, 0, out=wide))

    def _rows(self, tokens: Ints) -> Ints:
        new = np.unique(tokens[self._slots[tokens] < 0])
        if self._used + len(new) > KEPT:
            self._slots.fill(-1)
            self._used, new = 0, np.unique(tokens)
        if len(new):
            self._keep(new)
        return np.asarray(self._slots[tokens])

    def _keep(self, tokens: Ints) -> None:
        rows = slice(self._used, self._used + len(tokens))
        self._slots[tokens], self._used = np.arange(rows.start, rows.stop), rows.stop
        embedded, _, (two, three, _) = self._network.alone(tokens)
        self._embedded[rows] = embedded
        self._here[rows] = np.hstack([two[0], three[1]])
        self._before[rows] = np.hstack([two[1], three[2]])
        self._behind[rows] = three[0]


def _spans(columns: Ints, borders: Ints, width: int) -> csr_matrix:
    """Sums of rows as a matrix: text i takes the columns from border i to border i + 1."""
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_matrix((ones, columns, borders), shape=(len(borders) - 1, width))


def _cuts(lengths: Ints, most: int) -> Iterator[tuple[int, int]]:
    """Runs of texts that have at most so many tokens together, or of one longer text."""
    first, filled = 0, 0
    for place, length in enumerate(lengths):
        if filled and filled + length > most:
            yield first, place
            first, filled = place, 0
        filled += int(length)
    yield first, len(lengths)
