"""Concepts, one of them with all it stands on, and the brief that new ones are written from."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.concepts.forms import BriefForm
from ideation.concepts.querysets import concept as find_concept
from ideation.concepts.querysets import concepts_of, generations_of
from ideation.concepts.services import brief_create, generation_start
from ideation.jobs.models import LIVE
from ideation.jobs.querysets import jobs
from ideation.needs.models import Need
from ideation.needs.querysets import current_analysis, needs_of
from ideation.training.querysets import newest_version

OFFERED = 24
"""Needs to choose from: the best by opportunity."""
CHOSEN = 8
"""Of these, how many are chosen to begin with."""


@requires("see")
def concepts(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """Concepts as cards, the newest answers first; why there are none, where there are none."""
    project = find_project(project_id)
    page = Paginator(concepts_of(project), 24).get_page(request.GET.get("page"))
    context = {
        "section": "concepts",
        "project": project,
        "page": page,
        "newest": generations_of(project).filter(finished_at__isnull=False).first(),
        "job": jobs().filter(project_id=project.pk, kind="concepts_write", state__in=LIVE).first(),
        "has_needs": current_analysis(project) is not None,
    }
    return render(request, "concepts/concepts.html", context)


@requires("see")
def concept(request: BrandRequest, concept_id: uuid.UUID) -> HttpResponse:
    """One concept: features with their needs, claims with their citations, the brief it answers."""
    found = find_concept(concept_id)
    brief = found.generation.brief
    context = {"section": "concepts", "project": brief.project, "concept": found, "brief": brief}
    return render(
        request, "concepts/concept.html", {**context, "brief_needs": brief.brief_needs.select_related("need")}
    )


@requires("write_concepts")
def concept_new(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """A brief from the needs with the highest opportunity, then the writing."""
    project = find_project(project_id)
    needs = _offered(project, request.GET.get("need", ""))
    if not needs:
        return redirect("needs", request.brand.slug, project.pk)
    form = BriefForm(request.POST or None, needs=needs, initial=_initial(request, project, needs))
    if form.is_valid():
        brief = brief_create(project=project, category=project.category, created_by=request.user, **form.brief)
        generation_start(brief=brief, wanted=form.cleaned_data["wanted"], created_by=request.user)
        return redirect("concepts", request.brand.slug, project.pk)
    context = {"section": "concepts", "project": project, "form": form, "model": newest_version(project)}
    return render(request, "concepts/concept_new.html", context, status=400 if form.is_bound else 200)


def _offered(project: Project, asked: str) -> list[Need]:
    """The best needs, with the one asked for in front."""
    analysis = current_analysis(project)
    whole = list(needs_of(analysis)) if analysis else []
    first = [need for need in whole if str(need.pk) == asked]
    return first + [need for need in whole if need not in first][:OFFERED]


def _initial(request: BrandRequest, project: Project, needs: list[Need]) -> dict[str, Any]:
    chosen = needs[:1] if "need" in request.GET else needs[:CHOSEN]
    return {
        "product": project.category or project.name,
        "language": project.language,
        "wanted": 8,
        "needs": [str(need.pk) for need in chosen],
    }
