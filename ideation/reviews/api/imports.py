"""The API's uploaded files: how they are read, and what became of their rows."""

import json
import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.errors import sentence
from ideation.base.rest import Body, RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.reviews import querysets, services
from ideation.reviews.models import DatasetImport, DuplicateKind, RejectedRow
from ideation.reviews.services.layouts import NEAR_DUPLICATES, layout_confirm
from mlcore.personal import KINDS
from mlcore.specs.reviewfiles import CONTAINERS, FORMATS, ROLES

IMPORT_REVIEWS: tuple[str, ...] = ("import_reviews",)


def _counts(text: str) -> serializers.DictField:
    return serializers.DictField(child=serializers.IntegerField(), read_only=True, help_text=text)


class LayoutSerializer(serializers.Serializer[Any]):
    """How the file was recognised. `mapping` is what the import goes by unless another one is sent."""

    container = serializers.ChoiceField(choices=CONTAINERS, default="plain")
    member = serializers.CharField(default="", help_text="Of a zip, the name of the file that is read.")
    format = serializers.ChoiceField(choices=FORMATS, default="csv")
    sheet = serializers.CharField(default="")
    sheets = serializers.ListField(child=serializers.CharField(), default=list)
    encoding = serializers.CharField()
    delimiter = serializers.CharField()
    quote = serializers.CharField(default='"')
    header_row = serializers.IntegerField(
        default=0, help_text="Which of the rows that aren't blank names the columns, from 0; -1: none does."
    )
    columns = serializers.ListField(child=serializers.CharField())
    mapping = serializers.DictField(
        child=serializers.IntegerField(),
        help_text=f"Role ({', '.join(ROLES)}) → its column, from 0.",
    )
    attributes = serializers.ListField(
        child=serializers.IntegerField(), default=list, help_text="Columns kept under their own names."
    )
    rating_scale = serializers.ListField(child=serializers.FloatField())
    date_format = serializers.CharField()
    preset = serializers.CharField(default="", help_text="The marketplace whose export it is.")
    default_praise = serializers.BooleanField(
        default=True, help_text="Whether what a platform writes for silent customers is left out."
    )
    near_duplicates = serializers.ChoiceField(choices=NEAR_DUPLICATES, default="leave_out")
    notes = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Codes of what to look at, some with a name behind `:`."
    )
    sample = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="The first rows, personal data masked; none once it is imported.",
    )


class ImportSerializer(serializers.ModelSerializer[DatasetImport]):
    """One file: how it was recognised, and what became of its rows.

    rows_read = imported + duplicates + rejected + left_out, once it is finished.
    """

    project = serializers.UUIDField(source="dataset.project_id", read_only=True)
    dataset = serializers.UUIDField(source="dataset_id", read_only=True)
    source = serializers.CharField(  # type: ignore[assignment]  # an import's source, not the field's
        source="source.name", read_only=True, default="", help_text="Where it came from."
    )
    version = serializers.UUIDField(
        source="version_id", read_only=True, allow_null=True, help_text="The dataset version that it made."
    )
    layout = LayoutSerializer(read_only=True)
    duplicates_by = _counts(f"Kind of duplicate ({', '.join(DuplicateKind.values)}) → how many.")
    left_out = serializers.IntegerField(read_only=True, help_text="Praise that a platform wrote for silent customers.")
    follow_ups = serializers.IntegerField(
        read_only=True, help_text="Reviews beside the rows: follow-ups in the same row as their first review."
    )
    erased = serializers.IntegerField(read_only=True, help_text="Of the imported ones, erased since on request.")
    personal = _counts(f"Kind of personal data ({', '.join(KINDS)}) → how often it was found and masked.")
    languages = _counts("Language → how many of the imported reviews.")
    flags = _counts("Kind of suspicion → how many of the imported reviews.")
    rolled_back = serializers.IntegerField(
        read_only=True, help_text="Rows read by attempts that were cut off, and of which nothing was kept."
    )

    class Meta:
        model = DatasetImport
        fields = read_only_fields = (
            "id", "project", "dataset", "source", "version", "file_name", "file_bytes", "file_sha256", "layout",
            "rows_read", "imported", "duplicates", "duplicates_by", "rejected", "left_out", "follow_ups", "erased",
            "personal", "languages", "flags", "rolled_back", "created_at", "finished_at",
        )  # fmt: skip


