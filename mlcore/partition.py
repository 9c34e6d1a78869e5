"""Parts texts into a wished number of themes by their nearest neighbours, without any label.

Nearest neighbours are looked for in the cells of nearby pivots, so that fifty thousand texts take seconds; themes are
communities of the neighbours' graph (Leiden: Traag, Waltman & van Eck, 2019), joined until there are as many as asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import igraph
import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, Vectors, unit
from mlcore.sentiment import judge
from mlcore.topicspace import TopicSpace, principal, rare_words

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEIGHBOURS = 15
PIVOTS_FROM = 25_000
"""Texts from which on neighbours are looked for among pivots' cells only; below, among all."""
PROBED = 64
"""Cells in which a text's neighbours are looked for."""
CLEAR = 0.3
"""Share of its neighbours' weight that must lie in a text's own theme; one with less belongs to none."""
TRIES = 12


WORDS = 0.7
"""Weight of a text's rare words beside its embedding."""
DIMENSIONS = 192


@dataclass(frozen=True, kw_only=True)
class Partition:
    """Themes of n texts, the largest first."""

    theme: Integers
    """n: 0 to count − 1; −1 for a text between the themes."""
    clarity: Floats
    """n: share of its neighbours' weight that lies in its theme."""


def themes_of(
    texts: Sequence[str], languages: Sequence[str], vectors: Vectors, encoder: Encoder, count: int, *, seed: int = 0
) -> Partition:
    """Parts n texts (embeddings n × d) into at most `count` themes by what they are about, whatever they feel."""
    space = TopicSpace.fit(vectors, languages, judge(texts, vectors).sentiment)
    words = WORDS * rare_words(texts, languages, encoder)
    points = unit(np.hstack([space.transform(vectors, languages), words]))
    return partition(unit(principal(points, DIMENSIONS)), count, seed=seed)


def partition(points: Vectors, count: int, *, seed: int = 0) -> Partition:
    """Parts n unit vectors (n × d) into at most `count` themes. Deterministic under the seed.

    Raises ValueError for fewer than one theme.
    """
    if count < 1:
        raise ValueError("ask for at least one theme")
    if len(points) <= max(count, 2):
        return Partition(theme=np.arange(len(points)), clarity=np.ones(len(points)))
    graph = _graph(points, seed)
    found = _joined(graph, _communities(graph, count, seed), count)
    clarity = _clarity(graph, found)
    order = np.argsort(-np.bincount(found), kind="stable")
    theme = np.argsort(order)[found]
    return Partition(theme=np.where(clarity >= CLEAR, theme, -1), clarity=clarity)


@dataclass(frozen=True, kw_only=True)
class _Graph:
    """Edges between n texts, each once."""

    size: int
    ends: Integers
    """m × 2."""
    weight: Floats


def _graph(points: Vectors, seed: int) -> _Graph:
    near, cosine = nearest(points, min(NEIGHBOURS, len(points) - 1), seed)
    source = np.repeat(np.arange(len(points)), near.shape[1])
    target, weight = near.ravel(), np.maximum(cosine.ravel(), 0.0)
    real = target >= 0
    ends = np.stack([np.minimum(source, target), np.maximum(source, target)], axis=1)[real]
    # An edge seen from both of its ends counts twice: mutual neighbours belong together.
    edges, inverse = np.unique(ends, axis=0, return_inverse=True)
    weights = np.bincount(inverse.ravel(), weights=weight[real]) + 1e-6
    return _Graph(size=len(points), ends=edges, weight=weights.astype(np.float64))


