"""Charts of needs over time and side by side, as Vega-Lite specifications; see ideation.base.charts."""

from typing import Any

import altair as alt
from django.utils.translation import gettext as _

from ideation.base.charts import Spec
from ideation.needs.services.compare import Comparison, Heat
from ideation.needs.services.trends import Moving

PERCENT = ".1%"
COMPARED = 20
"""Needs of a chart of two sides; the table has all."""
HEATED = 40
"""Needs of a chart of all groups."""


def _spec(made: Any, height: int) -> Spec:
    spec: Spec = made.properties(width="container", height=height).to_dict()
    spec.pop("config", None)
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return spec


def _month_axis() -> alt.X:
    return alt.X("at:T", title=None, axis=alt.Axis(grid=False, tickCount=8, format="%Y-%m", labelOverlap="greedy"))


def share_by_month(one: Moving) -> Spec:
    """A need's share of each month's reviews with its interval, and the band that was expected for the newest month."""
    points = [
        {
            "at": month.first.isoformat(), "share": month.share, "low": month.low, "high": month.high,
            "reviews": month.reviews, "mentions": month.mentions,
            "whole": _("complete") if month.complete else _("not over yet"),
        }
        for month in one.months
        if month.share is not None
    ]  # fmt: skip
    told = [
        alt.Tooltip("at:T", title=_("Month"), format="%Y-%m"),
        alt.Tooltip("share:Q", title=_("Share of reviews"), format=PERCENT),
        alt.Tooltip("mentions:Q", title=_("Reviews that show it"), format=",d"),
        alt.Tooltip("reviews:Q", title=_("Reviews of the month (n)"), format=",d"),
        alt.Tooltip("whole:N", title=" "),
    ]
    share = alt.Y("share:Q", title=_("Share of reviews"), axis=alt.Axis(format="%"))
    base = alt.Chart(alt.Data(values=points)).encode(x=_month_axis())
    area = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=_("Share of reviews")), y2="high:Q")
    line = base.mark_line(point=True).encode(y=share, tooltip=told)
    return _spec(alt.layer(area, line, *_band(one, one.newest.volume)), height=240)


def mood_by_month(one: Moving) -> Spec:
    """The mean sentiment of each month's mentions, and the band that was expected for the newest month."""
    points = [
        {"at": month.first.isoformat(), "mood": month.mood, "mentions": month.mentions}
        for month in one.months
        if month.mood is not None
    ]
    told = [
        alt.Tooltip("at:T", title=_("Month"), format="%Y-%m"),
        alt.Tooltip("mood:Q", title=_("Net sentiment"), format="+.2f"),
        alt.Tooltip("mentions:Q", title=_("Reviews that show it (n)"), format=",d"),
    ]
    mood = alt.Y("mood:Q", title=_("Net sentiment"), scale=alt.Scale(domain=[-1, 1]))
    line = alt.Chart(alt.Data(values=points)).mark_line(point=True).encode(x=_month_axis(), y=mood, tooltip=told)
    zero = alt.Chart(alt.Data(values=[{"y": 0}])).mark_rule(strokeWidth=1).encode(y="y:Q")
    return _spec(alt.layer(zero, line, *_band(one, one.newest.mood)), height=200)


def _band(one: Moving, band: Any) -> list[Any]:
    """The expected range of the newest complete month as a thick bar."""
    if band is None:
        return []
    whole = [month for month in one.months if month.complete]
    said = {"at": whole[-1].first.isoformat(), "low": band.low, "high": band.high}
    bar = alt.Chart(alt.Data(values=[said])).mark_rule(strokeWidth=8, opacity=0.35, strokeDash=[])
    told = [
        alt.Tooltip("low:Q", title=_("Expected from"), format=".3f"),
        alt.Tooltip("high:Q", title=_("Expected to"), format=".3f"),
    ]
    return [bar.encode(x="at:T", y="low:Q", y2="high:Q", tooltip=told)]


