"""The filters of the review list in words: what can be chosen, and what is."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ideation.base.templatetags.ui import language_word, product_name
from ideation.catalog.models import Product, Project
from ideation.needs.models import Need
from ideation.reviews.filters import MODES, MOODS, NO_FLAG, YES_NO, FilterForm, Wanted
from ideation.reviews.findable import choices
from ideation.reviews.listform import query_of
from ideation.reviews.models import DatasetVersion, ReviewDataset
from ideation.reviews.words import FLAG_WORDS, flag_words

LONGEST = 60


class Chip(NamedTuple):
    """A filter that is set."""

    label: str
    value: str
    without: str
    """The address's query without it."""


class Option(NamedTuple):
    """A select of the form."""

    name: str
    label: str
    nothing: str
    chosen: str
    choices: Sequence[tuple[str, str]]
    first: bool = False
    """Whether it always shows."""


def chips(project: Project, wanted: Wanted, given: QueryDict) -> list[Chip]:
    """The filters that are set; a search stands in its own field."""
    fields = FilterForm.base_fields
    found = []
    for name, value in wanted.items():
        if name not in ("q", "how"):
            rest = QueryDict(query_of(given), mutable=True)
            rest.pop(name, None)
            found.append(Chip(str(fields[name].label), _words(project, name, value), rest.urlencode()))
    return found


def _words(project: Project, name: str, value: Any) -> str:
    if name in ("since", "until"):
        return date_format(value)
    if name in ("verified", "follow_up", "competitor"):
        return str(dict(YES_NO)[value])
    if isinstance(value, uuid.UUID):
        return _named(project, name, value)
    words = {"language": language_word, "flag": _flag_word, "sentiment": _mood_word}
    return words[name](value) if name in words else str(value)


def _flag_word(kind: str) -> str:
    return _("No flags") if kind == NO_FLAG else str(flag_words(kind)[0])


def _mood_word(mood: str) -> str:
    return str(dict(MOODS)[mood])


def _named(project: Project, name: str, key: uuid.UUID) -> str:
    """What the thing with this id is called; its id where this brand has none."""
    found: Any = None
    if name == "product":
        found = Product.objects.filter(project=project, pk=key).first()
        return product_name(found) if found else str(key)
    if name == "need":
        found = Need.objects.filter(analysis__project=project, pk=key).first()
        return str(found.statement)[:LONGEST] if found else str(key)
    kind = ReviewDataset if name == "dataset" else DatasetVersion
    found = kind.objects.filter(pk=key).first()
    return str(found) if found else str(key)


def options(project: Project, wanted: Wanted, needs: Sequence[Need]) -> list[Option]:
    """The selects, the commonest first. A filter that offers one value or none isn't there, unless it is set."""
    kept = choices(project)
    any_of = pgettext("filter", "any")
    datasets = [(str(one.pk), one.name) for one in ReviewDataset.objects.filter(project=project)[:50]]
    stars = [(str(n), str(n)) for n in range(5, 0, -1)]
    flags = [(kind, _flag_word(kind)) for kind in (NO_FLAG, *FLAG_WORDS)]
    made: list[tuple[str, Sequence[tuple[str, Any]], int, bool]] = [
        ("how", [(name, str(word)) for name, word in MODES], 0, True),
        ("rating", stars, 0, True),
        ("name", [(name, name) for name in kept["product_name"]], 2, True),
        ("language", [(code, language_word(code)) for code in kept["language"]], 1, True),
        ("source", [(name, name) for name in kept["source"]], 1, False),
        ("sentiment", MOODS if needs else [], 1, False),
        ("need", [(str(need.pk), need.statement[:LONGEST]) for need in needs], 1, False),
        ("flag", flags, 0, False),
        ("verified", YES_NO, 0, False),
        ("follow_up", YES_NO, 0, False),
        ("competitor", YES_NO, 0, False),
        ("country", [(name, name) for name in kept["country"]], 1, False),
        ("dataset", datasets, 2, False),
    ]
    found = []
    for name, values, least, first in made:
        if len(values) >= least or name in wanted:
            label = str(FilterForm.base_fields[name].label)
            nothing = "" if name == "how" else _("%(label)s: %(value)s") % {"label": label, "value": any_of}
            known = [(value, str(word)) for value, word in values]
            found.append(Option(name, label, nothing, str(wanted.get(name, "")), known, first))
    return found
