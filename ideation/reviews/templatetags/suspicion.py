"""Flags of suspicion in words."""

from django import template
from django.utils.translation import gettext, ngettext

from ideation.base.templatetags.ui import number
from ideation.reviews.words import Word, flag_words

register = template.Library()


@register.filter
def flag_name(kind: str) -> Word:
    """What a kind of suspicion is called."""
    return flag_words(kind)[0]


@register.filter
def flag_sentence(kind: str) -> Word:
    """Why it is raised."""
    return flag_words(kind)[1]


@register.filter
def flag_reason(raised: str, kind: str) -> str:
    """What raised a flag of this kind: how many reviews of a burst, else the words that were found."""
    if kind == "near_duplicate":
        return gettext("nearly the same as another review")
    if not raised.isdecimal():
        return raised
    n = int(raised)
    told = {
        "author_burst": ngettext(
            "%(shown)s review by this author on this day", "%(shown)s reviews by this author on this day", n
        ),
        "day_burst": ngettext(
            "%(shown)s review of this product on this day", "%(shown)s reviews of this product on this day", n
        ),
    }
    return told[kind] % {"shown": number(n)} if kind in told else raised
