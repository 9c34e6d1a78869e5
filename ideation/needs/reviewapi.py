"""The API's list of reviews: here, since needs and the mood of sentences narrow it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.rest import RoomListView
from ideation.catalog.api import ProjectRoom
from ideation.needs import reviewlists
from ideation.reviews.api.reviews import ListPages, ReviewFilters, ReviewSerializer
from ideation.reviews.browse import Listing
from ideation.reviews.models import Review


class ReviewsView(ProjectRoom, RoomListView):
    """A project's reviews, newest first; searched by meaning, the closest first."""

    serializer_class = ReviewSerializer
    pagination_class = ListPages
    filters = ReviewFilters

    def get_queryset(self) -> QuerySet[Review]:
        # What is listed, and from where on, only the pages know.
        return Review.objects.none()

    def listing(self) -> Listing:
        """The list as it is asked for."""
        return reviewlists.listing(self.project, self.asked())

    @extend_schema(tags=["reviews"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A project's reviews, newest first, those without a date last; follow-ups are reviews of their own."""
        return super().get(request, *args, **kwargs)
