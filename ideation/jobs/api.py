"""The API's jobs: how far each is, how it ended, cancelling and trying again; and the answer of all that starts one."""

import uuid
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import require
from ideation.base.errors import sentence
from ideation.base.rest import Filters, RoomListView, RoomView
from ideation.jobs import querysets, services
from ideation.jobs.kinds import KINDS, STEPS
from ideation.jobs.models import Job, JobState


class ReasonSerializer(serializers.Serializer[Any]):
    """Why a job failed: for programs and, in the caller's language, for people."""

    code = serializers.CharField()
    detail = serializers.CharField()


class JobPartSerializer(serializers.ModelSerializer[Job]):
    """A piece of long work."""

    title = serializers.SerializerMethodField()
    project = serializers.UUIDField(source="project_id", read_only=True, allow_null=True)
    subject = serializers.UUIDField(
        source="subject_id",
        read_only=True,
        allow_null=True,
        help_text="The import, project or brief it works on.",
    )
    step_title = serializers.SerializerMethodField()
    seconds_left = serializers.SerializerMethodField(help_text="Of the current step; null while nobody can say.")
    reason = serializers.SerializerMethodField()
    result = serializers.DictField(read_only=True, help_text="What came out, when it has succeeded.")

    class Meta:
        model = Job
        fields: tuple[str, ...] = (
            "id", "kind", "title", "state", "project", "subject", "step", "step_title", "done", "total", "unit",
            "seconds_left", "attempt", "reason", "result", "created_at", "started_at", "ended_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_title(self, job: Job) -> str:
        return str(KINDS[job.kind].title) if job.kind in KINDS else job.kind

    def get_step_title(self, job: Job) -> str:
        return str(STEPS.get(job.step, job.step))

    def get_seconds_left(self, job: Job) -> int | None:
        return querysets.seconds_left(job)

    @extend_schema_field(ReasonSerializer(allow_null=True))
    def get_reason(self, job: Job) -> dict[str, str] | None:
        if not job.reason_code:
            return None
        return {"code": job.reason_code, "detail": sentence(job.reason_code, job.reason_params)}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A tuning under way",
            value={
                "id": "7f0d7d2e-8f43-4a52-9c2f-4c7d51e6a1b0",
                "kind": "model_train",
                "title": "Tune the language model",
                "state": "running",
                "project": "2a9b7a52-04b4-4f1c-9d55-3b5c4f3b7d10",
                "subject": "2a9b7a52-04b4-4f1c-9d55-3b5c4f3b7d10",
                "step": "training",
                "step_title": "Tuning on your reviews",
                "done": 6144,
                "total": 16384,
                "unit": "tokens",
                "seconds_left": 84,
                "attempt": 1,
                "reason": None,
                "result": {},
                "created_at": "2027-01-12T09:00:00Z",
                "started_at": "2027-01-12T09:00:01Z",
                "ended_at": None,
                "parts": [],
            },
            response_only=True,
        )
    ]
)
class JobSerializer(JobPartSerializer):
    """A piece of long work, with the parts that it is made of, in the order of their starting."""

    parts = JobPartSerializer(many=True, read_only=True)

    class Meta(JobPartSerializer.Meta):
        fields = (*JobPartSerializer.Meta.fields, "parts")
        read_only_fields = fields


ACCEPTED = {202: OpenApiResponse(JobSerializer, "Queued. Ask at `Location` how far it is.")}
LOCATION = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description="Address of the job.")


def accepted(job: Job) -> Response:
    """The answer of everything that takes long."""
    found, address = _job(job.pk), reverse("api:job", args=[job.pk])
    return Response(JobSerializer(found).data, status=202, headers={"Location": address})


def _jobs() -> QuerySet[Job]:
    return querysets.jobs().prefetch_related(Prefetch("parts", Job.objects.order_by("created_at")))


def _job(job_id: uuid.UUID) -> Job:
    found = _jobs().filter(pk=job_id).first()
    if found is None:
        raise Http404
    return found


class JobFilters(Filters):
    """Narrows the list of jobs."""

    state = serializers.ChoiceField(JobState.choices, required=False)
    kind = serializers.ChoiceField(list(KINDS), required=False)
    project = serializers.UUIDField(source="project_id", required=False)


class JobsView(RoomListView):
    """The brand's jobs, newest first; a part is listed too, besides standing in its job."""

    serializer_class = JobSerializer
    filters = JobFilters

    def listed(self) -> QuerySet[Job]:
        return _jobs()


class JobView(RoomView):
    """One job."""

    @extend_schema(responses=JobSerializer)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """How far a job is, and how it ended."""
        return Response(JobSerializer(_job(job_id)).data)


class JobCancelView(RoomView):
    """Ends a job."""

    capabilities = ("see",)  # what it needs depends on the job: see post

    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Cancels a job and its parts: at once if no worker holds it, else within seconds."""
        job = _job(job_id)
        require(request, *KINDS[job.kind].capabilities)
        self.body()
        services.job_cancel(job=job)
        return Response(JobSerializer(_job(job_id)).data)


class JobRetryView(RoomView):
    """Tries again."""

    capabilities = ("see",)  # what it needs depends on the job: see post

    @extend_schema(request=None, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Queues a failed or cancelled job again; one in any other state stays as it is."""
        job = _job(job_id)
        require(request, *KINDS[job.kind].capabilities)
        self.body()
        services.job_retry(job=job)
        return accepted(job)
