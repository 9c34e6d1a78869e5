"""A review with the needs that it shows."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.needs.querysets import sentences_of
from ideation.reviews.models import Review
from ideation.reviews.querysets import corrections_of
from ideation.reviews.services.reveal import review_reveal


@requires("see")
def review(request: BrandRequest, review_id: uuid.UUID) -> HttpResponse:
    """A review with the needs that its sentences show; ?panel=1 gives the inside of the side panel."""
    context = _review_context(review_id)
    return render(request, "needs/review_panel.html" if "panel" in request.GET else "needs/review.html", context)


@require_POST
@requires("see_personal_data")
def review_as_written(request: BrandRequest, review_id: uuid.UUID) -> HttpResponse:
    """The review as the customer wrote it, personal data and all. Each look stands in the audit."""
    context = _review_context(review_id)
    as_written = review_reveal(review=context["review"])
    response = render(request, "needs/review.html", {**context, "as_written": as_written})
    response["Cache-Control"] = "no-store"
    return response


def _review_context(review_id: uuid.UUID) -> dict[str, Any]:
    found = get_object_or_404(Review.objects.select_related("dataset__project", "product"), pk=review_id)
    sentences = list(sentences_of(found))
    shown = {piece.need.pk: piece.need for sentence in sentences for piece in sentence.evidence.all()}
    context = {"section": "reviews", "review": found, "project": found.dataset.project}
    context["corrections"] = list(corrections_of(found))
    return context | {"sentences": sentences, "needs": sorted(shown.values(), key=lambda need: need.rank)}
