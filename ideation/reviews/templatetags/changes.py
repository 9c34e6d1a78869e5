"""Words for what is corrected, and for what versions are compared by."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from ideation.base.templatetags.ui import language_word, stars
from ideation.reviews.services.compare import KINDS, Row
from ideation.reviews.services.correct import FIELDS

register = template.Library()

FIELD_WORDS: dict[str, Promise] = {
    "text": _("Text"),
    "title": _("Title"),
    "rating": _("Rating"),
    "date": _("Date"),
    "product_name": _("Product"),
    "source": _("Source"),
    "language": _("Language"),
    "country": _("Country"),
}
assert tuple(FIELD_WORDS) == FIELDS
KIND_WORDS: dict[str, Promise] = {name: FIELD_WORDS["product_name" if name == "product" else name] for name in KINDS}


@register.filter
def review_field(name: str) -> str:
    """What a review's field is called."""
    return str(FIELD_WORDS.get(name, name))


@register.filter
def kind_word(kind: str) -> str:
    """What reviews are counted by."""
    return str(KIND_WORDS[kind])


@register.filter
def kind_value(row: Row, kind: str) -> str:
    """One language, rating, product or source in words."""
    value: Any = row.value
    if kind == "language":
        return language_word(value)
    if value in {None, ""}:
        return pgettext("value", "none")
    if kind == "rating":
        return stars(value)
    chinese = (get_language() or "").startswith("zh")
    return str((row.value_zh if chinese else "") or value)
