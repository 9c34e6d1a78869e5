"""The filters of the review list: what the address, the API and a saved view say, and what rows they leave."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ideation.catalog.models import Project
from ideation.reviews.models import DatasetVersion, Review

Wanted = Mapping[str, Any]
"""Name of a filter → its value. Empty ones filter nothing."""
YES_NO: Final = [("yes", _("yes")), ("no", _("no"))]
NO_FLAG: Final = "none"
LONGEST_QUERY: Final = 200
MODES: Final = [("words", pgettext_lazy("search", "Words")), ("meaning", pgettext_lazy("search", "Meaning"))]
MOODS: Final = [
    ("good", pgettext_lazy("sentiment", "good")),
    ("bad", pgettext_lazy("sentiment", "bad")),
    ("mixed", pgettext_lazy("sentiment", "both")),
]


class FilterForm(forms.Form):
    """All filters, all optional, as they stand in the address. What can't be read filters nothing."""

    q = forms.CharField(required=False, max_length=LONGEST_QUERY, label=_("Search"))
    how = forms.ChoiceField(required=False, choices=MODES, label=_("Search by"))
    rating = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(str(n), str(n)) for n in range(1, 6)], label=_("Rating")
    )
    name = forms.CharField(required=False, max_length=200, label=_("Product"))
    product = forms.UUIDField(required=False, label=_("Product"))
    source = forms.CharField(required=False, max_length=100, label=_("Source"))
    language = forms.CharField(required=False, max_length=10, label=_("Language"))
    since = forms.DateField(required=False, label=_("From"), input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, label=_("Until"), input_formats=["%Y-%m-%d"])
    flag = forms.CharField(required=False, max_length=40, label=_("Flag"))
    verified = forms.ChoiceField(required=False, choices=YES_NO, label=_("Verified purchase"))
    follow_up = forms.ChoiceField(required=False, choices=YES_NO, label=_("Has a follow-up"))
    competitor = forms.ChoiceField(required=False, choices=YES_NO, label=_("Competitor's product"))
    country = forms.CharField(required=False, max_length=60, label=_("Country"))
    dataset = forms.UUIDField(required=False, label=_("Dataset"))
    version = forms.UUIDField(required=False, label=_("Version"))
    sentiment = forms.ChoiceField(required=False, choices=MOODS, label=_("Sentiment"))
    need = forms.UUIDField(required=False, label=_("Need"))

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that are set and make sense; the search among them."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def _yes(value: str | bool) -> bool:
    return value in ("yes", True)


def _rated(value: float) -> Q:
    # A file may know halves; 4.5 is found with the fives.
    return Q(rating__gte=value - 0.5, rating__lt=value + 0.5)


def _flagged(value: str) -> Q:
    return Q(flags__isnull=True) if value == NO_FLAG else Q(flags__has_key=value)


def _followed(value: str | bool) -> Q:
    later = Exists(Review.objects.filter(first=OuterRef("pk"), ended_in=None))
    return Q(later) if _yes(value) else ~Q(later)


def _dated(way: str) -> Callable[[dt.date], Q]:
    return lambda value: Q(**{f"date__{way}": value})


def _is(column: str) -> Callable[[Any], Q]:
    return lambda value: Q(**{column: value})


RULES: Final[dict[str, Callable[[Any], Q]]] = {
    "rating": _rated,
    "name": _is("product_name"),
    "product": _is("product_id"),
    "source": _is("source"),
    "language": _is("language"),
    "since": _dated("gte"),
    "until": _dated("lte"),
    "flag": _flagged,
    "verified": lambda value: Q(verified=_yes(value)),
    "follow_up": _followed,
    "competitor": lambda value: Q(product__is_competitor=True) if _yes(value) else ~Q(product__is_competitor=True),
    "country": _is("country"),
    "dataset": _is("dataset_id"),
}
"""Name of a filter → what it asks of a row. Sentiment and need are the needs room's: they come as a set of ids."""


def narrowed(project: Project, wanted: Wanted, within: QuerySet[Any] | None = None) -> QuerySet[Review]:
    """The project's reviews that stand (or stood in the version that is asked for) and that the filters leave."""
    rows = Review.objects.filter(project_id=project.pk).select_related("product")
    rows = _stood(rows, wanted["version"]) if wanted.get("version") else rows.filter(ended_in=None)
    for name, rule in RULES.items():
        if wanted.get(name) not in (None, ""):
            rows = rows.filter(rule(wanted[name]))
    return rows if within is None else rows.filter(pk__in=within)


def is_narrowed(wanted: Wanted) -> bool:
    """Whether anything but a search is set."""
    return bool(set(wanted) - {"q", "how"})


def _stood(rows: QuerySet[Review], version_id: uuid.UUID) -> QuerySet[Review]:
    version = DatasetVersion.objects.filter(pk=version_id).first()
    if version is None:
        return rows.none()
    stood = Q(ended_in=None) | Q(ended_in__gt=version.number)
    return rows.filter(stood, dataset=version.dataset_id, version_number__lte=version.number)
