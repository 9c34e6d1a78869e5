"""What the page shell needs on every page."""

from django.conf import settings
from django.http import HttpRequest

from accounts.permissions import CAPABILITIES

THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, object]:
    """The current brand if the page belongs to one, what the person may do there, and how pages look for them."""
    membership = getattr(request, "membership", None)
    theme = request.COOKIES.get("theme", "")
    return {
        "brand": getattr(request, "brand", None),
        "membership": membership,
        "can": dict.fromkeys(CAPABILITIES.get(membership.role, ()), True) if membership else {},
        "theme": theme if theme in THEMES else "",
        "debug": settings.DEBUG,
    }
