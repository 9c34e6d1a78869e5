"""Pieces of the pages of needs: names of themes, words for who worded a need, an interval as a small bar."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ideation.base.errors import sentence
from ideation.base.templatetags.ui import share
from ideation.needs.forms import indented as as_indented
from ideation.needs.models import Need, NeedEdit, StandingNeed, Theme
from ideation.needs.words import INTENTS, KANO, KANO_RULES, WORDED
from ideation.needs.words import edit_words as words_of
from ideation.needs.words import theme_name as name_of

register = template.Library()


@register.filter
def theme_name(theme: Theme | None) -> str:
    """A theme's name in the page's language."""
    return name_of(theme) if theme else ""


@register.filter
def worded(by: str) -> str:
    """Who worded a need, in short."""
    return str(WORDED[by][0]) if by in WORDED else by


@register.filter
def worded_sentence(by: str) -> str:
    """Who worded a need, in a sentence."""
    return str(WORDED[by][1]) if by in WORDED else ""


@register.filter
def kano_sentence(kano: str) -> str:
    """What a Kano class means."""
    return str(KANO.get(kano, ""))


@register.filter
def kano_rule(rule: str) -> str:
    """Why a need has its class, or none."""
    return str(KANO_RULES.get(rule, ""))


@register.filter
def intent_word(intent: str) -> str:
    """What a sentence does."""
    return str(INTENTS.get(intent, intent))


@register.simple_tag
def interval(need: Need) -> SafeString:
    """The opportunity on its scale of 0 to 20 with its 90 % interval; the numbers stand beside it."""
    at = share(need.opportunity, 20)
    low = at if need.opportunity_low is None else share(need.opportunity_low, 20)
    high = at if need.opportunity_high is None else share(need.opportunity_high, 20)
    shapes = (
        f'<rect class="bar-track" y="3" width="100" height="2"/>'
        f'<rect class="interval-range" x="{low}" y="2" width="{max(high - low, 0.8):.1f}" height="4"/>'
        f'<rect class="interval-point" x="{max(at - 0.9, 0):.1f}" width="1.8" height="8"/>'
    )
    return mark_safe(  # noqa: S308  # numbers alone
        f'<svg class="interval" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{shapes}</svg>'
    )


@register.filter
def is_in(value: Any, values: Any) -> bool:
    """Whether a value is among others."""
    return value in (values or ())


@register.filter
def words(text: str) -> list[str]:
    """A text's words, to go through them."""
    return text.split()


@register.filter
def indented(theme: Theme) -> str:
    """A theme's name as far to the right as it stands in the tree."""
    return as_indented(theme)


@register.filter
def edit_words(edit: NeedEdit) -> str:
    """What a person did, in a line."""
    return words_of(edit)


@register.filter
def why_unused(row: Any) -> str:
    """Why a file's row couldn't be used, and what to do."""
    return sentence(row.code, getattr(row, "params", None))


@register.filter
def called(standing: StandingNeed | None, needs: Iterable[Need]) -> str:
    """What a need is called among these; none is said, too."""
    if standing is None:
        return _("no need")
    return next((need.label for need in needs if need.standing_id == standing.pk), str(standing))
