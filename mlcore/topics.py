"""Groups sentences of all languages by what they talk about: a nearest-neighbour graph and its communities.

Cosine neighbours in topic space, communities by Leiden (Traag, Waltman & van Eck, 2019). Unlike k-means it needs no
number of topics, unlike density clustering it leaves few sentences out; and it is repeatable under its seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import igraph
import leidenalg
import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Vectors, unit

Labels = NDArray[np.int64]

NEIGHBOURS = 12
RESOLUTION = 2.0
"""Leiden's resolution (Reichardt & Bornholdt). High on purpose: 'the lid leaks' and 'the lid is hard to clean' are two
needs; communities that turn out to say the same are merged afterwards."""
MERGE = 0.80
"""Centroids closer than this (cosine, in topic space) are one topic."""
ADOPT = 0.42
"""A sentence outside every kept group joins the nearest one from this cosine to its centroid on."""
LOOSE = 0.25
"""A member further than this from its centroid is let go: it was linked by chance."""
FIT_LIMIT = 20_000
"""Sentences the graph is built on at most; the rest join the nearest topic, so that 60,000 stay a matter of a minute."""
LANGUAGE_MINIMUM = 30
"""Sentences a language needs for a mean of its own."""
NONE = -1
"""The label of a sentence in no group."""


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
    def fit(cls, vectors: Vectors, languages: Sequence[str], sentiment: NDArray[np.float64]) -> "TopicSpace":
        """From n × d embeddings, n languages, n sentiments."""
        tongues = np.array(languages)
        means = {"": vectors.mean(axis=0)}
        for tongue in sorted(set(languages)):
            if (tongues == tongue).sum() >= LANGUAGE_MINIMUM:
                means[tongue] = vectors[tongues == tongue].mean(axis=0)
        centred = np.stack([means.get(t, means[""]) for t in languages])
        slope = (vectors - centred).T @ (sentiment - sentiment.mean())
        return cls(means=means, feeling=unit(slope.astype(np.float32)))

    def transform(self, vectors: Vectors, languages: Sequence[str]) -> Vectors:
        """n × d embeddings → n × d unit vectors in topic space."""
        if not len(vectors):
            return vectors
        centred = vectors - np.stack([self.means.get(t, self.means[""]) for t in languages])
        return unit(centred - np.outer(centred @ self.feeling, self.feeling))


def group(points: Vectors, reviews: Sequence[int], *, smallest: int, seed: int = 0) -> Labels:
    """Labels n points (unit vectors in topic space) 0, 1, …, largest group first; −1 is no group.

    `reviews` is each sentence's review; a group needs `smallest` distinct ones. Deterministic under the seed.
    """
    if len(points) < max(smallest, 2):
        return np.full(len(points), NONE, dtype=np.int64)
    rows = np.arange(len(points))
    if len(points) > FIT_LIMIT:
        rows = np.sort(np.random.default_rng(seed).choice(len(points), FIT_LIMIT, replace=False))
    labels = np.full(len(points), NONE, dtype=np.int64)
    labels[rows] = _communities(points[rows], seed)
    labels = _merged(points, labels)
    owners = np.asarray(reviews)
    labels = _kept(labels, owners, smallest)
    labels = _adopted(points, labels)
    return _kept(labels, owners, smallest)


def centroids(points: Vectors, labels: Labels) -> Vectors:
    """k × d unit vectors, the mean of each label 0 … k−1."""
    count = int(labels.max(initial=NONE)) + 1
    return unit(np.stack([points[labels == k].mean(axis=0) for k in range(count)])) if count else points[:0]


def neighbours(points: Vectors, count: int) -> tuple[NDArray[np.int64], Vectors]:
    """For each of n unit vectors its `count` nearest others (n × count indices, n × count cosines), exact, in blocks."""
    near = np.empty((len(points), count), dtype=np.int64)
    cosine = np.empty((len(points), count), dtype=np.float32)
    for start in range(0, len(points), 1024):
        block = points[start : start + 1024] @ points.T
        rows = np.arange(len(block))
        block[rows, start + rows] = -1.0
        top = np.argpartition(-block, count - 1, axis=1)[:, :count]
        near[start : start + len(block)] = top
        cosine[start : start + len(block)] = np.take_along_axis(block, top, axis=1)
    return near, cosine


def _communities(points: Vectors, seed: int) -> Labels:
    near, cosine = neighbours(points, min(NEIGHBOURS, len(points) - 1))
    source = np.repeat(np.arange(len(points)), near.shape[1])
    target, weight = near.ravel(), np.maximum(cosine.ravel(), 0.0)
    ends = np.stack([np.minimum(source, target), np.maximum(source, target)], axis=1)
    # An edge seen from both of its ends counts twice: mutual neighbours belong together.
    edges, inverse = np.unique(ends, axis=0, return_inverse=True)
    weights = np.bincount(inverse.ravel(), weights=weight) + 1e-6
    graph = igraph.Graph(n=len(points), edges=edges.tolist())
    found = leidenalg.find_partition(
        graph,
        leidenalg.RBConfigurationVertexPartition,
        weights=weights.tolist(),
        seed=seed,
        resolution_parameter=RESOLUTION,
        n_iterations=4,
    )
    return np.asarray(found.membership, dtype=np.int64)


def _merged(points: Vectors, labels: Labels) -> Labels:
    """Joins the two closest topics until none are closer than MERGE."""
    labels = labels.copy()
    while labels.max(initial=NONE) > 0:
        centres = centroids(points, labels)
        cosine = np.triu(centres @ centres.T, 1)
        a, b = np.unravel_index(int(cosine.argmax()), cosine.shape)
        if cosine[a, b] < MERGE:
            break
        labels[labels == b] = a
        labels[labels > b] -= 1
    return labels


def _kept(labels: Labels, reviews: NDArray[np.int64], smallest: int) -> Labels:
    """Drops groups with too few distinct reviews and numbers the rest by size."""
    sizes = {int(k): len(set(reviews[labels == k].tolist())) for k in np.unique(labels) if k != NONE}
    order = sorted((k for k, size in sizes.items() if size >= smallest), key=lambda k: (-sizes[k], k))
    out = np.full_like(labels, NONE)
    for new, old in enumerate(order):
        out[labels == old] = new
    return out


def _adopted(points: Vectors, labels: Labels) -> Labels:
    """Moves each sentence to the nearest centroid if it is near, and lets go of those far from all."""
    centres = centroids(points, labels)
    if not len(centres):
        return labels
    cosine = points @ centres.T
    best, value = cosine.argmax(axis=1), cosine.max(axis=1)
    own = np.where(labels >= 0, cosine[np.arange(len(points)), np.maximum(labels, 0)], -1.0)
    out = np.where((labels == NONE) & (value >= ADOPT), best, labels)
    # A clear miss of the community search: another topic is much nearer than the own one.
    out = np.where((labels >= 0) & (value - own > 0.08), best, out)
    return np.where((labels >= 0) & (value < LOOSE), NONE, out)
