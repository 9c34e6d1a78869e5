"""The API's erasures and archives of a brand."""

import uuid
from typing import ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.files import file_response
from ideation.base.rest import Body, RoomListView, RoomView
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.privacy import querysets
from ideation.privacy.models import BrandExport, Erasure
from ideation.privacy.services.erasures import erasure_confirm, erasure_prepare
from ideation.privacy.services.exports import export_start
from ideation.privacy.services.files import file_take

Ids = serializers.ListField(child=serializers.UUIDField())


class ErasureSerializer(serializers.ModelSerializer[Erasure]):
    """A request to erase reviews: what it touches, and once it is done, what was done."""

    reviews = serializers.ListField(child=serializers.UUIDField(), read_only=True)
    touched = serializers.DictField(
        child=serializers.IntegerField(), read_only=True, help_text="Kind of thing → how many it touched when asked."
    )
    result = serializers.DictField(
        child=serializers.IntegerField(), read_only=True, help_text="Kind of thing → how many; empty until it is done."
    )
    needs = serializers.SerializerMethodField()
    claims = serializers.SerializerMethodField()
    concepts = serializers.SerializerMethodField()
    models = serializers.SerializerMethodField(help_text="Model versions trained on a version that contains them.")
    files = serializers.SerializerMethodField(help_text="Imports whose uploaded file is deleted.")

    class Meta:
        model = Erasure
        fields = read_only_fields = (
            "id", "by", "reviews", "touched", "needs", "claims", "concepts", "models", "files", "result", "created_at",
            "confirmed_at", "finished_at",
        )  # fmt: skip

    @extend_schema_field(Ids)
    def get_needs(self, erasure: Erasure) -> list[uuid.UUID]:
        return list(querysets.preview(erasure.reviews).needs.values_list("pk", flat=True))

    @extend_schema_field(Ids)
    def get_claims(self, erasure: Erasure) -> list[uuid.UUID]:
        return list(querysets.preview(erasure.reviews).claims.values_list("pk", flat=True))

    @extend_schema_field(Ids)
    def get_concepts(self, erasure: Erasure) -> list[uuid.UUID]:
        return list(querysets.preview(erasure.reviews).concepts.values_list("pk", flat=True))

    @extend_schema_field(Ids)
    def get_models(self, erasure: Erasure) -> list[uuid.UUID]:
        return list(querysets.preview(erasure.reviews).models.values_list("pk", flat=True))

    @extend_schema_field(Ids)
    def get_files(self, erasure: Erasure) -> list[uuid.UUID]:
        return list(querysets.preview(erasure.reviews).files.values_list("pk", flat=True))


@extend_schema_serializer(
    examples=[
        OpenApiExample("By author", value={"by": "author", "value": "kettle_fan_77"}),
        OpenApiExample("By email", value={"by": "text", "value": "ana@example.com"}),
    ]
)
class ErasureBody(Body):
    """Whose reviews, or which. What is sent here is not kept."""

    by = serializers.ChoiceField(Erasure.By.choices)
    value = serializers.CharField(
        max_length=5000,
        help_text="The author as the source wrote it; any text; or ids of reviews, separated by commas.",
    )


class ErasuresView(RoomListView):
    """Erasures that were confirmed, newest first; a new one is prepared."""

    serializer_class = ErasureSerializer
    reads = ("erase_reviews",)
    capabilities: ClassVar[tuple[str, ...]] = ("erase_reviews",)

    def listed(self) -> QuerySet[Erasure]:
        return querysets.erasures()

    @extend_schema(request=ErasureBody, responses={201: ErasureSerializer})
    def post(self, request: Request) -> Response:
        """Finds reviews to erase and says all that erasing them would touch. Nothing is erased yet."""
        made = erasure_prepare(**self.body(ErasureBody), created_by=self.acting_user())
        return Response(ErasureSerializer(made).data, status=201)


class ErasureView(RoomView):
    """One erasure."""

    reads = ("erase_reviews",)

    @extend_schema(responses=ErasureSerializer)
    def get(self, request: Request, erasure_id: uuid.UUID) -> Response:
        """What an erasure would touch, or has done."""
        return Response(ErasureSerializer(querysets.erasure(erasure_id)).data)


class ErasureConfirmView(RoomView):
    """Confirms an erasure."""

    capabilities = ("erase_reviews",)

    @extend_schema(request=None, responses={200: ErasureSerializer, **ACCEPTED}, parameters=[LOCATION])
    def post(self, request: Request, erasure_id: uuid.UUID) -> Response:
        """Erases exactly the reviews that were found: at once, or by a job when there are many. It is final."""
        found = querysets.erasure(erasure_id)
        self.body()
        job = erasure_confirm(erasure=found, created_by=self.acting_user())
        return accepted(job) if job else Response(ErasureSerializer(querysets.erasure(erasure_id)).data)


class ExportSerializer(serializers.ModelSerializer[BrandExport]):
    """An archive of everything that is the brand's."""

    is_ready = serializers.BooleanField(read_only=True, help_text="Whether it can be downloaded now.")
    rows = serializers.DictField(child=serializers.IntegerField(), read_only=True, help_text="File in it → rows.")

    class Meta:
        model = BrandExport
        fields = read_only_fields = (
            "id", "as_written", "is_ready", "file_bytes", "file_sha256", "rows", "created_at", "finished_at",
            "expires_at",
        )  # fmt: skip


class ExportBody(Body):
    """What goes in."""

    as_written = serializers.BooleanField(
        required=False, default=False, help_text="With what customers wrote; otherwise personal data stays masked."
    )


class ExportsView(RoomListView):
    """A brand's archives, newest first."""

    serializer_class = ExportSerializer
    reads = ("export_brand",)
    capabilities: ClassVar[tuple[str, ...]] = ("export_brand",)

    def listed(self) -> QuerySet[BrandExport]:
        return querysets.exports()

    @extend_schema(request=ExportBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request) -> Response:
        """Queues an archive of everything: reviews, needs with evidence, concepts, models' registry, members, audit."""
        _export, job = export_start(**self.body(ExportBody), created_by=self.acting_user())
        return accepted(job)


class ExportView(RoomView):
    """One archive."""

    reads = ("export_brand",)

    @extend_schema(responses=ExportSerializer)
    def get(self, request: Request, export_id: uuid.UUID) -> Response:
        """Whether an archive is ready, how large it is, and its hash."""
        return Response(ExportSerializer(querysets.export(export_id)).data)


class ExportFileView(RoomView):
    """An archive's file."""

    reads = ("export_brand",)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: uuid.UUID) -> HttpResponseBase:
        """The archive itself, until it expires. Each download stands in the audit."""
        taken = file_take(kind="export", object_id=export_id)
        return file_response(taken.path, name=taken.name)


class ProductImageFileView(RoomView):
    """A product's image."""

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, product_id: uuid.UUID) -> HttpResponseBase:
        """The image itself, of the media type that its bytes are."""
        taken = file_take(kind="image", object_id=product_id)
        return file_response(taken.path, name=taken.name, shown_as=taken.shown_as)


class ReviewExportFileView(RoomView):
    """The file of a list of reviews."""

    reads = ("run_analysis",)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, review_export_id: uuid.UUID) -> HttpResponseBase:
        """The file itself, until it expires. Each download stands in the audit."""
        taken = file_take(kind="reviews", object_id=review_export_id)
        return file_response(taken.path, name=taken.name)
