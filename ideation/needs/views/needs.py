"""What customers want: the list, by theme or by rank, as a landscape and as a table."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.charts import chart, download, opportunity_landscape
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.needs.forms import FilterForm, GroupForm
from ideation.needs.models import Analysis, Need
from ideation.needs.needlist import SORTS, needs_listed, needs_standing, people, themes_of, tree
from ideation.needs.querysets import current_analysis, sentences_read, unassigned_of
from ideation.needs.services import analysis_start
from ideation.needs.views.steps import refused
from ideation.reviews.querysets import reviews_of, suspicions_of

CHARTED = 150
"""Needs in the landscape: more can't be told apart."""
SIZE = 40


@requires("see")
def needs(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Needs under their themes or by rank; all filters stand in the address."""
    project = find_project(project_id)
    analysis = current_analysis(project)
    if analysis is None:
        context = {"section": "needs", "project": project, "has_reviews": reviews_of(project).exists()}
        return render(request, "needs/empty.html", {**context, "suspicious": suspicions_of(project)})
    form = _filters(request, project, analysis)
    found = needs_listed(analysis, form.wanted)
    spec = opportunity_landscape([_point(request, need) for need in found[:CHARTED]])
    if file := download(request, spec, "opportunity-landscape"):
        return file
    context = {"section": "needs", "project": project, "analysis": analysis, "form": form, "landscape": chart(spec)}
    context |= _shown(request, project, form, found) | _beside(analysis) | _left_out(analysis)
    return render(request, "needs/needs.html", context)


def _filters(request: BrandRequest, project: Project, analysis: Analysis) -> FilterForm:
    codes = needs_standing(analysis).order_by("language").values_list("language", flat=True).distinct()
    return FilterForm(request.GET, languages=list(codes), themes=themes_of(project), people=list(people()))


def _shown(request: BrandRequest, project: Project, form: FilterForm, found: QuerySet[Need]) -> dict[str, Any]:
    """All needs under their themes, or a page of them by rank."""
    if form.wanted.get("view") == "flat":
        page = Paginator(found, SIZE).get_page(request.GET.get("page"))
        return {"page": page, "listed": page.object_list}
    listed = list(found)
    return {"branches": tree(themes_of(project), listed), "listed": listed}


def _beside(analysis: Analysis) -> dict[str, Any]:
    """How many sentences belong to no need, and how many needs are marked as none."""
    return {
        "telling": sentences_read(analysis).count(),
        "unassigned": unassigned_of(analysis).count(),
        "dismissed": needs_standing(analysis).filter(standing__is_dismissed=True).count(),
        "themes": themes_of(analysis.project),
        "sorts": SORTS,
    }


def _left_out(analysis: Analysis) -> dict[str, Any]:
    """The kinds of suspicion whose reviews it left out, and how many those were."""
    without = analysis.spec.get("without", [])
    return {"without": without, "left_out": analysis.version.reviews_count - analysis.reviews_count if without else 0}


def _point(request: BrandRequest, need: Need) -> dict[str, Any]:
    names = ("rank", "label", "statement", "importance", "satisfaction", "opportunity", "mentions")
    return {name: getattr(need, name) for name in names} | {"url": reverse("need", args=[request.brand.slug, need.pk])}


@requires("run_analysis")
def needs_group(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """How to find the needs again: carried on or afresh, with how many sentences left over, without which reviews."""
    project = find_project(project_id)
    analysis = current_analysis(project)
    context = {"section": "needs", "project": project, "analysis": analysis, "form": GroupForm()}
    context |= {"suspicious": suspicions_of(project)}
    if analysis:
        context |= _left_out(analysis) | {"target": analysis.spec.get("unassigned")}
    return render(request, "needs/group.html", context)


@require_POST
@requires("run_analysis")
def needs_find(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Reads the reviews and finds needs."""
    form = GroupForm(request.POST)
    if not form.is_valid():
        return refused(request, form)
    without = request.POST.getlist("without")
    project = find_project(project_id)
    job = analysis_start(project=project, without=without, created_by=request.user, **form.values)
    return redirect("job", request.brand.slug, job.pk)
