"""The API's conventions, from the first endpoint on: keys, capabilities, cursor pages, strict bodies, problem+json."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, generics, pagination, permissions, serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from accounts.middleware import bearer, request_can
from accounts.models import ApiKey, User
from ideation.base.parsers import JSONParser
from ideation.base.problems import problem as problem


class ApiKeyAuthentication(BaseAuthentication):
    """Reads the brand that the middleware has found; finds none itself."""

    def authenticate(self, request: Request) -> tuple[User | None, ApiKey] | None:
        key: ApiKey | None = getattr(request._request, "api_key", None)
        if key is None:
            if bearer(request._request):
                raise exceptions.AuthenticationFailed(_("This API key is unknown, revoked or malformed."))
            return None
        return key.created_by, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Ideation"'


class HasCapability(permissions.BasePermission):
    """Reading needs `see`; each view that writes names all the capabilities which that needs."""

    message = gettext_lazy("This key's scopes don't allow this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(request._request, "api_key", None) is None:
            raise exceptions.NotAuthenticated(_("Send an API key: Authorization: Bearer idn_…"))
        method = request.method or ""
        if method not in view.allowed_methods:
            raise exceptions.MethodNotAllowed(method)
        needed = ("see",) if method in permissions.SAFE_METHODS else getattr(view, "capabilities", ())
        return bool(needed) and all(request_can(request._request, name) for name in needed)


def require(request: Request, *capabilities: str) -> None:
    """For what a view can only know once it has found the object. Raises PermissionDenied."""
    if not all(request_can(request._request, name) for name in capabilities):
        raise exceptions.PermissionDenied(HasCapability.message)


class CursorPages(pagination.CursorPagination):
    """Cursor pages with up to 200 items by `limit`; a bad cursor or limit is refused with a sentence."""

    page_size_query_param = "limit"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("limit")
        if asked is None:
            return int(self.page_size or 50)
        # Not int(): it reads other scripts' digits and a million of them too.
        if not (asked.isascii() and asked.isdigit() and len(asked) < 5 and 1 <= int(asked) <= self.max_page_size):
            raise exceptions.ValidationError({"limit": [_("A whole number from 1 to 200.")]})
        return int(asked)

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (exceptions.NotFound, ValueError, ValidationError, DataError, OverflowError):
            text = _("This cursor isn't one of this list's. Start again without it.")
            raise exceptions.ValidationError({"cursor": [text]}) from None


class NewestFirstPagination(CursorPages):
    """The usual order."""

    ordering = ("-created_at", "-id")


class Body(serializers.Serializer[Any]):
    """What comes in. A field that isn't known is refused by name: a slip must not be lost in silence."""

    also_known: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields) - self.also_known):
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
        return super().to_internal_value(data)


class Nothing(Body):
    """The body of a request that needs none."""


class Filters(Body):
    """Query parameters of a list; a cursor and a limit are always among them."""

    also_known = frozenset({"cursor", "limit", "format"})


class RoomView(generics.GenericAPIView[Any]):
    """A view of the API: reads by querysets, writes by one service, in the brand of the key."""

    http_method_names: ClassVar[list[str]] = ["get", "head", "post"]
    parser_classes: ClassVar[list[type[BaseParser]]] = [JSONParser]
    capabilities: ClassVar[tuple[str, ...]] = ()
    filters: ClassVar[type[Filters]] = Filters

    def acting_user(self) -> User | None:
        """The person who made the key that asks, if still there."""
        user: User | None = self.request.user
        return user

    def body(self, kind: type[Body] = Nothing, **context: Any) -> dict[str, Any]:
        """The request's body, checked. Raises ValidationError with every field that is wrong."""
        return _checked(kind(data=self.request.data, context=context))

    def asked(self) -> dict[str, Any]:
        """The query parameters, checked against the view's filters; those not given are left out."""
        return _checked(self.filters(data=self.request.query_params.dict()))


class RoomListView(RoomView, generics.ListAPIView[Any]):
    """A list in cursor pages; fields of `filters` narrow it by equality."""

    def listed(self) -> QuerySet[Any]:
        """The list before its filters."""
        raise AssertionError("each list says what it lists")

    def get_queryset(self) -> QuerySet[Any]:
        return self.listed().filter(**self.asked())


def _checked(serializer: Body) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found
