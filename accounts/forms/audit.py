"""What an owner narrows the audit by."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.audit import values
from accounts.auditwords import action_word, table_word


class AuditForm(forms.Form):
    """Filters, kept in the page's address."""

    person = forms.CharField(label=_("Person or key"), max_length=254, required=False)
    action = forms.ChoiceField(label=_("What happened"), required=False)
    table = forms.ChoiceField(label=_("To what"), required=False)
    object_id = forms.UUIDField(label=_("Its ID"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, word in (("action", action_word), ("table", table_word)):
            choices = self.fields[name]
            assert isinstance(choices, forms.ChoiceField)
            # An older one in the address is as good as those to choose from.
            known = sorted({*values(name), self.data.get(name) or ""} - {""}, key=word)
            choices.choices = [("", _("all")), *((value, word(value)) for value in known)]

    @property
    def filters(self) -> dict[str, Any]:
        """What was given; what can't be read narrows nothing."""
        cleaned = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return {name: value for name, value in cleaned.items() if value}
