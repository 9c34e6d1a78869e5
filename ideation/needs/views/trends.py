"""Needs over time: which grow, which fade, what broke out last month, and who is told."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest, request_can
from ideation.base.charts import chart, download
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.needs.charts import mood_by_month, share_by_month
from ideation.needs.models import Need
from ideation.needs.querysets import alerts_of, current_analysis, watches_of
from ideation.needs.querysets import need as find_need
from ideation.needs.services.trends import DIRECTIONS, Moving, movements
from ideation.needs.services.watches import alert_words
from ideation.needs.watchforms import WatchForm, people_for

SHOWN = 20
"""Alerts on the page."""


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
    context |= _told(request, project, [one.need for one in found.needs])
    counts = [(name, count) for name, count in found.counts().items() if count]
    return render(request, "needs/trends.html", {**context, "direction": wanted, "counts": counts})


def _told(request: BrandRequest, project: Project, needs: list[Need]) -> dict[str, Any]:
    """The alerts, and who is told of them."""
    words = {need.standing_id: need for need in needs}
    alerts = [(one, words.get(one.standing_id), alert_words(one)) for one in alerts_of(project)[:SHOWN]]
    watches = [(one, words.get(one.standing_id) if one.standing_id else None) for one in watches_of(project)]
    people = people_for(project, request.user.pk) if request_can(request, "run_analysis") else []
    form = WatchForm(None, people=people, needs=sorted(needs, key=lambda need: need.rank))
    return {"alerts": alerts, "watches": watches, "watch_form": form}


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
