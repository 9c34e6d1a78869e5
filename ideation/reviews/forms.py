"""The upload, the column mapping, and the filters of the list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ideation.base.errors import sentence
from ideation.reviews.models import DatasetImport
from mlcore.specs.reviewfiles import ROLES

ROLE_WORDS: dict[str, tuple[Any, Any]] = {
    "text": (_("Review text"), _("The customers' own words. The only column that must be there.")),
    "title": (_("Title"), ""),
    "rating": (_("Rating"), _("A number of stars or points; its scale is recognised.")),
    "date": (_("Date"), ""),
    "product": (_("Product"), _("A name or an SKU; several products stay apart.")),
    "source": (_("Source"), _("The shop or site it comes from.")),
    "author": (_("Author"), _("Kept only as a hash, to recognise who wrote twice.")),
    "id": (_("Review's own id"), _("Reviews are called by it, so that you find them again in your own system.")),
    "verified": (_("Verified purchase"), ""),
    "helpful": (_("Helpful votes"), ""),
    "language": (_("Language"), _("Recognised anyway; only where your system knows better.")),
    "price": (_("Price paid"), ""),
    "country": (_("Country"), ""),
    "follow_up": (_("Follow-up review"), _("What the same customer added later (追评), in the same row.")),
    "follow_up_date": (_("Date of the follow-up"), ""),
    "kind": (_("First or follow-up"), _("Tells a follow-up that has a row of its own from a first review.")),
    "first_id": (_("What both share"), _("Mostly the order: ties a follow-up to its first review.")),
}
assert tuple(ROLE_WORDS) == ROLES


class UploadForm(forms.Form):
    """A file of reviews."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.xlsx,.xls,.ods,.gz,.zip,.zst,text/csv"}
        ),
        error_messages={"required": _("Choose a file first.")},
    )


class MappingForm(forms.Form):
    """Which column is what: a select a role, set to what was recognised."""

    def __init__(self, data: Any = None, *, dataset_import: DatasetImport) -> None:
        super().__init__(data)
        layout = dataset_import.layout
        columns = [(str(index), name or f"#{index + 1}") for index, name in enumerate(layout["columns"])]
        for role, (label, hint) in ROLE_WORDS.items():
            nothing = _("Choose…") if role == "text" else pgettext_lazy("column", "none")
            self.fields[role] = forms.TypedChoiceField(
                label=label,
                help_text=hint,
                required=role == "text",
                coerce=int,
                empty_value=None,
                choices=[("", nothing), *columns],
                initial=layout["mapping"].get(role, ""),
                error_messages={"required": sentence("no_text_column")},
            )

    def clean(self) -> dict[str, Any]:
        """One column can't be two things."""
        cleaned = super().clean() or {}
        chosen = [index for index in cleaned.values() if index is not None]
        if len(chosen) != len(set(chosen)):
            raise forms.ValidationError(_("One column is chosen twice. Give each column one meaning."))
        return cleaned

    @property
    def mapping(self) -> dict[str, int]:
        """role → index of its column, as the services take it."""
        return {role: index for role, index in self.cleaned_data.items() if index is not None}


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
