"""Words for how files are read and for what became of their rows."""

from datetime import date

from django import template
from django.utils.translation import gettext, pgettext

from ideation.base.templatetags.ui import language_word
from ideation.reviews.models import DuplicateKind
from ideation.reviews.words import WORRYING, form_words, note_words

register = template.Library()

register.filter(form_words)
register.filter("note_words", note_words)


@register.filter
def worries(note: str) -> bool:
    """Whether a note asks for a look and isn't just told."""
    return note.partition(":")[0] in WORRYING


@register.filter
def duplicate_word(kind: str) -> str:
    """In what way a row repeats a review."""
    return str(dict(DuplicateKind.choices).get(kind, kind))


@register.filter
def review_language(code: str) -> str:
    """A review's language, those included that are none."""
    if code == "mixed":
        return pgettext("language", "mixed")
    return pgettext("language", "can't be told") if code in {"", "und"} else language_word(code)


@register.filter
def day(iso: str) -> date:
    """A date from its plain form."""
    return date.fromisoformat(iso)


@register.filter
def read_word(cell: str) -> str:
    """A cell as read; yes and no in the page's language."""
    return {"yes": gettext("yes"), "no": gettext("no")}.get(cell, cell)


@register.filter
def counted(rows: list[object], what: str) -> int:
    """How many of the first rows are `good`, `bad` or `left_out`; follow-ups are no rows."""
    kinds = [_kind(row) for row in rows]
    return kinds.count(what)


def _kind(row: object) -> str:
    if getattr(row, "left_out", False):
        return "left_out"
    return "bad" if getattr(row, "code", "") else "good"
