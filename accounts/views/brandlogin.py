"""The way in through a brand's own identity provider: from a work email to the provider, and back.

These stand in place of allauth's own pages for OpenID Connect and SAML, which know neither brands nor nonces; what
they do with a session, a second factor and a login is allauth's.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import requests
from allauth.account.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.sessions import LoginSession
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from onelogin.saml2.errors import OneLogin_Saml2_Error

from accounts.brandlogin import LOGIN, provider_found, provider_made, refused, too_often
from accounts.claims import ClaimsError
from accounts.errors import SENTENCES, AccountError
from accounts.forms.identity import WorkEmailForm
from accounts.models import IdentityProvider
from accounts.oidc import BrandOidc, Callback
from accounts.querysets import provider_of, providers_for
from accounts.saml import MOST_CHARACTERS, BrandSaml

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
ANSWER_SECONDS = 120

UNREADABLE = (requests.RequestException, OneLogin_Saml2_Error, ValueError, KeyError, TypeError, AttributeError)
"""What an answer in a form that nobody expects ends in."""


def said_clearly(view: View) -> View:
    """Whatever an address or a provider's answer is wrong with becomes a page with a sentence, never a session."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, provider_id: str) -> HttpResponse:
        row = provider_of(provider_id)
        try:
            return view(request, provider_id)
        except ClaimsError as error:
            return refused(request, error.code, row=row, detail=error.detail)
        except AccountError as error:
            # What is wrong with the provider's settings is said to the owner, not to who wants to log in.
            code = error.code if error.code.startswith("login_") else "login_unreachable"
            return refused(request, code, row=row, detail=str(error)[:300])
        except UNREADABLE as error:
            # It may be our own mistake too.
            logger.warning("login through %s failed", provider_id, exc_info=True)
            return refused(request, "login_unreachable", row=row, detail=type(error).__name__)

    return guarded


def safe_next(request: HttpRequest) -> str:
    """Where to go after the login, if it is an address of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if get_adapter().is_safe_url(wanted) else ""


@never_cache
def brand_login(request: HttpRequest) -> HttpResponse:
    """From a work email to the login of the brand whose domain it is."""
    form = WorkEmailForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "next": safe_next(request)}
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/brand_login.html", context, status=400 if form.is_bound else 200)
    if too_often(request, "lookup"):
        form.add_error(None, str(SENTENCES["login_too_often"]))
        return render(request, "accounts/brand_login.html", context, status=429)
    found = providers_for(form.cleaned_data["email"])
    if not found:
        form.add_error("email", str(SENTENCES["login_no_domain"]))
        return render(request, "accounts/brand_login.html", context, status=400)
    ways = [(row.name, start_address(row, context["next"])) for row in found]
    response = render(request, "accounts/brand_login_ways.html", {**context, "ways": ways})
    if len(ways) == 1:
        # Not a redirect: the security policy lets no form lead to another site, not even by a redirect.
        response["Refresh"] = f"0; url={ways[0][1]}"
    return response


def start_address(row: IdentityProvider, next_url: str = "") -> str:
    """Where a login through this provider begins."""
    name = "openid_connect_login" if row.kind == IdentityProvider.Kind.OIDC else "saml_login"
    address = reverse(name, args=[row.pk])
    return f"{address}?{urlencode({'next': next_url})}" if next_url else address


@require_GET
@said_clearly
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sends the browser to the provider."""
    provider = provider_made(request, provider_found(provider_id))
    return provider.start(request, process=LOGIN, next_url=safe_next(request))


@require_GET
@said_clearly
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from an OpenID Connect provider, with a code for which the token is fetched."""
    provider = provider_made(request, _known(provider_id, BrandOidc))
    response: HttpResponse = Callback.adapter_view(provider.get_oauth2_adapter(request))(request)
    return response


def _known(provider_id: str, protocol: type[BrandOidc | BrandSaml]) -> IdentityProvider:
    """The row, switched on or not: whether it may log in is decided with what it says, since a test may not need it."""
    kind = IdentityProvider.Kind.OIDC if protocol is BrandOidc else IdentityProvider.Kind.SAML
    row = provider_of(provider_id)
    if row is None or row.kind != kind:
        raise AccountError("login_unknown", status=404)
    return row


# The provider's page posts this from another site, so it can carry neither our token nor our session's cookie; the
# answer is put aside for the page that follows, which has the cookie and knows whether this browser asked.
@csrf_exempt
@require_POST
@said_clearly
def saml_acs(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Takes a SAML provider's answer and hands it to `saml_finish`."""
    _known(provider_id, BrandSaml)
    answer = request.POST.get("SAMLResponse", "")
    if not answer or len(answer) > MOST_CHARACTERS:
        raise ClaimsError("login_forged", "no answer, or one that is too long")
    if too_often(request, "answer"):
        raise ClaimsError("login_too_often")
    response = HttpResponseRedirect(reverse("saml_finish_acs", args=[provider_id]))
    aside = LoginSession(request, "saml_acs_session", "saml-acs-session")
    aside.store["answer"] = answer
    aside.store.set_expiry(ANSWER_SECONDS)
    aside.save(response)
    return response


@require_GET
@said_clearly
def saml_finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Believes or refuses the answer, in the browser's own session."""
    provider = provider_made(request, _known(provider_id, BrandSaml))
    assert isinstance(provider, BrandSaml)
    aside = LoginSession(request, "saml_acs_session", "saml-acs-session")
    answer = aside.store.get("answer")
    aside.delete()
    if not answer:
        raise ClaimsError("login_stale", "no answer was put aside")
    claims, state = provider.believe(answer)
    login = provider.social_login(claims)
    login.state = state
    response: HttpResponse = complete_social_login(request, login)
    return response


@require_GET
@said_clearly
def saml_metadata(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Ourselves in SAML's words, for the provider to read; also before it is switched on."""
    provider = provider_made(request, _known(provider_id, BrandSaml))
    assert isinstance(provider, BrandSaml)
    return HttpResponse(provider.metadata(), content_type="application/samlmetadata+xml")


def nothing(_request: HttpRequest, *_parts: str) -> HttpResponse:
    """The answer where allauth would connect a provider to an account that is open."""
    raise Http404
