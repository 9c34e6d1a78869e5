"""How an analysis's needs move from month to month: each one's trend, its newest month, and the months themselves."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ideation.needs.mentions import Ground, mentions_of
from ideation.needs.models import Analysis, Need
from mlcore.alerts import Newest, newest
from mlcore.estimates import wilson
from mlcore.months import Monthly, first_day, monthly
from mlcore.trends import Trend, trends

DIRECTIONS: Final = ("emerging", "growing", "fading", "steady", "too_little")
"""In the order in which they are listed."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """A need in one month."""

    first: dt.date
    """The month's first day."""
    complete: bool
    reviews: int
    """Dated reviews of the month: the share's base."""
    mentions: int
    share: float | None
    low: float | None
    high: float | None
    """0 to 1, with a 90 % interval; None without reviews."""
    mood: float | None
    """Mean sentiment of the mentions, −1 to 1."""


@dataclass(frozen=True, kw_only=True)
class Moving:
    """A need over time."""

    need: Need
    trend: Trend
    newest: Newest
    months: list[Month]

    @property
    def line(self) -> list[float]:
        """The share of each complete month with reviews."""
        return [month.share for month in self.months if month.complete and month.share is not None]

    @property
    def since(self) -> dt.date | None:
        """From when on the later part of a step counts."""
        return None if self.trend.since is None else month_date(self.trend.since)

    @property
    def alerts(self) -> list[str]:
        """What of the newest month lies outside its band: volume, mood."""
        bands = (("volume", self.newest.volume), ("mood", self.newest.mood))
        return [name for name, band in bands if band is not None and band.side is not None]


@dataclass(frozen=True, kw_only=True)
class Movements:
    """All needs of an analysis over time."""

    needs: list[Moving]
    """Those that change first, the surest first."""
    dated: int
    undated: int
    """Reviews with a day, and without, which are left out."""
    months: int
    """Complete months with reviews."""
    tested: int
    """Needs with enough months and mentions for a test."""

    def counts(self) -> dict[str, int]:
        """Direction → how many needs."""
        found = dict.fromkeys(DIRECTIONS, 0)
        for one in self.needs:
            found[one.trend.direction] += 1
        return found


def month_date(month: int) -> dt.date:
    """Months since January 1970 → the first day."""
    return dt.date(1970 + month // 12, 1 + month % 12, 1)


def movements(analysis: Analysis, needs: Sequence[Need] | None = None) -> Movements:
    """Needs over the months in which reviews were written; `needs`: only these (and tests among these only)."""
    return moved(mentions_of(analysis, needs=needs))


def moved(ground: Ground) -> Movements:
    """The same of what has been read already."""
    series = monthly(ground.mentions, ground.table, len(ground.needs))
    tests, latest = trends(series), newest(series)
    rows = [
        Moving(need=need, trend=tests[j], newest=latest[j], months=_months(series, j))
        for j, need in enumerate(ground.needs)
    ]
    rows.sort(key=lambda one: (DIRECTIONS.index(one.trend.direction), one.trend.q or 0.0, one.need.rank))
    return Movements(
        needs=rows,
        dated=int(series.reviews.sum()),
        undated=series.undated,
        months=int((series.complete & (series.reviews > 0)).sum()),
        tested=sum(one.trend.q is not None for one in rows),
    )


def _months(series: Monthly, need: int) -> list[Month]:
    days = first_day(series.month).astype("datetime64[D]").tolist()
    found = []
    for at, day in enumerate(days):
        base, count = int(series.reviews[at]), int(series.counts[need, at])
        share = wilson(count / base, base) if base else None
        found.append(
            Month(
                first=day, complete=bool(series.complete[at]), reviews=base, mentions=count,
                share=share.value if share else None, low=share.low if share else None,
                high=share.high if share else None,
                mood=float(series.feeling[need, at]) / count if count else None,
            )
        )  # fmt: skip
    return found
