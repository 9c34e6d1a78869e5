"""What proves that it is the person themselves: codes of an app, recovery codes, passkeys. What fails is noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.people import CODE_WIDGET
from accounts.models import User
from accounts.services.audit import audit_note, person_note

APP_CODE = _("Code of your app, or a recovery code")


def note_failure(user: User | None, error: forms.ValidationError, proof: str) -> None:
    """A proof that failed; of nobody, where a passkey doesn't say whose it is."""
    said = {"proof": proof, "reason": error.code or ""}
    if user is None:
        audit_note(action="login_failed", after=said)
    else:
        person_note(user=user, action="login_failed", after=said)


class _Code:
    """A field for a code, and a note of each that was wrong."""

    user: User

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # allauth's
        except forms.ValidationError as error:
            note_failure(self.user, error, "code")
            raise
        return code


class CodeForm(_Code, codes.AuthenticateForm):
    """The second factor at a login."""

    code = forms.CharField(label=APP_CODE, max_length=20, widget=CODE_WIDGET)


class CodeAgainForm(_Code, codes.ReauthenticateForm):
    """The second factor once more, before something that matters."""

    code = forms.CharField(label=APP_CODE, max_length=20, widget=CODE_WIDGET)


class AppForm(totp.ActivateTOTPForm):
    """The first code of a new app, which shows that it has the secret."""

    code = forms.CharField(label=_("Code that the app shows"), max_length=20, widget=CODE_WIDGET)


@contextmanager
def readable() -> Iterator[None]:
    """What isn't built as a passkey's answer is a wrong one; allauth and fido2 let some of it pass as our mistake."""
    try:
        yield
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class NewPasskeyForm(webauthn.AddWebAuthnForm):
    """A passkey: it always asks who uses it (finger, face, PIN), so that it stands for password and second factor."""

    name = forms.CharField(
        label=_("Name of the passkey"), max_length=60, required=False, help_text=_("So that you know it again later.")
    )
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)

    def clean(self) -> Any:
        with readable():
            return super().clean()


class PasskeyNameForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=60)


class PasskeyForm(webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second factor."""

    def clean_credential(self) -> Any:
        try:
            with readable():
                return super().clean_credential()
        except forms.ValidationError as error:
            note_failure(self.user, error, "passkey")
            raise


class PasskeyLoginForm(PasskeyForm, webauthn.LoginWebAuthnForm):
    """A passkey in place of email and password."""
