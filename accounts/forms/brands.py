"""What people type about a brand."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand

NAME = Brand._meta.get_field("name")


class BrandForm(forms.Form):
    """A new brand."""

    name = forms.CharField(
        label=_("What is the brand called?"),
        max_length=NAME.max_length,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "organization"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of mails to people who haven't chosen one yet. Everybody reads pages in their own language."),
    )


class BrandSettingsForm(BrandForm):
    """A brand's name, language and address."""

    name = forms.CharField(label=_("Name"), max_length=NAME.max_length)
    # Checked by the service: its refusals say what to do.
    slug = forms.CharField(
        label=_("Address"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
