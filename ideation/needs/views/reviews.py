"""The list of reviews: searched, filtered, a page from any place on; how many, and charts of the same."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.charts import chart, download
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.jobs.querysets import live_of
from ideation.needs.querysets import current_analysis, needs_of
from ideation.needs.reviewlists import listing
from ideation.needs.reviewwords import chips, options
from ideation.reviews.browse import COUNTED, Listing, later_words
from ideation.reviews.charts import review_charts as all_charts
from ideation.reviews.filters import FilterForm
from ideation.reviews.findable import findable
from ideation.reviews.listform import query_of
from ideation.reviews.models import ExportForm
from ideation.reviews.places import read_place
from ideation.reviews.querysets import count_of, imports_of, versions_of, views_of
from ideation.reviews.search import LOOKED_AT
from ideation.reviews.services.indexing import KIND as INDEXING

SIZE = 25


@require_safe
@requires("see")
def reviews(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Reviews, newest first, or by how close they are in meaning; all filters stand in the address."""
    project = find_project(project_id)
    if "" in request.GET.values():
        # What a form sends of fields that nobody filled in doesn't belong into an address.
        return redirect(f"{request.path}?{query_of(request.GET)}")
    form = FilterForm(request.GET)
    found = listing(project, form.wanted, firsts=True)
    context = _context(request, project, found, form) | _page(request, found) | _beside(project, found)
    return render(request, "reviews/reviews.html", context)


def _context(request: BrandRequest, project: Project, found: Listing, form: FilterForm) -> dict[str, Any]:
    """What the list and its charts share."""
    analysis = current_analysis(project)
    needs = list(needs_of(analysis)[:100]) if analysis else []
    selects = options(project, found.wanted, needs)
    return {
        "section": "reviews",
        "project": project,
        "found": found,
        "form": form,
        "query": query_of(request.GET),
        "chips": chips(project, found.wanted, request.GET),
        "options": selects,
        "more_set": bool(set(found.wanted) & {"since", "until", *(one.name for one in selects if not one.first)}),
        "counted": COUNTED,
    }


def _page(request: BrandRequest, found: Listing) -> dict[str, Any]:
    if found.by_meaning:
        page = Paginator(found.closest(), SIZE).get_page(request.GET.get("page"))
        return {"reviews": found.those(list(page)), "page": page, "follow_ups": {}}
    older, newer = (read_place(request.GET.get(name, "")) for name in ("older", "newer"))
    shown = found.page(SIZE, older=older, newer=newer)
    follow_ups = later_words(shown.reviews) if not found.text else {}
    return {"reviews": shown.reviews, "shown": shown, "follow_ups": follow_ups}


def _beside(project: Project, found: Listing) -> dict[str, Any]:
    """What stands around the list."""
    state = findable(project)
    return {
        "covered": state.percent(found.by_meaning),
        "indexing": live_of(INDEXING, project.pk),
        "whole_count": count_of(project) if found.is_whole else None,
        "views": views_of(project),
        "forms": ExportForm.choices,
        "imports": imports_of(project)[:20],
        "versions": versions_of(project)[:20],
    }


@require_safe
@requires("see")
def review_count(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """How many reviews the filters leave: asked for by the page when it stands."""
    found = listing(find_project(project_id), FilterForm(request.GET).wanted, firsts=True)
    return render(request, "reviews/count.html", {"count": found.count(), "counted": COUNTED})


@require_safe
@requires("see")
def review_charts(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Volume and rating over time, by product, language and source, of what the filters leave."""
    project = find_project(project_id)
    form = FilterForm(request.GET)
    found = listing(project, form.wanted)
    charts, looked_at = all_charts(found)
    for one in charts:
        if request.GET.get("chart") == one.name and (file := download(request, one.spec, one.name)):
            return file
    query = query_of(request.GET)
    address = f"{reverse('review_charts', args=[request.brand.slug, project.pk])}?{query}{'&' if query else ''}chart="
    drawn = [(one, chart(one.spec), address + one.name) for one in charts]
    context = _context(request, project, found, form) | {"charts": drawn, "looked_at": looked_at, "most": LOOKED_AT}
    return render(request, "reviews/charts.html", context)
