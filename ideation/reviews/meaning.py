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
    """Ids of the rows closest in meaning, the closest first; `narrowed` says that filters may leave some out."""
    candidates = CANDIDATES
    while True:
        ids = _nearest_signs(project, vector, candidates)
        kept = list(among(rows, ids).order_by().values_list("pk", flat=True)) if narrowed else ids
        if len(kept) >= most or len(ids) < candidates:
            return _nearest(_best(ids, kept), vector, most)
        candidates *= GROWTH


def _best(ids: list[uuid.UUID], kept: list[uuid.UUID]) -> list[uuid.UUID]:
    """Of the kept ones those with the nearest signs."""
    wanted = set(kept)
    return [one for one in ids if one in wanted][:CANDIDATES]


def _nearest_signs(project: Project, vector: Vector, most: int) -> list[uuid.UUID]:
    near = ReviewVector.objects.filter(project_id=project.pk).order_by(HammingDistance("bits", signs(vector)))
    return list(near.values_list("review_id", flat=True)[:most])


def _nearest(ids: list[uuid.UUID], vector: Vector, most: int) -> list[uuid.UUID]:
    near = ReviewVector.objects.filter(review__in=RawSQL("SELECT unnest(%s::uuid[])", [ids]))  # ids as a parameter
    near = near.order_by(CosineDistance("vector", HalfVector(vector)))
    return list(near.values_list("review_id", flat=True)[:most])
