"""Sentences that belong to no need, and needs that people add by hand."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest, request_can
from ideation.base.errors import UserError
from ideation.catalog.querysets import project as find_project
from ideation.needs import services
from ideation.needs.changes import analysis_now
from ideation.needs.forms import AddForm, AssignForm
from ideation.needs.models import EditKind, NeedEdit, Sentence
from ideation.needs.needlist import needs_standing
from ideation.needs.querysets import sentences_found, sentences_read, unassigned_of
from ideation.needs.views.steps import done, is_id, refused

SIZE = 40
OFFERED = 30
"""Sentences that a search for evidence shows."""


@requires("see")
def unassigned(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """The telling sentences that show no need."""
    project = find_project(project_id)
    analysis = analysis_now(project)
    found = unassigned_of(analysis)
    context = {"section": "needs", "project": project, "analysis": analysis, "total": found.count()}
    if text := request.GET.get("q", "").strip()[:200]:
        found = found.filter(text__icontains=text)
    context |= {"page": Paginator(found, SIZE).get_page(request.GET.get("page")), "q": text}
    context |= {"telling": sentences_read(analysis).count()}
    if request_can(request, "run_analysis"):
        context["needs"] = needs_standing(analysis).filter(standing__is_dismissed=False).order_by("label")
    return render(request, "needs/unassigned.html", context)


@require_POST
@requires("run_analysis")
def sentences_assign(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Puts chosen sentences into a need, or makes one of them."""
    project = find_project(project_id)
    form = AssignForm(request.POST, project=project, needs=needs_standing(analysis_now(project)))
    if not form.is_valid():
        return refused(request, form)
    said = form.cleaned_data
    chosen = list(said["sentences"])
    if said["to"]:
        edit = services.sentences_place(need=said["to"], sentences=chosen, by=request.user)
        told = ngettext("%(n)s sentence put into “%(label)s”.", "%(n)s sentences put into “%(label)s”.", len(chosen))
        return done(request, told % {"n": len(chosen), "label": said["to"].label}, edit)
    words = {"statement": said["statement"], "label": said["label"], "about": "product"}
    made = services.need_add(project=project, sentences=chosen, by=request.user, **words)
    return done(request, _("A new need, added by hand."), NeedEdit.objects.get(standing=made.standing))


@requires("run_analysis")
def need_new(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """A need that a person knows of, with sentences that a search finds."""
    project = find_project(project_id)
    analysis = analysis_now(project)
    form = AddForm(request.POST or None, project=project)
    if form.is_valid():
        try:
            made = services.need_add(project=project, by=request.user, **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            edit = NeedEdit.objects.get(standing=made.standing, kind=EditKind.ADD)
            going = reverse("need", args=[request.brand.slug, made.pk])
            return done(request, _("A new need, added by hand."), edit, go=going)
    context: dict[str, Any] = {"section": "needs", "project": project, "form": form, **_offered(request, analysis)}
    return render(request, "needs/need_new.html", context, status=400 if form.errors else 200)


def _offered(request: BrandRequest, analysis: Any) -> dict[str, Any]:
    """Sentences that were ticked before, then those that the search finds."""
    text = request.GET.get("q", "").strip()[:200]
    ticked = [one for one in (*request.GET.getlist("sentences"), *request.POST.getlist("sentences")) if is_id(one)]
    kept = list(Sentence.objects.filter(project=analysis.project_id, pk__in=ticked).select_related("review__product"))
    there = {one.pk for one in kept}
    found = [one for one in sentences_found(analysis, text, OFFERED) if one.pk not in there]
    return {"q": text, "kept": kept, "found": found}
