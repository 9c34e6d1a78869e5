"""Who may sign up: everybody, who was invited, or whose address is of a domain of the installation's own.

An invitation opens the door whatever the setting says. The page that takes an invitation leaves its token in the
session, and its address there as proved (allauth's `stash_verified_email`).
"""

from django.conf import settings
from django.http import HttpRequest

from accounts.addresses import email_domain
from accounts.errors import AccountError

INVITATION = "invitation"
"""The session's key for the token of an invitation that is about to be accepted."""


def invited_email(request: HttpRequest) -> str:
    """The address that this browser was invited with, empty without an invitation."""
    if not request.session.get(INVITATION):
        return ""
    return str(request.session.get("account_verified_email") or "")


def may_sign_up(request: HttpRequest) -> bool:
    """Whether this browser may see the form at all."""
    return settings.REGISTRATION != "invitation" or bool(invited_email(request))


def refuse_stranger(request: HttpRequest, email: str) -> None:
    """Raises AccountError where this address may not sign up from this browser."""
    invited = invited_email(request)
    if invited:
        if invited.lower() != email:
            raise AccountError("email_not_invited", email=invited, field="email")
    elif settings.REGISTRATION == "domains" and email_domain(email) not in settings.REGISTRATION_DOMAINS:
        raise AccountError("email_other_domain", domains=", ".join(settings.REGISTRATION_DOMAINS), field="email")
