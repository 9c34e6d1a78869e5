"""Template pieces of a person's own pages: the tabs, and a browser in words."""

import re

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

TABS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "account": (gettext_lazy("Profile"), ()),
    "account_email": (gettext_lazy("Email"), ()),
    "account_change_password": (gettext_lazy("Password"), ("account_set_password",)),
    "mfa_index": (
        gettext_lazy("Second factor"),
        ("mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    ),
    "mfa_list_webauthn": (gettext_lazy("Passkeys"), ("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn")),
    "usersessions_list": (gettext_lazy("Sessions"), ()),
    "account_delete": (gettext_lazy("Delete account"), ()),
}
"""Address of a tab → its name, and the other addresses that belong to it."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""What a browser's own name contains → what people call it. The first that fits counts."""


@register.simple_tag
def account_tabs(request: HttpRequest) -> list[tuple[str, Promise, bool]]:
    """Address, name, and whether it is the one that is open."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    return [(reverse(name), words, here == name or here in others) for name, (words, others) in TABS.items()]


@register.filter
def browser(user_agent: str) -> str:
    """A browser as its owner would call it: “Firefox on Windows”."""
    found = [next((word for sign, word in signs if re.search(sign, user_agent)), "") for signs in (BROWSERS, SYSTEMS)]
    if all(found):
        return _("%(browser)s on %(system)s") % {"browser": found[0], "system": found[1]}
    return next(filter(None, found), "") or _("Unknown browser")
