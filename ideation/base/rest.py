"""What the rooms' API views are made of: strict bodies, filters, and views that read lists in cursor pages."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import generics, serializers
from rest_framework.parsers import BaseParser

from accounts.models import User
from ideation.base.parsers import JSONParser


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

    http_method_names = ["get", "head", "post"]
    parser_classes: Sequence[type[BaseParser]] = [JSONParser]
    capabilities: ClassVar[tuple[str, ...]] = ()
    """All that writing here needs."""
    reads: ClassVar[tuple[str, ...]] = ("see",)
    """All that reading here needs."""
    filters: ClassVar[type[Filters]] = Filters

    def acting_user(self) -> User | None:
        """The person who made the key that asks, if still there."""
        return self.request.user if isinstance(self.request.user, User) else None

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
