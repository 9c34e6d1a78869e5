"""Template pieces of the pages about a brand itself: its tabs."""

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

TABS: dict[str, tuple[Promise, str]] = {
    "members": (_("Members"), "see"),
    "roles": (_("Roles"), "see"),
    "keys": (_("API keys"), "manage_keys"),
    "login_methods": (_("Login"), "manage_login"),
    "usage": (_("Usage"), "see_usage"),
    "audit": (_("Audit"), "see_audit"),
    "erasure": (_("Erasure"), "erase_reviews"),
    "brand_export": (_("Export"), "export_brand"),
    "brand_settings": (_("Settings"), "manage_brand"),
}
"""Address of a tab → its name, and what one must be able to do to see it."""


@register.simple_tag(takes_context=True)
def brand_tabs(context: template.Context) -> list[tuple[str, Promise, bool]]:
    """Address, name, and whether it is the one that is open."""
    brand, can, here = context["brand"], context["can"], context.get("section")
    return [
        (reverse(name, args=[brand.slug]), words, name == here)
        for name, (words, capability) in TABS.items()
        if can.get(capability)
    ]
