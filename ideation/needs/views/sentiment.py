"""Sentiment learnt from a project's own stars: how it does beside the shipped one, learning it, leaving it."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.catalog.querysets import project as find_project
from ideation.needs import services
from ideation.needs.querysets import sentiment_model
from ideation.reviews.querysets import newest_version


@requires("see")
def sentiment(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """Which sentiment the project uses, with its figures before and after."""
    project = find_project(project_id)
    model = sentiment_model(project)
    context = {"section": "needs", "project": project, "model": model, "has_reviews": newest_version(project)}
    if model is not None:
        named = (("accuracy", "balanced_accuracy", "macro_f1"), (model.before, model.after))
        context["rows"] = [(name, *(side[name] for side in named[1])) for name in named[0]]
        context["sides"] = [("before", model.before), ("after", model.after)]
    return render(request, "needs/sentiment.html", context)


@require_POST
@requires("run_analysis")
def sentiment_learn(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Learns from the stars."""
    job = services.sentiment_start(project=find_project(project_id), created_by=request.user)
    return redirect("job", request.brand.slug, job.pk)


@require_POST
@requires("run_analysis")
def sentiment_reset(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Takes the shipped sentiment again."""
    job = services.sentiment_reset(project=find_project(project_id), created_by=request.user)
    return redirect("job", request.brand.slug, job.pk)
