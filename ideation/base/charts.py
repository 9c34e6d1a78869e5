"""Every chart's Vega-Lite specification, once: the browser draws it, and the server draws the same for a download.

Specifications carry no colours of their own: those come from CONFIGS, one a theme, which mirror the tokens of app.css.
"""

import math
from typing import Any

import altair as alt
import vl_convert
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

Spec = dict[str, Any]
MEDIA = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
DOWNLOAD_WIDTH = 860
PLOT = (800.0, 340.0)
"""Pixels that the landscape takes on a desktop, to know which labels would lie on others."""
FONT = (
    "Inter, -apple-system, Segoe UI, Roboto, Noto Sans, PingFang SC, Microsoft YaHei UI, Noto Sans CJK SC, sans-serif"
)


def _config(ink: str, soft: str, line: str, accent: str, second: str, surface: str) -> Spec:
    words = {"labelColor": soft, "titleColor": soft, "labelFont": FONT, "titleFont": FONT}
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            **words, "gridColor": line, "domainColor": line, "tickColor": line, "labelFontSize": 11,
            "titleFontSize": 12, "titleFontWeight": 500, "titlePadding": 10, "labelPadding": 6,
        },
        "legend": {**words, "labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": 500},
        "range": {"category": [accent, second, soft], "ramp": [line, accent], "heatmap": [line, accent]},
        "text": {"color": ink, "font": FONT},
        "area": {"color": accent, "opacity": 0.08},
        "line": {"color": accent, "strokeWidth": 2},
        "bar": {"color": accent},
        "point": {"color": accent},
        "tick": {"color": ink},
        "rule": {"color": soft, "strokeDash": [3, 4]},
        "circle": {"color": accent, "stroke": surface, "strokeWidth": 1, "opacity": 0.9},
    }  # fmt: skip


CONFIGS: dict[str, Spec] = {
    "light": _config("#1c1f1a", "#565a50", "#e6e2d8", "#0b6650", "#b0602a", "#ffffff"),
    "dark": _config("#ecefe9", "#a9b0a6", "#2b302b", "#4cc9a4", "#e5a268", "#1b1e1b"),
}


def chart(spec: Spec) -> Spec:
    """What the page hands to the browser: the specification and its colours in both themes."""
    return {"spec": spec, "config": CONFIGS}


def opportunity_landscape(needs: list[Spec]) -> Spec:
    """Importance against satisfaction, a circle a need, the best ones labelled; a click opens the need.

    Each need: rank, label, statement, importance and satisfaction (0 to 10), opportunity (0 to 20), mentions, url.
    """
    across, up = _span(needs, "importance"), _span(needs, "satisfaction")
    right, above = alt.Scale(domain=across, nice=False), alt.Scale(domain=up, nice=False)
    x = alt.X("importance:Q", scale=right, title=_("Importance"), axis=alt.Axis(tickCount=6))
    y = alt.Y("satisfaction:Q", scale=above, title=_("Satisfaction"), axis=alt.Axis(tickCount=6))
    # Where satisfaction is below importance, customers want more than they get.
    corner = alt.Chart(alt.Data(values=[{"x": 0, "y": 0}, {"x": 10, "y": 10}]))
    underserved = corner.mark_area(clip=True).encode(x=alt.X("x:Q", scale=right), y=alt.Y("y:Q", scale=above))
    even = corner.mark_line(clip=True, strokeDash=[3, 4], strokeWidth=1, opacity=0.6).encode(x="x:Q", y="y:Q")
    dots = (
        alt.Chart(alt.Data(values=needs))
        .mark_circle(cursor="pointer")
        .encode(
            x=x,
            y=y,
            size=alt.Size("mentions:Q", scale=alt.Scale(range=[60, 700]), legend=None),
            color=alt.Color("opportunity:Q", legend=None, scale=alt.Scale(domain=[0, 15], clamp=True)),
            href="url:N",
            tooltip=[
                alt.Tooltip("statement:N", title=_("Need")),
                alt.Tooltip("opportunity:Q", title=_("Opportunity"), format=".1f"),
                alt.Tooltip("importance:Q", title=_("Importance"), format=".1f"),
                alt.Tooltip("satisfaction:Q", title=_("Satisfaction"), format=".1f"),
                alt.Tooltip("mentions:Q", title=_("Reviews"), format=",d"),
            ],
        )
    )
    names = (
        alt.Chart(alt.Data(values=_placed(needs, across, up)))
        # On a phone there is no room for names; a tap still opens the need.
        .mark_text(fontSize=11, fontWeight=500, opacity=alt.ExprRef("width < 440 ? 0 : 1"))
        .encode(x="right:Q", y="at:Q", text="label:N", href="url:N")
    )
    return _spec(alt.layer(underserved, even, dots, names), height=360)


