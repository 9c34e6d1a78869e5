"""Needs to take away: a report to read, and files to work with."""

import uuid
from typing import Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.catalog.querysets import project as find_project
from ideation.needs.models import Analysis
from ideation.needs.querysets import current_analysis, needs_of
from ideation.needs.takeaway import taken_away

FORMS: Final = [
    ("pdf", _("Report as PDF"), _("Needs, charts and quotes, ready to print; English and Chinese.")),
    ("html", _("Report as a page"), _("The same as one file that opens in any browser, with nothing to load.")),
    ("xlsx", _("Workbook"), _("A sheet of needs with all figures, a sheet of evidence.")),
    ("csv", _("CSV"), _("A row a piece of evidence, with its need's figures.")),
    ("json", _("JSON"), _("Needs with their evidence, for programs.")),
]
"""Form, what it is called, what is in it."""


@require_safe
@requires("see")
def needs_report(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The forms to choose from; with ?form= the file."""
    project = find_project(project_id)
    analysis = current_analysis(project)
    if analysis is None:
        return redirect("needs", request.brand.slug, project.pk)
    form = request.GET.get("form", "")
    if form in {name for name, *_words in FORMS}:
        return _file(analysis, form)
    context = {"section": "report", "project": project, "analysis": analysis, "forms": FORMS}
    return render(request, "needs/report.html", {**context, "needs_count": needs_of(analysis).count()})


def _file(analysis: Analysis, form: str) -> HttpResponse:
    """The file as an answer that browsers save."""
    content, media, name = taken_away(analysis, form)
    return HttpResponse(content, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
