"""Groups sentences of all languages by the wish they speak of, met or unmet.

Each sentence is a point: its embedding without language and feeling, the rare words in it, and a little of the rest of
its review. A mixture of wishes is then fitted, whose components are the themes of the bank (mlcore.themes) and the
communities of the nearest-neighbour graph (Leiden: Traag, Waltman & van Eck, 2019) that the bank does not know.
Components that too few customers support are dropped and their sentences go where they fit next best.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import igraph
import leidenalg
import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Encoder, Vectors, unit
from mlcore.themes import TRADES, shipped
from mlcore.topicspace import TopicSpace, principal, rare_words

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEIGHBOURS = 12
RESOLUTION = 1.5
"""Leiden's resolution (Reichardt & Bornholdt): higher gives more and smaller communities."""
CONTEXT = 0.6
"""Weight of the rest of the review in a sentence's point: 'It ruined my notebook' is about the leak named before."""
CONTEXT_PRIOR = 0.3
"""The same for what the theme bank thinks of a sentence."""
SHARPNESS = 6.0
"""How fast belonging falls with the distance from a wish's centre (von Mises-Fisher concentration)."""
NOWHERE = 0.15
"""Cosine that stands for 'about no wish in particular', which has no centre."""
ROUNDS = 5
"""Rounds of expectation and maximisation between two prunings; more change little."""
SECOND = 0.2
"""A sentence also counts for a second wish from this probability on: 'small, and quiet too'."""
UNCLEAR = 0.25
"""A sentence whose best wish is less probable than this belongs to none."""
MERGE = 0.86
"""Centres closer than this (cosine) are one wish."""
NEW_INSIDE, NEW_OUTSIDE = 0.10, 0.003
"""Prior probability of a topic of its own for a sentence in its community, and for any other."""
UNKNOWN = 0.25
"""A community whose sentences the bank recognises with less confidence than this is a topic of its own."""
DIMENSIONS = 192
"""Principal directions of the points that are kept: the rest costs time and tells little."""
FIT_LIMIT = 12_000
"""Sentences on which the graph is built at most, so that 60,000 stay a matter of a minute or two."""
SURE = 0.35
"""A sentence taken alone shows a theme surely from this probability on."""
SURE_SHARE = 0.3
"""Share of the reviews that look like a theme which must show it surely; else they only look like it for want of a
better one."""
TOLERANCE = 0.45
"""Share of the sentences which surely speak of other wishes that may lie nearer to a wish's centre than its member
does; times the member's own probability, so that a doubtful one must lie nearer than nearly all of them."""
RECOGNISED = 0.40
"""A theme stands if this share of its sentences is surely recognised …"""
SHOWN, LIKENESS = 15, 0.48
"""… or if its 15 clearest sentences are this much like what the bank was taught: mean cosine to the three seed
sentences nearest to each, plus half the share that is recognised (0.15 at most). Both were chosen by looking at what
stood wrongly in four files of reviews ('it runs big' under 'performance')."""
NAMING = 0.2
"""Share of the sentences like a theme of one trade that must name what the trade sells."""
COHESION = 0.30
"""Mean cosine of a new topic's sentences to their centre below which they are no topic."""


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """g groups of n sentences; a sentence may be in two, or in none."""

    groups: list[Integers]
    """Sentence indices of each group, the group with most reviews first."""
    closeness: list[Floats]
    """How clearly each of them, taken alone, speaks of the group's wish, 0 to 1."""
    themes: list[str | None]
    """The bank's theme; None for a topic of its own."""
    points: Vectors
    """n unit vectors: where each sentence stands, taken alone."""


def group(
    vectors: Vectors, languages: Sequence[str], texts: Sequence[str], reviews: Sequence[int], space: TopicSpace,
    encoder: Encoder, *, smallest: int, seed: int = 0,
) -> Grouping:  # fmt: skip
    """Groups n sentences (embeddings n × d) into wishes that at least `smallest` distinct reviews speak of.

    Deterministic under the seed.
    """
    if len(vectors) < max(smallest, 2):
        return Grouping(groups=[], closeness=[], themes=[], points=vectors)
    owners = np.unique(np.asarray(reviews), return_inverse=True)[1]
    alone = np.hstack([space.transform(vectors, languages), rare_words(texts, languages, encoder)])
    alone = unit(principal(unit(alone), DIMENSIONS))
    points = unit(alone + CONTEXT * _rest_of_review(alone, owners))
    own = shipped().log_prior(space.centred(vectors, languages))
    borne = np.concatenate([[0], _borne_out(own, owners, texts, smallest)])
    own = own[:, borne]
    prior = _with_review(own, owners)
    extended = np.hstack([prior, _new_topics(points, own, owners, smallest, seed)])
    belonging, kept = _fit(points, extended, owners, smallest)
    own = np.hstack([own, np.full((len(own), extended.shape[1] - own.shape[1]), -np.inf)])
    names: list[str | None] = [shipped().names[k] for k in borne]
    names += [None] * (extended.shape[1] - len(names))
    found = _members(belonging, np.exp(own[:, kept]), [names[k] for k in kept], alone, owners, smallest)
    return _recognised(found, np.exp(own[:, kept]), [names[k] for k in kept], vectors, languages, space)


