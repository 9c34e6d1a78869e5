"""A question in words, answered with what customers said."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.catalog.querysets import project as find_project
from ideation.needs.askwords import conditions_in_words
from ideation.needs.querysets import current_analysis
from ideation.needs.services.ask import LONGEST, ask


@require_safe
@requires("see")
def needs_ask(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The question, and the sentences that answer it; the question stands in the address."""
    project = find_project(project_id)
    if current_analysis(project) is None:
        return redirect("needs", request.brand.slug, project.pk)
    context: dict[str, Any] = {"section": "ask", "project": project, "most": LONGEST, "examples": _examples()}
    text = request.GET.get("q", "").strip()
    return _answered(request, text, context) if text else render(request, "needs/ask.html", context)


def _answered(request: BrandRequest, text: str, context: dict[str, Any]) -> HttpResponse:
    try:
        answer = ask(context["project"], text)
    except UserError as error:
        return render(request, "needs/ask.html", {**context, "q": text, "refused": str(error)}, status=error.status)
    found = {"q": text, "answer": answer, "conditions": conditions_in_words(answer)}
    return render(request, "needs/ask.html", {**context, **found})


def _examples() -> list[str]:
    return [
        _("What do people who return it complain about?"),
        _("What do unhappy customers wish for?"),
        _("Is it easy to clean?"),
        _("What do customers compare it with?"),
    ]
