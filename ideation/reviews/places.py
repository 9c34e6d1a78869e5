"""Places in the list of reviews, newest first: a page begins beyond one, so that any page costs what the first does."""

import datetime as dt
import uuid
from typing import Any, Final, NamedTuple, TypeVar

from django.db.models import BooleanField, DateField, F, Func, QuerySet, UUIDField, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from ideation.reviews.models import UNDATED, Review

RowT = TypeVar("RowT", bound=Review)


class Place(NamedTuple):
    """Where a review stands."""

    day: dt.date
    pk: uuid.UUID

    def __str__(self) -> str:
        return f"{self.day.toordinal():x}.{self.pk.hex}"


TOP: Final = Place(dt.date.max, uuid.UUID(int=2**128 - 1))
BOTTOM: Final = Place(dt.date.min, uuid.UUID(int=0))


def place_of(review: Review) -> Place:
    """A review's place."""
    return Place(review.date or UNDATED, review.pk)


def read_place(text: str) -> Place | None:
    """A place as it stands in an address. None if it is none."""
    day, _dot, key = text.partition(".")
    try:
        return Place(dt.date.fromordinal(int(day, 16)), uuid.UUID(hex=key))
    except (ValueError, OverflowError):
        return None


def newest_first() -> tuple[Any, Any]:
    """The list's order, as its index has it."""
    return Coalesce("date", UNDATED).desc(), F("pk").desc()


def beyond(rows: QuerySet[RowT], place: Place | None, *, upwards: bool = False) -> QuerySet[RowT]:
    """Rows beyond a place in the list's order; upwards: those before it, the nearest first."""
    day, key = newest_first()
    ordered = rows.order_by(*((one.expression.asc() for one in (day, key)) if upwards else (day, key)))
    if place is None:
        return ordered
    here = Func(Coalesce("date", UNDATED), F("pk"), function="ROW", output_field=DateField())
    there = Func(Value(place.day, DateField()), Value(place.pk, UUIDField()), function="ROW", output_field=DateField())
    return ordered.filter(CombinedExpression(here, ">" if upwards else "<", there, output_field=BooleanField()))
