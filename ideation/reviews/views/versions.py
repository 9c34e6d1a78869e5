"""Versions of a dataset: verified, and compared with one another. A version's own page shows what stands on it."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.reviews.querysets import version as find_version
from ideation.reviews.querysets import versions_pair
from ideation.reviews.services.compare import versions_compare
from ideation.reviews.services.verify import AT_ONCE, verify_start, version_verify


@require_POST
@requires("import_reviews")
def version_verified(request: BrandRequest, version_id: uuid.UUID) -> HttpResponseBase:
    """Computes a dataset version's hash anew, and says whether anything differs and what; a large one in a job."""
    version = find_version(version_id)
    if version.reviews_count > AT_ONCE:
        verify_start(version=version, created_by=request.user)
        return redirect("version", request.brand.slug, version.pk)
    context = {"section": "reviews", "project": version.dataset.project, "found": version_verify(version=version)}
    return render(request, "reviews/verified.html", context)


@requires("see")
def versions_compared(request: BrandRequest, version_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """What differs between two versions of a dataset, the earlier first."""
    first, second = versions_pair(version_id, other_id)
    found = versions_compare(before=first, after=second)
    context = {"section": "reviews", "project": first.dataset.project, "found": found}
    return render(request, "reviews/compare.html", context)
