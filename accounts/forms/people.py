"""What people type to come in and about themselves: allauth's forms with the house's words, addresses and rules."""

from typing import Any

from allauth.account import forms as allauth
from allauth.core import context
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.addresses import email_address
from accounts.errors import AccountError
from accounts.models import Brand, User
from accounts.registration import invited_email, refuse_stranger

PASSWORD_HINT = _("At least 10 characters. A sentence is good; a common word or your name is not.")


def refusal(error: AccountError) -> forms.ValidationError:
    """A refusal as forms show it."""
    return forms.ValidationError(str(error), code=error.code)


class AddressField(forms.CharField):
    """An email address, kept in its one spelling."""

    widget = forms.TextInput(attrs={"type": "email", "autocomplete": "email", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("Email"), **options})

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return email_address(typed)
        except AccountError as error:
            raise refusal(error) from None


def password_field(label: Any, *, new: bool = False) -> forms.CharField:
    """A password: an old one to be checked, or a new one to be chosen."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "current-password"})
    return forms.CharField(label=label, widget=widget, strip=False, help_text=PASSWORD_HINT if new else "")


class LoginForm(allauth.LoginForm):
    """Email and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField()
        self.fields["password"] = password_field(_("Password"))
        self.order_fields(["login", "password"])


class SignUpForm(allauth.SignupForm):
    """A new person; with a brand of their own, unless they have been invited into another."""

    brand_name = forms.CharField(
        label=_("What is your brand called?"),
        max_length=Brand._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField(label=_("Email at work"))
        self.fields["password1"] = password_field(_("Password"), new=True)
        self.order_fields(["brand_name", "name", "email", "password1"])
        if invited := invited_email(context.request):
            del self.fields["brand_name"]
            self.fields["email"].initial = invited
            self.fields["email"].widget.attrs["readonly"] = True

    def clean_email(self) -> str:
        email: str = super().clean_email()
        try:
            refuse_stranger(context.request, email)
        except AccountError as error:
            raise refusal(error) from None
        return email


class NewEmailForm(allauth.AddEmailForm):
    """Another address for somebody who is logged in."""

    email = AddressField(label=_("New address"))


class OtherEmailForm(allauth.ChangeEmailForm):
    """Another address for somebody who has just mistyped theirs."""

    email = AddressField(label=_("The right address"))

    def clean_email(self) -> str:
        email: str = super().clean_email()
        try:
            refuse_stranger(context.request, email)
        except AccountError as error:
            raise refusal(error) from None
        return email


CODE_WIDGET = forms.TextInput(
    attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
)


class EmailCodeForm(allauth.ConfirmEmailVerificationCodeForm):
    """The code from the mail."""

    code = forms.CharField(label=_("Code from the mail"), max_length=20, widget=CODE_WIDGET)


class _NewPassword:
    """A new password is typed once, where it can be read, and checked by the house's rules."""

    fields: dict[str, forms.Field]
    user: User | None

    def ask_once(self) -> None:
        self.fields.pop("password2")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_HINT
        self.fields["password1"].widget.attrs.pop("placeholder", None)


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    """The old password and the new one."""

    oldpassword = password_field(_("Current password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_once()


class SetPasswordForm(_NewPassword, allauth.SetPasswordForm):
    """A first password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_once()


class ResetPasswordForm(_NewPassword, allauth.ResetPasswordKeyForm):
    """A new password for somebody who has come by a link from a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_once()


class ForgottenForm(allauth.ResetPasswordForm):
    """Where to send the link for a new password."""

    email = AddressField()


class PasswordAgainForm(allauth.ReauthenticateForm):
    """The password once more, before something that can't be undone."""

    password = password_field(_("Password"))


class ProfileForm(forms.Form):
    """What others call a person, and in which language pages and mails speak to them."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language of pages and mails"),
        choices=[("", _("As the browser asks")), *settings.LANGUAGES],
        required=False,
    )


class DeleteForm(forms.Form):
    """The person's own address, typed once more."""

    email = AddressField(label=_("Type your email address to confirm"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        if self.cleaned_data["email"] != self.user.email.lower():
            raise refusal(AccountError("email_not_own"))
        return str(self.cleaned_data["email"])
