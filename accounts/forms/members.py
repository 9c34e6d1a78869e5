"""What people type about who belongs to a brand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role


class InvitationForm(forms.Form):
    """Who is invited, and as what."""

    # Not an EmailField: its refusals say less than ours.
    email = forms.CharField(
        label=_("Email"),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Role"), initial=Role.VIEWER)

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["role"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [choice for choice in Role.choices if choice[0] in roles]


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=Role.choices)
