"""Shares and differences of shares as readers know them: in percent, in points."""

from django import template

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """A share from 0 to 1 in percent; below ten with one decimal. An absent one is a dash."""
    if value is None:
        return "–"
    return f"{100 * value:.1f} %" if 0 < value < 0.1 else f"{100 * value:.0f} %"


@register.filter
def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    if value is None:
        return "–"
    return f"{100 * value:+.1f}".replace("-", "−")
