"""How well sentences answer a question, and whether any of them does: likeness of meaning, and words in common.

Meaning is compared without what each language has in common (see mlcore.topicspace), so that a question finds sentences
of both languages. Weights and thresholds were chosen on the questions of tests/benchmarks/questions.tsv over the sample
brand; tests.benchmarks.asking prints how often they are right, also on questions that had no say in it.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, Vectors, unit
from mlcore.questions import Question
from mlcore.themes import shipped

Floats = NDArray[np.float64]

WHOLE: Final = 0.65
"""Weight of the whole question's vector; the rest is its topic's, which no 'what do people say about' dilutes."""
WORDS: Final = 0.2
"""What having all of the topic's words adds to a likeness of meaning from −1 to 1."""
ENOUGH: Final = 0.33
"""Mean likeness in meaning of the best five sentences from which on the reviews say something about it."""
BEST: Final = 5
SURE: Final = 0.42
"""The same of the best two: what is rarely spoken of is found, too."""
CLOSE: Final = 0.33
"""Likeness, words included, from which on a sentence is part of the answer."""
SHORT: Final = 4
"""Letters below which the beginning of a word says too little."""
_ENDINGS: Final = ("ing", "es", "ed", "s", "y", "e")


def question_vector(question: Question, encoder: Encoder) -> Vectors:
    """512 numbers: times a centred sentence vector they give the likeness in meaning, −1 to 1."""
    whole, topic = encoder.encode([question.text, question.topic or question.text])
    mean = shipped().means[question.language]
    return np.asarray(WHOLE * unit(whole - mean) + (1 - WHOLE) * unit(topic - mean), dtype=np.float32)


def meaning(vector: Vectors, vectors: Vectors, languages: Sequence[str]) -> Floats:
    """Likeness in meaning of a question's vector and n × 512 sentence vectors of these languages, each −1 to 1."""
    means = shipped().means
    other: Vectors = np.mean(list(means.values()), axis=0)
    if not len(vectors):
        return np.zeros(0)
    shared: list[Vectors] = [means.get(one, other) for one in languages]
    return np.asarray(unit(vectors - np.stack(shared)) @ vector, dtype=np.float64)


def in_common(question: Question, texts: Sequence[str]) -> Floats:
    """For each of n texts the share of the topic's words that it has, 0 to 1; zeros for a question without a topic."""
    if not question.words:
        return np.zeros(len(texts))
    patterns = [word_pattern(word, question.language) for word in question.words]
    return np.array([sum(bool(p.search(text)) for p in patterns) / len(patterns) for text in texts])


def word_pattern(word: str, language: str) -> re.Pattern[str]:
    """Finds a word in whatever form, a short one whole ('app' is in no 'appearance'); of Chinese, anywhere."""
    if language == "zh":
        return re.compile(re.escape(word), re.IGNORECASE)
    start = stem(word)
    end = r"(?:s|es|ed|ing|y|e)?\b" if len(start) < SHORT else ""
    return re.compile(rf"\b{re.escape(start)}{end}", re.IGNORECASE)


def stem(word: str) -> str:
    """An English word without its ending, if three letters are left."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def likeness(meanings: Floats, words: Floats) -> Floats:
    """How well sentences answer: n values."""
    return meanings + WORDS * words


def is_answered(meanings: Floats, words: Floats) -> bool:
    """Whether the sentences say anything about it: enough of them in meaning, two surely, or one with all its words."""
    if not len(meanings):
        return False
    best = np.sort(meanings)[::-1]
    return bool(best[:BEST].mean() >= ENOUGH or best[:2].mean() >= SURE or (words >= 1).any())
