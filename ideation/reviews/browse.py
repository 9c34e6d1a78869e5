"""Pages of a project's reviews: filtered, searched by words or by meaning, from any place of the list on."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from ideation.catalog.models import Project
from ideation.reviews.filters import Wanted, is_narrowed, narrowed
from ideation.reviews.meaning import SHOWN, closest, query_vector
from ideation.reviews.models import Review
from ideation.reviews.places import TOP, Place, beyond, place_of
from ideation.reviews.querysets import count_of
from ideation.reviews.search import LOOKED_AT, Sought, among, matches, searched, sought

COUNTED: Final = 10_000
"""Up to here reviews are counted; beyond, that there are more is enough."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some reviews, and from where those before and after them are to be had."""

    reviews: Sequence[Review]
    newer: Place | None = None
    older: Place | None = None
    unfinished: bool = False
    """Whether it could be more, but looking further would have taken too long: `older` goes on."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list as the address asks for it."""

    project: Project
    wanted: Wanted
    within: QuerySet[Any] | None = None
    """The ids to which filters of rooms above narrow it."""
    firsts: bool = False
    """Whether follow-ups are left out where nothing is searched, since they are shown with their first review."""

    @property
    def text(self) -> str:
        """What is searched."""
        return str(self.wanted.get("q", "")).strip()

    @property
    def by_meaning(self) -> bool:
        """Whether it is searched by meaning."""
        return bool(self.text) and self.wanted.get("how") == "meaning"

    @property
    def search(self) -> Sought:
        """What is searched by words."""
        return Sought() if self.by_meaning else sought(self.text, self.project)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.text and not is_narrowed(self.wanted) and self.within is None

    def rows(self) -> QuerySet[Review]:
        """What the filters leave, not searched."""
        rows = narrowed(self.project, self.wanted, self.within)
        return rows.filter(first=None) if self.firsts and not self.text else rows

    def page(self, size: int, *, older: Place | None = None, newer: Place | None = None) -> Page:
        """The page beyond a place, the first without one. By words or unsearched."""
        upwards = newer is not None
        place = newer or older
        found, rest = self._beyond(place, size + 1, upwards=upwards)
        more = len(found) > size
        shown = found[:size][::-1] if upwards else found[:size]
        if not shown:
            return Page(reviews=[], older=rest, unfinished=rest is not None)
        first, last = place_of(shown[0]), place_of(shown[-1])
        return Page(
            reviews=shown,
            newer=first if (more if upwards else place is not None) else None,
            older=last if upwards or more else rest,
            unfinished=rest is not None,
        )

    def _beyond(self, place: Place | None, most: int, *, upwards: bool) -> tuple[list[Review], Place | None]:
        rows, search = self.rows(), self.search
        if self.text and not search:
            return [], None
        start = place or TOP
        if search.query:
            exact = not search.check and not is_narrowed(self.wanted) and self.within is None
            return searched(rows, self.project, search, start, upwards=upwards, most=most, exact=exact)
        return list(beyond(rows.filter(search.check), start, upwards=upwards)[:most]), None

    def closest(self) -> list[uuid.UUID]:
        """By meaning: ids of the closest ones, the closest first."""
        # Which reviews a correction has replaced only the rows know; they are few, and left out at the end.
        narrow = is_narrowed(self.wanted) or self.within is not None
        return closest(self.project, self.rows(), query_vector(self.text), narrowed=narrow, most=SHOWN)

    def those(self, ids: Sequence[uuid.UUID]) -> list[Review]:
        """The reviews with these ids, in their order."""
        rows = among(self.rows(), ids).in_bulk()
        return [rows[one] for one in ids if one in rows]

    def all(self) -> QuerySet[Review]:
        """All that is meant, of a search up to LOOKED_AT of the newest matches; in no order."""
        if self.by_meaning:
            return among(self.rows(), self.closest()).order_by()
        search = self.search
        if self.text and not search:
            return self.rows().none()
        rows = self.rows().filter(search.check).order_by()
        if not search.query:
            return rows
        return among(rows, [one.pk for one in matches(self.project, search.query, TOP, most=LOOKED_AT)])

    def newest(self, most: int = LOOKED_AT) -> QuerySet[Review]:
        """The same, up to so many of the newest, to be grouped."""
        rows = self.all()
        if count_of(self.project) <= most or rows.only("pk")[: most + 1].count() <= most:
            return rows
        return Review.objects.filter(pk__in=beyond(rows, None)[:most].values("pk")).order_by()

    def count(self) -> int:
        """How many, up to one more than COUNTED."""
        return self.all().only("pk")[: COUNTED + 1].count()


def later_words(reviews: Sequence[Review]) -> Mapping[Any, list[Review]]:
    """Id of a review → its follow-ups, the oldest first."""
    found: dict[Any, list[Review]] = {}
    for review in Review.objects.filter(first__in=[one.pk for one in reviews], ended_in=None).order_by("date", "pk"):
        found.setdefault(review.first_id, []).append(review)
    return found
