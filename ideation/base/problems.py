"""Every refusal of the API as problem+json (RFC 9457), wherever in the stack it comes from."""

import json
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.errors import AccountError

PROBLEM_TYPE = "application/problem+json"
API_PATHS = "/api/"

Known = tuple[tuple[type[Exception], ...], int, str, Promise]
KNOWN: tuple[Known, ...] = (
    (
        (Http404, exceptions.NotFound),
        404,
        "not_found",
        gettext_lazy("There is nothing here, or it belongs to someone else."),
    ),
    ((PermissionDenied,), 403, "permission_denied", gettext_lazy("This key's scopes don't allow this.")),
    (
        (RequestDataTooBig,),
        413,
        "too_large",
        gettext_lazy("This request is too large. Send less at a time."),
    ),
    (
        (SuspiciousOperation, ValidationError, UnreadablePostError),
        400,
        "bad_request",
        gettext_lazy("This request can't be read."),
    ),
)
"""Errors of Django's and the framework's own: status, code, sentence. The first that fits counts."""


def problem(error: Exception, context: dict[str, Any]) -> Response | None:  # noqa: ARG001 - the framework's form
    """The framework's exception handler: an error as problem+json, for fields with what is wrong with each.

    None for our own mistakes: they go on to the log, and ProblemMiddleware answers.
    """
    body = _problem_of(error)
    if body is None:
        return None
    response = Response(body, status=body["status"], content_type=PROBLEM_TYPE)
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def _problem_of(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, AccountError):
        fields = [{"field": error.field, "code": error.code, "detail": str(error)}] if error.field else []
        return problem_body(error.status, error.code, str(error), fields)
    if isinstance(error, exceptions.ValidationError):
        return problem_body(400, "invalid", _("Some fields need mending."), _fields(error.detail))
    for kinds, status, code, detail in KNOWN:
        if isinstance(error, kinds):
            return problem_body(status, code, str(detail))
    if isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        return problem_body(error.status_code, codes if isinstance(codes, str) else "error", str(error.detail))
    return None


def problem_body(status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The members of a problem; `code` is for programs, `detail` for people, in their language."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
        "instance": f"urn:uuid:{uuid.uuid4()}",
    }


def _fields(detail: Any, path: str = "") -> list[dict[str, str]]:
    if isinstance(detail, dict):
        names = ((f"{path}.{name}".strip("."), inner) for name, inner in detail.items())
        return [row for name, inner in names for row in _fields(inner, name.removesuffix("non_field_errors"))]
    if isinstance(detail, list):
        return [row for inner in detail for row in _fields(inner, path)]
    return [{"field": path.rstrip("."), "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]


class ProblemMiddleware:
    """An error that never reached a view, or left it by accident, is problem+json for the API too, not a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code < 400 or not html or not request.path_info.startswith(API_PATHS):
            return response
        return problem_response(response.status_code)


def problem_response(status: int, detail: str = "") -> HttpResponse:
    """A refusal outside of the REST framework."""
    title = HTTPStatus(status).phrase
    detail = detail or (
        _("Something went wrong on our side. Nothing was half-written; try again.") if status >= 500 else title
    )
    body = problem_body(status, title.lower().replace(" ", "_"), detail)
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM_TYPE)


def unknown_address(request: HttpRequest, path: str = "") -> HttpResponse:  # noqa: ARG001 - Django's form
    """The answer to every address under /api/ that isn't one."""
    detail = _("There is no such address. All of them are in /api/v1/schema/.")
    if path and not path.endswith("/"):
        detail = _("There is no such address. Every address ends with a slash.")
    return problem_response(404, detail)


# A key in a header can't be sent by another site's page on somebody's behalf, so there is nothing to protect here.
unknown_address.csrf_exempt = True  # type: ignore[attr-defined]
