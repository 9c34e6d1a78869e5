"""The API's product names of reviews that no product has yet."""

import uuid
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.rest import Body
from ideation.catalog.api import ProjectRoom
from ideation.catalog.querysets import products_of
from ideation.reviews.services import matching
from ideation.reviews.unmatched import UnmatchedName, unmatched

MANAGE: tuple[str, ...] = ("manage_projects",)


class UnmatchedNameSerializer(serializers.Serializer[UnmatchedName]):
    """What reviews without a product call theirs."""

    name = serializers.CharField()
    reviews = serializers.IntegerField()
    suggested = serializers.SerializerMethodField(help_text="The product whose name is closest; null where none is.")
    likeness = serializers.SerializerMethodField(help_text="Of both names, 0 to 1.")

    def get_suggested(self, one: UnmatchedName) -> uuid.UUID | None:
        return one.suggested.pk if one.suggested else None

    def get_likeness(self, one: UnmatchedName) -> float:
        return one.likeness


class UnmatchedSerializer(serializers.Serializer[Any]):
    """The most frequent of them."""

    count = serializers.IntegerField(help_text="Names in all.")
    names = UnmatchedNameSerializer(many=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample("A name", value={"name": "Kettle K17 (red)", "product": "2a9b7a52-04b4-4f1c-9d55-3b5c4f3b7d10"})
    ]
)
class AssignBody(Body):
    """Which product a name means."""

    name = serializers.CharField(max_length=200)
    product = serializers.UUIDField()


class AssignedSerializer(serializers.Serializer[Any]):
    """What came of it."""

    reviews = serializers.IntegerField(help_text="Reviews that have the product now, or have it no more.")
    job = serializers.UUIDField(allow_null=True, help_text="There for so many reviews that it takes a while.")


class UnmatchedView(ProjectRoom):
    """Names that no product has."""

    capabilities: ClassVar[tuple[str, ...]] = MANAGE

    @extend_schema(responses=UnmatchedSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """The hundred most frequent names of products that the catalogue doesn't know, each with the closest one."""
        found = unmatched(self.project)
        return Response(UnmatchedSerializer({"count": len(found), "names": found.suggested(found.names[:100])}).data)

    @extend_schema(request=AssignBody, responses=AssignedSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Says that a name means a product: for the reviews that are here, and for those to come."""
        sent = self.body(AssignBody)
        product = products_of(self.project).filter(pk=sent["product"]).first()
        if product is None:
            raise serializers.ValidationError({"product": [_("This project has no such product.")]})
        done = matching.name_assign(
            project=self.project, name=sent["name"], product=product, created_by=self.acting_user()
        )
        return Response(AssignedSerializer({"reviews": done.reviews, "job": done.job.pk if done.job else None}).data)
