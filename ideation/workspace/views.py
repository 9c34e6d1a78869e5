"""Home, and a project at a glance."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest, login_brand
from accounts.querysets import brands_of
from accounts.views.brands import may_make_brand
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.concepts.querysets import concepts_of
from ideation.jobs.kinds import KINDS
from ideation.jobs.models import JobState
from ideation.jobs.querysets import jobs
from ideation.needs.querysets import needs_of
from ideation.reviews.forms import MappingForm
from ideation.reviews.querysets import dataset_import as find_import
from ideation.reviews.querysets import erased_in
from ideation.reviews.querysets import version as find_version
from ideation.reviews.services.compare import versions_near
from ideation.reviews.views.imports import mapping_again, mapping_confirmed
from ideation.workspace.querysets import Overview, analyses_of, overview, runs_on
from ideation.workspace.services import main_job_start

STAGES = {
    "dataset_import": "import",
    "reviews_analyse": "needs",
    "model_train": "model",
    "concepts_write": "concepts",
}
"""Kind of work → the stage that it belongs to; the main job names its stage as its step."""


@login_required
def home(request: HttpRequest) -> HttpResponseBase:
    """The person's brands; straight into the only one."""
    assert request.user.is_authenticated
    brands = brands_of(request.user.pk, login_brand(request))
    if len(brands) == 1:
        return redirect("projects", brands[0].slug)
    return render(
        request, "workspace/home.html", {"section": "home", "brands": brands, "may_make": may_make_brand(request)}
    )


@requires("see")
def project(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """Where the project stands, what goes on, and what comes next."""
    found = find_project(project_id)
    context: dict[str, Any] = {"section": "overview", "project": found, **_standing(found)}
    return render(request, "workspace/project.html", context)


def _standing(project: Project) -> dict[str, Any]:
    seen = overview(project)
    last = jobs().filter(project_id=project.pk, parent=None).first()
    return {
        "seen": seen,
        "needs_count": needs_of(seen.analysis).count() if seen.analysis else 0,
        "concepts_count": concepts_of(project).count() if seen.concepts else 0,
        "live_stages": {STAGES.get(job.kind) or job.step for job in seen.live_jobs},
        "failed": last if last is not None and last.state == JobState.FAILED else None,
        "next": _next(seen),
    }


def _next(seen: Overview) -> str:
    """The one step to offer now: upload, needs, model or concepts; none while work goes on or all is there."""
    if seen.live_jobs:
        return ""
    there = {"upload": seen.reviews, "needs": seen.needs, "model": seen.model, "concepts": seen.concepts}
    return next((step for step, found in there.items() if not found), "")


@requires("see")
def version(request: BrandRequest, version_id: uuid.UUID) -> HttpResponse:
    """A dataset version: what pins it, where it came from, what names it, and how its last verifying ended."""
    found = find_version(version_id)
    context = {
        "section": "reviews",
        "project": found.dataset.project,
        "version": found,
        "imports": found.imports.all(),
        "others": versions_near(found)[:50],
        "erased": erased_in(found).count(),
        "job": jobs().filter(kind="version_verify", subject_id=found.pk).first(),
        "analyses": analyses_of(found),
        "runs": runs_on(found),
    }
    return render(request, "workspace/version.html", context)


@require_POST
@requires(*KINDS["main_job"].capabilities)
def import_all(request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """Imports the file as confirmed, and goes on to needs, model and concepts."""
    found = find_import(import_id)
    form = MappingForm(request.POST, dataset_import=found)
    if not form.is_valid() or not mapping_confirmed(form, found):
        return mapping_again(request, found, form)
    main_job_start(dataset_import=found, mapping=found.layout["mapping"], created_by=request.user)
    return redirect("project", request.brand.slug, found.dataset.project_id)
