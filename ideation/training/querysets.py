"""Reads of training runs and model versions."""

import uuid

from django.db.models import QuerySet
from django.http import Http404

from ideation.catalog.models import Project
from ideation.training.models import Evaluation, ModelVersion, TrainingRun


def runs_of(project: Project) -> QuerySet[TrainingRun]:
    """A project's training runs, newest first."""
    return TrainingRun.objects.filter(project=project)


def versions_of(project: Project) -> QuerySet[ModelVersion]:
    """A project's model versions, newest first, with their measurements."""
    return ModelVersion.objects.filter(project=project).select_related("run").prefetch_related("evaluations")


def newest_version(project: Project) -> ModelVersion | None:
    """The model that writes for this project."""
    return versions_of(project).first()


def version(version_id: uuid.UUID) -> ModelVersion:
    """One model version. Raises Http404 if this brand has none with this id."""
    found = ModelVersion.objects.select_related("project", "run").filter(pk=version_id).first()
    if found is None:
        raise Http404
    return found


def newest_evaluation(version: ModelVersion) -> Evaluation | None:
    """How a version measured last."""
    return Evaluation.objects.filter(model_version=version).first()
