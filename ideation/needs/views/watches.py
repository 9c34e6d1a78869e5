"""Who is told of alerts: added, and ended."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.catalog.querysets import project as find_project
from ideation.needs.querysets import current_analysis, needs_of
from ideation.needs.querysets import watch as find_watch
from ideation.needs.services.watches import watch_add, watch_end
from ideation.needs.watchforms import WatchForm, people_for


@require_POST
@requires("run_analysis")
def need_watch(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Somebody who sees the project is told of alerts from now on."""
    project = find_project(project_id)
    analysis = current_analysis(project)
    needs = list(needs_of(analysis)) if analysis else []
    people = people_for(project, request.user.pk)
    form = WatchForm(request.POST, people=people, needs=needs)
    if not form.is_valid():
        # The page offers only what is there: who sends another id asks for nothing of this project's.
        raise Http404
    try:
        watch_add(project=project, site=request.build_absolute_uri("/"), **form.chosen)
        messages.success(request, _("They are told by mail after each analysis that finds something."))
    except UserError as error:
        messages.error(request, str(error))
    return redirect("needs_trends", request.brand.slug, project.pk)


@require_POST
@requires("run_analysis")
def watch_ended(request: BrandRequest, watch_id: uuid.UUID) -> HttpResponseBase:
    """Nobody is told by it any more."""
    watch = find_watch(watch_id)
    watch_end(watch=watch)
    messages.success(request, _("No more mails of these alerts."))
    return redirect("needs_trends", request.brand.slug, watch.project_id)
