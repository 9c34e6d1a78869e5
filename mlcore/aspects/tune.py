"""Aspects learned from a brand's own labelled sentences: the code that trains the shipped models, settings by folds.

Every setting is chosen on held-out folds of the sentences that are handed in; sentences with the same text stay in one
fold. The shipped models' answers are features of the tuned polarity, so that a few hundred labels go a long way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects import polarity, tagger
from mlcore.aspects.models import linear_arrays, linear_from, place, shipped
from mlcore.aspects.polarity import CLASSES, Judged, Polarity
from mlcore.aspects.seed import Labelled
from mlcore.aspects.tagger import Example, Span, Tagger
from mlcore.aspects.views import views_of
from mlcore.aspects.words import words_of
from mlcore.embed import Encoder

Floats = NDArray[np.float64]
FOLDS = 3
BIASES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
PENALTIES = (10.0, 30.0)
LEAST = 20
"""Labelled sentences below which folds say nothing."""
VIEW_SCALE = 3.0


@dataclass(frozen=True)
class TunedPolarity:
    """The polarity of a given term, from sparse features, the shipped model's answer, and embeddings around it."""

    model: Polarity

    def of(self, judged: Sequence[Judged], encoder: Encoder) -> list[int]:
        """−1, 0 or 1 for each term."""
        found = self.model.probabilities(judged, _dense(judged, encoder))
        return [CLASSES[k] for k in found.argmax(axis=1).tolist()]


def save_tuned(tuned: Tagger | TunedPolarity, path: Path) -> None:
    """Writes one tuned model as .npz, without pickle."""
    arrays = tagger.arrays(tuned) if isinstance(tuned, Tagger) else linear_arrays(tuned.model)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def load_tuned(path: Path) -> Tagger | TunedPolarity:
    """Reads what `save_tuned` wrote. Raises OSError or ValueError for a file that is none of these."""
    with np.load(path, allow_pickle=False) as file:
        stored = dict(file.items())
    return tagger.from_arrays(stored) if "steps" in stored else TunedPolarity(Polarity(*linear_from(stored)))


def tune_terms(sentences: Sequence[Labelled], penalty: float = 1.0) -> Tagger:
    """A tagger of terms from sentences with marked terms; its bias is the best for F1 on held-out folds.

    Raises ValueError for fewer than 20 sentences.
    """
    examples = [_example(s) for s in sentences]
    folds = _folds([s.text for s in sentences])
    found: list[tuple[Example, list[list[Span]]]] = []
    for fold in range(FOLDS):
        kept = tagger.train([e for e, f in zip(examples, folds, strict=True) if f != fold], penalty=penalty)
        held = [e for e, f in zip(examples, folds, strict=True) if f == fold]
        answers = [kept.spans([e.words for e in held], bias) for bias in BIASES]
        found += [(e, [a[k] for a in answers]) for k, e in enumerate(held)]
    best = max(range(len(BIASES)), key=lambda k: _f1([(e, spans[k]) for e, spans in found]))
    return replace(tagger.train(examples, penalty=penalty), bias=BIASES[best])


def tune_polarity(sentences: Sequence[Labelled], encoder: Encoder) -> TunedPolarity:
    """A polarity model from sentences whose terms have a polarity; its penalty is the best on held-out folds, by the
    mean of accuracy and macro-F1. Raises ValueError for fewer than 20 sentences.
    """
    judged = [_judged(s, k) for s in sentences for k in range(len(s.terms))]
    labels = np.array([mark.polarity for s in sentences for mark in s.terms])
    folds = _folds([s.text for s in sentences for _ in s.terms])
    dense = _dense(judged, encoder)
    scores = [_quality(labels, _held_out(judged, labels, dense, folds, penalty)) for penalty in PENALTIES]
    penalty = PENALTIES[int(np.argmax(scores))]
    return TunedPolarity(polarity.train(judged, labels.tolist(), [1.0] * len(judged), penalty=penalty, vectors=dense))


def _held_out(
    judged: Sequence[Judged], labels: NDArray[np.int64], dense: Floats, folds: NDArray[np.int64], penalty: float
) -> NDArray[np.int64]:
    out = np.zeros(len(labels), dtype=np.int64)
    for fold in range(FOLDS):
        inside, held = np.flatnonzero(folds != fold).tolist(), np.flatnonzero(folds == fold).tolist()
        model = polarity.train(
            [judged[k] for k in inside],
            labels[inside].tolist(),
            [1.0] * len(inside),
            penalty=penalty,
            vectors=dense[inside],
        )
        out[held] = model.probabilities([judged[k] for k in held], dense[held]).argmax(axis=1) - 1
    return out


def _dense(judged: Sequence[Judged], encoder: Encoder) -> Floats:
    """Embeddings around the terms, and the shipped model's logarithms of its three probabilities."""
    answers = np.log(np.maximum(shipped().polarity.probabilities(judged), 1e-6))
    return np.hstack([VIEW_SCALE * views_of(judged, encoder), answers])


def _quality(labels: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """Mean of accuracy and macro-F1."""
    each = [
        2 * float(np.sum((found == c) & (labels == c))) / max(int(np.sum(found == c) + np.sum(labels == c)), 1)
        for c in CLASSES
    ]
    return (float(np.mean(found == labels)) + float(np.mean(each))) / 2


def _f1(found: Sequence[tuple[Example, Sequence[Span]]]) -> float:
    """Sum of the F1 of spans that overlap a marked one and of those that are the same."""
    overlap = exact = 0
    size = sum(len(e.spans) + len(spans) for e, spans in found)
    for example, spans in found:
        exact += len({(s.first, s.last) for s in spans} & set(example.spans))
        overlap += sum(any(s.first < b and a < s.last for a, b in example.spans) for s in spans)
    return 2 * (overlap + exact) / max(size, 1)


def _example(sentence: Labelled) -> Example:
    words = words_of(sentence.text)
    return Example(words, [place(words, mark) for mark in sentence.terms], sentence.weight)


def _judged(sentence: Labelled, term: int) -> Judged:
    words = words_of(sentence.text)
    return Judged(words, *place(words, sentence.terms[term]))


def _folds(texts: Sequence[str]) -> NDArray[np.int64]:
    """A fold for each text, the same for the same text."""
    number: dict[str, int] = {}
    groups = np.array([number.setdefault(text, len(number)) for text in texts], dtype=np.int64)
    if len(number) < LEAST:
        raise ValueError(f"{len(number)} labelled sentences are too few: {LEAST} are needed")
    return np.asarray((np.random.default_rng(0).permutation(len(number)) % FOLDS)[groups])