class RejectedRowSerializer(serializers.ModelSerializer[RejectedRow]):
    """A row that could not be used."""

    detail = serializers.SerializerMethodField()

    class Meta:
        model = RejectedRow
        fields = read_only_fields = ("line", "column", "code", "detail", "value")

    def get_detail(self, row: RejectedRow) -> str:
        return sentence(row.code)


@extend_schema_field({"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}})
class MappingField(serializers.JSONField):
    """Role → index of its column; in a form, as JSON."""

    def to_internal_value(self, data: Any) -> dict[str, int]:
        try:
            sent = super().to_internal_value(json.loads(data) if isinstance(data, str) else data)
        except (RecursionError, ValueError):
            raise serializers.ValidationError(_("This isn't JSON.")) from None
        if not isinstance(sent, dict):
            raise serializers.ValidationError(_('An object such as {"text": 2, "rating": 0}.'))
        for role, column in sent.items():
            if role not in ROLES:
                known = {"role": repr(role), "roles": ", ".join(ROLES)}
                raise serializers.ValidationError(_("%(role)s is no role. The roles are %(roles)s.") % known)
            if not isinstance(column, int) or isinstance(column, bool) or column < 0:
                raise serializers.ValidationError(_("A column is said by its index, from 0."))
        return sent


@extend_schema_serializer(examples=[OpenApiExample("Columns", value={"mapping": {"text": 4, "rating": 1}})])
class StartBody(Body):
    """Which column is what; left out, as it stands."""

    mapping = MappingField(required=False)

    def validate_mapping(self, mapping: dict[str, int]) -> dict[str, int]:
        columns = len(self.context["columns"])
        if max(mapping.values(), default=0) >= columns:
            raise serializers.ValidationError(_("The file has %(count)s columns.") % {"count": columns})
        return mapping


class NamedStartBody(StartBody):
    """The same, and where the file comes from."""

    source = serializers.CharField(  # type: ignore[assignment]  # the file's source, not the field's
        max_length=100,
        required=False,
        help_text="How the file is read is kept under this name, and the next one from there is read alike.",
    )


class UploadBody(Body):
    """A review file: CSV, TSV, JSON, Parquet or a workbook, plain or packed."""

    file = serializers.FileField(allow_empty_file=True)  # import_prepare says more about an empty one
    dataset = serializers.UUIDField(required=False, help_text="The dataset to add to; without it, a new one.")


class ImportsView(ProjectRoom, RoomListView):
    """A project's uploaded files, newest first."""

    serializer_class = ImportSerializer
    parser_classes = [MultiPartParser]
    capabilities: ClassVar[tuple[str, ...]] = IMPORT_REVIEWS

    def listed(self) -> QuerySet[DatasetImport]:
        return querysets.imports_of(self.project)

    @extend_schema(request=UploadBody, responses={201: ImportSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Stores a file and says how its columns are recognised. Nothing is imported until its start."""
        sent = self.body(UploadBody)
        dataset = None
        if "dataset" in sent:
            dataset = querysets.datasets_of(self.project).filter(pk=sent["dataset"]).first()
            if dataset is None:
                raise serializers.ValidationError({"dataset": [_("This project has no such dataset.")]})
        found = services.import_prepare(
            project=self.project, file=sent["file"], file_name=sent["file"].name, dataset=dataset
        )
        return Response(ImportSerializer(found).data, status=201)


class ImportView(RoomView):
    """One import."""

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, import_id: uuid.UUID) -> Response:
        """One file, and what became of its rows."""
        return Response(ImportSerializer(querysets.dataset_import(import_id)).data)


class ImportStartView(RoomView):
    """Begins an import."""

    capabilities = IMPORT_REVIEWS

    @extend_schema(request=NamedStartBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Queues the import of a file that was uploaded before."""
        found = querysets.dataset_import(import_id)
        sent = self.body(NamedStartBody, columns=found.layout["columns"])
        mapping = sent.get("mapping", found.layout["mapping"])
        changes = {"mapping": mapping} if mapping != found.layout["mapping"] else {}
        layout_confirm(dataset_import=found, changes=changes, source=sent.get("source"))
        return accepted(services.import_start(dataset_import=found, mapping=mapping, created_by=self.acting_user()))


class ByLine(CursorPages):
    """In the order of the file."""

    ordering = ("line", "id")


class RejectedRowsView(RoomListView):
    """The rows of an import that could not be used, in the order of the file."""

    serializer_class = RejectedRowSerializer
    pagination_class = ByLine

    def listed(self) -> QuerySet[RejectedRow]:
        return querysets.rejected_rows(querysets.dataset_import(self.kwargs["import_id"]))
