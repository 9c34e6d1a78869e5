"""What people type about themselves and their keys."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.permissions import SCOPES

SCOPE_WORDS = {
    "read": _("Read: projects, reviews, needs, models, concepts"),
    "write": _("Write: upload reviews, create projects and products"),
    "jobs": _("Jobs: start analyses, tuning and concepts"),
}
assert SCOPE_WORDS.keys() == SCOPES.keys()


class LoginForm(AuthenticationForm):
    """Email and password."""

    error_messages = {
        "invalid_login": _("Email and password don't fit together. Mind capital letters in the password."),
        "inactive": _("This account is switched off."),
    }
    username = forms.EmailField(
        label=_("Email"), widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"})
    )


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Which system uses it, so that you know what you revoke later."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=list(SCOPE_WORDS.items()),
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
