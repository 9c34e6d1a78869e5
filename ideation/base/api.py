"""The API's conventions, from the first endpoint on: keys, capabilities, cursor pages, problem+json (RFC 9457)."""

import uuid
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions, pagination, permissions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.middleware import bearer, request_can
from accounts.models import ApiKey, User
from ideation.base.errors import UserError

PROBLEM_TYPE = "application/problem+json"


class ApiKeyAuthentication(BaseAuthentication):
    """Reads the brand that the middleware has found; finds none itself."""

    def authenticate(self, request: Request) -> tuple[User | None, ApiKey] | None:
        key: ApiKey | None = getattr(request._request, "api_key", None)
        if key is None:
            if bearer(request._request):
                raise exceptions.AuthenticationFailed("This API key is unknown, revoked or malformed.")
            return None
        return key.created_by, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Ideation"'


class HasCapability(permissions.BasePermission):
    """Each view names a capability for reading (`see` unless said) and one for writing."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(request._request, "api_key", None) is None:
            raise exceptions.NotAuthenticated("Send an API key: Authorization: Bearer idn_…")
        needed = "see" if request.method in permissions.SAFE_METHODS else getattr(view, "capability", None)
        return needed is not None and request_can(request._request, needed)


class NewestFirstPagination(pagination.CursorPagination):
    """Cursor pages, newest first; `limit` up to 200."""

    ordering = ("-created_at", "-id")
    page_size_query_param = "limit"
    max_page_size = 200


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as problem+json: type, title, status, code, detail and, for fields, what is wrong with each."""
    body = _problem_body(error)
    if body is None:
        return None
    response = Response(body, status=body["status"], content_type=PROBLEM_TYPE)
    if isinstance(error, exceptions.APIException):
        if header := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(int(wait))
    return response


def _problem_body(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, UserError):
        fields = [{"field": error.field, "code": error.code, "detail": str(error)}] if error.field else []
        return _body(error.status, error.code, str(error), fields)
    if isinstance(error, Http404):
        return _body(404, "not_found", "There is nothing here, or it belongs to someone else.")
    if isinstance(error, PermissionDenied):
        return _body(403, "permission_denied", "This key's scopes don't allow this.")
    if isinstance(error, exceptions.ValidationError):
        return _body(400, "invalid", "Some fields need mending.", _fields(error.detail))
    if isinstance(error, ValidationError):
        return _body(400, "invalid", " ".join(error.messages))
    if isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        return _body(error.status_code, codes if isinstance(codes, str) else "error", str(error.detail))
    return None


def _body(status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
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
        return [row for name, inner in detail.items() for row in _fields(inner, f"{path}.{name}".strip("."))]
    if isinstance(detail, list):
        return [row for inner in detail for row in _fields(inner, path)]
    return [{"field": path, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]
