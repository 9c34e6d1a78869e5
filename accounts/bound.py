"""A session that a brand's own login has opened reaches that brand's pages and nothing else of the product.

What belongs to the person (email, password, second factors, passkeys, invitations of other brands, the platform's own
pages) would open ways into their other brands, which the brand's provider must not. So everything is refused but what
stands in this list; a page that is added later is refused too until somebody has thought about it.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from accounts.errors import SENTENCES
from accounts.middleware import API_PATH, BRAND_PATH, login_brand

REACHED: Final = frozenset(
    {
        *("home", "brands", "language", "theme", "account_logout"),
        *("brand_login", "openid_connect_login", "openid_connect_callback"),
        *("saml_login", "saml_acs", "saml_finish_acs", "saml_metadata"),
    }
)
"""Names of addresses outside of the brand's own."""


class BoundSessionMiddleware:
    """Refuses pages that are no brand's. The brands' own are BrandMiddleware's matter; the API knows no sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and login_brand(request) and not _reached(request.path_info):
            return render(
                request, "accounts/session_of_brand.html", {"sentence": SENTENCES["session_of_brand"]}, status=403
            )
        return self.get_response(request)


def _reached(path: str) -> bool:
    if BRAND_PATH.match(path) or path.startswith(API_PATH):
        return True
    try:
        return resolve(path).url_name in REACHED
    except Resolver404:
        # Nothing is there, and the answer may say so.
        return True
