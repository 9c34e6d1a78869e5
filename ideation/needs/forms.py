"""Filters of the list of needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

SORTS = ("opportunity", "importance", "satisfaction", "mentions", "net_sentiment")


class FilterForm(forms.Form):
    """Order and filters; all in the address, all optional."""

    q = forms.CharField(required=False, max_length=200)
    sort = forms.ChoiceField(required=False, choices=[(name, name) for name in SORTS])
    language = forms.ChoiceField(required=False)

    def __init__(self, data: Any, *, languages: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["language"].choices = [("", _("Any language")), *languages]  # type: ignore[attr-defined]
