"""Corrections of one need: its words, its place, whose it is, what its evidence shows. Each can be undone."""

import uuid

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.needs import services
from ideation.needs.changes import need_now
from ideation.needs.forms import CareForm, EvidenceForm, FlagForm, NeedThemeForm, WordsForm
from ideation.needs.models import EditKind, NeedEdit
from ideation.needs.needlist import needs_standing
from ideation.needs.views.steps import done, refused


@require_POST
@requires("run_analysis")
def need_words(request: BrandRequest, need_id: uuid.UUID) -> HttpResponseBase:
    """Other words for a need."""
    need = need_now(need_id)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return refused(request, form)
    return done(request, _("Reworded."), services.need_reword(need=need, by=request.user, **form.cleaned_data))


@require_POST
@requires("run_analysis")
def need_flag(request: BrandRequest, need_id: uuid.UUID) -> HttpResponseBase:
    """Pins a need or unpins it, marks it as no need or takes it back."""
    need = need_now(need_id)
    form = FlagForm(request.POST)
    if not form.is_valid():
        return refused(request, form)
    wish = form.cleaned_data["do"]
    if wish == "dismiss":
        return done(request, _("Marked as no need."), services.need_dismiss(need=need, by=request.user))
    if wish == "restore":
        return done(request, _("Taken back as a need."), services.need_restore(need=need, by=request.user))
    words = _("Pinned: it stands first.") if wish == "pin" else _("No longer pinned.")
    return done(request, words, services.need_pin(need=need, pinned=wish == "pin", by=request.user))


@require_POST
@requires("run_analysis")
def need_care(request: BrandRequest, need_id: uuid.UUID) -> HttpResponseBase:
    """Who takes care of a need, where the team stands with it, and until when."""
    need = need_now(need_id)
    form = CareForm(request.POST)
    if not form.is_valid():
        return refused(request, form)
    return done(request, _("Saved."), services.need_care(need=need, by=request.user, **form.cleaned_data))


@require_POST
@requires("run_analysis")
def need_theme(request: BrandRequest, need_id: uuid.UUID) -> HttpResponseBase:
    """Puts a need under a theme, or under none."""
    need = need_now(need_id)
    form = NeedThemeForm(request.POST, project=need.analysis.project)
    if not form.is_valid():
        return refused(request, form)
    return done(request, _("Saved."), services.need_theme(need=need, by=request.user, **form.cleaned_data))


@require_POST
@requires("run_analysis")
def need_evidence(request: BrandRequest, need_id: uuid.UUID) -> HttpResponseBase:
    """Says what chosen sentences show: another need, none, or one that is new."""
    need = need_now(need_id)
    form = EvidenceForm(request.POST, need=need, others=needs_standing(need.analysis).exclude(pk=need.pk))
    if not form.is_valid():
        return refused(request, form)
    said = form.cleaned_data
    chosen = list(said["evidence"])
    if said["do"] == "split":
        words = {"statement": said["statement"], "label": said["label"]}
        services.need_split(need=need, evidence=chosen, by=request.user, **words)
        edit = NeedEdit.objects.filter(standing=need.standing, kind=EditKind.SPLIT)[0]
        return done(request, _("The chosen sentences are a need of their own now."), edit)
    to = said["to"] if said["do"] == "move" else None
    edit = services.evidence_move(need=need, evidence=chosen, to=to, by=request.user)
    moved = ngettext("%(n)s sentence moved.", "%(n)s sentences moved.", len(chosen)) % {"n": len(chosen)}
    return done(request, moved, edit, go=reverse("need", args=[request.brand.slug, need.pk]) + "#evidence")
