"""Erasing what somebody wrote: say who, see all that it touches, confirm."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.jobs.querysets import jobs
from ideation.privacy.forms import ErasureForm
from ideation.privacy.querysets import erasure as find_erasure
from ideation.privacy.querysets import erasures as all_erasures
from ideation.privacy.querysets import preview
from ideation.privacy.services.erasures import erasure_confirm, erasure_prepare

LISTED = 50
"""Needs, concepts and models that the page names; the others are counted."""


@requires("erase_reviews")
def erasures(request: BrandRequest) -> HttpResponseBase:
    """Who or what is to be erased, and what was before."""
    form = ErasureForm(request.POST or None)
    if form.is_valid():
        try:
            made = erasure_prepare(**form.cleaned_data, created_by=request.user)
            return redirect("erasure_one", request.brand.slug, made.pk)
        except UserError as error:
            form.add_error("value", str(error))
    page = Paginator(all_erasures(), 20).get_page(request.GET.get("page"))
    context = {"section": "erasure", "form": form, "page": page}
    return _private(render(request, "privacy/erasures.html", context, status=400 if form.is_bound else 200))


@requires("erase_reviews")
def erasure(request: BrandRequest, erasure_id: uuid.UUID) -> HttpResponse:
    """Before: all that would go. After: what has gone."""
    found = find_erasure(erasure_id)
    seen = preview(found.reviews)
    context = {
        "section": "erasure",
        "erasure": found,
        "seen": seen,
        "page": Paginator(seen.reviews, 25).get_page(request.GET.get("page")),
        "needs": seen.needs[:LISTED],
        "concepts": seen.concepts[:LISTED],
        "models": seen.models[:LISTED],
        "counts": {name: found.result.get(name, 0) for name in seen.counts} if found.finished_at else seen.counts,
        "job": jobs().filter(kind="reviews_erase", subject_id=found.pk).first(),
    }
    return _private(render(request, "privacy/erasure.html", context))


@require_POST
@requires("erase_reviews")
def erasure_do(request: BrandRequest, erasure_id: uuid.UUID) -> HttpResponseBase:
    """Erases what was shown."""
    found = find_erasure(erasure_id)
    if erasure_confirm(erasure=found, created_by=request.user) is None:
        messages.success(request, _("Erased. What stood on these reviews is marked."))
    return redirect("erasure_one", request.brand.slug, found.pk)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
