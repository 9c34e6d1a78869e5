"""The API's training runs, model versions and how they measured."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.rest import RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.training import querysets, services
from ideation.training.models import Evaluation, ModelVersion, TrainingRun


class CurvePointSerializer(serializers.Serializer[Any]):
    """How far the training was at a step."""

    step = serializers.IntegerField()
    tokens = serializers.IntegerField()
    loss = serializers.FloatField()
    validation_perplexity = serializers.FloatField(allow_null=True)
    learning_rate = serializers.FloatField()
    tokens_per_second = serializers.FloatField()


class TrainingRunSerializer(serializers.ModelSerializer[TrainingRun]):
    """One tuning of a base model on a dataset version."""

    project = serializers.UUIDField(source="project_id", read_only=True)
    version = serializers.UUIDField(source="version_id", read_only=True, help_text="Dataset version it read.")
    spec = serializers.DictField(read_only=True)
    curve = CurvePointSerializer(many=True, read_only=True)

    class Meta:
        model = TrainingRun
        fields = read_only_fields = (
            "id", "project", "version", "base_model", "spec", "curve", "created_at", "finished_at",
        )  # fmt: skip


class SampleSerializer(serializers.Serializer[Any]):
    """The same beginning, gone on with before and after tuning."""

    prompt = serializers.CharField()
    base = serializers.CharField()
    tuned = serializers.CharField()


class EvaluationSerializer(serializers.ModelSerializer[Evaluation]):
    """Measured on held-out reviews, before (the base model) and after tuning. Lower is better."""

    samples = SampleSerializer(many=True, read_only=True)

    class Meta:
        model = Evaluation
        fields = read_only_fields = (
            "id", "perplexity_base", "perplexity_tuned", "bits_per_byte_base", "bits_per_byte_tuned", "tokens",
            "bytes", "samples", "created_at",
        )  # fmt: skip


class ModelSerializer(serializers.ModelSerializer[ModelVersion]):
    """A tuned model, with all that it was made from and how it measured."""

    project = serializers.UUIDField(source="project_id", read_only=True)
    run = serializers.UUIDField(source="run_id", read_only=True)
    languages = serializers.ListField(child=serializers.CharField(), read_only=True)
    files_sha256 = serializers.DictField(child=serializers.CharField(), read_only=True)
    erased_reviews = serializers.IntegerField(
        read_only=True, help_text="Reviews it may have learnt from that were erased since. If not 0: tune again."
    )
    evaluations = EvaluationSerializer(many=True, read_only=True)

    class Meta:
        model = ModelVersion
        fields = read_only_fields = (
            "id", "project", "run", "number", "base_model", "base_sha256", "base_licence", "languages",
            "files_sha256", "corpus_sha256", "documents", "tokens", "erased_reviews", "evaluations", "created_at",
        )  # fmt: skip


class RunsView(ProjectRoom, RoomListView):
    """A project's training runs, newest first."""

    serializer_class = TrainingRunSerializer
    capabilities: ClassVar[tuple[str, ...]] = ("train_models",)

    def listed(self) -> QuerySet[TrainingRun]:
        return querysets.runs_of(self.project)

    @extend_schema(request=None, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queues a tuning of the base model on the newest reviews; it ends in a new model version."""
        self.body()
        return accepted(services.training_start(project=self.project, created_by=self.acting_user()))


class NewestNumberFirst(CursorPages):
    """Model versions count upwards."""

    ordering = ("-number", "-id")


class ModelsView(ProjectRoom, RoomListView):
    """A project's model versions, newest first. The first one writes the concepts."""

    serializer_class = ModelSerializer
    pagination_class = NewestNumberFirst

    def listed(self) -> QuerySet[ModelVersion]:
        return querysets.versions_of(self.project)


class ModelView(RoomView):
    """One model version."""

    @extend_schema(responses=ModelSerializer)
    def get(self, request: Request, model_id: uuid.UUID) -> Response:
        """One model version with its measurements."""
        return Response(ModelSerializer(querysets.version(model_id)).data)
