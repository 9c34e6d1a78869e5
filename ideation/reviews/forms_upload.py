"""What a person says about where files come from: an address to fetch once, or a source to fetch again and again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ideation.reviews.models import ReviewDataset, ReviewSource, SourceKind

ADDRESS_LENGTH = 1000
HOURS = [
    ("", _("Only when I ask")),
    ("1", _("Every hour")),
    ("6", _("Every 6 hours")),
    ("24", _("Every day")),
    ("168", _("Every week")),
]


class AddressForm(forms.Form):
    """A file that lies somewhere."""

    address = forms.CharField(
        label=_("Address of the file"),
        max_length=ADDRESS_LENGTH,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("It must be public, with https. The file is fetched once, then you see how it was understood."),
        error_messages={"required": _("Enter the file's address.")},
    )


class SourceForm(forms.Form):
    """A source, new or as it is. Keys are never shown again: left empty, they stay."""

    dataset = forms.ModelChoiceField(
        label=_("Dataset"), queryset=ReviewDataset.objects.none(), empty_label=None, to_field_name="pk"
    )
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("As your team calls it, such as “Tmall export”.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=SourceKind.choices, initial=SourceKind.URL)
    address = forms.CharField(
        label=_("Address"),
        max_length=ADDRESS_LENGTH,
        required=False,
        help_text=_("Of a file: where it lies. Of a bucket: https://server/bucket/prefix. By hand: nothing."),
    )
    every_hours = forms.TypedChoiceField(
        label=_("Fetched"), choices=HOURS, required=False, coerce=int, empty_value=None, initial="24"
    )
    authorization = forms.CharField(
        label=_("Authorization header"),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only for an address that asks for one, such as “Bearer …”."),
    )
    access_key = forms.CharField(
        label=_("Bucket's access key"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of a key that may list and read the bucket, and nothing else."),
    )
    secret_key = forms.CharField(
        label=_("Bucket's secret key"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown again."),
    )

    def __init__(self, data: Any = None, *, datasets: Any, source: ReviewSource | None = None) -> None:
        super().__init__(data, initial=_initial(source) if source else None)
        if source:
            del self.fields["dataset"]
        else:
            self.fields["dataset"].queryset = datasets  # type: ignore[attr-defined]
        if source and source.every_hours and str(source.every_hours) not in dict(HOURS):
            own = (str(source.every_hours), _("Every %(hours)s hours") % {"hours": source.every_hours})
            self.fields["every_hours"].choices = [*HOURS, own]  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """As the services take it: an empty key stays as it was."""
        secrets = ("authorization", "access_key", "secret_key")
        return {name: None if name in secrets and not value else value for name, value in self.cleaned_data.items()}


def _initial(source: ReviewSource) -> dict[str, Any]:
    return {name: getattr(source, name) for name in ("name", "kind", "address", "every_hours")}
