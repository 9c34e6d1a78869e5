"""Needs side by side; all that is chosen stands in the address."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.charts import chart, download
from ideation.base.templatetags.ui import language_word
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.needs.charts import gap_chart, heat_chart, voice_chart
from ideation.needs.compareforms import COLUMN_WORDS, WAYS, CompareForm
from ideation.needs.mentions import Ground
from ideation.needs.querysets import current_analysis
from ideation.needs.services import compare

OFFERED = 200
"""Values of a choice."""


@require_safe
@requires("see")
def needs_compare(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Own products and competitors', before and after, one group and another, or all groups."""
    project = find_project(project_id)
    analysis = current_analysis(project)
    if analysis is None:
        return redirect("needs", request.brand.slug, project.pk)
    form = CompareForm(request.GET)
    wanted = form.wanted
    segments = compare.segments_of(project)
    if wanted["segment"] not in segments:
        wanted["segment"] = segments[0] if segments else ""
    ground = compare.read(analysis, wanted["segment"] if wanted["column"] == "segment" else "")
    context = _context(project, ground, wanted) | {"segments": [(one, segment_word(one)) for one in segments]}
    if wanted["by"] == "table":
        return _table(request, context, compare.table_of(ground, form.narrowed, wanted["column"]))
    return _sides(request, context, _comparison(ground, form, wanted))


def _comparison(ground: Ground, form: CompareForm, wanted: dict[str, Any]) -> compare.Comparison:
    if wanted["by"] == "date":
        return compare.before_and_after(ground, form.narrowed, wanted["day"])
    if wanted["by"] == "groups":
        return compare.groups(ground, form.narrowed, wanted["column"], wanted["one"], wanted["other"])
    return compare.own_and_others(ground, form.narrowed)


def _context(project: Project, ground: Ground, wanted: dict[str, Any]) -> dict[str, Any]:
    def offered(column: str) -> list[tuple[str, str]]:
        return [(name, value_word(column, name)) for name, _count in compare.values_of(ground, column)[:OFFERED]]

    narrowing = [(name, COLUMN_WORDS[name], offered(name), wanted[name]) for name in ("product", "source", "language")]
    return {
        "section": "compare",
        "project": project,
        "wanted": wanted,
        "ways": WAYS,
        "columns": list(COLUMN_WORDS.items()),
        "values": offered(wanted["column"]),
        "narrowing": [one for one in narrowing if len(one[2]) > 1 or one[3]],
        "is_narrowed": any(one[3] for one in narrowing) or wanted["since"] or wanted["until"],
        "reviews": len(ground.reviews),
        "first_day": _first_day(ground),
    }


def _first_day(ground: Ground) -> str:
    days = ground.table.day[ground.table.day >= 0]
    return str(days.min().astype("datetime64[D]")) if len(days) else ""


def _sides(request: BrandRequest, context: dict[str, Any], found: compare.Comparison) -> HttpResponse:
    column = context["wanted"]["column"]
    one, other = (side_word(column, side) for side in (found.one, found.other))
    context |= {"found": found, "one": one, "other": other}
    if not found.rows:
        return render(request, "needs/compare.html", context)
    gap, voice = gap_chart(found, one, other), voice_chart(found, one)
    if file := download(request, voice if request.GET.get("chart") == "voice" else gap, "needs-compared"):
        return file
    query = request.GET.copy()
    query.pop("chart", None)
    context |= {"gap": chart(gap), "voice": chart(voice), "query": query.urlencode()}
    return render(request, "needs/compare.html", context)


def _table(request: BrandRequest, context: dict[str, Any], found: compare.Heat) -> HttpResponse:
    column = context["wanted"]["column"]
    names = [value_word(column, name) for name in found.groups]
    spec = heat_chart(found, names)
    if file := download(request, spec, "needs-by-group"):
        return file
    heads = list(zip(names, found.bases, strict=True))
    context |= {"heat": found, "heads": heads, "heat_drawn": chart(spec), "query": request.GET.urlencode()}
    return render(request, "needs/compare.html", context)


def side_word(column: str, side: str) -> str:
    """A side's name."""
    words = {
        "own": _("own products"), "competitors": _("competitors' products"), "after": pgettext("reviews", "since then"),
        "before": pgettext("reviews", "before"), "others": pgettext("reviews", "all others"),
    }  # fmt: skip
    return words.get(side) or value_word(column, side)


def value_word(column: str, value: str) -> str:
    """A value as people read it."""
    if column == "language":
        return language_word(value)
    return {"True": _("yes"), "False": _("no")}.get(value, value)


def segment_word(name: str) -> str:
    """A column that parts customers."""
    return {"country": _("Country"), "verified": _("Verified purchase")}.get(name, name)
