"""Charts of needs over time and side by side, as Vega-Lite specifications; see ideation.base.charts."""

from typing import Any

import altair as alt
from django.utils.translation import gettext as _

from ideation.base.charts import Spec
from ideation.needs.services.trends import Moving

PERCENT = ".1%"


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
