"""Every mail that the product sends about a person's account: subject and text, said in the reader's language.

allauth names a mail by its template's path; here each has one entry. A notice also says when and from where, since
its reader must see whether it was them.
"""

from typing import Any

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Words = dict[str, tuple[Promise, Promise]]

LETTERS: Words = {
    "account/email/email_confirmation_signup": (
        gettext_lazy("%(code)s is your code for Ideation"),
        gettext_lazy(
            "Welcome to Ideation. Type this code into the page that waits for it, and your account is ready:\n\n"
            "    %(code)s\n\nIt is good for 15 minutes. If you haven't signed up, ignore this mail: without the code "
            "nobody can use your address."
        ),
    ),
    "account/email/email_confirmation": (
        gettext_lazy("%(code)s is your code for Ideation"),
        gettext_lazy(
            "This code proves that the address is yours. Type it into the page that waits for it:\n\n    %(code)s\n\n"
            "It is good for 15 minutes. If you haven't asked for it, ignore this mail."
        ),
    ),
    "account/email/password_reset_key": (
        gettext_lazy("A new password for Ideation"),
        gettext_lazy(
            "Somebody, probably you, has asked for a new password. Choose one here:\n\n%(password_reset_url)s\n\n"
            "The link works once. If it wasn't you, ignore this mail: your password stays as it is."
        ),
    ),
    "account/email/unknown_account": (
        gettext_lazy("There is no Ideation account with this address"),
        gettext_lazy(
            "Somebody, probably you, has asked for a new password for %(email)s, but there is no account with this "
            "address. You may have signed up with another one. To make an account with this one:\n\n%(signup_url)s\n\n"
            "If it wasn't you, ignore this mail."
        ),
    ),
    "account/email/account_already_exists": (
        gettext_lazy("You have an Ideation account already"),
        gettext_lazy(
            "Somebody, probably you, has tried to sign up with %(email)s, but this address has an account already. "
            "If you have forgotten its password, choose a new one here:\n\n%(password_reset_url)s\n\n"
            "If it wasn't you, ignore this mail: nothing has changed."
        ),
    ),
}
"""Mails that somebody waits for."""

NOTICES: Words = {
    "account/email/password_changed": (
        gettext_lazy("Your Ideation password was changed"),
        gettext_lazy("The password of your account was changed. All other browsers are logged out."),
    ),
    "account/email/password_reset": (
        gettext_lazy("Your Ideation password was changed"),
        gettext_lazy("A new password was chosen for your account, by a link from a mail. All browsers are logged out."),
    ),
    "account/email/password_set": (
        gettext_lazy("Your Ideation account has a password now"),
        gettext_lazy("A password was chosen for your account, which had none."),
    ),
    "account/email/email_changed": (
        gettext_lazy("Your Ideation address was changed"),
        gettext_lazy("The email address of your account was changed from %(from_email)s to %(to_email)s."),
    ),
    "account/email/email_confirm": (
        gettext_lazy("Your Ideation address is proved"),
        gettext_lazy("The email address of your account was proved to be yours."),
    ),
    "account/email/email_deleted": (
        gettext_lazy("An address was taken from your Ideation account"),
        gettext_lazy("The address %(deleted_email)s was taken from your account."),
    ),
    "mfa/email/totp_activated": (
        gettext_lazy("Your Ideation account asks for a second factor now"),
        gettext_lazy("An authenticator app was set up: a login now asks for its code too."),
    ),
    "mfa/email/totp_deactivated": (
        gettext_lazy("Your Ideation account no longer asks for an app's code"),
        gettext_lazy("The authenticator app was taken from your account."),
    ),
    "mfa/email/webauthn_added": (
        gettext_lazy("A passkey was added to your Ideation account"),
        gettext_lazy("With a new passkey one can log in to your account without a password."),
    ),
    "mfa/email/webauthn_removed": (
        gettext_lazy("A passkey was taken from your Ideation account"),
        gettext_lazy("A passkey was removed and can no longer be used to log in."),
    ),
    "mfa/email/recovery_codes_generated": (
        gettext_lazy("New recovery codes for your Ideation account"),
        gettext_lazy("New recovery codes were made. The old ones no longer work."),
    ),
}
"""Mails that say what has changed; each is in the audit too."""


def mail(name: str, values: dict[str, Any], *, home: str, language: str) -> tuple[str, str] | None:
    """Subject and text of a mail in this language, None for one that isn't ours. `home` is the product's address."""
    words = LETTERS.get(name) or NOTICES.get(name)
    if words is None:
        return None
    with translation.override(language or translation.get_language()):
        subject, text = (str(part) % values for part in words)
        reader = getattr(values.get("user"), "name", "")
        greeting = _("Hello %(name)s,") % {"name": reader} if reader else _("Hello,")
        parts = [greeting, text, _whence(values) if name in NOTICES else "", f"Ideation\n{home}"]
        return subject, "\n\n".join(part for part in parts if part)


def _whence(values: dict[str, Any]) -> str:
    moment = timezone.localtime(values["timestamp"])
    said = {"time": f"{moment:%Y-%m-%d %H:%M} UTC", "ip": values["ip"], "browser": values["user_agent"]}
    return (
        _(
            "If this wasn't you, choose a new password at once, end all sessions on the page “Sessions” of your "
            "account, and tell an owner of your brand.\n\nWhen: %(time)s\nFrom: %(ip)s\nBrowser: %(browser)s"
        )
        % said
    )
