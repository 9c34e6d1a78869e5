"""A judged term's surroundings as embeddings: the slower, finer half of a tuned polarity model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects.polarity import Judged, clause
from mlcore.aspects.words import Word
from mlcore.embed import Encoder
from mlcore.sentiment import judge

Floats = NDArray[np.float64]
DECAY = 0.8
"""What a word counts less for each word farther from the term."""
CHUNK = 256


def views_of(judged: Sequence[Judged], encoder: Encoder) -> Floats:
    """n × (9 × dimensions + 6): six stretches around each term with their sentiment, and its words, those before
    and those after it by closeness.
    """
    stretches = [[stretch(j, k) for j in judged] for k in range(len(_REACHES) + 2)]
    parts: list[Floats] = []
    for texts in stretches:
        vectors, back = _distinct(texts, encoder)
        feeling = judge(list(dict.fromkeys(texts)), vectors).sentiment
        parts += [vectors[back].astype(np.float64), feeling[back][:, None]]
    return np.hstack([*parts, _single(judged, encoder)])


_REACHES = ((5, 5, True), (3, 3, True), (8, 8, True), (5, 5, False))
"""Words before, words after, and whether the term itself is kept or reads 'it'."""


def stretch(judged: Judged, view: int) -> str:
    """The text of one view: four windows, the clause, and the term followed by its clause."""
    words, first, last = judged
    if view < len(_REACHES):
        before, after, kept = _REACHES[view]
        left, right = words[max(0, first - before) : first], words[last : last + after]
        return f"{_text(left)} {_text(words[first:last]) if kept else 'it'} {_text(right)}".strip()
    start, end = clause(words, first, last)
    text = _text(words[start:end])
    return text if view == len(_REACHES) else f"{_text(words[first:last])}: {text}"


def _text(words: Sequence[Word]) -> str:
    return " ".join(w.text for w in words)


def _distinct(texts: Sequence[str], encoder: Encoder) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Vectors of the distinct texts, and which of them each text is."""
    place: dict[str, int] = {}
    back = np.array([place.setdefault(t, len(place)) for t in texts], dtype=np.int64)
    distinct = list(place)
    chunks = [encoder.encode(distinct[k : k + CHUNK]) for k in range(0, len(distinct), CHUNK)]
    return (np.concatenate(chunks) if chunks else np.zeros((0, encoder.dimensions), np.float32)), back


def _single(judged: Sequence[Judged], encoder: Encoder) -> Floats:
    """Sums of the words' own vectors before the term, after it, and in it."""
    vectors, back = _distinct([w.text.lower() for j in judged for w in j.words], encoder)
    out, start = np.zeros((len(judged), 3, encoder.dimensions)), 0
    for row, (words, first, last) in enumerate(judged):
        mine = vectors[back[start : start + len(words)]].astype(np.float64)
        start += len(words)
        out[row, 0] = DECAY ** np.arange(first)[::-1] @ mine[:first]
        out[row, 1] = DECAY ** np.arange(len(words) - last) @ mine[last:]
        out[row, 2] = mine[first:last].mean(axis=0)
    return np.asarray(out.reshape(len(judged), -1) / 3)
