"""The API's members, invitations and keys: for a brand's own systems, by a key with the scope `admin`.

A key may do what a manager may: owners are made and changed by owners, on pages.
"""

import uuid
from typing import ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import querysets
from accounts.errors import AccountError
from accounts.models import ApiKey, Invitation, Membership, Role
from accounts.permissions import SCOPES
from accounts.services.audit import audit_note
from accounts.services.invitations import invitation_create, invitation_resend, invitation_revoke
from accounts.services.keys import key_create, key_revoke
from accounts.services.members import member_remove, member_role_set
from ideation.base.api import allowed_to
from ideation.base.rest import Body, RoomListView, RoomView


class TeamView(RoomView):
    """What is refused here is in the audit, as it is when a page refuses it."""

    subject: ClassVar[str] = ""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, AccountError):
            audit_note(action=f"{self.subject}_refused", after={"code": exc.code})
        return super().handle_exception(exc)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """A person in the brand."""

    name = serializers.CharField(source="user.name", help_text="Empty where they have given none.")
    email = serializers.EmailField(source="user.email")
    last_seen = serializers.DateTimeField(allow_null=True, help_text="In any of their brands.")
    two_factors = serializers.BooleanField(help_text="Whether they log in with a second factor or a passkey.")

    class Meta:
        model = Membership
        fields = read_only_fields = ("id", "name", "email", "role", "last_seen", "two_factors", "created_at")


@extend_schema_serializer(examples=[OpenApiExample("An analyst", value={"role": "analyst"})])
class RoleBody(Body):
    """Another role."""

    role = serializers.ChoiceField(Role.choices)


class MemberRoom(TeamView):
    """What every address about members shares."""

    reads: ClassVar[tuple[str, ...]] = ("manage_members",)
    capabilities: ClassVar[tuple[str, ...]] = ("manage_members",)
    subject = "member"


class MembersView(MemberRoom, RoomListView):
    """The brand's members, newest first."""

    serializer_class = MemberSerializer

    def listed(self) -> QuerySet[Membership]:
        return querysets.members()


def _member(member_id: uuid.UUID) -> Membership:
    found = querysets.members().filter(pk=member_id).first()
    if found is None:
        raise Http404
    return found


class MemberView(MemberRoom):
    """One member."""

    @extend_schema(responses=MemberSerializer)
    def get(self, request: Request, member_id: uuid.UUID) -> Response:
        """One member."""
        return Response(MemberSerializer(_member(member_id)).data)


class MemberRoleView(MemberRoom):
    """A member's role."""

    @extend_schema(request=RoleBody, responses=MemberSerializer)
    def post(self, request: Request, member_id: uuid.UUID) -> Response:
        """Gives a member another role. A key can neither make an owner nor change one."""
        member_role_set(membership_id=member_id, by=None, **self.body(RoleBody))
        return Response(MemberSerializer(_member(member_id)).data)


class MemberRemoveView(MemberRoom):
    """Somebody's place in the brand."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, member_id: uuid.UUID) -> Response:
        """Removes a member at once, with the keys that they have made. A key can't remove an owner."""
        self.body()
        member_remove(membership_id=member_id, by=None)
        return Response(status=204)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An open door into the brand, for one address. Its link is in the mail alone."""

    class Meta:
        model = Invitation
        fields = read_only_fields = ("id", "email", "role", "expires_at", "created_at")


@extend_schema_serializer(examples=[OpenApiExample("Ana", value={"email": "ana@company.com", "role": "analyst"})])
class InvitationBody(Body):
    """Who is invited, and as what."""

    email = serializers.CharField(max_length=254)
    role = serializers.ChoiceField(Role.choices)


class InvitationRoom(MemberRoom):
    """What every address about invitations shares."""

    subject = "invitation"

    @property
    def site(self) -> str:
        """Where the mail's link begins."""
        return str(self.request.build_absolute_uri("/"))


