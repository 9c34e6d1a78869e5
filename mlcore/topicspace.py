"""Where sentences stand so that what is near speaks of the same thing, whatever the language and the feeling."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, Vectors, unit
from mlcore.keywords import topic_words
from mlcore.themes import shipped

Floats = NDArray[np.float64]
Halves = NDArray[np.float16]

BLOCK = 20_000
"""Sentences that are worked on at once."""

LANGUAGE_MINIMUM = 30
"""Sentences a language needs for a mean of its own."""
VOCABULARY = 6_000
"""Words that are embedded at most, the most frequent first."""


@dataclass(frozen=True, kw_only=True)
class TopicSpace:
    """Embeddings without what is not topic: the language's own direction, and how the sentence feels.

    Sentences of one language share a direction, and so do complaints. Left in, both would group sentences: English
    apart from Chinese, praise of a lid apart from complaints about it, although they speak of the same need.
    """

    means: dict[str, Vectors]
    """language → mean vector; '' is the mean of all."""
    feeling: Vectors
    """Unit vector along which sentiment grows."""

    @classmethod
    def fit(cls, vectors: Vectors | Halves, languages: Sequence[str], sentiment: Floats) -> "TopicSpace":
        """From n × d embeddings, n languages, n sentiments."""
        tongues = np.array(languages)
        means: dict[str, Vectors] = {"": _mean(vectors), **shipped().means}
        for tongue in sorted(set(languages)):
            if (tongues == tongue).sum() >= LANGUAGE_MINIMUM:
                means[tongue] = _mean(vectors[tongues == tongue])
        space = cls(means=means, feeling=np.zeros(vectors.shape[1], dtype=np.float32))
        rest = sentiment - sentiment.mean()
        slope = np.zeros(vectors.shape[1])
        for start, block in enumerate(space.centred_blocks(vectors, languages)):
            slope += block.T @ rest[start * BLOCK : start * BLOCK + len(block)]
        return cls(means=means, feeling=unit(slope.astype(np.float32)))

    def centred(self, vectors: Vectors | Halves, languages: Sequence[str]) -> Vectors:
        """n × d embeddings → n × d unit vectors without their language's mean."""
        out = vectors.astype(np.float32)
        tongues = np.array(languages)
        for tongue in set(languages):
            out[tongues == tongue] -= self.means.get(tongue, self.means[""])
        return unit(out)

    def centred_blocks(self, vectors: Vectors | Halves, languages: Sequence[str]) -> Iterator[Vectors]:
        """The same in blocks, for as many sentences as memory would not hold twice."""
        for start in range(0, len(vectors), BLOCK):
            yield self.centred(vectors[start : start + BLOCK], languages[start : start + BLOCK])

    def transform(self, vectors: Vectors | Halves, languages: Sequence[str]) -> Vectors:
        """n × d embeddings → n × d unit vectors in topic space."""
        centred = self.centred(vectors, languages)
        return unit(centred - np.outer(centred @ self.feeling, self.feeling))

    def reduced(self, vectors: Vectors | Halves, languages: Sequence[str], dimensions: int, seed: int) -> Vectors:
        """n × d embeddings → n × `dimensions` unit vectors in topic space, along its principal directions.

        The directions are those of a sample, and the work is done in blocks, so that memory grows with n × dimensions.
        """
        drawn = np.arange(len(vectors))
        if len(vectors) > BLOCK:
            drawn = np.sort(np.random.default_rng(seed).choice(len(vectors), BLOCK, replace=False))
        directions = _directions(self.transform(vectors[drawn], [languages[int(i)] for i in drawn]), dimensions)
        blocks = (slice(start, start + BLOCK) for start in range(0, len(vectors), BLOCK))
        return np.concatenate([unit(self.transform(vectors[b], languages[b]) @ directions) for b in blocks])


def _mean(vectors: Vectors | Halves) -> Vectors:
    return np.asarray(vectors.mean(axis=0, dtype=np.float32))


def rare_words(texts: Sequence[str], languages: Sequence[str], encoder: Encoder) -> Vectors:
    """n × d unit vectors: mean of each text's word vectors weighted by log(n / texts with the word).

    Smooth inverse frequency (Arora, Liang & Ma, 2017) in the encoder's own space, so that 'cord', 'wire' and 电线
    pull together while words that everybody uses pull little. A text without words is a zero row.
    """
    words = [[(t, w) for w in topic_words(text, t)] for text, t in zip(texts, languages, strict=True)]
    found = Counter(key for keys in words for key in set(keys))
    vocabulary = {key: row for row, (key, _) in enumerate(found.most_common(VOCABULARY))}
    if not vocabulary:
        return np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    table = encoder.encode([w for _, w in vocabulary])
    tongues = np.array([t for t, _ in vocabulary])
    for tongue in set(tongues.tolist()):
        table[tongues == tongue] -= table[tongues == tongue].mean(axis=0)
    sizes = Counter(languages)
    weight = np.array([np.log(1e-9 + sizes[t] / found[t, w]) for t, w in vocabulary], dtype=np.float32)
    table = unit(table) * np.maximum(weight, 0.0)[:, None]
    out = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    for row, keys in enumerate(words):
        rows = [vocabulary[k] for k in keys if k in vocabulary]
        if rows:
            out[row] = table[rows].sum(axis=0)
    return unit(out)


def principal(points: Vectors, dimensions: int) -> Vectors:
    """n × d → n × dimensions: coordinates along the directions in which the points differ most (uncentred)."""
    if min(points.shape) <= dimensions:
        return points
    return np.asarray(points @ _directions(points, dimensions), dtype=np.float32)


def _directions(points: Vectors, dimensions: int) -> Vectors:
    """d × at most `dimensions`, orthonormal."""
    _, directions = np.linalg.eigh(points.T @ points)
    return np.asarray(directions[:, -dimensions:], dtype=np.float32)
