"""Needs over time: which grow, which fade, what broke out last month, and who is told."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.charts import chart, download
from ideation.catalog.querysets import project as find_project
from ideation.needs.charts import mood_by_month, share_by_month
from ideation.needs.querysets import current_analysis
from ideation.needs.querysets import need as find_need
from ideation.needs.services.trends import DIRECTIONS, Moving, movements


@require_safe
@requires("see")
def needs_trends(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """All needs by how they move; the direction that is looked at stands in the address."""
    project = find_project(project_id)
    analysis = current_analysis(project)
    if analysis is None:
        return redirect("needs", request.brand.slug, project.pk)
    found = movements(analysis)
    wanted = request.GET.get("direction", "")
    rows = [one for one in found.needs if wanted not in DIRECTIONS or one.trend.direction == wanted]
    context = {"section": "trends", "project": project, "analysis": analysis, "found": found, "rows": rows}
    counts = [(name, count) for name, count in found.counts().items() if count]
    return render(request, "needs/trends.html", {**context, "direction": wanted, "counts": counts})


@require_safe
@requires("see")
def need_trend(request: BrandRequest, need_id: uuid.UUID) -> HttpResponseBase:
    """One need month by month: its share of the reviews, and its mood, with what was expected."""
    need = find_need(need_id)
    # The test is adjusted for all needs that were tested, so that this page says what the list says.
    [one] = [row for row in movements(need.analysis).needs if row.need.pk == need.pk]
    drawn = {"share": share_by_month(one), "mood": mood_by_month(one)}
    if file := download(request, drawn.get(request.GET.get("chart", ""), drawn["share"]), f"need-{need.rank}"):
        return file
    return _trend_page(request, one, drawn)


def _trend_page(request: BrandRequest, one: Moving, drawn: dict[str, Any]) -> HttpResponse:
    address = reverse("need_trend", args=[request.brand.slug, one.need.pk])
    context = {
        "section": "trends",
        "project": one.need.analysis.project,
        "need": one.need,
        "one": one,
        "share_chart": chart(drawn["share"]),
        "mood_chart": chart(drawn["mood"]),
        "share_url": f"{address}?chart=share",
        "mood_url": f"{address}?chart=mood",
    }
    return render(request, "needs/trend.html", context)
