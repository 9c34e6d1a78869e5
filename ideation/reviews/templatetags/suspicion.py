"""Flags of suspicion in words."""

from typing import Any, Final

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

FLAG_WORDS: Final = {
    "incentivised": _("given something for it"),
    "templated": _("from a template"),
    "burst_author": _("many by one author"),
    "burst_day": _("many on one day"),
    "generated": _("looks generated"),
}
"""Kind of suspicion → what people read."""


@register.filter
def flag_word(kind: str) -> str:
    """What people call this suspicion; one that has no words by its name."""
    return str(_("no flags")) if kind == "none" else str(FLAG_WORDS.get(kind, kind.replace("_", " ")))


@register.filter
def flag_reason(raised: Any) -> str:
    """What raised a flag, as a text."""
    if isinstance(raised, dict):
        return ", ".join(str(value) for value in raised.values())
    return ", ".join(map(str, raised)) if isinstance(raised, list) else str(raised)
