"""Sides and groups: bases, differences and residuals by hand, false findings on equal sides, and empty sides."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from mlcore.contrasts import (
    after_against_before,
    contrast,
    distribution,
    group_against_another,
    heat_map,
    own_against_competitors,
)
from mlcore.mentions import Mentions, ReviewTable, review_table


def brand() -> tuple[Mentions, ReviewTable]:
    """70 own reviews, 56 of them on need 0; 80 of competitors, 48 on it; 10 of neither, all on it; none on need 1."""
    own = np.repeat([1, 0, -1], [70, 80, 10])
    heard = np.concatenate([np.arange(56), 70 + np.arange(48), 150 + np.arange(10)])
    feeling = np.where(own[heard] == 1, 0.5, -0.5) + np.where(heard % 2, 0.25, -0.25)
    day = np.where(own == 1, 40, np.where(own == 0, 5, -1))
    table = review_table([None] * 160, own=own, product=own, day=day)
    return Mentions(review=heard, need=np.zeros(len(heard), dtype=np.int64), sentiment=feeling), table


def test_own_against_competitors_as_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 873: 56/70 against 48/80, at 95 %.
    found, silent = own_against_competitors(*brand(), 2, level=0.95)
    assert (found.one.count, found.one.base, found.other.count, found.other.base) == (56, 70, 48, 80)
    assert found.share is not None
    assert found.share.estimate.value == pytest.approx(0.2)
    assert found.share.estimate.low == pytest.approx(0.0524, abs=5e-5)
    assert found.share.estimate.high == pytest.approx(0.3339, abs=5e-5)
    chance = chi2_contingency([[56, 14], [48, 32]], correction=False).pvalue
    assert (found.share.p, found.share.q) == (pytest.approx(chance), pytest.approx(chance))
    assert found.sentiment is not None
    assert found.sentiment.estimate.value == pytest.approx(1)
    assert found.one_sentiment.count == 56
    assert (found.voice.count, found.voice.base) == (56, 104)
    assert found.voice_expected == pytest.approx(70 / 150)
    assert (silent.share, silent.sentiment, silent.voice.share) == (None, None, None)
    assert (silent.one.count, silent.one.base) == (0, 70)


def test_every_kind_of_sides_is_the_same_contrast() -> None:
    mentions, table = brand()
    known = own_against_competitors(mentions, table, 2)
    assert after_against_before(mentions, table, 2, day=40) == known
    assert group_against_another(mentions, table, 2, column="product", code=1, other=0) == known
    assert group_against_another(mentions, table, 2, column="product", code=1) == known
    with pytest.raises(ValueError, match="both sides"):
        group_against_another(mentions, table, 2, column="product", code=1, other=1)
    with pytest.raises(ValueError, match="no column"):
        group_against_another(mentions, table, 2, column="colour", code=1)


def test_sides_without_reviews_say_nothing() -> None:
    mentions, table = brand()
    found = contrast(mentions, table, 1, one=table.own == 7, other=table.own == 0)[0]
    assert (found.one.share, found.share, found.sentiment, found.voice_expected) == (None, None, None, 0)
    nobody = contrast(mentions, table, 1, one=table.own == 7, other=table.own == 8)[0]
    assert (nobody.voice.share, nobody.voice_expected) == (None, None)
    assert own_against_competitors(Mentions.of_sentences([], [], []), review_table([]), 1)[0].share is None


def test_equal_sides_seldom_differ_and_intervals_cover() -> None:
    rng = np.random.default_rng(1)
    p, inside = [], []
    for _ in range(10):
        review, need = np.nonzero(rng.random((600, 40)) < 0.1)
        mentions = Mentions(review=review, need=need, sentiment=rng.uniform(-1, 1, len(review)))
        table = review_table([None] * 600, own=rng.integers(0, 2, 600))
        for one in own_against_competitors(mentions, table, 40):
            for found in (one.share, one.sentiment):
                assert found is not None
                p.append(found.p)
                inside.append(found.estimate.low <= 0 <= found.estimate.high)
    assert 0.03 <= np.mean(np.array(p) <= 0.05) <= 0.07
    assert 0.87 <= np.mean(inside) <= 0.93


def test_weights_count_in_shares_and_widen_intervals() -> None:
    mentions, table = brand()
    plain = own_against_competitors(mentions, table, 1)[0]
    heavy = table.reweighted(np.where(np.arange(160) < 14, 4.0, 1.0))
    found = own_against_competitors(mentions, heavy, 1)[0]
    assert found.one.share is not None
    assert found.one.share.value == pytest.approx((14 * 4 + 42) / (14 * 4 + 56))
    assert found.one.base == 70
    assert own_against_competitors(mentions, table.reweighted(np.full(160, 3.0)), 1)[0].share == plain.share


def test_heat_map_has_the_residuals_of_the_table() -> None:
    mentions, table = brand()
    found = heat_map(mentions, table, 2)
    assert found.codes == [0, 1]
    observed, expected = 56, 70 * 104 / 150
    by_hand = (observed - expected) / np.sqrt(expected * (46 / 150) * (80 / 150))
    assert [c.residual for c in found.cells[0]] == pytest.approx([-by_hand, by_hand])
    assert by_hand**2 == pytest.approx(chi2_contingency([[56, 14], [48, 32]], correction=False).statistic)
    assert (found.cells[0][1].share.count, found.cells[0][1].share.base) == (56, 70)
    assert found.cells[0][1].net_sentiment == pytest.approx(0.5 * 56 / 58)
    assert [(c.net_sentiment, c.residual, c.share.count) for c in found.cells[1]] == [(None, 0, 0)] * 2
    tripled = heat_map(mentions, table.reweighted(np.full(160, 3.0)), 1)
    assert [c.residual for c in tripled.cells[0]] == pytest.approx([-by_hand, by_hand])
    assert heat_map(mentions, review_table([None] * 160), 1).cells == [[]]


def test_a_distribution_adds_up() -> None:
    mentions, table = brand()
    parts = distribution(mentions, table, need=0, by="product")
    assert [p.code for p in parts] == [-1, 0, 1]
    assert [(p.share.count, p.share.base, p.of_need.base) for p in parts] == [
        (10, 10, 114), (48, 80, 114), (56, 70, 114),
    ]  # fmt: skip
    assert sum(p.of_need.share.value for p in parts if p.of_need.share) == pytest.approx(1)
    assert [p.sentiment.value for p in parts] == pytest.approx([-0.5, -0.5, 0.5])
    assert [p.code for p in distribution(mentions, table, need=0, by="month")] == [-1, 0, 1]
    assert [p.of_need.share for p in distribution(mentions, table, need=9, by="source")] == [None]
    with pytest.raises(ValueError, match="month"):
        distribution(mentions, table, need=0, by="colour")
