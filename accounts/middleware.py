"""Where a request's brand is decided, once: from the URL or the API key, and the wall goes up around all the rest."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from accounts import querysets
from accounts.models import ApiKey, Brand, Membership, User
from accounts.permissions import role_can, scopes_can
from accounts.tenancy import brand_scope

BRAND_PATH = re.compile(r"^/b/(?P<slug>[-\w]+)/")
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


def request_can(request: HttpRequest, capability: str) -> bool:
    """Whether the person or the key behind a request may do this in the request's brand."""
    key, membership = getattr(request, "api_key", None), getattr(request, "membership", None)
    if key is not None:
        return scopes_can(key.scopes, capability)
    return membership is not None and role_can(membership.role, capability)


class BrandMiddleware:
    """Wraps a brand's request in its scope; an outsider gets 404, as if the brand didn't exist."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.brand = request.membership = request.api_key = None  # type: ignore[attr-defined]
        page = BRAND_PATH.match(request.path_info)
        if page:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            return self._scoped(request, querysets.brand_of_slug(page["slug"]))
        key = bearer(request) if request.path_info.startswith("/api/") else ""
        brand_id = querysets.brand_of_key(key) if key else None
        return self._scoped(request, brand_id, key) if brand_id else self.get_response(request)

    def _scoped(self, request: HttpRequest, brand_id: uuid.UUID | None, key: str = "") -> HttpResponse:
        if brand_id is None:
            raise Http404
        with brand_scope(brand_id):
            if key:
                request.api_key = querysets.api_key(key)  # type: ignore[attr-defined]
            else:
                request.membership = querysets.membership(request.user.pk)  # type: ignore[attr-defined, arg-type]
            if request.api_key or request.membership:  # type: ignore[attr-defined]
                request.brand = Brand.objects.get(pk=brand_id)  # type: ignore[attr-defined]
            elif not key:
                raise Http404
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def bearer(request: HttpRequest) -> str:
    """The key in the Authorization header, empty if there is none."""
    kind, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


class LanguageMiddleware:
    """Pages in the person's language; else as the cookie or the browser asks."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = "" if request.path_info.startswith("/api/") else getattr(request.user, "language", "")
        language = language or translation.get_language_from_request(request)
        with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response