def gap_chart(found: Comparison, one: str, other: str) -> Spec:
    """The share of either side's reviews that show a need: two dots a need and the gap between them."""
    rows = [row for row in found.rows if row.contrast.share is not None][:COMPARED]
    gaps, dots = [], []
    for row in rows:
        made = row.contrast
        assert made.share is not None
        assert made.one.share is not None
        assert made.other.share is not None
        name = row.need.label[:40]
        gaps.append({"need": name, "a": made.one.share.value, "b": made.other.share.value})
        dots += [
            {
                "need": name, "statement": row.need.statement, "side": side, "share": part.share.value,
                "low": part.share.low, "high": part.share.high, "count": part.count, "n": part.base,
            }
            for side, part in ((one, made.one), (other, made.other))
            if part.share is not None
        ]  # fmt: skip
    y = alt.Y("need:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    side = alt.Color("side:N", sort=[one, other], legend=alt.Legend(title=None, orient="top", labelLimit=0))
    told = [
        alt.Tooltip("statement:N", title=_("Need")),
        alt.Tooltip("side:N", title=" "),
        alt.Tooltip("share:Q", title=_("Share of reviews"), format=PERCENT),
        alt.Tooltip("low:Q", title=_("from"), format=PERCENT),
        alt.Tooltip("high:Q", title=_("to"), format=PERCENT),
        alt.Tooltip("n:Q", title="n", format=",d"),
    ]
    share = alt.X("share:Q", title=_("Share of reviews"), axis=alt.Axis(format="%", tickCount=5))
    between = alt.Chart(alt.Data(values=gaps)).mark_rule(strokeDash=[]).encode(y=y, x=alt.X("a:Q"), x2="b:Q")
    base = alt.Chart(alt.Data(values=dots)).encode(y=y, color=side)
    spans = base.mark_rule(strokeWidth=5, opacity=0.2, strokeDash=[]).encode(x=alt.X("low:Q"), x2="high:Q")
    circles = base.mark_circle(size=90).encode(x=share, tooltip=told)
    return _spec(alt.layer(between, spans, circles), height=26 * max(4, len(rows)) + 30)


def voice_chart(found: Comparison, one: str) -> Spec:
    """The first side's part of all mentions of a need, beside what it would be if the need were nobody's."""
    rows = [row for row in found.rows if row.contrast.voice.share is not None][:COMPARED]
    points = [
        {
            "need": row.need.label[:40], "voice": part.share.value, "low": part.share.low, "high": part.share.high,
            "n": part.base, "expected": row.contrast.voice_expected,
        }
        for row in rows
        if (part := row.contrast.voice).share is not None
    ]  # fmt: skip
    y = alt.Y("need:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    told = [
        alt.Tooltip("voice:Q", title=_("Share of voice"), format=PERCENT),
        alt.Tooltip("low:Q", title=_("from"), format=PERCENT),
        alt.Tooltip("high:Q", title=_("to"), format=PERCENT),
        alt.Tooltip("expected:Q", title=_("Its share of reviews"), format=PERCENT),
        alt.Tooltip("n:Q", title="n", format=",d"),
    ]
    base = alt.Chart(alt.Data(values=points)).encode(y=y, tooltip=told)
    title = _("Share of voice: %(side)s") % {"side": one}
    scale = alt.Scale(domain=[0, 1])
    bars = base.mark_bar(opacity=0.75, height=alt.RelativeBandSize(0.6)).encode(
        x=alt.X("voice:Q", title=title, scale=scale, axis=alt.Axis(format="%", tickCount=5))
    )
    spans = base.mark_rule(strokeDash=[]).encode(x=alt.X("low:Q"), x2="high:Q")
    even = base.mark_tick(thickness=2).encode(x=alt.X("expected:Q"))
    return _spec(alt.layer(bars, spans, even), height=24 * max(4, len(rows)) + 20)


def heat_chart(found: Heat, groups: list[str]) -> Spec:
    """Needs × groups: the darker, the larger the share of the group's reviews."""
    names = [f"{name} (n = {base:,})" for name, base in zip(groups, found.bases, strict=True)]
    cells = [
        {
            "need": row.need.label[:40], "group": name, "share": cell.share.share.value, "low": cell.share.share.low,
            "high": cell.share.share.high, "count": cell.share.count, "n": cell.share.base, "residual": cell.residual,
            "said": f"{100 * cell.share.share.value:.0f}",
        }
        for row in found.rows[:HEATED]
        for name, cell in zip(names, row.cells, strict=True)
        if cell.share.share is not None
    ]  # fmt: skip
    y = alt.Y("need:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    axis = alt.Axis(labelLimit=160, labelAngle=-25, ticks=False, domain=False, orient="top")
    x = alt.X("group:N", sort=None, title=None, axis=axis)
    told = [
        alt.Tooltip("need:N", title=_("Need")),
        alt.Tooltip("group:N", title=_("Group")),
        alt.Tooltip("share:Q", title=_("Share of reviews"), format=PERCENT),
        alt.Tooltip("low:Q", title=_("from"), format=PERCENT),
        alt.Tooltip("high:Q", title=_("to"), format=PERCENT),
        alt.Tooltip("n:Q", title="n", format=",d"),
        alt.Tooltip("residual:Q", title=_("Standard errors above the whole"), format="+.1f"),
    ]
    base = alt.Chart(alt.Data(values=cells)).encode(x=x, y=y, tooltip=told)
    color = alt.Color("share:Q", legend=None, scale=alt.Scale(domainMin=0))
    rects = base.mark_rect(opacity=0.55).encode(color=color)
    said = base.mark_text(fontSize=11).encode(text="said:N")
    return _spec(alt.layer(rects, said), height=24 * max(4, min(len(found.rows), HEATED)) + 60)
