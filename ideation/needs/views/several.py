"""What is done to several needs at once, and undoing any step."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from accounts.models import User
from accounts.views.people import back
from ideation.base.errors import UserError
from ideation.catalog.querysets import project as find_project
from ideation.needs import services
from ideation.needs.changes import analysis_now
from ideation.needs.forms import MOST_AT_ONCE, SeveralForm
from ideation.needs.models import Need, NeedEdit, Theme
from ideation.needs.needlist import needs_standing
from ideation.needs.querysets import edits_of
from ideation.needs.views.steps import done, is_id, refused


@require_POST
@requires("run_analysis")
def needs_several(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Merges the chosen needs, marks them as no needs, takes them back, or puts them under a theme."""
    project = find_project(project_id)
    form = SeveralForm(request.POST, project=project, needs=needs_standing(analysis_now(project)))
    if not form.is_valid():
        return refused(request, form)
    chosen, wish = list(form.cleaned_data["needs"])[:MOST_AT_ONCE], form.cleaned_data["do"]
    if wish == "merge":
        return _merged(request, chosen)
    edits = _each(chosen, wish, form.cleaned_data["theme"], request.user)
    words = {
        "dismiss": ngettext("%(n)s need marked as none.", "%(n)s needs marked as none.", len(edits)),
        "restore": ngettext("%(n)s need taken back.", "%(n)s needs taken back.", len(edits)),
        "theme": ngettext("%(n)s need put there.", "%(n)s needs put there.", len(edits)),
    }
    return done(request, words[wish] % {"n": len(edits)}, *edits)


def _merged(request: BrandRequest, chosen: Sequence[Need]) -> HttpResponseBase:
    """The one that most customers speak of keeps its words."""
    into = max(chosen, key=lambda need: (need.standing.is_pinned, need.mentions))
    edit = services.need_merge(into=into, others=chosen, by=request.user)
    words = _("Merged into “%(label)s”. Reword it here if it says more now.") % {"label": into.label}
    return done(request, words, edit, go=reverse("need", args=[request.brand.slug, into.pk]))


@transaction.atomic
def _each(chosen: Sequence[Need], wish: str, theme: Theme | None, by: User) -> list[NeedEdit]:
    if wish == "theme":
        return [services.need_theme(need=need, theme=theme, by=by) for need in chosen]
    act = services.need_dismiss if wish == "dismiss" else services.need_restore
    return [act(need=need, by=by) for need in chosen]


@require_POST
@requires("run_analysis")
def needs_undo(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Takes steps back, the newest first: all of them, or none."""
    wanted = request.GET.getlist("edit")
    found = edits_of(find_project(project_id)).filter(pk__in=[one for one in wanted if is_id(one)])
    edits = list(found.order_by("-created_at"))
    if not edits or len(edits) != len(set(wanted)):
        raise Http404
    try:
        with transaction.atomic():
            for edit in edits:
                services.edit_undo(edit=edit, by=request.user)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Undone."))
    going = back(request)
    return HttpResponseRedirect(going) if going != "/" else redirect("needs", request.brand.slug, project_id)
