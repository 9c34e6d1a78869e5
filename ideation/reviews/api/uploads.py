"""The API's files on their way in: in pieces that may stop and go on (tus 1.0.0), by a signed form, from an address."""

import uuid
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.middleware import RAW
from accounts.tenancy import brand_scope
from ideation.base.parsers import JSONParser
from ideation.base.rest import Body, RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.reviews import arrivals, querysets, tus
from ideation.reviews.api.imports import IMPORT_REVIEWS
from ideation.reviews.models import ReviewDataset, ReviewSource, Upload
from ideation.reviews.services import uploads as services
from ideation.reviews.services.fetch import fetch_start
from ideation.reviews.services.uploadforms import form_create

DAY = 86_400


class RawParser(BaseParser):
    """Pieces of files, which are not read here: the view hands the stream on."""

    media_type = RAW

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Nothing of it."""
        return {}


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """A file on its way in."""

    project = serializers.UUIDField(source="project_id", read_only=True)
    dataset = serializers.UUIDField(source="dataset_id", read_only=True, allow_null=True)
    offset = serializers.SerializerMethodField(help_text="How many bytes have come in.")
    dataset_import = serializers.UUIDField(
        source="dataset_import_id", read_only=True, allow_null=True, help_text="What it became, once it was whole."
    )
    expires_at = serializers.DateTimeField(read_only=True, help_text="Until when it waits to be gone on with.")

    class Meta:
        model = Upload
        fields = read_only_fields = (
            "id", "project", "dataset", "file_name", "size", "offset", "expires_at", "dataset_import", "created_at",
        )  # fmt: skip

    def get_offset(self, upload: Upload) -> int:
        return services.upload_offset(upload)


class Target(Body):
    """Where a file's rows are to go."""

    dataset = serializers.UUIDField(required=False, help_text="The dataset to add to; without it, a new one.")
    source = serializers.UUIDField(  # type: ignore[assignment]  # the framework's own name for something else
        required=False, help_text="Where it comes from, whose way of reading is used again."
    )


@extend_schema_serializer(examples=[OpenApiExample("400 MB", value={"file_name": "reviews.csv", "size": 419_430_400})])
class ComingBody(Target):
    """A file to come. tus clients say the same in Upload-Length and Upload-Metadata (filename, dataset, source)."""

    file_name = serializers.CharField(max_length=200)
    size = serializers.IntegerField(min_value=0, max_value=2**50, help_text="In bytes.")


def target(project: Any, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The dataset and the source that a body names. Raises ValidationError unless they are the project's."""
    dataset: ReviewDataset | None = None
    source: ReviewSource | None = None
    if "dataset" in sent:
        dataset = querysets.datasets_of(project).filter(pk=sent["dataset"]).first()
        if dataset is None:
            raise serializers.ValidationError({"dataset": [_("This project has no such dataset.")]})
    if "source" in sent:
        source = arrivals.sources_of(project).filter(pk=sent["source"]).first()
        if source is None or dataset not in (None, source.dataset):
            raise serializers.ValidationError({"source": [_("This project has no such source.")]})
        dataset = source.dataset
    return {"dataset": dataset, "source": source}


def _brand(request: Request) -> uuid.UUID:
    key: Any = request.auth
    found: uuid.UUID = key.brand_id
    return found


class TusView(RoomView):
    """What both addresses of the protocol share."""

    parser_classes = [JSONParser, RawParser]
    capabilities: ClassVar[tuple[str, ...]] = IMPORT_REVIEWS
    opens_scopes = True

    def scope(self) -> Any:
        """The brand's, for as long as it takes to look or to write, and not while a body comes in."""
        return brand_scope(_brand(self.request))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        return tus.spoken(super().finalize_response(request, response, *args, **kwargs))


UPLOAD_LENGTH = OpenApiParameter("Upload-Length", int, OpenApiParameter.HEADER, description="tus: the size in bytes.")
UPLOAD_METADATA = OpenApiParameter(
    "Upload-Metadata",
    str,
    OpenApiParameter.HEADER,
    description="tus: filename and perhaps dataset and source, each with its value in Base64.",
)
UPLOAD_OFFSET = OpenApiParameter(
    "Upload-Offset", int, OpenApiParameter.HEADER, required=True, description="How many bytes have come in so far."
)
TUS_RESUMABLE = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, description="1.0.0")


