"""What the page shell needs on every page."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    """The current brand, if the page belongs to one."""
    return {"brand": getattr(request, "brand", None)}
