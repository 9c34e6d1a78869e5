"""Code frames and surveys from files: what they would bring, what they brought, and each row that couldn't be used."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.needs import services
from ideation.needs.changes import analysis_now, need_now
from ideation.needs.forms import SurveyForm, TableFileForm
from mlcore.specs.tables import MOST_ROWS


@requires("run_analysis")
def frame_import(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """A code frame from a file: shows what it would bring, then brings it."""
    project = find_project(project_id)
    analysis_now(project)
    if "table" in request.POST:
        return _frame_taken(request, project)
    form = TableFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"section": "needs", "project": project, "form": form}
    if form.is_valid():
        try:
            table = services.table_read(form.cleaned_data["file"])
            context["frame"] = services.frame_read(project=project, table=table)
        except UserError as error:
            form.add_error("file", str(error))
        else:
            context["packed"] = json.dumps(services.table_packed(table), ensure_ascii=False)
    return render(request, "needs/frame_import.html", context, status=400 if form.errors else 200)


def _frame_taken(request: BrandRequest, project: Project) -> HttpResponseBase:
    try:
        packed = json.loads(request.POST["table"])
    except ValueError:
        packed = None
    table = services.table_unpacked(packed, MOST_ROWS)
    frame = services.frame_import(project=project, table=table, by=request.user)
    themes = ngettext("%(n)s theme", "%(n)s themes", len(frame.themes)) % {"n": len(frame.themes)}
    needs = ngettext("%(n)s need", "%(n)s needs", len(frame.new_needs)) % {"n": len(frame.new_needs)}
    messages.success(request, _("%(themes)s and %(needs)s came in.") % {"themes": themes, "needs": needs})
    return redirect("needs", request.brand.slug, project.pk)


@requires("run_analysis")
def survey_import(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """What a survey says of needs, with a report of each row that couldn't be used."""
    project = find_project(project_id)
    analysis_now(project)
    form = SurveyForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"section": "needs", "project": project, "form": form}
    if form.is_valid():
        said = form.cleaned_data
        try:
            table = services.table_read(said["file"])
            context["done"] = services.survey_import(
                project=project, table=table, source=said["source"], scale=said["scale"]
            )
        except UserError as error:
            form.add_error("file", str(error))
    return render(request, "needs/survey_import.html", context, status=400 if form.errors else 200)


@require_POST
@requires("run_analysis")
def survey_remove(request: BrandRequest, need_id: uuid.UUID) -> HttpResponseBase:
    """Forgets what a survey said of a need."""
    need = need_now(need_id)
    services.survey_remove(need=need)
    messages.success(request, _("The survey's figures are gone; what reviews show counts again."))
    return redirect("need", request.brand.slug, need.pk)
