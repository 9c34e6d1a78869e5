"""The API's reviews."""

import uuid

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.rest import Filters, RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.reviews import querysets
from ideation.reviews.api.imports import ByLine
from ideation.reviews.models import Review


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """What one customer wrote, personal data masked."""

    label = serializers.CharField(  # type: ignore[assignment]  # a review's label, not the field's
        read_only=True, help_text="Its id in the file, else `#` and its line."
    )
    dataset = serializers.UUIDField(source="dataset_id", read_only=True)
    product = serializers.UUIDField(source="product_id", read_only=True, allow_null=True)

    class Meta:
        model = Review
        fields = read_only_fields = (
            "id", "label", "dataset", "line", "title", "text", "rating", "date", "product", "product_name", "source",
            "language", "created_at",
        )  # fmt: skip


class ReviewFilters(Filters):
    """Narrows the list of reviews."""

    language = serializers.CharField(max_length=10, required=False, help_text="`en`, `zh`, …; known after an analysis.")
    rating = serializers.FloatField(min_value=1, max_value=5, required=False, help_text="From 1 to 5.")
    dataset = serializers.UUIDField(required=False)
    product = serializers.UUIDField(required=False)


class ReviewsView(ProjectRoom, RoomListView):
    """A project's reviews, in the order of their files."""

    serializer_class = ReviewSerializer
    pagination_class = ByLine
    filters = ReviewFilters

    def listed(self) -> QuerySet[Review]:
        return querysets.reviews_of(self.project)


class ReviewView(RoomView):
    """One review."""

    @extend_schema(responses=ReviewSerializer)
    def get(self, request: Request, review_id: uuid.UUID) -> Response:
        """One review: what the customer wrote, word for word but for masked personal data."""
        found = Review.objects.filter(pk=review_id).first()
        if found is None:
            raise Http404
        return Response(ReviewSerializer(found).data)
