"""Where owners set up their brand's own login: its domains and its identity providers."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import domains
from accounts.brandlogin import TEST, provider_made
from accounts.decorators import requires
from accounts.errors import AccountError
from accounts.forms.identity import DomainForm, NewProviderForm, OidcForm, SamlForm
from accounts.middleware import BrandRequest
from accounts.models import EmailDomain, IdentityProvider
from accounts.oidc import WELL_KNOWN
from accounts.querysets import email_domains
from accounts.saml import certificate_end
from accounts.services.identity import (
    domain_add,
    domain_remove,
    domain_verify,
    people_forget,
    provider_change,
    provider_create,
    provider_remove,
    provider_switch,
)

OIDC = IdentityProvider.Kind.OIDC


@requires("manage_login")
def login_methods(request: BrandRequest) -> HttpResponse:
    """The brand's domains and providers, and a form for a new domain."""
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain_add(**form.cleaned_data)
            return redirect("login_methods", request.brand.slug)
        except AccountError as error:
            form.add_error(error.field or None, str(error))
    rows: list[dict[str, Any]] = [
        {"domain": row, "host": domains.record_host(row.domain), "text": domains.record_text(row.token)}
        for row in email_domains()
    ]
    context = {"form": form, "rows": rows, "providers": IdentityProvider.objects.all(), "section": "login_methods"}
    context["proved"] = any(row["domain"].verified_at for row in rows)
    return render(request, "accounts/login_methods.html", context, status=400 if form.is_bound else 200)


@require_POST
@requires("manage_login")
def domain_check(request: BrandRequest, domain_id: uuid.UUID) -> HttpResponseBase:
    """Looks for the domain's record now."""
    domain = get_object_or_404(EmailDomain, pk=domain_id)
    try:
        domain_verify(domain=domain)
        messages.success(request, _("%(domain)s is yours: proved.") % {"domain": domain.domain})
    except AccountError as error:
        messages.error(request, str(error))
    return redirect("login_methods", request.brand.slug)


@require_POST
@requires("manage_login")
def domain_end(request: BrandRequest, domain_id: uuid.UUID) -> HttpResponseBase:
    """Removes a domain; who came in with an address of it is logged out."""
    domain = get_object_or_404(EmailDomain, pk=domain_id)
    domain_remove(domain=domain)
    messages.success(request, _("%(domain)s is removed.") % {"domain": domain.domain})
    return redirect("login_methods", request.brand.slug)


@requires("manage_login")
def provider_new(request: BrandRequest) -> HttpResponse:
    """A new provider: protocol and name first, since what to enter at the provider needs its id."""
    form = NewProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        provider = provider_create(**form.cleaned_data)
        return redirect("login_provider", request.brand.slug, provider.pk)
    context = {"form": form, "section": "login_methods"}
    return render(request, "accounts/provider_new.html", context, status=400 if form.is_bound else 200)


@never_cache
@requires("manage_login")
def provider(request: BrandRequest, provider_id: uuid.UUID) -> HttpResponse:
    """A provider's settings, and what to enter on its side."""
    row = get_object_or_404(IdentityProvider, pk=provider_id)
    form = _form(request, row)
    if request.method == "POST" and form.is_valid():
        try:
            _save(row, form)
            messages.success(
                request, _("Saved. Test it before you switch it on.") if not row.is_enabled else _("Saved.")
            )
            return redirect("login_provider", request.brand.slug, row.pk)
        except AccountError as error:
            form.refuse(error)
    context = {"provider": row, "form": form, "section": "login_methods", **_sides(request, row)}
    return render(request, "accounts/provider.html", context, status=400 if form.is_bound else 200)


def _form(request: HttpRequest, row: IdentityProvider) -> OidcForm | SamlForm:
    told: dict[str, Any] = row.settings
    common = {"name": row.name, "role": row.role}
    common |= {name: told.get(name, False) for name in ("newcomers", "only")}
    if row.kind == OIDC:
        shown = {name: told.get(name, "") for name in ("server_url", "client_id", "email_claim")}
        return OidcForm(request.POST or None, initial={**common, **shown}, has_secret=bool(row.secret))
    attributes = {f"{name}_attribute": value for name, value in told.get("attributes", {}).items()}
    initial = {**common, **attributes, "metadata_url": told.get("metadata_url", "")}
    return SamlForm(request.POST or None, initial=initial, has_metadata="idp" in told)


def _save(row: IdentityProvider, form: OidcForm | SamlForm) -> None:
    kept = {"idp": row.settings["idp"]} if "idp" in row.settings else {}
    given = form.cleaned_data
    provider_change(
        provider=row,
        name=given["name"],
        role=given["role"],
        settings={**kept, **form.told()},
        secret=given.get("secret", ""),
    )


def _sides(request: HttpRequest, row: IdentityProvider) -> dict[str, Any]:
    """What to enter at the provider, and what it has told us."""
    names = (
        {"redirect_uri": "openid_connect_callback"}
        if row.kind == OIDC
        else {"acs": "saml_acs", "entity": "saml_metadata"}
    )
    ours = {key: request.build_absolute_uri(reverse(name, args=[row.pk])) for key, name in names.items()}
    told = row.settings.get("idp", {})
    certificates = [certificate_end(text) for text in told.get("certificates", [])]
    ready = bool(row.settings.get("issuer") or told)
    return {"ours": ours, "told": told, "certificates": certificates, "ready": ready, "well_known": WELL_KNOWN}


@require_POST
@requires("manage_login")
def provider_turn(request: BrandRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Switches a provider on or off."""
    row = get_object_or_404(IdentityProvider, pk=provider_id)
    on = request.POST.get("on") == "1"
    try:
        provider_switch(provider=row, on=on)
        said = _("“%(name)s” is on.") if on else _("“%(name)s” is off, and who came in through it is logged out.")
        messages.success(request, said % {"name": row.name})
    except AccountError as error:
        messages.error(request, str(error))
    return redirect("login_provider", request.brand.slug, row.pk)


@require_POST
@requires("manage_login")
def provider_end(request: BrandRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Removes a provider."""
    row = get_object_or_404(IdentityProvider, pk=provider_id)
    provider_remove(provider=row)
    messages.success(request, _("“%(name)s” is removed. Its people stay members.") % {"name": row.name})
    return redirect("login_methods", request.brand.slug)


@require_POST
@requires("manage_login")
def provider_forget(request: BrandRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Forgets which identity is which person; each is recognised by email at the next login."""
    row = get_object_or_404(IdentityProvider, pk=provider_id)
    people_forget(provider=row)
    messages.success(request, _("Forgotten. At the next login everybody is recognised by email again."))
    return redirect("login_provider", request.brand.slug, row.pk)


@require_GET
@requires("manage_login")
def provider_test(request: BrandRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """A round trip to the provider that logs nobody in and says what would have happened."""
    row = get_object_or_404(IdentityProvider, pk=provider_id)
    if not (row.settings.get("issuer") or row.settings.get("idp")):
        raise AccountError("provider_unfinished")
    return provider_made(request, row).start(request, process=TEST, next_url="")