def neighbours(points: Vectors, count: int) -> tuple[Integers, Vectors]:
    """For each of n unit vectors its `count` nearest others: n × count indices, n × count cosines; exact."""
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


def _rest_of_review(values: Vectors, owners: Integers) -> Vectors:
    """Each row's mean over the other sentences of its review; zero where there is none."""
    sums = np.zeros((int(owners.max()) + 1, values.shape[1]), dtype=values.dtype)
    np.add.at(sums, owners, values)
    others = np.bincount(owners)[owners] - 1
    return np.asarray((sums[owners] - values) / np.maximum(others, 1)[:, None] * (others > 0)[:, None])


def _borne_out(own: Floats, owners: Integers, texts: Sequence[str], smallest: int) -> Integers:
    """The themes that the reviews speak of: recognised with confidence, and not only for want of a better one.

    In reviews of dresses much looks faintly like 'leak'; what is really about leaks is recognised clearly.
    """
    best, value = own.argmax(axis=1), np.exp(own.max(axis=1))
    kept = []
    for k in range(1, own.shape[1]):
        alike = len(np.unique(owners[best == k]))
        sure = len(np.unique(owners[(best == k) & (value > SURE)]))
        if sure >= max(2.0, 0.5 * smallest) and sure >= SURE_SHARE * alike and _of_its_trade(k, best, texts):
            kept.append(k)
    return np.array(kept, dtype=np.int64)


def _of_its_trade(theme: int, best: Integers, texts: Sequence[str]) -> bool:
    """Whether the sentences most like a theme of one trade name what that trade sells. Other themes suit any trade."""
    words = TRADES.get(shipped().names[theme])
    if words is None:
        return True
    naming = re.compile(words, re.IGNORECASE)
    alike = np.flatnonzero(best == theme)
    return sum(naming.search(texts[int(row)]) is not None for row in alike) >= NAMING * len(alike)


def _with_review(own: Floats, owners: Integers) -> Floats:
    """Log priors of sentences, drawn a little towards those of their review."""
    sums = np.zeros((int(owners.max()) + 1, own.shape[1]))
    np.add.at(sums, owners, own)
    whole = sums / np.bincount(owners)[:, None]
    return np.asarray((1 - CONTEXT_PRIOR) * own + CONTEXT_PRIOR * whole[owners])


def _new_topics(points: Vectors, own: Floats, owners: Integers, smallest: int, seed: int) -> Floats:
    """Log priors (n × communities) of the communities that the bank does not know."""
    rows = np.arange(len(points))
    if len(points) > FIT_LIMIT:
        rows = np.sort(np.random.default_rng(seed).choice(len(points), FIT_LIMIT, replace=False))
    found = communities(points[rows], seed)
    known = np.exp(own).max(axis=1)
    columns = []
    for k in range(int(found.max()) + 1):
        members = rows[found == k]
        if len(np.unique(owners[members])) >= smallest and known[members].mean() < UNKNOWN:
            column = np.full(len(points), np.log(NEW_OUTSIDE))
            column[members] = np.log(NEW_INSIDE)
            columns.append(column)
    return np.stack(columns, axis=1) if columns else np.zeros((len(points), 0))


def communities(points: Vectors, seed: int) -> Integers:
    """The community of each of n unit vectors (n ≥ 2) in the graph of their nearest neighbours, from 0."""
    near, cosine = neighbours(points, min(NEIGHBOURS, len(points) - 1))
    source = np.repeat(np.arange(len(points)), near.shape[1])
    target, weight = near.ravel(), np.maximum(cosine.ravel(), 0.0)
    ends = np.stack([np.minimum(source, target), np.maximum(source, target)], axis=1)
    # An edge seen from both of its ends counts twice: mutual neighbours belong together.
    edges, inverse = np.unique(ends, axis=0, return_inverse=True)
    weights = np.bincount(inverse.ravel(), weights=weight) + 1e-6
    found = leidenalg.find_partition(
        igraph.Graph(n=len(points), edges=edges.tolist()),
        leidenalg.RBConfigurationVertexPartition,
        weights=weights.tolist(),
        seed=seed,
        resolution_parameter=RESOLUTION,
        n_iterations=4,
    )
    return np.asarray(found.membership, dtype=np.int64)


