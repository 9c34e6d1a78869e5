"""The API's reviews: one of them, and what their list is asked by; the list is the needs room's, which narrows it."""

import uuid
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from ideation.base.api import CursorPages
from ideation.base.rest import Filters, RoomView
from ideation.reviews.browse import Listing
from ideation.reviews.filters import LONGEST_QUERY, MODES, MOODS
from ideation.reviews.models import Review
from ideation.reviews.places import read_place


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """What one customer wrote, personal data masked."""

    label = serializers.CharField(  # type: ignore[assignment]  # a review's label, not the field's
        read_only=True, help_text="Its id in the file, else `#` and its line."
    )
    dataset = serializers.UUIDField(source="dataset_id", read_only=True)
    product = serializers.UUIDField(source="product_id", read_only=True, allow_null=True)
    first = serializers.UUIDField(
        source="first_id", read_only=True, allow_null=True, help_text="Of a follow-up: the customer's first review."
    )
    flags = serializers.DictField(
        read_only=True, allow_null=True, help_text="Kind of suspicion → what raised it; null without any."
    )
    attributes = serializers.DictField(
        read_only=True, allow_null=True, help_text="The file's other columns that are kept: name → cell."
    )

    class Meta:
        model = Review
        fields = read_only_fields = (
            "id", "label", "external_id", "dataset", "version_number", "ended_in", "line", "title", "text", "rating",
            "rating_written", "date", "product", "product_name", "source", "verified", "helpful", "price", "currency",
            "country", "attributes", "is_follow_up", "first", "language", "characters", "tokens", "flags", "created_at",
        )  # fmt: skip


class ReviewFilters(Filters):
    """Narrows the list of reviews; all filters together."""

    q = serializers.CharField(
        max_length=LONGEST_QUERY,
        required=False,
        help_text='Words (all of them), `"a phrase"`, `-without`, `one OR another`.',
    )
    how = serializers.ChoiceField(
        choices=[name for name, _word in MODES],
        required=False,
        help_text="`meaning`: the 200 reviews closest to `q` in meaning, the closest first.",
    )
    rating = serializers.FloatField(
        min_value=1, max_value=5, required=False, help_text="From 1 to 5; halves go with the next one up."
    )
    product = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=200, required=False, help_text="The product's name as the file says it.")
    source = serializers.CharField(max_length=100, required=False)  # type: ignore[assignment]  # a filter
    language = serializers.CharField(max_length=10, required=False, help_text="`en`, `zh`, …, `mixed`, `und`.")
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    flag = serializers.CharField(
        max_length=40, required=False, help_text="A kind of suspicion, or `none` for those without any."
    )
    verified = serializers.BooleanField(required=False)
    follow_up = serializers.BooleanField(required=False, help_text="Whether the customer added something later.")
    competitor = serializers.BooleanField(required=False)
    country = serializers.CharField(max_length=60, required=False)
    dataset = serializers.UUIDField(required=False)
    version = serializers.UUIDField(required=False, help_text="A dataset version, as it stood when it was pinned.")
    sentiment = serializers.ChoiceField(
        choices=[name for name, _word in MOODS], required=False, help_text="As the newest analysis reads it."
    )
    need = serializers.UUIDField(required=False, help_text="Reviews that show this need.")


class ListPages(CursorPages):
    """Pages of a listing: a cursor is a place in the list, or of closest reviews a number."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.asked_at = request.build_absolute_uri()
        self.next_one: str | None = None
        self.previous_one: str | None = None
        listing: Listing = view.listing()
        size = self.get_page_size(request)
        way, text = self._cursor(request)
        if listing.by_meaning:
            return listing.those(self._closest(listing.closest(), size, int(text or 0)))
        place = read_place(text) if text else None
        found = listing.page(size, **{"newer" if way == "n" else "older": place})
        self.next_one = f"o.{found.older}" if found.older else None
        self.previous_one = f"n.{found.newer}" if found.newer else None
        return list(found.reviews)

    def _cursor(self, request: Request) -> tuple[str, str]:
        """Which way, and from where. Raises ValidationError for one that isn't this list's."""
        given = request.query_params.get("cursor", "")
        way, _dot, text = given.partition(".")
        if self._by_meaning(request):
            fits = way == "m" and text.isascii() and text.isdigit() and len(text) < 5
        else:
            fits = way in ("o", "n") and read_place(text) is not None
        if given and not fits:
            raise exceptions.ValidationError(
                {"cursor": [_("This cursor isn't one of this list's. Start again without it.")]}
            )
        return way, text

    def _by_meaning(self, request: Request) -> bool:
        asked = request.query_params
        return bool(asked.get("q", "").strip()) and asked.get("how") == "meaning"

    def _closest(self, found: list[uuid.UUID], size: int, start: int) -> list[uuid.UUID]:
        if start + size < len(found):
            self.next_one = f"m.{start + size}"
        if start:
            self.previous_one = f"m.{max(0, start - size)}"
        return found[start : start + size]

    def get_next_link(self) -> str | None:
        return self._link(self.next_one)

    def get_previous_link(self) -> str | None:
        return self._link(self.previous_one)

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(self.asked_at, "cursor", cursor) if cursor else None


class ReviewView(RoomView):
    """One review."""

    @extend_schema(responses=ReviewSerializer)
    def get(self, request: Request, review_id: uuid.UUID) -> Response:
        """One review: what the customer wrote, word for word but for masked personal data."""
        found = Review.objects.filter(pk=review_id).first()
        if found is None:
            raise Http404
        return Response(ReviewSerializer(found).data)
