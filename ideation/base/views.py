"""Pages that belong to no room: the theme, and the design system as a living page."""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.views.people import back
from ideation.base.charts import chart, learning_curve, opportunity_landscape
from ideation.base.context import THEMES
from ideation.base.specimens import CURVE, LANDSCAPE, SpecimenForm, works

YEAR = 365 * 24 * 3600


@require_POST
def theme_switch(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device has it. Kept in a cookie that the server reads, so that no page flashes."""
    response = HttpResponseRedirect(back(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    else:
        response.delete_cookie("theme")
    return response


def design(request: HttpRequest) -> HttpResponse:
    """Every component as it is used. For development and for whoever is logged in."""
    if not (settings.DEBUG or request.user.is_authenticated):
        return redirect_to_login(request.get_full_path())
    context = {
        "section": "design",
        "form": SpecimenForm({"name": "CRM", "email": "ana@"}),
        "needs": LANDSCAPE,
        "works": works(),
        "landscape": chart(opportunity_landscape(LANDSCAPE)),
        "curve": chart(learning_curve(CURVE)),
    }
    return render(request, "base/design.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django names it
    """A form that was open too long: says so, and how to go on."""
    return render(request, "base/csrf_failure.html", status=HTTPStatus.FORBIDDEN)
