"""The upload, how a file is read, and the filters of the list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ideation.reviews.mappingform import MappingForm as MappingForm


class UploadForm(forms.Form):
    """A file of reviews."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/tab-separated-values"}),
        error_messages={"required": _("Choose a file first: CSV or TSV with a header row.")},
    )


class FilterForm(forms.Form):
    """Filters of the review list; all in the address, all optional."""

    q = forms.CharField(required=False, max_length=200)
    rating = forms.ChoiceField(
        required=False, choices=[("", _("Any rating")), *((str(n), str(n)) for n in range(1, 6))]
    )
    product = forms.ChoiceField(required=False)
    language = forms.ChoiceField(required=False)

    def __init__(self, data: Any, *, products: list[tuple[str, str]], languages: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["product"].choices = [("", _("Any product")), *products]  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("Any language")), *languages]  # type: ignore[attr-defined]
