"""What customers want: the ranked list, and one need with its evidence."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.charts import chart, download, opportunity_landscape
from ideation.base.templatetags.ui import language_word
from ideation.catalog.querysets import project as find_project
from ideation.needs.forms import SORTS, FilterForm
from ideation.needs.models import Analysis, Need
from ideation.needs.querysets import current_analysis, evidence_of, needs_of
from ideation.needs.querysets import need as find_need
from ideation.needs.services import analysis_start
from ideation.reviews.querysets import reviews_of, suspicions_of

CHARTED = 150
"""Needs in the landscape: more can't be told apart."""
MOODS = {"good": Q(sentence__sentiment__gt=0.15), "bad": Q(sentence__sentiment__lt=-0.15)}


@requires("see")
def needs(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Needs by what they offer, as a landscape and as a table."""
    project = find_project(project_id)
    analysis = current_analysis(project)
    if analysis is None:
        context = {"section": "needs", "project": project, "has_reviews": reviews_of(project).exists()}
        return render(request, "needs/empty.html", {**context, "suspicious": suspicions_of(project)})
    whole = needs_of(analysis)
    form = FilterForm(request.GET, languages=_languages(whole))
    found = _filtered(whole, form.cleaned_data if form.is_valid() else {})
    spec = opportunity_landscape([_point(request, need) for need in found[:CHARTED]])
    if file := download(request, spec, "opportunity-landscape"):
        return file
    page = Paginator(found, 40).get_page(request.GET.get("page"))
    context = {"section": "needs", "project": project, "analysis": analysis, "form": form, "page": page}
    context |= {"suspicious": suspicions_of(project), **_left_out(analysis)}
    return render(request, "needs/needs.html", {**context, "sorts": SORTS, "landscape": chart(spec)})


def _left_out(analysis: Analysis) -> dict[str, Any]:
    """The kinds of suspicion whose reviews it left out, and how many those were."""
    without = analysis.spec.get("without", [])
    return {"without": without, "left_out": analysis.version.reviews_count - analysis.reviews_count if without else 0}


def _languages(whole: QuerySet[Need]) -> list[tuple[str, str]]:
    codes = whole.order_by("language").values_list("language", flat=True).distinct()
    return [(code, language_word(code)) for code in codes]


def _filtered(whole: QuerySet[Need], wanted: dict[str, str]) -> QuerySet[Need]:
    if text := wanted.get("q", "").strip():
        whole = whole.filter(Q(statement__icontains=text) | Q(label__icontains=text))
    if language := wanted.get("language"):
        whole = whole.filter(language=language)
    return whole.order_by("-" + (wanted.get("sort") or "opportunity"), "rank")


def _point(request: BrandRequest, need: Need) -> dict[str, Any]:
    names = ("rank", "label", "statement", "importance", "satisfaction", "opportunity", "mentions")
    return {name: getattr(need, name) for name in names} | {"url": reverse("need", args=[request.brand.slug, need.pk])}


@requires("see")
def need(request: BrandRequest, need_id: uuid.UUID) -> HttpResponse:
    """One need: how its numbers come about, and the sentences that show it."""
    found = find_need(need_id)
    whole = evidence_of(found)
    counts = whole.aggregate(all=Count("pk"), **{name: Count("pk", filter=rule) for name, rule in MOODS.items()})
    mood = request.GET.get("mood", "")
    page = Paginator(whole.filter(MOODS.get(mood, Q())), 15).get_page(request.GET.get("page"))
    context = {"section": "needs", "project": found.analysis.project, "need": found, "page": page}
    return render(request, "needs/need.html", {**context, "counts": counts, "mood": mood})


@require_POST
@requires("run_analysis")
def needs_find(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Reads the reviews and finds needs."""
    without = request.POST.getlist("without")
    job = analysis_start(project=find_project(project_id), without=without, created_by=request.user)
    return redirect("job", request.brand.slug, job.pk)
