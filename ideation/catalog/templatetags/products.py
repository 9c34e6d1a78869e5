"""What pages show of products."""

from django import template

register = template.Library()


@register.filter
def image_version(name: str) -> str:
    """What tells one image of a product from the next, so that a browser keeps neither too long."""
    return name.split("/")[-2][:8] if name.count("/") > 1 else ""
