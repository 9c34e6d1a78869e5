"""What the OpenAPI document says of every endpoint: the key, and the problem+json that a refusal answers with."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class ProblemFieldSerializer(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal, as RFC 9457 describes it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = ProblemFieldSerializer(many=True)
    instance = serializers.CharField()


class RoomSchema(AutoSchema):
    """Adds the refusals to each operation."""

    def get_response_serializers(self) -> Any:
        found = super().get_response_serializers()
        answers = dict(found) if isinstance(found, dict) else {self._success_code(): found}
        for status in self._refusals():
            answers.setdefault((status, "application/problem+json"), ProblemSerializer)
        return answers

    def _success_code(self) -> str:
        return {"POST": "201", "DELETE": "204"}.get(self.method, "200")

    def _refusals(self) -> list[str]:
        statuses = ["401", "403"]
        if self.method in ("POST", "PATCH", "PUT"):
            statuses.append("400")
        return [*statuses, "404"] if "{" in self.path else statuses


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """Names the Bearer key."""

    target_class = "ideation.base.api.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "idn_PREFIX_SECRET"}
