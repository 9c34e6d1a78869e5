"""Words for kinds of personal data."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mlcore.personal import KINDS

register = template.Library()

WORDS: dict[str, Promise] = {
    "email": _("Email addresses"),
    "phone": _("Phone numbers"),
    "id": _("ID and account numbers"),
    "card": _("Card numbers"),
    "account": _("Messenger accounts"),
    "address": _("Street addresses"),
}
assert tuple(WORDS) == KINDS


@register.filter
def personal_words(counts: dict[str, int]) -> list[tuple[str, int]]:
    """What was found, in words, in an order that doesn't change."""
    return [(str(WORDS[kind]), counts[kind]) for kind in KINDS if counts.get(kind)]
