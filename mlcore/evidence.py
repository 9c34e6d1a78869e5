"""Which sentences show a need best."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlcore.embed import Vectors

Floats = NDArray[np.float64]

EVIDENCE = 30
"""Sentences that are chosen for differing from each other, too; the others follow as they are clear."""
DIVERSITY = 0.2
"""Weight of novelty in the choice of evidence (maximal marginal relevance, Carbonell & Goldstein 1998)."""


def rank_evidence(
    points: Vectors, texts: Sequence[str], reviews: Sequence[int], informative: Floats, belonging: Floats
) -> list[tuple[int, float]]:
    """Orders a need's m sentences by how well they show it: (index, score 0 to 1); the first 30 are one a review.

    Relevance is closeness to the need's centre times belonging (how clearly the sentence shows the need's theme) times
    informativeness, a little less for very short and very long sentences; each next one is chosen for relevance and for
    saying it differently (MMR).
    """
    centre = points.mean(axis=0)
    centre /= max(float(np.linalg.norm(centre)), 1e-9)
    relevance = (
        np.clip(points @ centre, 0, 1) * belonging * np.sqrt(informative) * np.array([_readable(t) for t in texts])
    )
    relevance = relevance / max(float(relevance.max(initial=0.0)), 1e-9)
    chosen: list[tuple[int, float]] = []
    seen_reviews: set[int] = set()
    seen_texts: set[str] = set()
    near = np.zeros(len(texts))
    for _ in range(min(EVIDENCE, len(texts))):
        gain = (1 - DIVERSITY) * relevance - DIVERSITY * near
        order = np.argsort(-gain, kind="stable")
        best = next(
            (i for i in order if reviews[i] not in seen_reviews and texts[i].casefold() not in seen_texts),
            None,
        )
        if best is None:
            break
        chosen.append((int(best), round(float(relevance[best]), 4)))
        seen_reviews.add(reviews[best])
        seen_texts.add(texts[best].casefold())
        near = np.maximum(near, np.clip(points @ points[best], 0, 1))
    first = {i for i, _ in chosen}
    rest = [int(i) for i in np.argsort(-relevance, kind="stable") if i not in first]
    return chosen + [(i, round(float(relevance[i]), 4)) for i in rest]


def _readable(text: str) -> float:
    length = len(text) * (3 if any("\u4e00" <= c <= "\u9fff" for c in text) else 1)
    return 0.75 if length < 15 else 0.85 if length > 200 else 1.0
