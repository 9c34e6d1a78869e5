"""The upload, and how a file is read."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ideation.reviews.mappingform import MappingForm as MappingForm


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