def nearest(points: Vectors, count: int, seed: int) -> tuple[Integers, Vectors]:
    """n × count nearest others of n unit vectors and their cosines; −1 where fewer were found.

    Exact below 25,000; above, among the texts of the 64 pivots that are nearest to the text's own pivot.
    """
    near = np.full((len(points), count), -1, dtype=np.int64)
    cosine = np.zeros((len(points), count), dtype=np.float32)
    for rows, among in _cells(points, seed):
        for start in range(0, len(rows), 1024):
            part = rows[start : start + 1024]
            likeness = points[part] @ points[among].T
            likeness[part[:, None] == among[None, :]] = -1.0
            kept = min(count, len(among) - 1)
            top = np.argpartition(-likeness, kept - 1, axis=1)[:, :kept]
            near[part, :kept] = among[top]
            cosine[part, :kept] = np.take_along_axis(likeness, top, axis=1)
    return near, cosine


def _cells(points: Vectors, seed: int) -> list[tuple[Integers, Integers]]:
    """Texts, and those among which their neighbours are looked for."""
    everything = np.arange(len(points))
    if len(points) < PIVOTS_FROM:
        return [(everything, everything)]
    pivots = points[np.random.default_rng(seed).choice(len(points), round(2 * len(points) ** 0.5), replace=False)]
    blocks = range(0, len(points), 4096)
    own = np.concatenate([(points[b : b + 4096] @ pivots.T).argmax(axis=1) for b in blocks])
    probed = np.argsort(-(pivots @ pivots.T), axis=1)[:, :PROBED]
    members = [np.flatnonzero(own == k) for k in range(len(pivots))]
    return [
        (rows, np.concatenate([members[other] for other in probed[k]])) for k, rows in enumerate(members) if len(rows)
    ]


def _communities(graph: _Graph, count: int, seed: int) -> Integers:
    """Communities at the lowest resolution that tells at least `count` apart which are large enough to be themes."""
    igraph.set_random_number_generator(_Random(seed))
    network = igraph.Graph(n=graph.size, edges=graph.ends.tolist())
    low, high, best = 0.05, 8.0, np.zeros(graph.size, dtype=np.int64)
    for _ in range(TRIES):
        resolution = (low * high) ** 0.5
        found = np.array(
            network.community_leiden("modularity", weights=graph.weight.tolist(), resolution=resolution).membership
        )
        large = (np.bincount(found) >= graph.size / (10 * count)).sum()
        if large >= count:
            high, best = resolution, found
            if large == count:
                break
        else:
            low = resolution
            best = found if best.max() == 0 else best
    return best


def _joined(graph: _Graph, found: Integers, count: int) -> Integers:
    """Joins the smallest theme with the one that it is bound to most, until `count` are left."""
    while (themes := int(found.max()) + 1) > count:
        smallest = int(np.bincount(found, minlength=themes).argmin())
        one, other = found[graph.ends[:, 0]], found[graph.ends[:, 1]]
        bound = np.bincount(np.where(one == smallest, other, one), (one == smallest) * graph.weight, themes)
        bound += np.bincount(one, (other == smallest) * graph.weight, themes)
        share: Floats = bound / np.bincount(found, minlength=themes)
        share[smallest] = -1.0
        found = np.unique(np.where(found == smallest, int(share.argmax()), found), return_inverse=True)[1]
    return found


def _clarity(graph: _Graph, found: Integers) -> Floats:
    same = (found[graph.ends[:, 0]] == found[graph.ends[:, 1]]) * graph.weight
    inside, whole = np.zeros(graph.size), np.zeros(graph.size)
    for end in graph.ends.T:
        inside += np.bincount(end, same, graph.size)
        whole += np.bincount(end, graph.weight, graph.size)
    return np.asarray(inside / np.maximum(whole, 1e-9))


class _Random:
    """igraph's source of chance, seeded; it wants the functions of the module `random`."""

    def __init__(self, seed: int) -> None:
        self._source = np.random.default_rng(seed)

    def random(self) -> float:
        return float(self._source.random())

    def randint(self, low: int, high: int) -> int:
        return int(self._source.integers(low, high + 1))

    def gauss(self, mean: float, deviation: float) -> float:
        return float(self._source.normal(mean, deviation))