class InvitationsView(InvitationRoom, RoomListView):
    """Open invitations, newest first; expired ones too, which can be sent again."""

    serializer_class = InvitationSerializer

    def listed(self) -> QuerySet[Invitation]:
        return querysets.invitations_open()

    @extend_schema(request=InvitationBody, responses={201: InvitationSerializer})
    def post(self, request: Request) -> Response:
        """Invites an address by mail, with a link that works once and for seven days."""
        made = invitation_create(**self.body(InvitationBody), by=None, site=self.site)
        return Response(InvitationSerializer(made).data, status=201)


class InvitationResendView(InvitationRoom):
    """The same invitation again."""

    @extend_schema(request=None, responses={201: InvitationSerializer})
    def post(self, request: Request, invitation_id: uuid.UUID) -> Response:
        """Sends an invitation again: a new one with a new link, with which the old one ends."""
        self.body()
        made = invitation_resend(invitation_id=invitation_id, by=None, site=self.site)
        return Response(InvitationSerializer(made).data, status=201)


class InvitationRevokeView(InvitationRoom):
    """The end of an invitation."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, invitation_id: uuid.UUID) -> Response:
        """Takes an invitation back, at once."""
        self.body()
        invitation_revoke(invitation_id=invitation_id, by=None)
        return Response(status=204)


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key without its text, which is shown once, when it is made."""

    scopes = serializers.ListField(child=serializers.ChoiceField(list(SCOPES)), read_only=True)
    created_by = serializers.EmailField(source="created_by.email", allow_null=True, default=None, read_only=True)

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = (
            "id", "name", "prefix", "scopes", "project_id", "created_by", "created_at", "last_used_at", "expires_at",
            "revoked_at",
        )  # fmt: skip
        read_only_fields = fields


class NewKeySerializer(KeySerializer):
    """A key that has just been made."""

    key = serializers.CharField(read_only=True, help_text="The whole text. It can't be read again.")

    class Meta(KeySerializer.Meta):
        fields = (*KeySerializer.Meta.fields, "key")
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "For a warehouse",
            value={"name": "Warehouse", "scopes": ["read"], "expires_at": "2028-01-31T00:00:00Z"},
        )
    ]
)
class KeyBody(Body):
    """A new key, with no more power than the one that asks."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.ChoiceField(list(SCOPES)), min_length=1, max_length=len(SCOPES))
    project_id = serializers.UUIDField(required=False, allow_null=True, help_text="The key sees this project alone.")
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Without it the key has no end.")


class KeyRoom(TeamView):
    """What every address about keys shares."""

    reads: ClassVar[tuple[str, ...]] = ("manage_keys",)
    capabilities: ClassVar[tuple[str, ...]] = ("manage_keys",)
    subject = "key"


class KeysView(KeyRoom, RoomListView):
    """The brand's keys, newest first; revoked and expired ones too."""

    serializer_class = KeySerializer

    def listed(self) -> QuerySet[ApiKey]:
        return querysets.keys()

    @extend_schema(request=KeyBody, responses={201: NewKeySerializer})
    def post(self, request: Request) -> Response:
        """Makes a key. Its text is in this answer and nowhere else."""
        sent = self.body(KeyBody)
        key, text = key_create(created_by=self.acting_user(), allowed=allowed_to(request), **sent)
        response = Response({**KeySerializer(key).data, "key": text}, status=201)
        response["Cache-Control"] = "no-store"
        return response


class KeyRevokeView(KeyRoom):
    """The end of a key."""

    @extend_schema(request=None, responses=KeySerializer)
    def post(self, request: Request, key_id: uuid.UUID) -> Response:
        """Revokes a key, at once; also the one that asks."""
        self.body()
        found = querysets.keys().filter(pk=key_id).first()
        if found is None:
            raise Http404
        key_revoke(key=found, at=timezone.now())
        return Response(KeySerializer(querysets.keys().get(pk=key_id)).data)
