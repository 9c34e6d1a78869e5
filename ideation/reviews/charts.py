"""Charts of a list of reviews: volume and mean rating over time, by product, by language, by source."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Avg, Count, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ideation.base.charts import Spec, volume_bars, volume_over_time
from ideation.base.templatetags.ui import language_word
from ideation.reviews.browse import Listing
from ideation.reviews.models import Review

BARS: Final = 12
"""Products or sources that have a bar of their own; the rest are in the table."""
LISTED: Final = 200
SHOWN: Final = ("label", "reviews", "rating")
DAYS: Final = 92
"""Up to here a bar is a day, …"""
MONTHS: Final = 366 * 10
"""… up to here a month, and beyond a year."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart and the same as a table."""

    name: str
    title: str
    summary: str
    column: str
    """What the table's first column is."""
    spec: Spec
    rows: list[dict[str, Any]]
    """label, reviews, rating."""


def review_charts(found: Listing) -> tuple[list[Chart], int]:
    """The charts of a list, and how many reviews they show: one grouped query each."""
    rows = found.newest()
    over_time = _over_time(rows)
    looked_at = sum(row["reviews"] for row in over_time)
    dated = [row for row in over_time if row["day"]]
    charts = [_time_chart(dated)] if dated else []
    for name, title, column, words in _groups():
        if len(grouped := _grouped(rows, column, words)) > 1 or (grouped and name == "product"):
            charts.append(_bar_chart(name, title, grouped))
    return charts, looked_at


def _time_chart(rows: list[dict[str, Any]]) -> Chart:
    most = max(rows, key=lambda row: row["reviews"])
    summary = _("%(n)s periods; most reviews in %(period)s.") % {"n": len(rows), "period": most["label"]}
    form = "%m-%d" if (rows[-1]["day"] - rows[0]["day"]).days <= DAYS else "%Y-%m"
    points = [{"at": row["day"].isoformat(), **{name: row[name] for name in SHOWN}} for row in rows]
    return Chart(
        name="over-time",
        title=_("Volume and rating over time"),
        summary=summary,
        column=_("Period"),
        spec=volume_over_time(points, form),
        rows=rows,
    )


def _bar_chart(name: str, title: str, rows: list[dict[str, Any]]) -> Chart:
    rated = [row for row in rows[:BARS] if row["rating"] is not None]
    best = max(rated, key=lambda row: row["rating"], default=None)
    if best is not None and len(rated) > 1:
        names = {"name": rows[0]["label"], "best": best["label"]}
        summary = _("Most reviews: %(name)s. Best rated of those shown: %(best)s.") % names
    else:
        summary = _("Most reviews: %(name)s.") % {"name": rows[0]["label"]}
    return Chart(name=name, title=title, summary=summary, column=title, spec=volume_bars(rows[:BARS]), rows=rows)


def _groups() -> list[tuple[str, str, Any, Callable[[str], str]]]:
    unnamed = pgettext("value", "not said")
    product = Coalesce("product__name", NullIf("product_name", Value("")), Value(""))
    return [
        ("product", _("By product"), product, lambda name: name or unnamed),
        ("language", _("By language"), "language", language_word),
        ("source", _("By source"), "source", lambda name: name or unnamed),
    ]


def _over_time(rows: QuerySet[Review]) -> list[dict[str, Any]]:
    counted = rows.values("date").annotate(reviews=Count("pk"), mean=Avg("rating"), rated=Count("rating"))
    by_day = {row["date"]: row for row in counted}
    known = sorted(day for day in by_day if day)
    bucket = _bucket((known[-1] - known[0]).days if known else 0)
    made: dict[dt.date | None, dict[str, Any]] = {}
    for day, row in sorted(by_day.items(), key=lambda pair: pair[0] or dt.date.max):
        into = bucket(day) if day else None
        one = made.setdefault(into, {"day": into, "reviews": 0, "rated": 0, "sum": 0.0})
        one["reviews"], one["rated"] = one["reviews"] + row["reviews"], one["rated"] + row["rated"]
        one["sum"] += (row["mean"] or 0) * row["rated"]
    for one in made.values():
        one["rating"] = one["sum"] / one["rated"] if one["rated"] else None
        one["label"] = _period(one["day"], bucket) if one["day"] else pgettext("value", "not said")
    return list(made.values())


def _day(day: dt.date) -> dt.date:
    return day


def _month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _year(day: dt.date) -> dt.date:
    return day.replace(day=1, month=1)


def _bucket(span: int) -> Callable[[dt.date], dt.date]:
    return _day if span <= DAYS else _month if span <= MONTHS else _year


def _period(day: dt.date, bucket: Callable[[dt.date], dt.date]) -> str:
    forms: dict[Any, str] = {_day: "DATE_FORMAT", _month: "YEAR_MONTH_FORMAT", _year: "Y"}
    return date_format(day, forms[bucket])


def _grouped(rows: QuerySet[Review], column: Any, words: Callable[[str], str]) -> list[dict[str, Any]]:
    group = F(column) if isinstance(column, str) else column
    counted = rows.values(group=group).annotate(reviews=Count("pk"), rating=Avg("rating")).order_by("-reviews")
    return [
        {"label": words(row["group"] or ""), "reviews": row["reviews"], "rating": row["rating"]}
        for row in counted[:LISTED]
    ]
