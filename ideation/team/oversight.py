"""The API's audit and usage: who did what in the brand, and what it uses of what it may."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.audit import entries
from accounts.models import AuditEntry
from accounts.quotas import QUOTAS, Standing, standings
from ideation.base.api import CursorPages
from ideation.base.rest import Filters, RoomListView, RoomView


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """Who did what to what, when and from where, with what it was before and after."""

    person = serializers.CharField(help_text="A person's email, or a key's name; empty for the product itself.")
    before = serializers.DictField(help_text="The changed columns; ••• for what the audit doesn't keep.")
    after = serializers.DictField(help_text="The changed columns; ••• for what the audit doesn't keep.")

    class Meta:
        model = AuditEntry
        fields = read_only_fields = (
            "id", "at", "action", "table", "object_id", "person", "person_id", "key_id", "job_id", "address", "before",
            "after",
        )  # fmt: skip


class AuditFilters(Filters):
    """Narrows the audit."""

    person = serializers.CharField(required=False, help_text="Part of a person's email or of a key's name.")
    action = serializers.CharField(required=False, help_text="insert, update, delete, or a word such as login_failed.")
    table = serializers.CharField(required=False)
    object_id = serializers.UUIDField(required=False)
    since = serializers.DateField(required=False, help_text="First day, in UTC.")
    until = serializers.DateField(required=False, help_text="Last day, in UTC.")


class AuditPages(CursorPages):
    """Newest first."""

    ordering = ("-at", "-id")


class AuditView(RoomListView):
    """The brand's audit, newest first."""

    reads: ClassVar[tuple[str, ...]] = ("see_audit",)
    serializer_class = AuditEntrySerializer
    pagination_class = AuditPages
    filters = AuditFilters

    def get_queryset(self) -> QuerySet[Any]:
        return entries(**self.asked())


class StandingSerializer(serializers.Serializer[Standing]):
    """How the brand stands with a quota. What running work has set aside counts as used until it ends."""

    kind = serializers.ChoiceField(list(QUOTAS))
    used = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True, help_text="Null: no limit.")
    renews = serializers.DateTimeField(allow_null=True, help_text="When a monthly quota begins anew.")


class UsageSerializer(serializers.Serializer[dict[str, Any]]):
    """Every quota of the brand."""

    quotas = StandingSerializer(many=True)


class UsageView(RoomView):
    """The brand's use of its quotas."""

    reads: ClassVar[tuple[str, ...]] = ("see_usage",)

    @extend_schema(responses=UsageSerializer)
    def get(self, request: Request) -> Response:
        """What the brand uses of what it may. Going over is refused with 429 and the code `quota_reached`."""
        return Response(UsageSerializer({"quotas": standings()}).data)
