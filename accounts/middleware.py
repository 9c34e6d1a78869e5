"""Where a request's brand is decided, once: from the URL or the API key, and the wall goes up around all the rest.

Here it is also said who acts, for the audit, and which of the brand's projects they see.
"""

import re
import uuid
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation

from accounts import querysets
from accounts.errors import AccountError
from accounts.models import ApiKey, Brand, Membership, Role, User
from accounts.permissions import CAPABILITIES, SCOPES, WHOLE_BRAND
from accounts.projects import Sight, projects, seeing
from accounts.tenancy import acting, brand_scope

LOGIN_BRAND = "login_brand"
"""The session's key for the brand through whose own login somebody came in: the session is for that brand alone."""
API_PATH = "/api/"
BRAND_PATH = re.compile(r"^/b/(?P<slug>[-\w]+)/")
RAW = "application/offset+octet-stream"
"""Bodies that are pieces of a file, as long as their sender likes."""
View = Callable[[HttpRequest], HttpResponse]


class BrandRequest(HttpRequest):
    """A request as views know it: inside one brand's scope, by a person or by a key."""

    user: User  # the middleware has sent strangers to the login
    brand: Brand
    membership: Membership | None
    api_key: ApiKey | None

    def can(self, capability: str) -> bool:
        """Whether who asks may do this here."""
        return request_can(self, capability)


def capabilities_of(request: HttpRequest) -> frozenset[str]:
    """What the person or the key behind a request may do in the request's brand."""
    key, membership = getattr(request, "api_key", None), getattr(request, "membership", None)
    if key is not None:
        allowed = frozenset[str]().union(*(SCOPES.get(scope, ()) for scope in key.scopes))
        return allowed - WHOLE_BRAND if key.project_id else allowed
    return CAPABILITIES.get(membership.role, frozenset()) if membership is not None else frozenset()


def request_can(request: HttpRequest, capability: str) -> bool:
    """Whether the person or the key behind a request may do this in the request's brand."""
    return capability in capabilities_of(request)


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, as far as the proxies that the settings trust say it; empty if nobody does."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        # Behind a proxy on a Unix socket that TRUSTED_PROXIES doesn't count.
        return ""


def login_brand(request: HttpRequest) -> str:
    """The id of the one brand that this session is for, empty for a session of all the person's brands."""
    return str(request.session.get(LOGIN_BRAND) or "")


class BrandMiddleware:
    """Wraps a brand's request in its scope; an outsider gets 404, as if the brand didn't exist."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.brand = request.membership = request.api_key = request.key_refusal = None  # type: ignore[attr-defined]
        # The API knows no sessions: who acts there is the key, below.
        person = None if request.path_info.startswith(API_PATH) or not request.user.is_authenticated else request.user
        with acting(person=person, address=client_address(request)):
            page = BRAND_PATH.match(request.path_info)
            if page and person is None:
                return redirect_to_login(request.get_full_path())
            if page:
                return self._page(request, querysets.brand_of_slug(page["slug"]))
            return self._other(request)

    def _page(self, request: HttpRequest, brand_id: uuid.UUID | None) -> HttpResponse:
        if brand_id is None or login_brand(request) not in {"", str(brand_id)}:
            raise Http404
        with brand_scope(brand_id):
            request.membership = querysets.membership(request.user.pk)  # type: ignore[attr-defined, arg-type]
            if request.membership is None:  # type: ignore[attr-defined]
                raise Http404
            if not login_brand(request) and querysets.own_login_needed(request.membership):  # type: ignore[attr-defined]
                return render(request, "accounts/brand_login_needed.html", status=403)
            request.brand = Brand.objects.get(pk=brand_id)  # type: ignore[attr-defined]
            sight = _sight_of_person(request.membership)  # type: ignore[attr-defined]
            if not opens_scopes(request):
                with seeing(sight):
                    return self._answer(request)
        with seeing(sight):
            return self.get_response(request)

    def _other(self, request: HttpRequest) -> HttpResponse:
        text = bearer(request) if request.path_info.startswith(API_PATH) else ""
        brand_id = querysets.brand_of_key(text) if text else None
        if brand_id is None:
            return self.get_response(request)
        with brand_scope(brand_id):
            key = _key(request, text)
            if key is None:
                return self._answer(request)
            request.api_key, request.brand = key, Brand.objects.get(pk=brand_id)  # type: ignore[attr-defined]
            sight = _sight_of_key(key)
            if not opens_scopes(request):
                with acting(key=key), seeing(sight):
                    return self._answer(request)
        with acting(key=key), seeing(sight):
            return self.get_response(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        return response


def opens_scopes(request: HttpRequest) -> bool:
    """Whether the view opens short scopes by itself, because its body may take hours to come in.

    A transaction that stayed open meanwhile would hold what it has written: a key's last use, which the next request
    with that key would wait for.
    """
    if request.content_type != RAW:
        return False
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(getattr(view, "cls", view), "opens_scopes", False))


def _key(request: HttpRequest, text: str) -> ApiKey | None:
    try:
        return querysets.api_key(text)
    except AccountError as error:
        # The API's authentication says it, in the form of all its refusals.
        request.key_refusal = error  # type: ignore[attr-defined]
        return None


def _sight_of_person(membership: Membership) -> Sight:
    if membership.role == Role.OWNER:
        return Sight()
    return Sight(hidden=projects().hidden_from(membership.user_id))


def _sight_of_key(key: ApiKey) -> Sight:
    # A key sees no more than who made it, so that nobody gets round a restricted project by making one.
    return Sight(hidden=projects().hidden_from(key.created_by_id), only=key.project_id)


def bearer(request: HttpRequest) -> str:
    """The key in the Authorization header, empty if there is none."""
    kind, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


class LanguageMiddleware:
    """Pages in the person's language; else as the cookie or the browser asks."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = "" if request.path_info.startswith(API_PATH) else getattr(request.user, "language", "")
        language = language or translation.get_language_from_request(request)
        with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response
