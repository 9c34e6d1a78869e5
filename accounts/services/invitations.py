"""The only writer of invitations: one door, for one address, once. Only the token's hash is kept."""

import secrets
import smtplib
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.addresses import email_address
from accounts.errors import AccountError
from accounts.models import Brand, Invitation, Membership, User
from accounts.querysets import brand_of_invitation, has_address, invitations_open, token_hash
from accounts.services.members import membership_add, must_manage, stand_in_line
from accounts.tenancy import brand_scope, current_brand

DAYS = 7
A_DAY = 50
"""Invitations that a brand can send in 24 hours: it sends mail to strangers in our name."""

LETTER = gettext_noop(
    "Hello,\n\n%(by)s invites you to join %(brand)s on Ideation. Your role there: %(role)s.\n\n"
    "Look at the invitation and come in by this link:\n\n%(link)s\n\n"
    "It is for %(email)s alone, works once, and until %(date)s. If you don't expect it, ignore this mail: without the "
    "link nobody comes in.\n\nIdeation\n%(site)s"
)


@transaction.atomic
def invitation_create(*, email: str, role: str, by: User | None, site: str) -> Invitation:
    """Invites an address (`by` nobody: a key) and sends the email, whose link begins with `site`.

    Raises AccountError for an address that is none, a member, or invited already, for a role that `by` can't give,
    past the limit of a day, and when the email can't be sent: then nobody is invited.
    """
    email = email_address(email)
    stand_in_line()
    must_manage(by, role)
    if Membership.objects.filter(user__in=_people_with(email)).exists():
        raise AccountError("already_member", status=409, field="email", email=email)
    if invitations_open().filter(email=email, expires_at__gt=timezone.now()).exists():
        raise AccountError("invitation_open", status=409, field="email", email=email)
    return _send(email=email, role=role, by=by, site=site)


@transaction.atomic
def invitation_resend(*, invitation_id: uuid.UUID, by: User | None, site: str) -> Invitation:
    """Sends an open or expired invitation again: a new link, with which the old one ends."""
    stand_in_line()
    found = _open(invitation_id)
    must_manage(by, found.role)
    _end(found)
    return _send(email=found.email, role=found.role, by=by, site=site)


@transaction.atomic
def invitation_revoke(*, invitation_id: uuid.UUID, by: User | None) -> Invitation:
    """Takes an invitation back, at once."""
    stand_in_line()
    found = _open(invitation_id)
    must_manage(by, found.role)
    _end(found)
    return found


@transaction.atomic
def invitation_accept(*, token: str, user: User) -> Brand:
    """Lets the person in, once. Raises AccountError as `invitation_of` does. Outside any brand's scope."""
    brand_id = brand_of_invitation(token)
    if brand_id is None:
        raise AccountError("invitation_unknown", status=404)
    with brand_scope(brand_id):
        # Two clicks at the same moment: the second one reads what the first has written.
        stand_in_line()
        found = standing(token)
        if not has_address(user, found.email):
            raise AccountError("invitation_other_person", status=403, email=found.email)
        found.accepted_at = timezone.now()
        found.save(update_fields=["accepted_at"])
        if not Membership.objects.filter(user=user).exists():
            membership_add(user=user, role=found.role)
        return Brand.objects.get(pk=brand_id)


def invitation_take(*, email: str) -> str:
    """The role that an open invitation gives this address, which is used up thereby; empty if there is none.

    For an address that the brand's own identity provider has proved; in the brand's scope, in line.
    """
    found = invitations_open().filter(email=email, expires_at__gt=timezone.now()).first()
    if found is None:
        return ""
    found.accepted_at = timezone.now()
    found.save(update_fields=["accepted_at"])
    return found.role


def standing(token: str) -> Invitation:
    """The invitation of this token, in its brand's scope. Raises AccountError that says why it opens nothing."""
    found = Invitation.objects.select_related("brand", "invited_by").filter(token_sha256=token_hash(token)).first()
    if found is None:
        raise AccountError("invitation_unknown", status=404)
    if found.accepted_at:
        raise AccountError("invitation_used", status=410)
    if found.revoked_at:
        raise AccountError("invitation_revoked", status=410)
    if found.expires_at <= timezone.now():
        raise AccountError("invitation_expired", status=410)
    return found


def _open(invitation_id: uuid.UUID) -> Invitation:
    found = invitations_open().filter(pk=invitation_id).first()
    if found is None:
        raise AccountError("invitation_unknown", status=404)
    return found


def _end(invitation: Invitation) -> None:
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])


def _people_with(email: str) -> list[uuid.UUID]:
    proved = Q(emailaddress__email=email, emailaddress__verified=True)
    return list(User.objects.filter(Q(email=email) | proved).values_list("pk", flat=True).distinct())


def _send(*, email: str, role: str, by: User | None, site: str) -> Invitation:
    now = timezone.now()
    # All of them, ended ones too: whoever invites and takes back in turns sends as much mail.
    if Invitation.objects.filter(created_at__gt=now - timedelta(days=1)).count() >= A_DAY:
        raise AccountError("invitations_too_many", status=429, limit=A_DAY)
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        email=email,
        role=role,
        invited_by=by,
        token_sha256=token_hash(token),
        expires_at=now + timedelta(days=DAYS),
    )
    _mail(made, by, site, token)
    return made


def _mail(invitation: Invitation, by: User | None, site: str, token: str) -> None:
    brand = Brand.objects.get(pk=current_brand())
    known = User.objects.filter(pk__in=_people_with(invitation.email)).exclude(language="").first()
    with translation.override(known.language if known else brand.language):
        words = {
            "brand": brand.name,
            "by": f"{by} ({by.email})" if by and by.name else str(by or brand.name),
            "role": invitation.get_role_display(),
            "email": invitation.email,
            "date": formats.date_format(invitation.expires_at),
            "link": site.rstrip("/") + reverse("invitation", args=[token]),
            "site": site,
        }
        # A name may hold line breaks; a mail's header may not.
        subject = " ".join((_("%(by)s invites you to %(brand)s") % {**words, "by": by or brand.name}).split())
        text = _(LETTER) % words
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [invitation.email])
    except (OSError, smtplib.SMTPException) as error:
        raise AccountError("invitation_not_sent", status=503) from error
