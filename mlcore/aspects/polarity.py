"""How a customer feels about one term of a sentence: −1, 0 or 1, from the words around it and their feeling.

A multinomial logistic regression on words by side and distance, on the lexicon's feelings with negation, weighted by
their distance, on the term itself; where embeddings are given, also on those of the sentence, of the clause that holds
the term, and of the words before and after it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from mlcore.aspects.features import Vocabulary
from mlcore.aspects.lexicon import feelings
from mlcore.aspects.words import Word

Floats = NDArray[np.float64]
CLASSES = (-1, 0, 1)
NEAR = 4
NUMBERS = 14
_TURN = frozenset(
    "but however although though yet except while whereas unfortunately 但 但是 不过 可是 就是 只是 然而 虽然".split()
)
_BREAK = frozenset(",.!?;:，。！？；：、…()-\n".replace(" ", ""))


class Judged(NamedTuple):
    """Words of a sentence, and from which word to before which the judged term runs."""

    words: Sequence[Word]
    first: int
    last: int


@dataclass(frozen=True)
class Polarity:
    """Weights: (words, then numbers, then embeddings, then one) × 3 classes."""

    vocabulary: Vocabulary
    weights: Floats

    def probabilities(self, judged: Sequence[Judged], vectors: Floats | None = None) -> Floats:
        """n × 3: negative, neutral, positive; vectors: n × what it was trained with."""
        if not judged:
            return np.zeros((0, 3))
        many = len(self.vocabulary.names)
        logits = np.asarray(self.vocabulary.rows([list(named(j)) for j in judged]) @ self.weights[:many])
        dense = _dense(judged, vectors)
        return _softmax(logits + dense @ self.weights[many : many + dense.shape[1]])


def train(
    judged: Sequence[Judged],
    polarity: Sequence[int],
    weights: Sequence[float],
    *,
    penalty: float = 1.0,
    vectors: Floats | None = None,
    least: int = 2,
) -> Polarity:
    """Maximises Σ w log p(polarity) − ½ penalty ‖W‖²."""
    rows = [list(named(j)) for j in judged]
    counts: dict[str, int] = {}
    for row in rows:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    vocabulary = Vocabulary(sorted(n for n, c in counts.items() if c >= least))
    x, dense = vocabulary.rows(rows), _dense(judged, vectors)
    return Polarity(vocabulary, softmax_regression(x, dense, np.asarray(polarity) + 1, np.asarray(weights), penalty))


def softmax_regression(
    x: csr_matrix, dense: Floats, label: NDArray[np.int64], weights: Floats, penalty: float, classes: int = 3
) -> Floats:
    """(sparse columns + dense columns) × classes: the penalised maximum likelihood by L-BFGS."""
    truth = np.eye(classes)[label]
    many, across = x.shape[1], csr_matrix(x.T)

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(-1, classes)
        logits = np.asarray(x @ w[:many]) + dense @ w[many:]
        logits -= logits.max(axis=1, keepdims=True)
        log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        gap = (np.exp(log) - truth) * weights[:, None]
        slope = np.vstack([np.asarray(across @ gap), dense.T @ gap]) + penalty * w
        return -float((log * truth).sum(axis=1) @ weights) + 0.5 * penalty * float(flat @ flat), slope.ravel()

    start = np.zeros((many + dense.shape[1]) * classes)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return np.asarray(best.reshape(-1, classes))


def clause(words: Sequence[Word], first: int, last: int) -> tuple[int, int]:
    """Words from the last break or turn before a term to the first one after it."""
    start = next((k + 1 for k in range(first - 1, -1, -1) if _breaks(words[k])), 0)
    end = next((k for k in range(last, len(words)) if _breaks(words[k])), len(words))
    return start, end


def _breaks(word: Word) -> bool:
    return word.text in _BREAK or word.text.lower() in _TURN


def named(judged: Judged) -> Iterator[str]:
    """Words by where they stand: in the term, in its clause, close before, close after, anywhere; with negation."""
    words, first, last = judged
    lower = _lower(words)
    start, end = clause(words, first, last)
    turned = _turned(lower)
    term = " ".join(lower[first:last])
    yield f"t={term}"
    for k in range(first, last):
        yield f"i={lower[k]}"
    for k in range(max(0, first - NEAR), min(len(words), last + NEAR)):
        if not first <= k < last:
            side = k - first if k < first else k - last + 1
            yield f"{side}={lower[k]}"
            yield f"{'b' if side < 0 else 'a'}={lower[k]}"
    for k in range(start, end):
        if not first <= k < last:
            yield f"c={turned[k]}"
            if k + 1 < end and not first <= k + 1 < last:
                yield f"c2={lower[k]} {lower[k + 1]}"
    for k in range(len(words)):
        if not first <= k < last:
            yield f"s={turned[k]}"


def _lower(words: Sequence[Word]) -> list[str]:
    return [w.text.lower().replace("’", "'") for w in words]


def _turned(lower: Sequence[str]) -> list[str]:
    """Words with 'not ' before those that one of the three words before them negates."""
    out, since = [], 99
    for word in lower:
        since += 1
        if word in _BREAK or word in _TURN:
            since = 99
        out.append(f"not {word}" if since <= 3 else word)
        if feelings().get(word) == "negation":
            since = 0
    return out


def _dense(judged: Sequence[Judged], vectors: Floats | None) -> Floats:
    numbers = np.array([_numbers(j) for j in judged]).reshape(len(judged), NUMBERS)
    return numbers if vectors is None else np.hstack([numbers, vectors])


def _numbers(judged: Judged) -> list[float]:
    """Feelings in the clause, before and after, by closeness, in the whole sentence; negations; one."""
    words, first, last = judged
    lower = _lower(words)
    start, end = clause(words, first, last)
    sums = dict.fromkeys(("close+", "close-", "clause+", "clause-", "before", "after", "all+", "all-", "inside"), 0.0)
    negations, since = 0, 99
    for k, word in enumerate(lower):
        since += 1
        feeling = feelings().get(word)
        if feeling == "negation":
            since, negations = 0, negations + (start <= k < end)
        if feeling not in ("positive", "negative"):
            continue
        sign = (1.0 if feeling == "positive" else -1.0) * (-0.8 if since <= 3 else 1.0)
        if first <= k < last:
            sums["inside"] += sign
            continue
        far = first - k if k < first else k - last + 1
        mark = "+" if sign > 0 else "-"
        sums[f"all{mark}"] += abs(sign)
        sums[f"close{mark}"] += abs(sign) / far
        if start <= k < end:
            sums[f"clause{mark}"] += abs(sign)
            sums["before" if k < first else "after"] += sign
    size = len(words)
    more = [
        min(negations, 2),
        float(end - start == size),
        float("?" in lower or "？" in lower),
        min(size, 40) / 40,
        1.0,
    ]
    return [*(np.tanh(v) for v in sums.values()), *more]


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
