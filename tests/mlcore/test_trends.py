"""Trends and bands: months by hand, false alarms on flat series, power on a doubling, and too little to say."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from mlcore.alerts import newest
from mlcore.mentions import Floats, Mentions, review_table
from mlcore.months import Monthly, first_day, month_of, monthly
from mlcore.trends import trends

JANUARY = 600


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def series(shares: Floats, reviews: int, seed: int, rho: float = 0.0, mood: float = 0.0) -> Monthly:
    """J × T true shares of about `reviews` a month; rho: how far they scatter beyond chance."""
    rng = np.random.default_rng(seed)
    n = rng.integers(reviews // 2, reviews * 3 // 2, shares.shape[1])
    month_by_month = rng.beta(shares * (1 / rho - 1), (1 - shares) * (1 / rho - 1)) if rho else shares
    counts = rng.binomial(n, month_by_month)
    feeling = mood * counts + rng.normal(0, 0.5, counts.shape) * np.sqrt(counts)
    return Monthly(
        month=JANUARY + np.arange(len(n)), reviews=n, counts=counts, feeling=feeling,
        squares=counts * (0.25 + mood**2), complete=np.ones(len(n), dtype=bool), undated=0,
    )  # fmt: skip


def flat(months: int) -> Floats:
    return np.full((40, months), 0.08)


def doubled(months: int) -> Floats:
    shares = flat(months)
    shares[:, months // 2 :] = 0.16
    return shares


def test_months_are_counted_without_gaps_and_the_last_may_be_partial() -> None:
    days = [day(d) for d in ("2020-01-01", "2020-01-31", "2020-03-01", "2020-04-29")]
    table = review_table([None] * 5, day=[*days, -1])
    mentions = Mentions.of_sentences([0, 2, 3, 4], [0, 1, 1, 0], [0.5, -1, 1, 1])
    found = monthly(mentions, table, 2)
    assert found.month.tolist() == [600, 601, 602, 603]
    assert found.reviews.tolist() == [2, 0, 1, 1]
    assert found.counts.tolist() == [[1, 0, 0, 0], [0, 0, 1, 1]]
    assert found.feeling.tolist() == [[0.5, 0, 0, 0], [0, 0, -1, 1]]
    assert found.squares[0, 0] == 0.25
    assert (found.complete.tolist(), found.undated) == ([True, True, True, False], 1)
    assert monthly(mentions, table, 2, until=day("2020-04-30")).complete.all()
    assert first_day(month_of(np.array(days))).tolist() == [days[0], days[0], days[2], day("2020-04-01")]
    assert monthly(mentions, review_table([None] * 5), 2).counts.shape == (2, 0)
    with pytest.raises(ValueError, match="outside"):
        monthly(mentions, table, 1)


def test_flat_series_are_steady_and_p_is_a_chance() -> None:
    found = [t for seed in range(6) for rho in (0, 0.02) for t in trends(series(flat(12), 200, seed, rho), seed=seed)]
    p = np.array([t.p for t in found])
    assert 0.02 <= (p <= 0.05).mean() <= 0.09
    assert sum(t.direction != "steady" for t in found) <= 5
    cover = np.mean([t.per_year.low <= 1 <= t.per_year.high for t in found if t.per_year])
    assert 0.85 <= cover <= 0.98


def test_a_doubling_is_growth_and_its_size_is_measured() -> None:
    rising = trends(series(doubled(24), 300, 1))
    assert {t.direction for t in rising} == {"growing"}
    one = rising[0]
    assert one.since is not None
    assert one.difference is not None
    assert one.before is not None
    assert one.before.share is not None
    assert abs(one.since - (JANUARY + 12)) <= 2
    assert one.difference.low <= 0.08 <= one.difference.high
    assert one.before.base + (one.after.base if one.after else 0) == one.base
    assert [t.shape for t in rising].count("step") > 35
    falling = trends(series(doubled(24)[:, ::-1], 300, 2))
    assert {t.direction for t in falling} == {"fading"}


def test_a_steady_climb_is_a_slope_and_a_new_need_emerges() -> None:
    years = np.arange(36) / 12
    climbing = 1 / (1 + np.exp(3 - 0.7 * years))
    found = trends(series(np.tile(climbing, (10, 1)), 400, 3))
    assert [t.shape for t in found].count("slope") >= 8
    assert np.mean([t.per_year.value for t in found if t.per_year]) == pytest.approx(np.exp(0.7), rel=0.05)
    born = flat(18)
    born[0, :9], born[0, 9:] = 0.0, 0.06
    first = trends(series(born, 200, 4))[0]
    assert (first.direction, first.before.count if first.before else None) == ("emerging", 0)
    assert first.per_year is not None
    assert np.isfinite([first.per_year.low, first.per_year.high]).all()


def test_too_little_is_said_to_be_too_little() -> None:
    assert {t.direction for t in trends(series(flat(5), 500, 5))} == {"too_little"}
    assert {t.direction for t in trends(series(flat(12), 6, 6))} == {"too_little"}
    assert {t.direction for t in trends(series(np.ones((3, 12)), 50, 7))} == {"too_little"}
    assert trends(monthly(Mentions.of_sentences([], [], []), review_table([]), 0)) == []
    partial = series(flat(12), 200, 8)
    empty = dataclasses.replace(partial, complete=np.arange(12) < 11)
    assert trends(empty)[0].months == 11


@pytest.mark.parametrize("rho", [0, 0.01])
def test_steady_needs_break_their_bands_no_more_often_than_stated(rho: float) -> None:
    bands = [n for seed in range(25) for n in newest(series(flat(13), 300, seed, rho, 0.2))]
    assert np.mean([n.volume.side is not None for n in bands if n.volume]) <= 0.01
    assert np.mean([n.mood.side is not None for n in bands if n.mood]) <= 0.01


def test_a_doubled_month_and_a_turned_mood_break_out() -> None:
    shares = flat(13)
    shares[:, -1] = 0.16
    turned = series(shares, 500, 1, mood=0.3)
    turned.feeling[:, -1] -= 0.6 * turned.counts[:, -1]
    found = newest(turned)
    assert np.mean([n.volume.side == "up" for n in found if n.volume]) > 0.9
    assert np.mean([n.mood.side == "down" for n in found if n.mood]) > 0.9
    first = next(n for n in found if n.volume and n.volume.side)
    assert first.volume is not None
    assert first.share.share is not None
    assert first.volume.excess == pytest.approx(first.volume.observed - first.volume.high)
    assert (first.volume.observed, first.volume.months) == (first.share.share.value, 12)
    assert first.volume.p < 0.01
    shares[:, -1] = 0.0
    vanished = newest(series(shares, 2000, 2))[0]
    assert vanished.mood is None
    assert vanished.volume is not None
    assert (vanished.volume.side, vanished.volume.observed) == ("down", 0)


def test_bands_need_months_and_reviews() -> None:
    assert newest(series(flat(6), 300, 1))[0].volume is None
    assert newest(series(flat(13), 6, 1))[0].volume is None
    running = dataclasses.replace(series(flat(13), 300, 1), complete=np.zeros(13, dtype=bool))
    assert newest(running)[0].month is None
    silent = newest(series(np.zeros((1, 13)), 300, 1))[0]
    assert silent.volume is not None
    assert (silent.volume.side, silent.volume.low) == (None, 0)
    with pytest.raises(ValueError, match="coverage"):
        newest(running, level=1)
