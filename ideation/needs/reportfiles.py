"""The report as files that stand alone: a page without scripts, and a PDF; charts are drawn here, as SVG.

Typst reads the report's words as data, so that nothing in them can be markup. Its fonts come with wheels.
"""

import base64
import json
import tempfile
from pathlib import Path
from typing import Any, Final

import cvttf_NotoSansCJK_Bold  # type: ignore[import-untyped]
import cvttf_NotoSansCJK_Regular  # type: ignore[import-untyped]
import typst
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ideation.base.charts import FONT, Spec, drawn, opportunity_landscape
from ideation.base.templatetags.ui import html_language, number, signed
from ideation.needs.charts import gap_chart, share_by_month
from ideation.needs.services.report import Report, ReportNeed
from ideation.needs.templatetags.shares import percent

HERE: Final = Path(__file__).parent
STYLE: Final = HERE / "report.css"
PAPER: Final = HERE / "report.typ"
FONTS: Final = [Path(one.__file__).parent for one in (cvttf_NotoSansCJK_Regular, cvttf_NotoSansCJK_Bold)]
FAMILY: Final = "Noto Sans CJK TC"
WIDE, NARROW = 860, 620
TYPES: Final = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
"""Form → media type."""


def report_html(report: Report) -> bytes:
    """The report as one page: style and charts in it, nothing to load."""
    charts = [(title, _data(svg)) for title, svg in _charts(report)]
    needs = [(one, need_figures(one, report)) for one in report.needs]
    context = {"needs": needs, "charts": charts, "words": _facts(report)}
    body = render_to_string("needs/report_file.html", context)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    title = render_to_string("needs/report_title.html", context).strip()
    language = html_language(get_language() or "en")
    head += f"<title>{title}</title><style>{STYLE.read_text()}</style>"
    return f'<!doctype html>\n<html lang="{language}"><head>{head}</head><body>{body}</body></html>\n'.encode()


def report_pdf(report: Report) -> bytes:
    """The report on paper."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        charts = []
        for place, (title, svg) in enumerate(_charts(report)):
            (folder / f"chart-{place}.svg").write_text(svg.replace(FONT, FAMILY), encoding="utf-8")
            charts.append({"title": title, "file": f"chart-{place}.svg"})
        said = {**_facts(report), "charts": charts, "needs": [_paper(one, report) for one in report.needs]}
        (folder / "report.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        (folder / "report.typ").write_text(PAPER.read_text(), encoding="utf-8")
        made = typst.compile(folder / "report.typ", root=folder, font_paths=FONTS, ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def _charts(report: Report) -> list[tuple[str, str]]:
    """Title and picture of each chart."""
    names = ("rank", "label", "statement", "importance", "satisfaction", "opportunity", "mentions")
    points = [{name: getattr(one.need, name) for name in names} | {"url": ""} for one in report.needs]
    found: list[tuple[str, Spec, int]] = []
    if points:
        found.append((_("Opportunity landscape"), opportunity_landscape(points), WIDE))
    for one in report.changing:
        title = _("Share of reviews by month: %(need)s") % {"need": one.need.statement}
        found.append((title, share_by_month(one), NARROW))
    if report.comparison.rows:
        gap = gap_chart(report.comparison, _("own products"), _("competitors' products"))
        found.append((_("Own products and competitors'"), gap, WIDE))
    return [(title, str(drawn({**spec, "width": width}, "svg"))) for title, spec, width in found]


def _data(svg: str) -> str:
    return mark_safe("data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode())  # noqa: S308  # ours


def _facts(report: Report) -> dict[str, Any]:
    """The words around the needs."""
    analysis, found = report.analysis, report.movements
    changes = ngettext("%(n)s need changes beyond chance.", "%(n)s needs change beyond chance.", len(report.changing))
    return {
        "title": _("What customers need"),
        "project": analysis.project.name,
        "language": "zh" if (get_language() or "").startswith("zh") else "en",
        "family": FAMILY,
        "facts": [
            _("Found in %(sentences)s sentences of n = %(reviews)s reviews, read on %(day)s.")
            % {
                "sentences": number(analysis.sentences_count), "reviews": number(analysis.reviews_count),
                "day": report.made,
            },
            ngettext("%(n)s complete month.", "%(n)s complete months.", found.months) % {"n": found.months}
            + " " + changes % {"n": len(report.changing)},
            _("All intervals: 90 percent. Opportunity = importance + max(importance − satisfaction, 0), from 0 to 20."),
        ],
        "charts_title": _("Charts"),
        "needs_title": _("Needs by opportunity"),
        "left_out": _("%(n)s further needs are in the files.") % {"n": report.left_out} if report.left_out else "",
    }  # fmt: skip


def _paper(one: ReportNeed, report: Report) -> dict[str, Any]:
    need = one.need
    return {
        "rank": need.rank,
        "statement": need.statement,
        "figures": need_figures(one, report),
        "quotes": [{"text": quote.text, "source": quote.source} for quote in one.quotes],
    }


def need_figures(one: ReportNeed, report: Report) -> str:
    """A need's figures in a line, each share with its base and interval."""
    need = one.need
    parts = [_("Opportunity %(value)s") % {"value": number(need.opportunity, 1)}]
    if need.opportunity_low is not None and need.opportunity_high is not None:
        parts[0] += f" ({number(need.opportunity_low, 1)}–{number(need.opportunity_high, 1)})"
    told = {"importance": number(need.importance, 1), "satisfaction": number(need.satisfaction, 1)}
    parts.append(_("importance %(importance)s, satisfaction %(satisfaction)s") % told)
    parts.append(_("net sentiment %(value)s") % {"value": signed(need.net_sentiment)})
    if one.share is not None:
        told = {"share": percent(one.share.value), "low": percent(one.share.low), "high": percent(one.share.high)}
        counted = {"count": number(need.mentions), "base": number(report.analysis.reviews_count)}
        parts.append(_("%(share)s of reviews (%(low)s–%(high)s; %(count)s of n = %(base)s)") % {**told, **counted})
    if need.kano:
        parts.append(need.get_kano_display())
    parts.append(direction_word(one.moving.trend.direction))
    return " · ".join(parts)


def direction_word(direction: str) -> str:
    """How a need moves."""
    words = {
        "emerging": _("emerging"), "growing": _("growing"), "fading": _("fading"), "steady": _("steady"),
        "too_little": _("too little to say of a trend"),
    }  # fmt: skip
    return words[direction]
