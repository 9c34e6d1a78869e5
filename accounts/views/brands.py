"""A person's brands: the switcher's list, a new one, and a brand's own settings."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.addresses import email_domain
from accounts.decorators import requires
from accounts.errors import AccountError
from accounts.forms.brands import BrandForm, BrandSettingsForm
from accounts.middleware import BrandRequest, login_brand
from accounts.models import User
from accounts.querysets import brands_of
from accounts.services.brands import brand_change, brand_create
from accounts.views.refusals import refuse

ROOMS = ("projects", "jobs", "members")
"""Pages that every brand has and every member may see: the switcher stays in them."""


def may_make_brand(request: HttpRequest) -> bool:
    """Whether this person may make another brand: as far as registration is open to them."""
    if not isinstance(request.user, User) or login_brand(request):
        return False
    domains = settings.REGISTRATION_DOMAINS
    return settings.REGISTRATION == "open" or email_domain(request.user.email) in domains


@login_required
def brands(request: HttpRequest) -> HttpResponseBase:
    """The switcher's list, as a piece of a page: all brands of the person, the current one marked."""
    assert isinstance(request.user, User)
    if not request.htmx:  # type: ignore[attr-defined]  # django-htmx's middleware has put it there
        return redirect("home")
    room = request.GET.get("room", "")
    context = {
        "brands": brands_of(request.user.pk, login_brand(request)),
        "room": room if room in ROOMS else ROOMS[0],
        "current": request.GET.get("current", ""),
        "may_make_brand": may_make_brand(request),
    }
    return render(request, "accounts/brands.html", context)


@login_required
def brand_new(request: HttpRequest) -> HttpResponseBase:
    """Another brand, owned by who makes it."""
    if not may_make_brand(request):
        raise AccountError("brand_new_closed", status=403)
    assert isinstance(request.user, User)
    form = BrandForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        made = brand_create(owner=request.user, **form.cleaned_data)
        return redirect("projects", made.slug)
    context = {"section": "brand_new", "form": form}
    return render(request, "accounts/brand_new.html", context, status=400 if form.is_bound else 200)


@requires("manage_brand")
def brand_settings(request: BrandRequest) -> HttpResponseBase:
    """The brand's name, language and address."""
    now = {"name": request.brand.name, "language": request.brand.language, "slug": request.brand.slug}
    form = BrandSettingsForm(request.POST or None, initial=now)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            brand = brand_change(brand=request.brand, **form.cleaned_data)
        except AccountError as error:
            refuse(request, error, "brand", form, slug=form.cleaned_data["slug"])
            status = error.status
        else:
            messages.success(request, _("Saved."))
            return redirect("brand_settings", brand.slug)
    context = {"section": "brand_settings", "form": form}
    return render(request, "accounts/brand_settings.html", context, status=status)
