"""The API's saved views, and reviews taken away as files."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.rest import Body, RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.reviews import querysets
from ideation.reviews.filters import FilterForm
from ideation.reviews.listform import LONGEST, query_of
from ideation.reviews.models import ExportForm, ReviewExport, SavedView
from ideation.reviews.services.exports import review_export_start
from ideation.reviews.services.indexing import index_start
from ideation.reviews.services.views import view_delete, view_rename, view_save


class QueryField(serializers.CharField):
    """Filters as they stand in the address of the list."""

    def __init__(self, **options: Any) -> None:
        text = "The filters of the list of reviews as a query string: `q=loud&rating=1`."
        super().__init__(max_length=LONGEST, allow_blank=True, required=False, default="", help_text=text, **options)

    def to_internal_value(self, data: Any) -> str:
        given = QueryDict(super().to_internal_value(data))
        form = FilterForm(given)
        if unknown := sorted(set(given) - set(form.fields)):
            raise serializers.ValidationError(_("There is no such filter: %(names)s.") % {"names": ", ".join(unknown)})
        if not form.is_valid():
            raise serializers.ValidationError([f"{name}: {errors[0]}" for name, errors in form.errors.items()])
        return query_of(given)


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """Filters under a name, for all who see the project."""

    project = serializers.UUIDField(source="project_id", read_only=True)

    class Meta:
        model = SavedView
        fields = read_only_fields = ("id", "project", "name", "query", "created_at")


class SavedViewBody(Body):
    """What goes in. A view of the same name gives way."""

    name = serializers.CharField(max_length=100)
    query = QueryField()


class RenameBody(Body):
    """Another name."""

    name = serializers.CharField(max_length=100)


class SavedViewsView(ProjectRoom, RoomListView):
    """A project's saved views."""

    serializer_class = SavedViewSerializer
    capabilities: ClassVar[tuple[str, ...]] = ("import_reviews",)

    def listed(self) -> QuerySet[SavedView]:
        return querysets.views_of(self.project)

    @extend_schema(request=SavedViewBody, responses={201: SavedViewSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Keeps filters under a name."""
        view = view_save(project=self.project, **self.body(SavedViewBody), created_by=self.acting_user())
        return Response(SavedViewSerializer(view).data, status=201)


class SavedViewView(RoomView):
    """One saved view."""

    @extend_schema(responses=SavedViewSerializer)
    def get(self, request: Request, view_id: uuid.UUID) -> Response:
        """One saved view."""
        return Response(SavedViewSerializer(querysets.saved_view(view_id)).data)


class SavedViewRenameView(RoomView):
    """Another name for a view."""

    capabilities = ("import_reviews",)

    @extend_schema(request=RenameBody, responses=SavedViewSerializer)
    def post(self, request: Request, view_id: uuid.UUID) -> Response:
        """Gives a saved view another name."""
        found = querysets.saved_view(view_id)
        return Response(SavedViewSerializer(view_rename(view=found, **self.body(RenameBody))).data)


class SavedViewDeleteView(RoomView):
    """The end of a view."""

    capabilities = ("import_reviews",)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, view_id: uuid.UUID) -> Response:
        """Deletes a saved view; the reviews stay."""
        found = querysets.saved_view(view_id)
        self.body()
        view_delete(view=found)
        return Response(status=204)


class ReviewExportSerializer(serializers.ModelSerializer[ReviewExport]):
    """Reviews as a file."""

    project = serializers.UUIDField(source="project_id", read_only=True)
    is_ready = serializers.SerializerMethodField(help_text="Whether it can be downloaded now.")
    left_out = serializers.IntegerField(read_only=True, help_text="Reviews for which the form had no room.")

    class Meta:
        model = ReviewExport
        fields = read_only_fields = (
            "id", "project", "form", "query", "is_ready", "rows", "left_out", "file_bytes", "created_at", "finished_at",
            "expires_at",
        )  # fmt: skip

    def get_is_ready(self, export: ReviewExport) -> bool:
        return bool(export.file)


class ReviewExportBody(Body):
    """What goes in."""

    form = serializers.ChoiceField(choices=ExportForm.choices)
    query = QueryField()


class ReviewExportsView(ProjectRoom, RoomListView):
    """A project's files of reviews, newest first."""

    serializer_class = ReviewExportSerializer
    capabilities: ClassVar[tuple[str, ...]] = ("run_analysis",)

    def listed(self) -> QuerySet[ReviewExport]:
        return querysets.review_exports(self.project)

    @extend_schema(request=ReviewExportBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queues a file of the reviews that the filters leave: CSV, XLSX or Parquet."""
        _made, job = review_export_start(
            project=self.project, **self.body(ReviewExportBody), created_by=self.acting_user()
        )
        return accepted(job)


class ReviewExportView(RoomView):
    """One file of reviews."""

    @extend_schema(responses=ReviewExportSerializer)
    def get(self, request: Request, review_export_id: uuid.UUID) -> Response:
        """Whether a file of reviews is ready, and how large it is."""
        return Response(ReviewExportSerializer(querysets.review_export(review_export_id)).data)


class IndexView(ProjectRoom):
    """What makes reviews findable."""

    capabilities = ("import_reviews",)

    @extend_schema(request=None, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes findable what isn't yet; each import does so by itself."""
        self.body()
        return accepted(index_start(project=self.project, created_by=self.acting_user()))
