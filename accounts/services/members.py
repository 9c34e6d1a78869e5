"""The only writer of memberships. A brand's changes of members stand in line, so that an owner always remains."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.errors import AccountError
from accounts.models import ApiKey, Brand, Invitation, Membership, Role, User
from accounts.permissions import CAPABILITIES, role_can, scopes_within
from accounts.tenancy import current_brand


@transaction.atomic
def membership_add(*, user: User, role: str) -> Membership:
    """Puts a person into the current brand."""
    return Membership.objects.create(user=user, role=role)


def stand_in_line() -> None:
    """Waits for the brand's other changes of members; what is read afterwards holds until the transaction's end.

    The lock is on the brand's own row: locks on its owners' rows would not stop a new one from coming in between.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=current_brand())


@transaction.atomic
def member_role_set(*, membership_id: uuid.UUID, role: str, by: User | None) -> Membership:
    """Gives a member another role. `by` nobody: a key, which may do what a manager may.

    The keys they have made that could do more than the new role end, and so do invitations they couldn't send now.
    Raises AccountError for the last owner, for owners where `by` is none, and for somebody who has left.
    """
    stand_in_line()
    member = _member(membership_id)
    must_manage(by, member.role, role)
    if member.role == Role.OWNER and role != Role.OWNER:
        _another_owner_stays(member)
    member.role = role
    member.save(update_fields=["role"])
    _end_invitations(member.user, keeps=role)
    _end_keys(member.user, keeps=role)
    return member


@transaction.atomic
def member_remove(*, membership_id: uuid.UUID, by: User | None, keys_too: bool = True) -> Membership:
    """Ends somebody's place in the brand, at once and in every project, and the keys that they have made.

    Oneself may always leave. Raises AccountError for the last owner, and for owners where `by` is none.
    """
    stand_in_line()
    member = _member(membership_id)
    if by is None or member.user_id != by.pk:
        must_manage(by, member.role)
    if member.role == Role.OWNER:
        _another_owner_stays(member)
    _end_invitations(member.user, keeps="")
    if keys_too:
        ApiKey.objects.filter(created_by=member.user, revoked_at=None).update(revoked_at=timezone.now())
    member.delete()
    return member


def _member(membership_id: uuid.UUID) -> Membership:
    found = Membership.objects.select_related("user").filter(pk=membership_id).first()
    if found is None:
        raise AccountError("member_gone", status=404)
    return found


def must_manage(by: User | None, *roles: str) -> None:
    """Raises AccountError where a person (nobody: a key) may not manage members, or none of these roles.

    Read anew, in line: who asked may have lost the role a moment ago.
    """
    own = Role.MANAGER if by is None else Membership.objects.filter(user=by).values_list("role", flat=True).first()
    if not role_can(own or "", "manage_members"):
        raise AccountError("not_allowed", status=403)
    if own != Role.OWNER and Role.OWNER in roles:
        raise AccountError("owners_only", status=403)


def _another_owner_stays(member: Membership) -> None:
    if not Membership.objects.filter(role=Role.OWNER).exclude(pk=member.pk).exists():
        raise AccountError("brand_needs_owner", status=409)


def _end_invitations(user: User, *, keeps: str) -> None:
    """Takes back what somebody with this role could not have sent."""
    sent = Invitation.objects.filter(invited_by=user, accepted_at=None, revoked_at=None)
    if role_can(keeps, "manage_members"):
        sent = sent.filter(role=Role.OWNER) if keeps != Role.OWNER else sent.none()
    sent.update(revoked_at=timezone.now())


def _end_keys(user: User, *, keeps: str) -> None:
    """Revokes what somebody with this role could not have made: they may know its text."""
    made = ApiKey.objects.filter(created_by=user, revoked_at=None)
    fair = set(scopes_within(CAPABILITIES[keeps])) if role_can(keeps, "manage_keys") else set[str]()
    strong = [key.pk for key in made if not set(key.scopes) <= fair]
    ApiKey.objects.filter(pk__in=strong).update(revoked_at=timezone.now())
