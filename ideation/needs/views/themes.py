"""The tree of themes: added, renamed, moved, deleted."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest, request_can
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.needs import services
from ideation.needs.forms import ThemeForm
from ideation.needs.models import Theme
from ideation.needs.needlist import needs_standing, themes_of, tree
from ideation.needs.querysets import current_analysis
from ideation.needs.querysets import theme as find_theme
from ideation.needs.words import theme_name


@requires("see")
def themes(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """The tree, with how many needs stand under each; a new theme."""
    project = find_project(project_id)
    may = request_can(request, "run_analysis")
    form = ThemeForm(request.POST if may and request.method == "POST" else None, project=project)
    if form.is_valid() and _tried(form, services.theme_create, project=project, **form.cleaned_data):
        messages.success(request, _("Theme added."))
        return redirect("themes", request.brand.slug, project.pk)
    context = {"section": "needs", "project": project, "form": form, **_drawn(project)}
    return render(request, "needs/themes.html", context, status=400 if form.errors else 200)


def _drawn(project: Project) -> dict[str, Any]:
    analysis = current_analysis(project)
    needs = needs_standing(analysis).filter(standing__is_dismissed=False) if analysis else ()
    return {"branches": tree(themes_of(project), needs, empty=True), "analysis": analysis}


def _tried(form: forms.Form, service: Any, **values: Any) -> bool:
    """Whether the service did it; what it refused stands at the form."""
    try:
        service(**values)
    except UserError as error:
        form.add_error("parent" if error.code in {"theme_too_deep", "theme_under_itself"} else "name", str(error))
        return False
    return True


@requires("run_analysis")
def theme_edit(request: BrandRequest, theme_id: uuid.UUID) -> HttpResponseBase:
    """Another name for a theme, or another place."""
    theme = find_theme(theme_id)
    shown = {"name": theme.name, "name_zh": theme.name_zh, "parent": theme.parent_id}
    form = ThemeForm(request.POST or None, initial=shown, project=theme.project)
    if form.is_valid() and _tried(form, services.theme_change, theme=theme, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("themes", request.brand.slug, theme.project_id)
    context = {"section": "needs", "project": theme.project, "form": form, "theme": theme}
    return render(request, "needs/theme.html", context, status=400 if form.errors else 200)


@require_POST
@requires("run_analysis")
def theme_remove(request: BrandRequest, theme_id: uuid.UUID) -> HttpResponseBase:
    """Takes a theme away; what stood under it moves up."""
    theme: Theme = find_theme(theme_id)
    services.theme_delete(theme=theme)
    messages.success(request, _("“%(name)s” is gone; what stood under it moved up.") % {"name": theme_name(theme)})
    return redirect("themes", request.brand.slug, theme.project_id)
