"""Forms around the list of reviews: what a saved view is called, what a list is taken away as."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ideation.reviews.filters import FilterForm
from ideation.reviews.models import ExportForm as Form

LONGEST = 2000


def query_of(given: QueryDict) -> str:
    """The filters of an address, each once, without empty ones and without places in the list."""
    known = QueryDict(mutable=True)
    for name in FilterForm.base_fields:
        if value := given.get(name, "").strip():
            known[name] = value
    return known.urlencode()


class QueryField(forms.CharField):
    """Filters as they stand in the address."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=LONGEST)

    def clean(self, value: Any) -> str:
        """Nothing but filters."""
        return query_of(QueryDict(super().clean(value)))


class ViewForm(forms.Form):
    """A name for these filters."""

    name = forms.CharField(max_length=100, label=_("Name"))
    query = QueryField()


class RenameForm(forms.Form):
    """Another name for a view."""

    name = forms.CharField(max_length=100, label=_("Name"))


class TakeAwayForm(forms.Form):
    """A file of what is listed."""

    form = forms.ChoiceField(choices=Form.choices, label=_("Form"))
    query = QueryField()