def _fit(points: Vectors, prior: Floats, owners: Integers, smallest: int) -> tuple[Vectors, list[int]]:
    """Belonging, n × components, and the columns of the prior that the components stem from; the first is 'nothing'.

    p(k | x) ∝ prior_k(x) · mass_k^0.3 · exp(6 x·c_k); weak components are pruned, near ones merged.
    """
    kept = list(range(prior.shape[1]))
    while True:
        belonging, centres = _expect_maximise(points, prior)
        best = belonging.argmax(axis=1)
        support = np.array([len(np.unique(owners[best == k])) for k in range(prior.shape[1])])
        weak = 1 + np.flatnonzero(support[1:] < smallest)
        if len(weak):
            # A third at a time, the weakest first: what they let go may carry the others over the line.
            gone = weak[np.argsort(support[weak], kind="stable")][: max(1, len(weak) // 3)].tolist()
        else:
            near = (1 + np.argwhere(np.triu(centres[1:] @ centres[1:].T, 1) >= MERGE)).tolist()
            if not near:
                return belonging, kept
            gone = sorted({b for _, b in near})
            for a, b in near:
                if a not in gone:
                    prior[:, a] = np.logaddexp(prior[:, a], prior[:, b])
        prior = np.delete(prior, gone, axis=1)
        kept = [k for place, k in enumerate(kept) if place not in gone]


def _expect_maximise(points: Vectors, prior: Floats) -> tuple[Vectors, Vectors]:
    known: Vectors = prior.astype(np.float32)
    belonging = _softmax(known)
    centres = points[:0]
    for _ in range(ROUNDS):
        centres = unit((belonging**2).T @ points)
        cosine = points @ centres.T
        cosine[:, 0] = NOWHERE
        belonging = _softmax(SHARPNESS * cosine + known + 0.3 * np.log(belonging.sum(axis=0) + 1e-3))
    return belonging, centres


def _softmax(logits: Vectors) -> Vectors:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def _members(
    belonging: Vectors, own: Floats, names: list[str | None], alone: Vectors, owners: Integers, smallest: int
) -> Grouping:
    """The sentences that speak of a wish in their own words, wish by wish.

    Belonging alone lets a wish collect what fits nowhere else. So a member must also lie near the centre of the
    sentences that surely show the wish: nearer than most of those that surely show another.
    """
    best, value = belonging.argmax(axis=1), belonging.max(axis=1)
    new = np.array([name is None for name in names])
    surely = (value >= 0.5) & (new[best] | (own[np.arange(len(own)), best] >= SURE))
    found: list[tuple[int, int, Integers, Floats]] = []
    for k in range(1, belonging.shape[1]):
        candidate = ((best == k) & (value >= UNCLEAR)) | (belonging[:, k] >= SECOND)
        sure = candidate & ((own[:, k] >= SURE) if names[k] else (belonging[:, k] >= 0.5))
        cosine = alone @ unit(alone[sure].sum(axis=0))
        strangers = np.sort(cosine[surely & ~candidate])
        nearer = 1 - np.searchsorted(strangers, cosine) / max(len(strangers), 1)
        rows = np.flatnonzero(candidate & (nearer <= TOLERANCE * np.maximum(belonging[:, k], own[:, k])))
        reviews = len(np.unique(owners[rows]))
        diffuse = names[k] is None and len(rows) and float(cosine[rows].mean()) < COHESION
        if reviews >= smallest and not diffuse:
            clear = np.clip(cosine[rows], 0, 1) * (0.5 + 0.5 * (own[rows, k] if names[k] else belonging[rows, k]))
            found.append((-reviews, k, rows, clear / max(float(clear.max()), 1e-9)))
    found.sort(key=lambda entry: entry[:2])
    return Grouping(
        groups=[rows for _, _, rows, _ in found],
        closeness=[clear for _, _, _, clear in found],
        themes=[names[k] for _, k, _, _ in found],
        points=alone,
    )


def _recognised(
    found: Grouping, own: Floats, names: list[str | None], vectors: Vectors, languages: Sequence[str], space: TopicSpace
) -> Grouping:
    """Without the themes that only share words with what is said: a wrong name is worse than none."""
    kept = []
    for place, (rows, clear, theme) in enumerate(zip(found.groups, found.closeness, found.themes, strict=True)):
        if theme is None:
            kept.append(place)
            continue
        recognised = float((own[rows, names.index(theme)] >= SURE).mean())
        best = rows[np.argsort(-clear, kind="stable")[:SHOWN]]
        said = space.transform(vectors[best], [languages[i] for i in best])
        likeness = np.sort(said @ space.transform(*shipped().examples(theme)).T, axis=1)[:, -3:].mean()
        if recognised >= RECOGNISED or likeness + 0.5 * min(recognised, 0.3) >= LIKENESS:
            kept.append(place)
    return Grouping(
        groups=[found.groups[i] for i in kept],
        closeness=[found.closeness[i] for i in kept],
        themes=[found.themes[i] for i in kept],
        points=found.points,
    )