def _span(needs: list[Spec], name: str) -> list[float]:
    """The part of the scale from 0 to 10 that the needs take up, with room around them."""
    values = [need[name] for need in needs] or [0.0, 10.0]
    return [max(0.0, math.floor(min(values)) - 0.5), min(10.0, math.ceil(max(values)) + 0.5)]


def _placed(needs: list[Spec], across: list[float], up: list[float], most: int = 14) -> list[Spec]:
    """Labels for the best needs, above, below or beside the circle; one that finds no free place is left out."""
    wide, high = PLOT[0] / (across[1] - across[0]), PLOT[1] / (up[1] - up[0])
    taken = [_box(need["importance"] * wide, need["satisfaction"] * high, 20, 20) for need in needs]
    kept: list[Spec] = []
    for need in sorted(needs, key=lambda one: -one["opportunity"])[: 2 * most]:
        x, y, label = need["importance"] * wide, need["satisfaction"] * high, need["label"][:24]
        length = sum(12 if ord(char) > 0x2E7F else 6.5 for char in label)
        for right, at in ((x, y + 21), (x, y - 21), (x + length / 2 + 15, y), (x - length / 2 - 15, y)):
            box = _box(right, at, length, 13)
            if len(kept) < most and box[2] < across[1] * wide and not any(_overlap(box, other) for other in taken):
                kept.append({**need, "right": right / wide, "at": at / high, "label": label})
                taken.append(box)
                break
    return kept


