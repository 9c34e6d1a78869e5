"""What a brand uses of what it may."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from accounts.quotas import standings


@requires("see_usage")
def usage(request: BrandRequest) -> HttpResponse:
    """Use against limit, and what begins anew when."""
    return render(request, "accounts/usage.html", {"section": "usage", "standings": standings()})