class UploadsView(TusView, ProjectRoom, RoomListView):
    """A project's files on their way in, newest first."""

    serializer_class = UploadSerializer
    http_method_names = ["get", "head", "post", "options"]

    def listed(self) -> QuerySet[Upload]:
        return arrivals.uploads_of(self.project)

    @extend_schema(
        request=ComingBody,
        responses={201: UploadSerializer},
        parameters=[TUS_RESUMABLE, UPLOAD_LENGTH, UPLOAD_METADATA],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes room for a file whose bytes come in pieces: send them to `Location` by PATCH (tus 1.0.0)."""
        with self.scope():
            sent = self._said(request)
            made = services.upload_create(
                project=self.project,
                file_name=sent["file_name"],
                size=sent["size"],
                created_by=self.acting_user(),
                **target(self.project, sent),
            )
        if request.content_type == RAW:
            made = append(request, made.pk, offset=0)
        with self.scope():
            shown = UploadSerializer(arrivals.upload(made.pk)).data
        headers = {"Location": reverse("api:upload", args=[made.pk]), "Upload-Offset": str(made.received)}
        return Response(shown, status=201, headers={**headers, "Upload-Expires": tus.expires(made.expires_at)})

    def _said(self, request: Request) -> dict[str, Any]:
        """The file to come, in the body or in the headers of tus."""
        self.project  # noqa: B018  # another brand's is refused before anything is said of the request
        if "Tus-Resumable" not in request.headers:
            return self.body(ComingBody)
        tus.version_check(request)
        said = tus.metadata_of(request)
        names = {"file_name": said.get("filename", "reviews"), "size": tus.length_of(request)}
        sent = ComingBody(data={**names, **{name: said[name] for name in ("dataset", "source") if name in said}})
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What of tus is spoken here."""
        self.project  # noqa: B018  # another brand's is refused
        return Response(status=204, headers=tus.abilities())


def append(request: Request, upload_id: uuid.UUID, *, offset: int) -> Upload:
    """Adds the body; a file that is whole by it becomes an import."""
    brand_id = _brand(request)
    found = services.upload_append(
        brand_id=brand_id,
        upload_id=upload_id,
        offset=offset,
        length=tus.body_length(request),
        read=request.stream.read if request.stream is not None else lambda _most: b"",
    )
    if found.received == found.size:
        services.upload_close(brand_id=brand_id, upload_id=upload_id)
    return found


class UploadView(TusView):
    """One file on its way in."""

    http_method_names = ["get", "head", "post", "patch", "delete", "options"]

    @extend_schema(responses=UploadSerializer)
    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        """How far a file is, and the import that it became."""
        return Response(UploadSerializer(arrivals.upload(upload_id)).data)

    def head(self, request: Request, upload_id: uuid.UUID) -> Response:
        """How far a file is, as tus asks it."""
        found = arrivals.upload(upload_id)
        return Response(headers={"Upload-Offset": str(services.upload_offset(found)), "Upload-Length": str(found.size)})

    @extend_schema(request={RAW: OpenApiTypes.BINARY}, responses={204: None}, parameters=[TUS_RESUMABLE, UPLOAD_OFFSET])
    def patch(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Adds a piece where the last one ended. The last piece makes it an import, or is refused with the reason."""
        with self.scope():
            arrivals.upload(upload_id)
        tus.raw_check(request)
        tus.version_check(request)
        found = append(request, upload_id, offset=tus.offset_of(request))
        headers = {"Upload-Offset": str(found.received), "Upload-Expires": tus.expires(found.expires_at)}
        return Response(status=204, headers=headers)

    @extend_schema(request=None, responses={200: UploadSerializer})
    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Makes an import of a file that is whole, where its last piece's answer was lost."""
        meant = {"PATCH": self.patch, "DELETE": self.delete}.get(tus.method_of(request))
        if meant:
            return meant(request, upload_id)
        found = arrivals.upload(upload_id)
        self.body()
        services.upload_finish(upload=found)
        return Response(UploadSerializer(arrivals.upload(upload_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Cancels an upload: nothing of it is left."""
        services.upload_cancel(upload=arrivals.upload(upload_id))
        return Response(status=204)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What of tus is spoken here."""
        arrivals.upload(kwargs["upload_id"])
        return Response(status=204, headers=tus.abilities())


@extend_schema_serializer(examples=[OpenApiExample("100 MB", value={"most_bytes": 104_857_600, "seconds": 3600})])
class FormBody(Target):
    """For how large a file, and for how long."""

    most_bytes = serializers.IntegerField(min_value=1, max_value=2**50, help_text="The largest file that is taken.")
    seconds = serializers.IntegerField(min_value=60, max_value=DAY, required=False, default=3600)


class FormSerializer(serializers.Serializer[Any]):
    """A form that anybody can send, once: its fields first, then the file as `file`, as multipart/form-data."""

    url = serializers.URLField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]
    expires_at = serializers.DateTimeField()


class UploadFormsView(ProjectRoom):
    """Forms for people and systems without a key."""

    capabilities: ClassVar[tuple[str, ...]] = IMPORT_REVIEWS

    @extend_schema(request=FormBody, responses={201: FormSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes a form by which somebody without a key can send one file in."""
        project, sent = self.project, self.body(FormBody)
        made, token = form_create(
            project=project,
            most_bytes=sent["most_bytes"],
            seconds=sent["seconds"],
            created_by=self.acting_user(),
            **target(project, sent),
        )
        shown = {"url": request.build_absolute_uri(reverse("form_upload")), "fields": {"token": token}}
        return Response({**shown, "expires_at": made.expires_at}, status=201)


@extend_schema_serializer(
    examples=[OpenApiExample("An export", value={"address": "https://exports.example.com/reviews.csv.gz"})]
)
class FetchBody(Body):
    """Where the file lies."""

    address = serializers.CharField(max_length=1000, help_text="Public, with https.")
    dataset = serializers.UUIDField(required=False, help_text="The dataset to add to; without it, a new one.")


class FetchesView(ProjectRoom):
    """Files at addresses."""

    capabilities: ClassVar[tuple[str, ...]] = IMPORT_REVIEWS

    @extend_schema(request=FetchBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queues the fetching of a file; the job's result names the import, which waits for its start."""
        project, sent = self.project, self.body(FetchBody)
        dataset = target(project, sent)["dataset"]
        job = fetch_start(project=project, address=sent["address"], dataset=dataset, created_by=self.acting_user())
        return accepted(job)
