"""The API's corrections of reviews, the only way in which one changes."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.rest import Body, RoomListView
from ideation.reviews import querysets
from ideation.reviews.api.reviews import ReviewSerializer
from ideation.reviews.models import Correction
from ideation.reviews.services.correct import review_correct
from mlcore.reviewfiles.limits import MAX_TEXT


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    """That one form of a review took the place of another."""

    before = serializers.UUIDField(source="before_id", read_only=True, help_text="The form that was replaced.")
    after = serializers.UUIDField(source="after_id", read_only=True, help_text="The form that took its place.")
    version = serializers.IntegerField(source="after.version_number", read_only=True)
    fields_changed = serializers.ListField(source="fields", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Correction
        fields = read_only_fields = ("id", "before", "after", "version", "fields_changed", "reason", "created_at")


@extend_schema_serializer(
    examples=[OpenApiExample("A wrong rating", value={"rating": 4, "reason": "The shop had mixed up two orders."})]
)
class CorrectionBody(Body):
    """What is right, and why it is corrected; what is left out stays."""

    reason = serializers.CharField(max_length=500)
    text = serializers.CharField(max_length=MAX_TEXT, required=False)
    title = serializers.CharField(max_length=500, required=False, allow_blank=True)
    rating = serializers.FloatField(min_value=1, max_value=5, required=False, allow_null=True)
    date = serializers.DateField(required=False, allow_null=True)
    product_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]  # a review's source, not the field's
        max_length=100, required=False, allow_blank=True
    )
    language = serializers.RegexField(r"^[a-z]{2,3}(-[a-z]{2,4})?$", required=False)
    country = serializers.CharField(max_length=60, required=False, allow_blank=True)


class OldestFirst(CursorPages):
    """In the order in which they were made."""

    ordering = ("created_at", "id")


class CorrectionsView(RoomListView):
    """A review's corrections, and a new one."""

    serializer_class = CorrectionSerializer
    pagination_class = OldestFirst
    reads: ClassVar[tuple[str, ...]] = ("import_reviews",)
    capabilities: ClassVar[tuple[str, ...]] = ("import_reviews",)

    def listed(self) -> QuerySet[Correction]:
        return querysets.corrections_of(querysets.review(self.kwargs["review_id"]))

    @extend_schema(request=CorrectionBody, responses={201: ReviewSerializer})
    def post(self, request: Request, review_id: uuid.UUID) -> Response:
        """Puts a corrected form of the review in its place, in a new version; earlier versions keep the one before."""
        found = querysets.review(review_id)
        sent: dict[str, Any] = self.body(CorrectionBody)
        reason = sent.pop("reason")
        made = review_correct(review=found, changes=sent, reason=reason, by=self.acting_user())
        return Response(ReviewSerializer(made).data, status=201)
