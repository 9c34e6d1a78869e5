"""The API's corrections of how a file is read, and its first rows as they will be read."""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.errors import sentence
from ideation.base.rest import Body, RoomView
from ideation.reviews import querysets
from ideation.reviews.api.imports import IMPORT_REVIEWS, ImportSerializer, MappingField
from ideation.reviews.models import DatasetImport, ReviewSource
from ideation.reviews.services.layouts import NEAR_DUPLICATES, layout_change, layout_take, preview_of
from mlcore.reviewfiles.dates import FORMATS as DATE_FORMATS
from mlcore.reviewfiles.firstrows import FirstRow
from mlcore.reviewfiles.headers import PRESETS
from mlcore.reviewfiles.limits import SAMPLE_ROWS
from mlcore.reviewfiles.rereading import ENCODINGS, QUOTES, TEXTS, is_mark


@extend_schema_serializer(
    examples=[OpenApiExample("Another delimiter and date order", value={"delimiter": ";", "date_format": "dmy"})]
)
class LayoutBody(Body):
    """What is to be read otherwise than it was recognised; all that is left out stays, or is recognised again."""

    source = serializers.CharField(  # type: ignore[assignment]  # the file's source, not the field's
        max_length=100, required=False, help_text="Read it as the last file of this source; nothing else is sent then."
    )
    format = serializers.ChoiceField(choices=TEXTS, required=False)
    encoding = serializers.ChoiceField(choices=ENCODINGS, required=False)
    delimiter = serializers.CharField(max_length=1, required=False, trim_whitespace=False)
    quote = serializers.ChoiceField(choices=QUOTES, required=False, allow_blank=True)
    header_row = serializers.IntegerField(min_value=-1, max_value=SAMPLE_ROWS - 1, required=False)
    sheet = serializers.CharField(required=False)
    preset = serializers.ChoiceField(choices=["", *PRESETS], required=False, allow_blank=True)
    mapping = MappingField(required=False)
    attributes = serializers.ListField(child=serializers.IntegerField(min_value=0), max_length=500, required=False)
    rating_scale = serializers.ListField(
        child=serializers.FloatField(min_value=-1e6, max_value=1e6), min_length=2, max_length=2, required=False
    )
    date_format = serializers.ChoiceField(choices=DATE_FORMATS, required=False)
    default_praise = serializers.BooleanField(required=False)
    near_duplicates = serializers.ChoiceField(choices=NEAR_DUPLICATES, required=False)

    def validate_delimiter(self, delimiter: str) -> str:
        if not is_mark(delimiter):
            raise serializers.ValidationError(_("One sign that is no letter, digit, blank or quote."))
        return delimiter

    def validate_mapping(self, mapping: dict[str, int]) -> dict[str, int]:
        if len(set(mapping.values())) < len(mapping):
            raise serializers.ValidationError(_("One column is chosen twice. Give each column one meaning."))
        return mapping

    def validate_rating_scale(self, scale: list[float]) -> tuple[float, float]:
        low, high = scale
        if not low < high:
            raise serializers.ValidationError(_("The best must be more than the worst."))
        return low, high

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "source" in attrs and len(attrs) > 1:
            raise serializers.ValidationError({"source": [_("Send it alone, then what is to be changed.")]})
        return attrs


class ImportLayoutView(RoomView):
    """Corrects how a file is read."""

    capabilities = IMPORT_REVIEWS

    @extend_schema(request=LayoutBody, responses=ImportSerializer)
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Reads the file's columns anew with what is sent. Nothing is imported until its start."""
        found = querysets.dataset_import(import_id)
        sent = self.body(LayoutBody)
        if "source" in sent:
            layout_take(dataset_import=found, source=_source(found, sent["source"]))
        else:
            layout_change(dataset_import=found, changes=sent)
        return Response(ImportSerializer(querysets.dataset_import(import_id)).data)


def _source(found: DatasetImport, name: str) -> ReviewSource:
    source = ReviewSource.objects.filter(dataset=found.dataset, name=name).first()
    if source is None:
        raise serializers.ValidationError({"source": [_("This dataset has no source of that name.")]})
    return source


class FirstRowSerializer(serializers.Serializer[FirstRow]):
    """A row of the file as it will be read; a follow-up in the same row stands after it with the same line."""

    line = serializers.IntegerField()
    cells = serializers.DictField(
        child=serializers.CharField(),
        help_text="Role → what is read, personal data masked; of a row that can't be used, what stands there.",
    )
    attributes = serializers.DictField(child=serializers.CharField())
    code = serializers.CharField(help_text="Why it can't be used; empty if it can.")
    detail = serializers.SerializerMethodField()
    role = serializers.CharField(help_text="Whose cell is wrong; empty for the row as a whole.")
    left_out = serializers.BooleanField()
    follow_up = serializers.BooleanField()

    def get_detail(self, row: FirstRow) -> str:
        return sentence(row.code) if row.code else ""


@extend_schema_field({"type": ["object", "null"], "properties": {"written": {"type": "string"}, "read": {}}})
class ReadField(serializers.Field[Any, Any, Any, Any]):
    """A cell as written and as read."""

    def to_representation(self, value: tuple[str, Any]) -> dict[str, Any]:
        return {"written": value[0], "read": value[1]}


class PreviewSerializer(serializers.Serializer[Any]):
    """The first rows of a file as an import would read them."""

    file_name = serializers.CharField()
    rows = FirstRowSerializer(many=True)
    rating = ReadField(allow_null=True, help_text="A rating as written and on 1 to 5.")
    date = ReadField(allow_null=True, help_text="A date as written and as year-month-day.")


class ImportPreviewView(RoomView):
    """The first rows as they will be read."""

    @extend_schema(responses=PreviewSerializer)
    def get(self, request: Request, import_id: uuid.UUID) -> Response:
        """A file's first 20 rows as they will be read, those that can't be used among them with the reason."""
        found = querysets.dataset_import(import_id)
        seen = preview_of(found)
        shown = {"file_name": found.file_name, "rows": seen.rows, "rating": seen.rating, "date": seen.date}
        return Response(PreviewSerializer(shown).data)
