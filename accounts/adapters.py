"""Where the product tells allauth how people come in: by email and password, by passkey, or by their brand's own login.

Every way in and every way that was refused leaves a note in the audit, with the address that was typed, never the
password. What a person is mailed about as a notice is noted under the same name.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.mail import EmailMessage
from django.forms import BaseForm, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.addresses import email_address
from accounts.brandlogin import session_bind
from accounts.errors import AccountError
from accounts.mails import NOTICES, mail
from accounts.models import User
from accounts.registration import may_sign_up
from accounts.sealed import seal, unseal
from accounts.services.audit import audit_note, person_note
from accounts.services.people import password_change, person_sign_up

REFUSALS = {
    "account_inactive": gettext_lazy("This account has been closed. Ask an owner of your brand."),
    "duplicate_email": gettext_lazy("This is the address that your account has already."),
    "same_as_current": gettext_lazy("This is the address that your account has already."),
    "email_password_mismatch": gettext_lazy("Email and password don't fit together. Check both, or ask for a new one."),
    "email_taken": gettext_lazy("Another account has this address. Log in with it, or take another address."),
    "enter_current_password": gettext_lazy("This is not your current password."),
    "incorrect_password": gettext_lazy("This is not your password."),
    "incorrect_code": gettext_lazy("This code is not right, or no longer. Take the newest one."),
    "invalid_or_expired_key": gettext_lazy("This link has been used, or is too old. Ask for a new one."),
    "invalid_password_reset": gettext_lazy("This link has been used, or is too old. Ask for a new one."),
    "rate_limited": gettext_lazy("That was very often in a short time. Wait a few minutes, then try again."),
    "too_many_login_attempts": gettext_lazy(
        "Too many attempts have failed. Wait five minutes, or choose a new password, which opens the account at once."
    ),
}

SAID: dict[str, Any] = {
    "account/messages/email_confirmed.txt": gettext_lazy("%(email)s is proved to be yours."),
    "account/messages/email_confirmation_failed.txt": gettext_lazy("Another account has proved %(email)s already."),
    "account/messages/email_confirmation_sent.txt": gettext_lazy("A code is on its way to %(email)s."),
    "account/messages/password_changed.txt": gettext_lazy("Your password is changed. Other browsers are logged out."),
    "account/messages/password_set.txt": gettext_lazy("Your account has a password now."),
    "account/messages/logged_out.txt": gettext_lazy("You are logged out."),
    # Seeing one's own brand says it already.
    "account/messages/logged_in.txt": "",
    "mfa/messages/totp_activated.txt": gettext_lazy("From now on a login asks for the app's code too."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("The app's code is no longer asked for."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("The passkey is ready."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The passkey no longer works."),
    # The page that comes next shows them and says so.
    "mfa/messages/recovery_codes_generated.txt": "",
    "usersessions/messages/sessions_logged_out.txt": gettext_lazy("All other browsers are logged out."),
}
"""allauth's template of a message → what is said instead."""


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, login and mails of people."""

    error_messages = {**DefaultAccountAdapter.error_messages, **REFUSALS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_sign_up(request)

    def clean_email(self, email: str) -> str:
        try:
            return email_address(email)
        except AccountError as error:
            raise ValidationError(str(error), code=error.code) from None

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        typed = form.cleaned_data
        return person_sign_up(
            user=user,
            email=typed["email"],
            password=typed.get("password1"),
            name=typed.get("name", ""),
            brand_name=typed.get("brand_name", ""),
            language=get_language() or "",
        )

    def set_password(self, user: User, password: str) -> None:
        password_change(user=user, password=password)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        records = get_authentication_records(request, user)
        proofs = [str(record.get("type") or record["method"]) for record in records]
        person_note(user=user, action="login", after={"proofs": proofs})

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        session_bind(request, login["signal_kwargs"])
        response: HttpResponse = super().post_login(request, user, **login)
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            person_note(user=request.user, action="logout")
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note_refused("login_locked", credentials.get("email", ""))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_refused("login_failed", credentials.get("email", ""))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        if message is None and message_template in SAID:
            said = str(SAID[message_template])
            if said:
                messages.add_message(request, level, said % (message_context or {}), extra_tags=extra_tags)
            return
        super().add_message(request, level, message_template, message_context, extra_tags, message)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        if template_prefix in NOTICES:
            person_note(user=user, action=template_prefix.rpartition("/")[2], after=dict(context or {}))
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        language = getattr(context.get("user"), "language", "")
        home = self.request.build_absolute_uri("/")
        words = mail(template_prefix, context, home=home, language=language)
        if words is None:
            made: EmailMessage = super().render_mail(template_prefix, email, context, headers)
            return made
        to = [email] if isinstance(email, str) else email
        return EmailMessage(*words, from_email=self.get_from_email(), to=to, headers=headers)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        said = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use your app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [{**method, "description": said[method["id"]]} for method in super().get_reauthentication_methods(user)]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_change_password")


def note_refused(action: str, email: str) -> None:
    """An attempt to come in that failed: in the audit of the address's brands, or in nobody's."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        audit_note(action=action, after={"email": email})
    else:
        person_note(user=user, action=action, after={"email": email})


class FactorAdapter(DefaultMFAAdapter):
    """Second factors and passkeys."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": REFUSALS["incorrect_code"]}

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's word
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": "Ideation"}
