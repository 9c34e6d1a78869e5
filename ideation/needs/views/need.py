"""One need: how its numbers come about, how firm they are, the sentences that show it, and what people did to it."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import requires
from accounts.middleware import BrandRequest, request_can
from ideation.base.templatetags.ui import language_word
from ideation.needs.forms import CareForm, NeedThemeForm, WordsForm
from ideation.needs.models import Evidence, Need, SurveyFigure
from ideation.needs.needlist import needs_standing
from ideation.needs.querysets import current_analysis, edits_of, evidence_of
from ideation.needs.querysets import need as find_need
from ideation.needs.words import INTENTS, opportunity_sentence, rank_sentence

MOODS = {"good": Q(sentence__sentiment__gt=0.15), "bad": Q(sentence__sentiment__lt=-0.15)}
SIZE = 16


@requires("see")
def need(request: BrandRequest, need_id: uuid.UUID) -> HttpResponse:
    """One need with its evidence; filters of the evidence stand in the address."""
    found = find_need(need_id)
    analysis = current_analysis(found.analysis.project)
    context = {"section": "needs", "project": found.analysis.project, "need": found, "analysis": found.analysis}
    context |= _standing(found, is_now=analysis is not None and analysis.pk == found.analysis_id)
    context |= _figures(found) | _evidence(request, found)
    if context["is_now"] and request_can(request, "run_analysis"):
        context |= _forms(found)
    return render(request, "needs/need.html", context)


def _standing(need: Need, *, is_now: bool) -> dict[str, Any]:
    """What lasts of it: what people did, what earlier analyses found, what a survey says, where it is now."""
    same = Need.objects.filter(standing=need.standing, analysis__finished_at__isnull=False).select_related("analysis")
    history = edits_of(need.analysis.project).filter(standing=need.standing)
    newest = same.order_by("-analysis__finished_at").first()
    return {
        "is_now": is_now,
        "newest": newest if newest and newest.pk != need.pk else None,
        "history": history[:50],
        "earlier": list(same.order_by("-analysis__finished_at")[:12]),
        "survey": SurveyFigure.objects.filter(standing=need.standing).first(),
    }


def _figures(need: Need) -> dict[str, Any]:
    total = needs_standing(need.analysis).filter(standing__is_dismissed=False).count()
    return {
        "total": total,
        "figures": need.figures.get("derived", {}),
        "kano": need.figures.get("kano", {}),
        "best": need.figures.get("best", {}),
        "rank_words": rank_sentence(need, total),
        "interval_words": opportunity_sentence(need),
    }


def _evidence(request: BrandRequest, need: Need) -> dict[str, Any]:
    whole = evidence_of(need)
    counts = whole.aggregate(all=Count("pk"), **{name: Count("pk", filter=rule) for name, rule in MOODS.items()})
    asked = {name: request.GET.get(name, "") for name in ("mood", "language", "intent", "q")}
    codes = whole.order_by("sentence__language").values_list("sentence__language", flat=True).distinct()
    found = _narrowed(whole, asked)
    return {
        "page": Paginator(found, SIZE).get_page(request.GET.get("page")),
        "counts": counts,
        "asked": asked,
        "languages": [(code, language_word(code)) for code in codes],
        "intents": list(INTENTS.items()),
    }


def _narrowed(whole: QuerySet[Evidence], asked: dict[str, str]) -> QuerySet[Evidence]:
    found = whole.filter(MOODS.get(asked["mood"], Q()))
    if asked["language"]:
        found = found.filter(sentence__language=asked["language"])
    if asked["intent"] in INTENTS:
        found = found.filter(sentence__intents__contains=[asked["intent"]])
    return found.filter(sentence__text__icontains=asked["q"]) if asked["q"] else found


def _forms(need: Need) -> dict[str, Any]:
    """What a person may say about it."""
    standing = need.standing
    care = {"owner": standing.owner_id, "status": standing.status, "due_on": standing.due_on}
    others = needs_standing(need.analysis).filter(standing__is_dismissed=False).exclude(pk=need.pk)
    return {
        "words_form": WordsForm(initial={"statement": need.statement, "label": need.label}),
        "care_form": CareForm(initial=care),
        "theme_form": NeedThemeForm(initial={"theme": standing.theme_id}, project=need.analysis.project),
        "others": others.order_by("label"),
    }
