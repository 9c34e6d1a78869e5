"""Where files come from again and again: the list, one source's form, fetching it now, its end."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.reviews import arrivals
from ideation.reviews.forms_upload import SourceForm
from ideation.reviews.models import ReviewSource
from ideation.reviews.querysets import datasets_of
from ideation.reviews.services.sources import source_delete, source_fetch, source_save


@requires("see")
def sources(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """A project's sources: what each is, how its last fetching ended, when the next one is."""
    return _page(request, find_project(project_id))


def _page(request: BrandRequest, project: Project, form: SourceForm | None = None) -> HttpResponse:
    datasets = datasets_of(project)
    context = {
        "section": "reviews",
        "project": project,
        "sources": arrivals.sources_of(project),
        "datasets": datasets,
        "form": form or SourceForm(datasets=datasets),
    }
    return render(request, "reviews/sources.html", context, status=400 if form else 200)


@require_POST
@requires("import_reviews")
def source_new(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """A new source."""
    project = find_project(project_id)
    form = SourceForm(request.POST, datasets=datasets_of(project))
    if form.is_valid() and _saved(form) is not None:
        return redirect("sources", request.brand.slug, project.pk)
    return _page(request, project, form)


def _saved(form: SourceForm, source: ReviewSource | None = None) -> ReviewSource | None:
    values: dict[str, Any] = form.values
    dataset = source.dataset if source else values.pop("dataset")
    try:
        return source_save(dataset=dataset, source=source, **values)
    except UserError as error:
        form.add_error(error.field or None, str(error))
        return None


@requires("import_reviews")
def source(request: BrandRequest, source_id: uuid.UUID) -> HttpResponseBase:
    """One source, to be changed."""
    found = arrivals.source(source_id)
    project = found.dataset.project
    form = SourceForm(request.POST or None, datasets=datasets_of(project), source=found)
    if form.is_valid() and _saved(form, found) is not None:
        return redirect("sources", request.brand.slug, project.pk)
    context = {"section": "reviews", "project": project, "source": found, "form": form}
    return render(request, "reviews/source.html", context, status=400 if form.is_bound else 200)


@require_POST
@requires("import_reviews")
def source_fetched(request: BrandRequest, source_id: uuid.UUID) -> HttpResponseBase:
    """What is new there is fetched now."""
    found = arrivals.source(source_id)
    job = source_fetch(source=found, created_by=request.user)
    return redirect("job", request.brand.slug, job.pk)


@require_POST
@requires("import_reviews")
def source_removed(request: BrandRequest, source_id: uuid.UUID) -> HttpResponseBase:
    """It is fetched no more; what came from it stays."""
    found = arrivals.source(source_id)
    project_id = found.dataset.project_id
    source_delete(source=found)
    return redirect("sources", request.brand.slug, project_id)
