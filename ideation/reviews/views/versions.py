"""Versions of a dataset."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.reviews.querysets import version as find_version
from ideation.reviews.services.verify import version_verify


@require_POST
@requires("import_reviews")
def version_verified(request: BrandRequest, version_id: uuid.UUID) -> HttpResponse:
    """Computes a dataset version's hash anew, and says whether anything differs and what."""
    version = find_version(version_id)
    context = {"section": "reviews", "project": version.dataset.project, "found": version_verify(version=version)}
    return render(request, "reviews/verified.html", context)
