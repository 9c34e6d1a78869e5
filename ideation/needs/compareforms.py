"""What is compared with what, as it stands in the address."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from ideation.needs.services.compare import COLUMNS, Narrowed

WAYS: Final = [
    ("own", _("Own products and competitors'")),
    ("date", _("Before and after a day")),
    ("groups", _("One group and another")),
    ("table", _("All groups in a table")),
]
COLUMN_WORDS: Final = {
    "product": _("Product"),
    "source": _("Source or market"),
    "language": _("Language"),
    "segment": _("Segment"),
}


class CompareForm(forms.Form):
    """All optional. What can't be read is as if it weren't there."""

    by = forms.ChoiceField(required=False, choices=WAYS)
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    column = forms.ChoiceField(required=False, choices=[(name, COLUMN_WORDS[name]) for name in COLUMNS])
    segment = forms.CharField(required=False, max_length=100)
    one = forms.CharField(required=False, max_length=200)
    other = forms.CharField(required=False, max_length=200)
    language = forms.CharField(required=False, max_length=10)
    source = forms.CharField(required=False, max_length=100)
    product = forms.CharField(required=False, max_length=200)
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    @property
    def wanted(self) -> dict[str, Any]:
        """What is asked for, with what stands where nothing is."""
        self.is_valid()
        said = self.cleaned_data
        return {name: said.get(name) or "" for name in self.fields} | {
            "by": said.get("by") or "own",
            "column": said.get("column") or "product",
            "day": said.get("day"),
        }

    @property
    def narrowed(self) -> Narrowed:
        """Which reviews are looked at."""
        said = self.wanted
        return Narrowed(
            language=said["language"],
            source=said["source"],
            product=said["product"],
            since=said["since"] or None,
            until=said["until"] or None,
        )