def _box(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a box around its middle."""
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def learning_curve(curve: list[Spec]) -> Spec:
    """Training loss by step, and perplexity on held-out reviews where it was measured, on an axis of its own.

    Each point: step, loss, and validation_perplexity or None.
    """
    loss, perplexity = _("Training loss"), _("Perplexity on held-out reviews")
    learnt = [{**point, "series": loss} for point in curve]
    measured = [{**point, "series": perplexity} for point in curve if point.get("validation_perplexity") is not None]
    series = alt.Color(
        "series:N",
        sort=[loss, perplexity],
        legend=alt.Legend(title=None, orient="top", direction="vertical", labelLimit=0),
    )
    steps = alt.X("step:Q", title=_("Step"), axis=alt.Axis(tickMinStep=1, grid=False))
    below = (
        alt.Chart(alt.Data(values=learnt))
        .mark_line()
        .encode(x=steps, y=alt.Y("loss:Q", title=loss, scale=alt.Scale(zero=False)), color=series)
    )
    above = (
        alt.Chart(alt.Data(values=measured))
        .mark_line(point=True)
        .encode(
            x=steps,
            y=alt.Y(
                "validation_perplexity:Q", title=perplexity, scale=alt.Scale(zero=False), axis=alt.Axis(grid=False)
            ),
            color=series,
            tooltip=[
                alt.Tooltip("step:Q", title=_("Step")),
                alt.Tooltip("validation_perplexity:Q", title=perplexity, format=".2f"),
                alt.Tooltip("loss:Q", title=loss, format=".3f"),
            ],
        )
    )
    return _spec(alt.layer(below, above).resolve_scale(y="independent"), height=260)


def volume_over_time(points: list[Spec], form: str) -> Spec:
    """Reviews a period as bars, and their mean rating (1 to 5) as a line with an axis of its own.

    Each point: at (the period's first day), label, reviews, rating or None. `form` says how days are written (d3).
    """
    told = [
        alt.Tooltip("label:N", title=_("Period")),
        alt.Tooltip("reviews:Q", title=_("Reviews"), format=",d"),
        alt.Tooltip("rating:Q", title=_("Mean rating"), format=".2f"),
    ]
    reviews, mean = _("Reviews"), _("Mean rating")
    at = alt.X("at:T", title=None, axis=alt.Axis(grid=False, tickCount=8, format=form, labelOverlap="greedy"))
    legend = alt.Legend(title=None, orient="top", labelLimit=0)
    series = alt.Color("series:N", sort=[reviews, mean], legend=legend)
    rated = [{**point, "series": mean} for point in points if point["rating"] is not None]
    volume = (
        alt.Chart(alt.Data(values=[{**point, "series": reviews} for point in points]))
        .mark_bar(opacity=0.45)
        .encode(x=at, y=alt.Y("reviews:Q", title=reviews, axis=alt.Axis(tickMinStep=1)), color=series, tooltip=told)
    )
    rating = (
        alt.Chart(alt.Data(values=rated))
        .mark_line(point=len(rated) <= 60)
        .encode(
            x=at,
            y=alt.Y("rating:Q", title=mean, scale=alt.Scale(domain=[1, 5]), axis=alt.Axis(grid=False)),
            color=series,
            tooltip=told,
        )
    )
    return _spec(alt.layer(volume, rating).resolve_scale(y="independent"), height=260)


def volume_bars(rows: list[Spec]) -> Spec:
    """Reviews of each group as a bar, its mean rating beside it. Each row: label, reviews, rating or None."""
    written = [{**row, "said": "" if row["rating"] is None else f"★ {row['rating']:.1f}"} for row in rows]
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=180, ticks=False, domain=False))
    x = alt.X("reviews:Q", title=_("Reviews"), axis=alt.Axis(tickMinStep=1, tickCount=5))
    told = [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("reviews:Q", title=_("Reviews"), format=",d"),
        alt.Tooltip("rating:Q", title=_("Mean rating"), format=".2f"),
    ]
    base = alt.Chart(alt.Data(values=written)).encode(y=y, x=x, tooltip=told)
    bars = base.mark_bar(opacity=0.8, height=alt.RelativeBandSize(0.7))
    said = base.mark_text(align="left", dx=5, fontSize=11).encode(text="said:N")
    return _spec(alt.layer(bars, said), height=24 * max(3, len(rows)) + 20)


def _spec(made: alt.LayerChart | alt.FacetChart, height: int) -> Spec:
    spec: Spec = made.properties(width="container", height=height).to_dict()
    spec.pop("config", None)
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return spec


def download(request: HttpRequest, spec: Spec, name: str) -> HttpResponse | None:
    """The chart as a file if the address asks for one (?format=svg, png or pdf), else None."""
    wanted = request.GET.get("format", "")
    if wanted not in MEDIA:
        return None
    response = HttpResponse(drawn({**spec, "width": DOWNLOAD_WIDTH}, wanted), content_type=MEDIA[wanted])
    response["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
    return response


def drawn(spec: Spec, wanted: str) -> str | bytes:
    """A chart as SVG, PNG or PDF, in the light theme on white, without a browser."""
    config = {**CONFIGS["light"], "background": "#ffffff"}
    if wanted == "svg":
        return vl_convert.vegalite_to_svg(spec, config=config, allowed_base_urls=[])
    if wanted == "png":
        return vl_convert.vegalite_to_png(spec, config=config, scale=2, allowed_base_urls=[])
    return vl_convert.vegalite_to_pdf(spec, config=config, allowed_base_urls=[])
