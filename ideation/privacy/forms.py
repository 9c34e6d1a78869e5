"""What people type to have something erased, exported or deleted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ideation.privacy.models import Erasure


class ErasureForm(forms.Form):
    """Whose reviews, or which."""

    by = forms.ChoiceField(
        label=_("Find by"), choices=Erasure.By.choices, initial=Erasure.By.AUTHOR, widget=forms.RadioSelect
    )
    value = forms.CharField(
        label=_("Name, text or ids"),
        max_length=5000,
        help_text=_(
            "The author's name or id exactly as the source wrote it; or an email, a phone number or any words; or ids "
            "of reviews, one a line. What you type is not kept."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )


class ExportForm(forms.Form):
    """What goes into an archive."""

    as_written = forms.BooleanField(
        label=_("With what customers wrote"),
        required=False,
        help_text=_("Otherwise emails, phone numbers and the like stay masked in it, as they are on the pages."),
    )


class DeletionForm(forms.Form):
    """The brand's name, so that nobody deletes the wrong one in passing."""

    name = forms.CharField(
        label=_("The brand's name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def refuse(self, error: Any) -> None:
        """Shows a refusal beside the field."""
        self.add_error("name", str(error))
