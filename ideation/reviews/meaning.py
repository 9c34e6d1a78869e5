"""Finds reviews by what they mean: first by the signs of their vectors, which are quick to compare, then exactly.

An index of neighbours (HNSW) over all brands would miss those of a small one; comparing the signs of all of a project's
vectors misses nothing that counts and takes 0.1 seconds for 300,000 reviews.
"""

import uuid
from typing import Final

import numpy as np
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.django import CosineDistance, HammingDistance

from ideation.catalog.models import Project
from ideation.reviews.models import Review, ReviewVector
from ideation.reviews.search import among
from mlcore.embed import open_encoder

CANDIDATES: Final = 3000
"""Reviews with the nearest signs whose vectors are compared: of the 50 exactly nearest, 1,000 miss one in ten for
queries of a word or two among 300,000 reviews."""
SHOWN: Final = 200
"""Reviews that are shown at most: what comes after isn't close any more."""
GROWTH: Final = 8

Vector = NDArray[np.float32]


def query_vector(text: str) -> Vector:
    """Where a query stands. The encoder is loaded by the first one (1 second) and runs without torch."""
    return np.asarray(open_encoder().encode([text])[0], dtype=np.float32)


def signs(vector: Vector) -> str:
    """A vector's signs as Postgres reads bits."""
    return np.where(vector > 0, 49, 48).astype(np.uint8).tobytes().decode()


def closest(
    project: Project, rows: QuerySet[Review], vector: Vector, *, narrowed: bool, most: int = SHOWN
) -> list[uuid.UUID]:
    """Ids of the rows closest in meaning, the closest first; `narrowed` says that filters leave some out."""
    if not narrowed:
        ids = _nearest(_by_signs(project, vector)[:CANDIDATES], vector, most)
        there = set(among(rows, ids).order_by().values_list("pk", flat=True))
        return [one for one in ids if one in there]
    candidates = CANDIDATES
    while True:
        near = list(_by_signs(project, vector)[:candidates])
        kept = set(among(rows, near).order_by().values_list("pk", flat=True))
        if len(kept) >= most or len(near) < candidates:
            best = [one for one in near if one in kept][:CANDIDATES]
            return _nearest(RawSQL("SELECT unnest(%s::uuid[])", [best]), vector, most)  # ids, a parameter
        candidates *= GROWTH


def _by_signs(project: Project, vector: Vector) -> QuerySet[ReviewVector, uuid.UUID]:
    """Ids of reviews, those with the most signs in common first: read from the index alone."""
    near = ReviewVector.objects.filter(project_id=project.pk).order_by(HammingDistance("bits", signs(vector)))
    return near.values_list("review_id", flat=True)


def _nearest(ids: "QuerySet[ReviewVector, uuid.UUID] | RawSQL", vector: Vector, most: int) -> list[uuid.UUID]:
    near = ReviewVector.objects.filter(review__in=ids).order_by(CosineDistance("vector", HalfVector(vector)))
    return list(near.values_list("review_id", flat=True)[:most])
