"""The models that a project has tuned: how each learnt, how it measures, what it was made from."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.charts import chart, download, learning_curve
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.jobs.models import LIVE
from ideation.jobs.querysets import jobs
from ideation.reviews.querysets import newest_version as newest_dataset
from ideation.training.models import ModelVersion, TrainingRun
from ideation.training.querysets import newest_evaluation, runs_of, versions_of
from ideation.training.querysets import version as find_version
from ideation.training.services import MINIMUM_REVIEWS, training_start

CHARTED = 400
"""Points of a curve: more can't be told apart, and each is sent to the browser."""


@requires("see")
def models(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The version that writes now, the one being tuned, and all before."""
    project = find_project(project_id)
    versions = list(versions_of(project))
    live = jobs().filter(project_id=project.pk, kind="model_train", state__in=LIVE).first()
    data = newest_dataset(project)
    context: dict[str, Any] = {"section": "models", "project": project, "versions": versions, "job": live}
    context |= {"can_tune": data is not None and data.reviews_count >= MINIMUM_REVIEWS, "minimum": MINIMUM_REVIEWS}
    if live is not None:
        context["live_curve"] = _live_curve(project)
    if versions:
        context |= _details(versions[0])
        if file := _file(request, versions[0]):
            return file
    return render(request, "training/models.html", context)


def _live_curve(project: Project) -> dict[str, Any] | None:
    run = runs_of(project).filter(finished_at=None).first()
    return chart(learning_curve(points(run))) if run is not None and run.curve else None


def _details(version: ModelVersion) -> dict[str, Any]:
    run = version.run
    evaluation = newest_evaluation(version)
    return {
        "version": version,
        "evaluation": evaluation,
        "curve": chart(learning_curve(points(run))),
        "points": points(run),
    }


def _file(request: HttpRequest, version: ModelVersion) -> HttpResponse | None:
    if "format" not in request.GET:
        return None
    return download(request, learning_curve(points(version.run)), f"learning-curve-v{version.number}")


def points(run: TrainingRun) -> list[dict[str, Any]]:
    """The curve, thinned to what a chart can show; measured points always stay."""
    stride = max(1, len(run.curve) // CHARTED)
    names = ("step", "loss", "validation_perplexity")
    return [
        {name: point.get(name) for name in names}
        for place, point in enumerate(run.curve)
        if place % stride == 0 or point.get("validation_perplexity") is not None
    ]


@requires("see")
def model(request: BrandRequest, version_id: uuid.UUID) -> HttpResponseBase:
    """One version."""
    found = find_version(version_id)
    if file := _file(request, found):
        return file
    context = {"section": "models", "project": found.project, **_details(found)}
    return render(request, "training/model.html", context)


@require_POST
@requires("train_models")
def model_tune(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Tunes the base model on the project's reviews."""
    project = find_project(project_id)
    training_start(project=project, created_by=request.user)
    return redirect("models", request.brand.slug, project.pk)
