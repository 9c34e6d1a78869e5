"""Reviews and mentions month by month, and which months are whole."""

from dataclasses import dataclass

import numpy as np

from mlcore.mentions import Flags, Floats, Ints, Mentions, ReviewTable


@dataclass(frozen=True, kw_only=True)
class Monthly:
    """J needs in T months in a row, without gaps; months in which nobody wrote have no reviews."""

    month: Ints
    """T; months since January 1970: 600 is January 2020."""
    reviews: Ints
    """T; the month's base: dated reviews."""
    counts: Ints
    """J × T; those of them that mention the need."""
    feeling: Floats
    """J × T; Σ of the mentions' sentiment."""
    squares: Floats
    """J × T; Σ of its squares."""
    complete: Flags
    """T; False for the months that the data don't hold in full: the last, unless they reach its last day."""
    undated: int
    """Reviews without a day, which are left out."""


def month_of(day: Ints) -> Ints:
    """Days since 1 January 1970 → months since then."""
    return np.asarray(day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


def first_day(month: Ints) -> Ints:
    """Months since January 1970 → the day on which each begins."""
    return np.asarray(month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))


def monthly(mentions: Mentions, table: ReviewTable, needs: int, *, until: int | None = None) -> Monthly:
    """Counts of needs 0 to `needs` − 1 per month, from the first to the last in which somebody wrote; unweighted.

    `until` is the last day that the data cover in full, None: the day of the latest review. A month is complete if it
    ends by then. Raises ValueError for a mention outside the reviews or needs.
    """
    if len(mentions) and (mentions.review.max() >= len(table) or mentions.need.max() >= needs):
        raise ValueError("a mention lies outside the reviews or the needs")
    dated = table.day >= 0
    place = month_of(table.day)
    if not dated.any():
        nothing = np.zeros((needs, 0))
        none = np.zeros(0, dtype=np.int64)
        return Monthly(
            month=none, reviews=none, counts=nothing.astype(np.int64), feeling=nothing, squares=nothing,
            complete=np.zeros(0, dtype=bool), undated=len(table),
        )  # fmt: skip
    start, end = int(place[dated].min()), int(place[dated].max())
    length = end - start + 1
    kept = mentions.within(dated)
    cell = kept.need * length + place[kept.review] - start

    def summed(values: Floats) -> Floats:
        filled = np.bincount(cell, weights=values, minlength=needs * length)
        return np.asarray(filled.reshape(needs, length), dtype=np.float64)

    month = np.arange(start, end + 1)
    last = int(table.day.max()) if until is None else until
    return Monthly(
        month=month,
        reviews=np.bincount(place[dated] - start, minlength=length),
        counts=np.rint(summed(np.ones(len(kept)))).astype(np.int64),
        feeling=summed(kept.sentiment),
        squares=summed(kept.sentiment**2),
        complete=first_day(month + 1) - 1 <= last,
        undated=int((~dated).sum()),
    )
