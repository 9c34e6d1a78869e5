"""Email addresses as people type them: one spelling for each, and only such as can be nobody else's by looks."""

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.errors import AccountError

LONGEST = 254


def email_address(text: str) -> str:
    """The address in the one form that is kept and compared: small letters, an international domain as xn--.

    Raises AccountError for what is none (a second line for the mail's header, say), and for letters beyond ASCII
    before the @: a Cyrillic а looks like an a, and the mail would go to a stranger.
    """
    found = text.strip(" \t\u3000")
    name, _at, domain = found.rpartition("@")
    # Before lower(), which turns some foreign letters (the Kelvin sign) into Latin ones.
    if not name.isascii():
        raise AccountError("email_not_ascii", field="email")
    found, name, domain = found.lower(), name.lower(), domain.lower()
    try:
        if not domain.isascii():
            found = f"{name}@{idna.encode(domain, uts46=True).decode('ascii')}"
        validate_email(found)
    except (ValidationError, UnicodeError):
        raise AccountError("email_unreadable", field="email") from None
    if len(found) > LONGEST:
        raise AccountError("email_unreadable", field="email")
    return found


def email_domain(email: str) -> str:
    """What stands behind the @, in small letters."""
    return email.rpartition("@")[2].lower()
