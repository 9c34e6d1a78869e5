"""The API's conventions that the REST framework is set to: keys, capabilities, cursor pages, problem+json."""

import re
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, pagination, permissions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.middleware import bearer, capabilities_of, request_can
from accounts.models import ApiKey, User
from ideation.base.problems import problem as problem


def _plain(request: Request) -> HttpRequest:
    # The framework's request passes on what it doesn't know to the one that the middleware has marked.
    return cast(HttpRequest, request)


class ApiKeyAuthentication(BaseAuthentication):
    """Reads the brand that the middleware has found; finds none itself."""

    def authenticate(self, request: Request) -> tuple[User | None, ApiKey] | None:
        key: ApiKey | None = getattr(request, "api_key", None)
        if key is None:
            if refusal := getattr(request, "key_refusal", None):
                raise exceptions.AuthenticationFailed(str(refusal))
            if bearer(_plain(request)):
                raise exceptions.AuthenticationFailed(_("This API key is unknown, revoked or malformed."))
            return None
        return key.created_by, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Ideation"'


class HasCapability(permissions.BasePermission):
    """Reading needs `see`, or what the view names in `reads`; each view that writes names all that writing needs."""

    message = gettext_lazy("This key's scopes don't allow this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(request, "api_key", None) is None:
            raise exceptions.NotAuthenticated(_("Send an API key: Authorization: Bearer idn_…"))
        method = request.method or ""
        if method not in view.allowed_methods:
            raise exceptions.MethodNotAllowed(method)
        needed = view.reads if method in permissions.SAFE_METHODS else view.capabilities
        return bool(needed) and all(request_can(_plain(request), name) for name in needed)


def allowed_to(request: Request) -> frozenset[str]:
    """All that the key behind a request may do."""
    return capabilities_of(_plain(request))


def require(request: Request, *capabilities: str) -> None:
    """For what a view can only know once it has found the object. Raises PermissionDenied."""
    if not all(request_can(_plain(request), name) for name in capabilities):
        raise exceptions.PermissionDenied(HasCapability.message)


class CursorPages(pagination.CursorPagination):
    """Cursor pages with up to 200 items by `limit`; a bad cursor or limit is refused with a sentence."""

    page_size_query_param = "limit"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("limit")
        if asked is None:
            return int(self.page_size or 50)
        if not re.fullmatch(r"[1-9][0-9]{0,3}", asked) or int(asked) > self.max_page_size:
            raise exceptions.ValidationError({"limit": [_("A whole number from 1 to 200.")]})
        return int(asked)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (exceptions.NotFound, ValueError, ValidationError, DataError, OverflowError):
            text = _("This cursor isn't one of this list's. Start again without it.")
            raise exceptions.ValidationError({"cursor": [text]}) from None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        example = "https://ideation.example/api/v1/jobs/?cursor=cD0yMDI3LTAxLTEy"
        link = {"type": ["string", "null"], "format": "uri", "example": example}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found = super().get_schema_operation_parameters(view)
        bounds = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [{**one, "schema": bounds} if one["name"] == "limit" else one for one in found]


class NewestFirstPagination(CursorPages):
    """The usual order."""

    ordering = ("-created_at", "-id")
