"""Template pieces that every page uses: components, icons, words for codes, numbers."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, gettext, ngettext, pgettext
from lucide import _render_icon

from ideation.base.errors import sentence as error_sentence

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """A Lucide icon as inline SVG: hidden from screen readers unless it stands alone and has a label."""
    said = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    svg = _render_icon(name, size, **{"class": f"icon icon-{name}", "stroke-width": "1.75"}, **said)
    return mark_safe(svg)  # noqa: S308  # drawn by the wheel, the label escaped by ElementTree


@register.simple_block_tag(takes_context=True)
def component(context: template.Context, content: str, name: str, **values: Any) -> SafeString:
    """{% component "card" title=… %}…{% endcomponent %}: base/components/<name>.html around its content.

    It sees what it is given and nothing else: a page's own words must not leak into it.
    """
    assert context.template is not None
    found = context.template.engine.get_template(f"base/components/{name}.html")
    return found.render(context.new({**values, "content": content}))


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """1234.5 → 1,234.5: both languages group by thousands. An absent number is a dash."""
    return "–" if value is None else f"{value:,.{decimals}f}"


@register.filter
def signed(value: float, decimals: int = 2) -> str:
    """A number with its sign, a true minus for negative ones."""
    return f"{value:+.{decimals}f}".replace("-", "−")


@register.filter
def share(part: float, whole: float) -> float:
    """How much of the whole, in percent, for bars."""
    return round(max(0.0, min(100.0, 100 * part / whole)), 1) if whole else 0.0


@register.filter
def sentence(code: str, params: dict[str, object] | None = None) -> str:
    """The sentence behind an error code, in the page's language."""
    return error_sentence(code, params)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as a person would say them: seconds under two minutes, then minutes, then hours."""
    if seconds is None:
        return ""
    whole = max(1, round(seconds))
    if whole < 120:
        return ngettext("%(n)s second", "%(n)s seconds", whole) % {"n": whole}
    if whole < 7200:
        return ngettext("%(n)s minute", "%(n)s minutes", round(whole / 60)) % {"n": round(whole / 60)}
    return ngettext("%(n)s hour", "%(n)s hours", round(whole / 3600)) % {"n": round(whole / 3600)}


@register.filter
def ago(moment: Any) -> str:
    """How long ago, roughly."""
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 45:
        return gettext("just now")
    if seconds < 86_400:
        return gettext("%(time)s ago") % {"time": duration(max(seconds, 60) if seconds >= 120 else min(60, seconds))}
    days = round(seconds / 86_400)
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


@register.filter
def language_word(code: str) -> str:
    """A language in the page's language; unknown ones by their code."""
    if code in ("", "und"):
        return pgettext("language", "other")
    try:
        info = get_language_info("zh-hans" if code == "zh" else code)
    except KeyError:
        return code
    return gettext("Chinese") if code == "zh" else str(info["name_translated"])


@register.filter
def html_language(code: str) -> str:
    """A value for lang=: an unknown language has none, so that the page's own is not claimed."""
    return "" if code in ("", "und") else {"zh": "zh-Hans", "zh-hans": "zh-Hans"}.get(code, code)


@register.simple_tag
def page_language() -> str:
    """The page's language for <html lang>."""
    return html_language(get_language() or "en")


@register.filter
def tone(value: float) -> str:
    """Which tone a sentiment between -1 and 1 has."""
    return "good" if value > 0.15 else "bad" if value < -0.15 else ""


@register.filter
def stars(rating: float) -> str:
    """A rating in words, since a row of glyphs can't be read aloud."""
    return f"{rating:g}"


@register.filter
def short_hash(value: str) -> str:
    """The first characters of a hash, enough to tell two apart."""
    return value[:12]


@register.simple_tag(takes_context=True)
def nav_item(context: template.Context, url: str, text: str, icon_name: str, section: str) -> SafeString:
    """A link of the navigation, marked when the page belongs to its section."""
    values = {"url": url, "text": text, "icon_name": icon_name, "current": context.get("section") == section}
    return render_to_string("base/components/nav_item.html", values)


@register.filter
def delimiter_name(delimiter: str) -> str:
    """A column separator by its name."""
    names = {",": gettext("comma"), "\t": gettext("tab"), ";": gettext("semicolon"), "|": gettext("vertical bar")}
    return names.get(delimiter, delimiter)


@register.filter
def product_name(product: Any) -> str:
    """A product's name in the page's language."""
    chinese = (get_language() or "").startswith("zh")
    return str((product.name_zh if chinese else "") or product.name)


@register.filter
def review_product(review: Any) -> str:
    """The product a review speaks of: the catalogue's name in the page's language, else the file's."""
    return product_name(review.product) if review.product else str(review.product_name)


@register.filter
def marked(text: str, sentences: list[Any]) -> SafeString:
    """A review's text with the sentences that show a need marked by their mood; the text itself stays as it was."""
    parts, at = [], 0
    for found in sentences:
        start = text.find(found.text, at)
        if start < 0 or not found.evidence.all():
            continue
        end = start + len(found.text)
        mood = tone(found.sentiment)
        parts.append(format_html('{}<mark class="mark-{}">{}</mark>', text[at:start], mood or "plain", text[start:end]))
        at = end
    return mark_safe("".join(parts) + conditional_escape(text[at:]))  # noqa: S308  # every part is escaped


@register.filter
def item(values: dict[str, Any], name: str) -> Any:
    """values[name], None where there is none."""
    return values.get(name)


@register.filter
def most_first(counts: dict[str, int]) -> list[str]:
    """The names with the largest counts first: a database keeps JSON's keys in an order of its own."""
    return sorted(counts, key=lambda name: -counts[name])
