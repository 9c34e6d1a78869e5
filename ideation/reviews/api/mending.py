"""The API's duplicates and rejected rows of an import, and their way back in once they are mended."""

import uuid
from typing import ClassVar

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.middleware import request_can
from ideation.base.rest import Body, Filters, RoomListView, RoomView
from ideation.reviews import outcomes, querysets
from ideation.reviews.api.imports import IMPORT_REVIEWS, ByLine, ImportSerializer
from ideation.reviews.models import DuplicateKind, DuplicateRow
from ideation.reviews.services.mend import rejected_list, rejected_take, rows_mended


class DuplicateRowSerializer(serializers.ModelSerializer[DuplicateRow]):
    """A row that was left out because its review is there already."""

    detail = serializers.CharField(source="get_kind_display", read_only=True)
    repeats = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="The review that it repeats; it may have been erased since."
    )
    similarity = serializers.FloatField(read_only=True, help_text="Shared part of both texts' pieces, 0 to 1.")

    class Meta:
        model = DuplicateRow
        fields = read_only_fields = ("line", "kind", "detail", "repeats", "similarity")


class DuplicateFilters(Filters):
    """Narrows the list of duplicates."""

    kind = serializers.ChoiceField(choices=DuplicateKind.choices, required=False)


class DuplicateRowsView(RoomListView):
    """The rows of an import that were left out as duplicates, in the order of the file."""

    serializer_class = DuplicateRowSerializer
    pagination_class = ByLine
    filters = DuplicateFilters

    def listed(self) -> QuerySet[DuplicateRow]:
        return outcomes.duplicates_of(querysets.dataset_import(self.kwargs["import_id"]))


class RejectedFileView(RoomView):
    """The rejected rows as a file."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, import_id: uuid.UUID) -> FileResponse:
        """The rejected rows as one file.

        For who may see personal data in the form they came in, to be mended; for others as CSV with the reasons,
        personal data masked.
        """
        found = querysets.dataset_import(import_id)
        whole = request_can(request, "see_personal_data")
        taken = rejected_take(dataset_import=found) if whole else rejected_list(dataset_import=found)
        response = FileResponse(taken.file, as_attachment=True, filename=taken.name)
        response["Content-Type"], response["Cache-Control"] = "application/octet-stream", "no-store"
        return response


class MendedBody(Body):
    """A file of mended rows."""

    file = serializers.FileField(allow_empty_file=True)  # import_prepare says more about an empty one


class ImportMendedView(RoomView):
    """Takes mended rows in."""

    parser_classes = [MultiPartParser]
    capabilities: ClassVar[tuple[str, ...]] = IMPORT_REVIEWS

    @extend_schema(request=MendedBody, responses={201: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Stores a file of mended rows, to be read as their import was. Nothing is imported until its start."""
        found = querysets.dataset_import(import_id)
        file = self.body(MendedBody)["file"]
        made = rows_mended(dataset_import=found, file=file, file_name=file.name)
        return Response(ImportSerializer(made).data, status=201)
