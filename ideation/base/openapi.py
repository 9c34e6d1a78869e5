"""What the OpenAPI document says of every endpoint: its room, its filters, the key, and how it refuses."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema_serializer
from rest_framework import serializers

from ideation.base.problems import PROBLEM_TYPE

REFUSALS = {
    "400": "The request can't be read, or some of its fields need mending: `errors` names each.",
    "401": "No API key, or one that is unknown, revoked or expired.",
    "403": "The key's scopes don't allow this.",
    "404": "There is nothing here, or it belongs to another brand.",
    "409": "It can't be done as things stand now: `detail` says why and what to do.",
    "413": "More than is taken at once.",
    "415": "A media type that this address doesn't read.",
    "default": "Every other refusal.",
}


class ProblemFieldSerializer(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A body without a name",
            value={
                "type": "about:blank",
                "title": "Bad Request",
                "status": 400,
                "code": "invalid",
                "detail": "Some fields need mending.",
                "errors": [{"field": "name", "code": "required", "detail": "This field is required."}],
                "instance": "urn:uuid:0b1f3a52-4f0e-4a53-9d58-5f6f2f0e9a11",
            },
        )
    ]
)
class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal, as RFC 9457 describes it. `code` is for programs, `detail` for people, in their language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = ProblemFieldSerializer(many=True)  # type: ignore[assignment]  # RFC 9457 leaves names to us
    instance = serializers.CharField()


class RoomSchema(AutoSchema):
    """Reads from a view what every operation of the API has in common."""

    def get_tags(self) -> list[str]:
        # ideation.<room>.api
        return [type(self.view).__module__.split(".")[1]]

    def get_summary(self) -> str:
        """The first sentence of what the operation does."""
        return str(self.get_description()).partition(". ")[0].partition(".\n")[0].rstrip(".")

    def get_override_parameters(self) -> list[Any]:
        """A list's filters, and the language of sentences."""
        filters = getattr(self.view, "filters", None) if self._is_list_view() else None
        language = OpenApiParameter(
            "Accept-Language",
            str,
            OpenApiParameter.HEADER,
            description="Language of sentences for people.",
            enum=["en", "zh-hans"],
        )
        return [filters, language] if filters and filters().fields else [language]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._refusals():
            answer = OpenApiResponse(ProblemSerializer, REFUSALS[status])
            body = self._get_response_for_code(answer, status, [PROBLEM_TYPE], direction)  # type: ignore[no-untyped-call]
            bodies.setdefault(status, body)
        return bodies

    def _refusals(self) -> list[str]:
        writes = self.method != "GET"
        there = {"400": writes or self._is_list_view(), "404": "{" in self.path}
        there |= dict.fromkeys(("409", "413", "415"), writes)
        return [status for status in REFUSALS if there.get(status, True)]


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Names the Bearer key."""

    target_class = "ideation.base.api.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "idn_PREFIX_SECRET",
            "description": "A brand's API key: for that brand alone, or for one of its projects, as far as its scopes "
            "(read, write, jobs, admin) go.",
        }
