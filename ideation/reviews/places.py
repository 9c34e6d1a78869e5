"""Places in the list of reviews, newest first: a page begins beyond one, so that any page costs what the first does."""

import datetime as dt
import uuid
from typing import Final, NamedTuple, TypeVar

from django.db.models import BooleanField, DateField, F, Func, QuerySet, UUIDField, Value
from django.db.models.expressions import CombinedExpression

from ideation.reviews.models import UNDATED, Review, day

RowT = TypeVar("RowT", bound=Review)


class Place(NamedTuple):
    """Where a review stands."""

    day: dt.date
    pk: uuid.UUID

    def __str__(self) -> str:
        return f"{self.day.toordinal():x}.{self.pk.hex}"


TOP: Final = Place(dt.date.max, uuid.UUID(int=2**128 - 1))


def place_of(review: Review) -> Place:
    """A review's place."""
    return Place(review.date or UNDATED, review.pk)


def read_place(text: str) -> Place | None:
    """A place as it stands in an address. None if it is none."""
    number, _dot, key = text.partition(".")
    try:
        return Place(dt.date.fromordinal(int(number, 16)), uuid.UUID(hex=key))
    except (ValueError, OverflowError):
        return None


def beyond(rows: QuerySet[RowT], place: Place | None, *, upwards: bool = False) -> QuerySet[RowT]:
    """Rows in the list's order, beyond a place; upwards: those before it, the nearest first."""
    ordered = rows.order_by(day().asc(), F("pk").asc()) if upwards else rows.order_by(day().desc(), F("pk").desc())
    if place is None:
        return ordered
    here = Func(day(), F("pk"), function="ROW", output_field=DateField())
    there = Func(Value(place.day, DateField()), Value(place.pk, UUIDField()), function="ROW", output_field=DateField())
    return ordered.filter(CombinedExpression(here, ">" if upwards else "<", there, output_field=BooleanField()))
