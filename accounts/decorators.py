"""Guards a brand's pages by capability, so that no view checks roles by hand."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.middleware import request_can

View = Callable[..., HttpResponseBase]


def requires(*capabilities: str) -> Callable[[View], View]:
    """A member who lacks one of the capabilities gets 403; an outsider has got 404 from the middleware already.

    The brand's slug ends here: the middleware has read it, and views find the brand on the request.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, **ids: Any) -> HttpResponseBase:  # noqa: ARG001  # ends here
            if not all(request_can(request, capability) for capability in capabilities):
                raise PermissionDenied
            return view(request, **ids)

        return guarded

    return decorate
