"""The four models that make aspects of sentences, their file, and their training on the seed."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects import category, polarity, tagger
from mlcore.aspects.category import Category
from mlcore.aspects.features import Vocabulary
from mlcore.aspects.lexicon import DATA, categories
from mlcore.aspects.polarity import CLASSES, Judged, Polarity
from mlcore.aspects.seed import Labelled, Marked, seed
from mlcore.aspects.tagger import Example, Tagger
from mlcore.aspects.words import Word, words_of

WEIGHTS = DATA / "aspects_weights.npz"
SENTENCE_WEIGHT = 1.5
"""How many logits a sentence's sentiment of ±1 is worth for the polarity of a term in it."""
Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Models:
    """What `aspects_of` works with."""

    terms: Tagger
    opinions: Tagger
    polarity: Polarity
    category: Category

    def polarities(self, judged: Sequence[Judged], sentiments: Sequence[float] | None = None) -> list[int]:
        """−1, 0 or 1 for each term; sentiments: −1 to 1 of the sentences that hold them, as a hint."""
        logits = np.log(np.maximum(self.polarity.probabilities(judged), 1e-9))
        if sentiments is not None and judged:
            hint = SENTENCE_WEIGHT * np.asarray(sentiments)
            logits += np.stack([-hint, np.zeros(len(hint)), hint], axis=1)
        return [CLASSES[k] for k in logits.argmax(axis=1).tolist()]


@functools.cache
def shipped() -> Models:
    """The models that come with the package."""
    return load(WEIGHTS)


def rebuild(path: Path = WEIGHTS) -> Path:
    """Trains all four on the seed and writes them (a minute)."""
    save(train(seed()), path)
    return path


def train(sentences: Sequence[Labelled]) -> Models:
    """Fits the four models on labelled sentences."""
    words = [words_of(s.text) for s in sentences]
    terms, opinions, judged = [], [], []
    named = [(list(category.pieces(term)), key, 1.0) for term, key in categories().items()]
    for s, w in zip(sentences, words, strict=True):
        spans = [(place(w, m), m) for m in s.terms]
        terms.append(Example(w, [p for p, _ in spans], s.weight))
        opinions.append(Example(w, [place(w, m) for m in s.opinions], s.weight))
        judged += [(Judged(w, *p), m.polarity, s.weight) for p, m in spans]
        named += [
            (category.around(s.text[m.start : m.end], w, *p), m.category, s.weight) for p, m in spans if m.category
        ]
    return Models(
        terms=tagger.train(terms, penalty=1.0),
        opinions=tagger.train(opinions, penalty=1.0),
        polarity=polarity.train(*zip(*judged, strict=True), penalty=1.0),
        category=category.train(named),
    )


def place(words: Sequence[Word], mark: Marked) -> tuple[int, int]:
    """The words that a stretch of the text touches: first, and one past the last. Raises ValueError for none."""
    touched = [k for k, w in enumerate(words) if w.start < mark.end and w.end > mark.start]
    if not touched:
        raise ValueError(f"no word from character {mark.start} to {mark.end}")
    return touched[0], touched[-1] + 1


def save(models: Models, path: Path) -> None:
    """Writes the models into one .npz, without pickle."""
    parts: dict[str, Arrays] = {
        "terms": tagger.arrays(models.terms),
        "opinions": tagger.arrays(models.opinions),
        "polarity": linear_arrays(models.polarity),
        "category": linear_arrays(models.category),
    }
    flat = {f"{name}.{key}": array for name, arrays in parts.items() for key, array in arrays.items()}
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **flat)


def load(path: Path) -> Models:
    """Reads what `save` wrote. Raises OSError or ValueError for a file that is none of these."""
    parts: dict[str, Arrays] = {}
    with np.load(path, allow_pickle=False) as stored:
        for name in stored.files:
            part, key = name.split(".")
            parts.setdefault(part, {})[key] = stored[name]
    return Models(
        terms=tagger.from_arrays(parts["terms"]),
        opinions=tagger.from_arrays(parts["opinions"]),
        polarity=Polarity(*linear_from(parts["polarity"])),
        category=Category(*linear_from(parts["category"])),
    )


def linear_arrays(model: Polarity | Category) -> Arrays:
    """What a file stores of a linear model: only features that matter, in half precision."""
    many = len(model.vocabulary.names)
    weights = model.weights
    kept = np.concatenate([np.abs(weights[:many]).max(axis=1) >= 0.01, np.ones(len(weights) - many, dtype=bool)])
    names = [n for n, keep in zip(model.vocabulary.names, kept, strict=False) if keep]
    return {"names": tagger.text_array(names), "weights": weights[kept].astype(np.float16)}


def linear_from(stored: Arrays) -> tuple[Vocabulary, NDArray[np.float64]]:
    """Vocabulary and weights of `linear_arrays`."""
    return Vocabulary(tagger.text_list(stored["names"])), np.asarray(stored["weights"], dtype=np.float64)
