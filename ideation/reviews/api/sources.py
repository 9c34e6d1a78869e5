"""The API's sources: where files come from again and again."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.errors import sentence
from ideation.base.rest import Body, RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.jobs.api import ACCEPTED, LOCATION, ReasonSerializer, accepted
from ideation.reviews import arrivals, querysets
from ideation.reviews.api.imports import IMPORT_REVIEWS
from ideation.reviews.models import ReviewSource, SourceKind
from ideation.reviews.services import sources as services


class SourceSerializer(serializers.ModelSerializer[ReviewSource]):
    """A source, and how its last fetching ended."""

    project = serializers.UUIDField(source="dataset.project_id", read_only=True)
    dataset = serializers.UUIDField(source="dataset_id", read_only=True)
    has_secret = serializers.SerializerMethodField(help_text="Whether something is kept that lets in there.")
    has_layout = serializers.SerializerMethodField(
        help_text="Whether a person has said how its files are read: then they are imported as they come."
    )
    last_problem = serializers.SerializerMethodField(help_text="Why the last fetching failed; null if it did not.")
    last_files = serializers.SerializerMethodField(help_text="How many new files the last fetching brought.")

    class Meta:
        model = ReviewSource
        fields = read_only_fields = (
            "id", "project", "dataset", "name", "kind", "address", "has_secret", "has_layout", "every_hours", "next_at",
            "last_at", "last_problem", "last_files", "created_at",
        )  # fmt: skip

    def get_has_secret(self, source: ReviewSource) -> bool:
        return bool(source.secret)

    def get_has_layout(self, source: ReviewSource) -> bool:
        return bool(source.layout)

    @extend_schema_field(ReasonSerializer(allow_null=True))
    def get_last_problem(self, source: ReviewSource) -> dict[str, str] | None:
        if not source.last_code:
            return None
        return {"code": source.last_code, "detail": sentence(source.last_code, source.last_params)}

    def get_last_files(self, source: ReviewSource) -> int:
        return 0 if source.last_code else int(source.last_params.get("files", 0))


class SourceChangeBody(Body):
    """A source as it is to be; keys that are left out stay as they were, as long as the server does."""

    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(SourceKind.choices)
    address = serializers.CharField(
        max_length=1000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of kind url: where the file lies. Of kind bucket: https://server/bucket/prefix.",
    )
    every_hours = serializers.IntegerField(
        min_value=1, max_value=8760, required=False, allow_null=True, default=None, help_text="Null: only when asked."
    )
    authorization = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="Of kind url: the header Authorization."
    )
    access_key = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="Of kind bucket.")
    secret_key = serializers.CharField(max_length=500, required=False, allow_blank=True, help_text="Of kind bucket.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A bucket, every day",
            value={
                "dataset": "2a9b7a52-04b4-4f1c-9d55-3b5c4f3b7d10",
                "name": "Shop exports",
                "kind": "bucket",
                "address": "https://s3.eu-west-1.amazonaws.com/company-exports/reviews/",
                "every_hours": 24,
                "access_key": "AKIA…",
                "secret_key": "…",
            },
        )
    ]
)
class SourceBody(SourceChangeBody):
    """A new source."""

    dataset = serializers.UUIDField(help_text="Where its rows go.")


class ByName(CursorPages):
    """In the order of the page."""

    ordering = ("name", "id")


class SourcesView(ProjectRoom, RoomListView):
    """A project's sources, by name."""

    serializer_class = SourceSerializer
    pagination_class = ByName
    capabilities: ClassVar[tuple[str, ...]] = IMPORT_REVIEWS

    def listed(self) -> QuerySet[ReviewSource]:
        return arrivals.sources_of(self.project)

    @extend_schema(request=SourceBody, responses={201: SourceSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes a source. With `every_hours` it is fetched within a minute, and then again and again."""
        project, sent = self.project, self.body(SourceBody)
        dataset = querysets.datasets_of(project).filter(pk=sent.pop("dataset")).first()
        if dataset is None:
            raise serializers.ValidationError({"dataset": [_("This project has no such dataset.")]})
        made = services.source_save(dataset=dataset, **sent)
        return Response(SourceSerializer(made).data, status=201)


class SourceView(RoomView):
    """One source."""

    capabilities = IMPORT_REVIEWS

    @extend_schema(responses=SourceSerializer)
    def get(self, request: Request, source_id: uuid.UUID) -> Response:
        """One source, and how its last fetching ended."""
        return Response(SourceSerializer(arrivals.source(source_id)).data)

    @extend_schema(request=SourceChangeBody, responses={200: SourceSerializer})
    def post(self, request: Request, source_id: uuid.UUID) -> Response:
        """Changes a source."""
        found = arrivals.source(source_id)
        sent = self.body(SourceChangeBody)
        return Response(SourceSerializer(services.source_save(dataset=found.dataset, source=found, **sent)).data)


class SourceDeleteView(RoomView):
    """Ends a source."""

    capabilities = IMPORT_REVIEWS

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, source_id: uuid.UUID) -> Response:
        """Removes a source; what came from it stays."""
        found = arrivals.source(source_id)
        self.body()
        services.source_delete(source=found)
        return Response(status=204)


class SourceFetchView(RoomView):
    """Fetches a source now."""

    capabilities = IMPORT_REVIEWS

    @extend_schema(request=None, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, source_id: uuid.UUID) -> Response:
        """Queues the fetching of what is new there."""
        found = arrivals.source(source_id)
        self.body()
        return accepted(services.source_fetch(source=found, created_by=self.acting_user()))
