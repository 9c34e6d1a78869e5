"""How far a project's reviews can be found, and what the filters can be set to: counted once, then kept for a while."""

import uuid
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.db.models import Count

from ideation.catalog.models import Project
from ideation.reviews.models import Review, ReviewVector, ReviewWords

WHILE_MISSING: Final = 5
"""Seconds for which a count holds that is still going to change."""
KEPT: Final = 3600
MOST: Final = 200
"""Values that a filter offers."""
COLUMNS: Final = ("product_name", "source", "language", "country")


@dataclass(frozen=True, kw_only=True)
class Findable:
    """How many of a project's reviews can be found by words and by meaning."""

    reviews: int
    words: int
    vectors: int

    def percent(self, by_meaning: bool) -> int:
        """The part that a search covers; 100 only when none is missing."""
        done = self.vectors if by_meaning else self.words
        return 100 if done >= self.reviews else min(99, 100 * done // self.reviews)


def findable(project: Project) -> Findable:
    """How far it is."""
    kept: Findable | None = cache.get(_key("findable", project.pk))
    if kept is None:
        counts = (kind.objects.filter(project_id=project.pk).count() for kind in (Review, ReviewWords, ReviewVector))
        reviews, words, vectors = counts
        kept = Findable(reviews=reviews, words=words, vectors=vectors)
        complete = reviews == words == vectors
        cache.set(_key("findable", project.pk), kept, KEPT if complete else WHILE_MISSING)
    return kept


def choices(project: Project) -> dict[str, list[str]]:
    """Column → the values that most reviews have, most first."""
    kept: dict[str, list[str]] | None = cache.get(_key("choices", project.pk))
    if kept is None:
        kept = {column: _values(project, column) for column in COLUMNS}
        cache.set(_key("choices", project.pk), kept, KEPT)
    return kept


def _values(project: Project, column: str) -> list[str]:
    rows = Review.objects.filter(project_id=project.pk, ended_in=None).exclude(**{column: ""}).order_by()
    counted = rows.values_list(column).annotate(n=Count("pk")).order_by("-n", column)[:MOST]
    return [value for value, _count in counted]


def findable_forget(project: Project) -> None:
    """What was counted isn't so any more."""
    cache.delete_many([_key("findable", project.pk), _key("choices", project.pk)])


def _key(what: str, project_id: uuid.UUID) -> str:
    return f"reviews-{what}-{project_id}"
