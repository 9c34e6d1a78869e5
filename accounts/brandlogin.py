"""Login through a brand's own identity provider, as allauth runs it: which providers there are, who comes in, and that
the session is for that brand alone.

The rule: a provider of brand A never opens brand B. Each provider has an id of its own, which is its name in allauth,
in its addresses and in its SAML audience; it speaks only for domains that A has proved; it enters only members of A;
and the session it opens is bound to A, so that it opens neither the person's other brands nor their account.
"""

import re
import uuid
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.claims import BrandProvider, ClaimsError, app_of
from accounts.errors import SENTENCES, AccountError
from accounts.middleware import LOGIN_BRAND, client_address
from accounts.models import Brand, IdentityProvider, Role
from accounts.oidc import BrandOidc
from accounts.outgoing import Session
from accounts.querysets import provider_of
from accounts.saml import BrandSaml
from accounts.services.audit import audit_note
from accounts.services.identity import LOGIN_PROVIDER, person_enter, person_try
from accounts.tenancy import brand_scope

PROTOCOLS: dict[str, type[BrandOidc | BrandSaml]] = {
    IdentityProvider.Kind.OIDC: BrandOidc,
    IdentityProvider.Kind.SAML: BrandSaml,
}

ERROR_NAME = re.compile(r'"error"\s*:\s*"([^"]{1,80})"')

MOST_A_MINUTE = {"lookup": 30, "refused": 60, "answer": 300}
"""From one address, behind which an office may stand: emails looked up, refusals noted, SAML answers taken."""

LOGIN, TEST = "login", "test"
"""What a round trip is for. allauth's own `connect`, which would tie a provider to an open account, doesn't exist."""


class UnknownProvider(SocialApp.DoesNotExist, ValueError):
    """No such provider, or none that is switched on. allauth expects the one error here and the other there."""


class BrandLoginAdapter(DefaultSocialAccountAdapter):
    """The providers are the brands' own rows, found by id and never listed; who they let in is decided here."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        row = provider_of(provider or "")
        return [app_of(row)] if row and row.is_enabled else []

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> BrandProvider:
        row = provider_of(provider)
        if row is None or not row.is_enabled:
            raise UnknownProvider
        return provider_made(request, row)

    def get_requests_session(self) -> Session:
        return Session()

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        return None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        # Newcomers are made below, with their membership; allauth's own sign-up after a login must not be reached.
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        row: IdentityProvider = sociallogin.provider.row
        try:
            with brand_scope(row.brand_id):
                if sociallogin.state.get("process") == TEST:
                    raise ImmediateHttpResponse(_tested(request, sociallogin))
                user = person_enter(provider=row, claims=sociallogin.claims)
        except ClaimsError as error:
            raise ImmediateHttpResponse(refused(request, error.code, row=row, detail=error.detail)) from error
        sociallogin.user = sociallogin.account.user = user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: BrandProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        code, detail = _reason(error, exception, extra_context or {})
        said = request.GET.get("error_description") or request.GET.get("error") or ""
        raise ImmediateHttpResponse(refused(request, code, row=provider.row, detail=detail or said[:200]))


def provider_made(request: HttpRequest, row: IdentityProvider) -> BrandOidc | BrandSaml:
    """A provider in its protocol, for this request."""
    return PROTOCOLS[row.kind](request, app_of(row), row)


def _reason(error: str | None, exception: Exception | None, extra: dict[str, Any]) -> tuple[str, str]:
    if isinstance(exception, ClaimsError):
        return exception.code, exception.detail
    if exception is not None:
        # Of an answer only the error's name: there could be tokens in the rest.
        said = ERROR_NAME.search(str(exception))
        return "login_unreachable", f"{type(exception).__name__} {said[1] if said else ''}".strip()
    if error == AuthError.CANCELLED:
        return "login_cancelled", ""
    return ("login_cancelled" if extra.get("state") else "login_stale"), ""


def refused(request: HttpRequest, code: str, *, row: IdentityProvider | None = None, detail: str = "") -> HttpResponse:
    """The page that says why nobody was logged in, and how to go on; the reason in full stands in the brand's audit."""
    # Anybody can be refused, a thousand times a minute; the audit is not theirs to fill.
    if row is not None and not too_often(request, "refused"):
        with brand_scope(row.brand_id):
            audit_note(
                action="brand_login_refused",
                table="accounts_identityprovider",
                object_id=row.pk,
                after={"provider": row.name, "reason": code, "detail": detail},
            )
    context = {"sentence": str(SENTENCES[code])}
    return render(request, "socialaccount/authentication_error.html", context, status=403)


def too_often(request: HttpRequest, what: str) -> bool:
    """Whether this happens more than MOST_A_MINUTE[what] times a minute from the request's address."""
    key = f"brand-login:{what}:{client_address(request)}"
    cache.add(key, 0, 60)
    try:
        return cache.incr(key) > MOST_A_MINUTE[what]
    except ValueError:
        # It ran out between the two.
        return False


def _tested(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    row, claims = sociallogin.provider.row, sociallogin.claims
    context: dict[str, Any] = {"provider": row, "claims": claims, "of_brand": Brand.objects.get()}
    try:
        role, context["is_new"] = person_try(provider=row, claims=claims)
        context["role"] = Role(role).label
    except ClaimsError as error:
        context["sentence"] = str(SENTENCES[error.code])
    return render(request, "accounts/login_tested.html", context)


def session_bind(request: HttpRequest, signal_kwargs: dict[str, Any] | None) -> None:
    """After each login: a session that a brand's provider has opened is for that brand alone; any other for all."""
    login = (signal_kwargs or {}).get("sociallogin")
    for name in (LOGIN_BRAND, LOGIN_PROVIDER):
        request.session.pop(name, None)
    if login is None:
        return
    row: IdentityProvider = login.provider.row
    request.session[LOGIN_BRAND], request.session[LOGIN_PROVIDER] = str(row.brand_id), str(row.pk)
    with brand_scope(row.brand_id):
        audit_note(
            action="brand_login",
            table="accounts_identityprovider",
            object_id=row.pk,
            after={"provider": row.name},
            person=request.user if request.user.is_authenticated else None,
        )


def provider_found(provider_id: str | uuid.UUID) -> IdentityProvider:
    """The provider with this id, if it is switched on. Raises AccountError."""
    row = provider_of(str(provider_id))
    if row is None or not row.is_enabled:
        raise AccountError("login_unknown" if row is None else "login_switched_off", status=404)
    return row
