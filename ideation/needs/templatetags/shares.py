"""Shares and differences of shares as readers know them: in percent, in points."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def percent(value: "float | str | None") -> str:
    """A share from 0 to 1 in percent; below ten with one decimal. An absent one is a dash."""
    if value is None or isinstance(value, str):  # what a template doesn't find is an empty text
        return "–"
    return f"{100 * value:.1f} %" if 0 < value < 0.1 else f"{100 * value:.0f} %"


@register.filter
def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    if value is None:
        return "–"
    return f"{100 * value:+.1f}".replace("-", "−")


@register.filter
def chance(value: float) -> str:
    """A probability behind its letter: = 0.04, or < 0.01."""
    return "< 0.01" if value < 0.01 else f"= {value:.2f}"


@register.filter
def factor(value: float) -> str:
    """A factor as a reader compares it: ×1.8; beyond a hundred it is only large."""
    return "×" + (f"{value:.2f}" if value < 10 else f"{value:.0f}" if value <= 100 else ">100")


@register.simple_tag
def sparkline(values: list[float], label: str = "") -> SafeString:
    """A line of numbers as a small picture; what it says stands beside it."""
    if len(values) < 2:
        return format_html('<span class="text-ink-faint">{}</span>', "–")
    top = max(values) or 1.0
    step = 96 / (len(values) - 1)
    points = [(2 + step * at, 22 - 20 * value / top) for at, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return format_html(
        '<svg class="text-accent" width="100" height="24" viewBox="0 0 100 24" role="img" aria-label="{}">'
        '<polyline points="{}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>'
        '<circle cx="{}" cy="{}" r="2" fill="currentColor"/></svg>',
        label, line, *(f"{place:.1f}" for place in points[-1]),
    )  # fmt: skip
