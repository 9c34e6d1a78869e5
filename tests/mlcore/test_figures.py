"""What needs weigh: the formulas by hand, the regression against least squares, intervals by simulation, the edges."""

import dataclasses
import math

import numpy as np
import pytest

from mlcore.figures import CALM, SHRINKAGE, NeedFigures, weigh
from mlcore.mentions import Floats, Mentions, ReviewTable, review_table
from mlcore.stability import ranks, resampled_sums
from mlcore.starweights import star_weights
from mlcore.survey import SurveyAnswers, merged

NEEDS = 6


def brand(n: int, seed: int) -> tuple[Mentions, ReviewTable]:
    """n reviews that mention need j with chance 0.4 / (j + 1); only needs 0 and 1 move the stars."""
    rng = np.random.default_rng(seed)
    review, need = np.nonzero(rng.random((n, NEEDS)) < 0.4 / np.arange(1, NEEDS + 1))
    sentiment = np.clip(rng.normal(0, 0.6, len(review)), -1, 1)
    pull = np.array([1.0, 0.5, 0, 0, 0, 0])[need] * sentiment
    stars = np.clip(3.5 + np.bincount(review, pull, n) + rng.normal(0, 0.4, n), 1, 5)
    return Mentions(review=review, need=need, sentiment=sentiment), review_table(stars)


def numbers(found: object) -> list[float]:
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        return [x for f in dataclasses.fields(found) for x in numbers(getattr(found, f.name))]
    return [] if found is None else [float(found)]  # type: ignore[arg-type]


def test_parts_add_up_by_hand() -> None:
    mentions = Mentions.of_sentences([0, 1, 2, 3, 3], [0, 0, 1, 1, 0], [-1, -1, 1, 1, 0])
    low, high, silent = weigh(mentions, review_table([None] * 4), 3, draws=50)
    assert (low.mentions.count, low.mentions.base, low.effective_mentions) == (3, 4, 3)
    assert low.net_sentiment is not None
    assert low.satisfaction is not None
    assert low.opportunity is not None
    assert low.net_sentiment.value == pytest.approx(-2 / (3 + CALM))
    assert low.satisfaction.value == pytest.approx(3)
    assert (low.volume, low.importance.value, low.opportunity.value) == (1, 10, pytest.approx(17))
    assert high.volume == pytest.approx(math.sqrt(2 / 3))
    assert (low.effect_stars, low.effect, low.rated_mentions) == (None, None, 0)
    assert (silent.satisfaction, silent.opportunity, silent.stability, silent.importance.value) == (None, None, None, 0)
    assert low.stability is not None
    assert (low.stability.rank, low.stability.top5) == (1, 1)


def test_the_effect_is_ridge_regression_with_an_intercept() -> None:
    mentions, table = brand(400, 1)
    x = np.zeros((400, NEEDS + 1))
    x[:, 0] = 1
    x[mentions.review, mentions.need + 1] = mentions.sentiment
    slope = np.linalg.solve(x.T @ x + SHRINKAGE * np.diag([0.0] + [1] * NEEDS), x.T @ table.rating)[1:]
    found = weigh(mentions, table, NEEDS, draws=20)
    assert [f.effect_stars and f.effect_stars.value for f in found] == pytest.approx((2 * slope).tolist())
    first = found[0]
    assert first.effect == pytest.approx(2 * slope[0] / 4)
    assert first.importance.value == pytest.approx(10 * (0.7 * first.volume + 0.3 * slope[0] / 2))
    assert found[5].effect is not None
    assert first.effect is not None
    assert 0 <= found[5].effect < first.effect / 2


def test_intervals_cover_as_often_as_they_say() -> None:
    everything, _ = brand(200_000, 0)
    truth = np.array([everything.sentiment[everything.need == j].mean() for j in range(NEEDS)])
    inside = []
    for seed in range(60):
        found = weigh(*brand(500, seed + 1), NEEDS, draws=200, seed=seed)
        inside += [
            f.net_sentiment.low <= t <= f.net_sentiment.high
            for f, t in zip(found, truth, strict=True)
            if f.net_sentiment
        ]
        inside += [f.effect_stars.low <= 2 <= f.effect_stars.high for f in found[:1] if f.effect_stars]
    assert 0.84 <= float(np.mean(inside)) <= 0.95


def test_the_same_seed_gives_the_same_intervals_and_the_seed_matters() -> None:
    mentions, table = brand(100, 3)
    assert weigh(mentions, table, NEEDS, draws=60) == weigh(mentions, table, NEEDS, draws=60)
    assert weigh(mentions, table, NEEDS, draws=60) != weigh(mentions, table, NEEDS, draws=60, seed=1)


def test_a_draw_is_a_draw_of_whole_reviews() -> None:
    mentions, _ = brand(50, 4)
    rows = mentions.matrix(np.ones(len(mentions)), (50, NEEDS))
    sums = resampled_sums(rows, draws=120, seed=0)
    rng = np.random.default_rng(0)
    assert sums.shape == (120, NEEDS)
    assert sums[0].tolist() == rows.toarray()[rng.integers(0, 50, 50, dtype=np.int32)].sum(axis=0).tolist()


def test_ranks_share_the_better_place() -> None:
    assert ranks(np.array([3.0, 5, 3, 1])).tolist() == [2, 1, 2, 4]


@pytest.mark.parametrize(
    "table",
    [
        review_table([]), review_table([None]), review_table([5]), review_table([None] * 30), review_table([4] * 30),
        review_table([5, 1] * 15, weight=[0.0] * 30), review_table([5, 1] * 15), review_table([5] + [None] * 29),
    ],
    ids=["none", "one-unrated", "one", "unrated", "alike", "weightless", "rated", "one-of-many"],
)  # fmt: skip
@pytest.mark.parametrize("mentioned", [True, False])
def test_nothing_is_ever_no_number(table: ReviewTable, mentioned: bool) -> None:
    reviews = range(len(table)) if mentioned else []
    mentions = Mentions.of_sentences(list(reviews), [0 for _ in reviews], [-1 for _ in reviews])
    found = weigh(mentions, table, 2, draws=30)
    assert len(found) == 2
    assert np.isfinite(numbers(found[0]) + numbers(found[1])).all()
    assert weigh(mentions.within(np.zeros(len(table), dtype=bool)), table, 0) == []


def test_what_lies_outside_is_refused() -> None:
    mentions = Mentions.of_sentences([5], [0], [0])
    with pytest.raises(ValueError, match="outside"):
        weigh(mentions, review_table([1, 2]), 1)
    with pytest.raises(ValueError, match="draws"):
        weigh(mentions, review_table([1, 2]), 1, draws=0)


def figures_of(weight: Floats | None = None) -> list[NeedFigures]:
    """Ten reviews: one-star writers complain of need 0, five-star writers praise need 1; each star five times."""
    table = review_table([1] * 5 + [5] * 5)
    mentions = Mentions.of_sentences(range(10), [0] * 5 + [1] * 5, [-1] * 5 + [1] * 5)
    return weigh(mentions, table if weight is None else table.reweighted(weight), 2, draws=20)


def test_star_weights_undo_a_biased_sample() -> None:
    corrected = star_weights(np.array([1.0] * 5 + [5] * 5), [20, 0, 0, 0, 80])
    assert corrected.weight[[0, 9]].tolist() == pytest.approx([0.4, 1.6])
    assert corrected.effective == pytest.approx(10**2 / (5 * 0.16 + 5 * 2.56))
    assert (corrected.base, corrected.uncovered, corrected.target[4]) == (10, 0, pytest.approx(0.8))
    complained, praised = figures_of(corrected.weight)
    assert complained.mentions.share is not None
    assert complained.mentions.share.value == pytest.approx(0.2)
    assert (complained.volume, praised.volume) == (pytest.approx(0.5), 1)
    assert figures_of(corrected.weight * 7)[0].importance.value == pytest.approx(complained.importance.value)
    half = star_weights(np.array([1.0] * 5 + [5] * 5), [20, 0, 0, 0, 80], strength=0.5)
    assert half.weight[9] / half.weight[0] == pytest.approx(2)
    assert star_weights(np.array([1.0, 5]), [1, 0, 0, 0, 9], strength=0).weight.tolist() == [1, 1]


def test_star_weights_at_the_edges() -> None:
    assert star_weights(np.array([np.nan]), [1] * 5).weight.tolist() == [1]
    gaps = star_weights(np.array([1, 5, np.nan]), [0.1, 0.2, 0.1, 0.1, 0.5])
    assert gaps.uncovered == pytest.approx(0.4)
    assert gaps.weight.tolist() == pytest.approx([1 / 3, 5 / 3, 1])
    for shares, strength in (([1, 2], 1), ([-1, 0, 0, 0, 2], 1), ([0] * 5, 1), ([0, 1, 0, 0, 0], 1), ([1] * 5, 2)):
        with pytest.raises(ValueError, match=r"st(ar|rength)"):
            star_weights(np.array([1.0, 5]), shares, strength=strength)


def test_answers_of_a_survey_come_first() -> None:
    need = figures_of()[0]
    plain = merged(need, None)
    assert (plain.importance.value, plain.importance.source) == (need.importance.value, "reviews")
    assert plain.opportunity is not None
    assert plain.opportunity.low is not None
    whole = merged(
        need,
        SurveyAnswers(
            lowest=1, highest=5, importance=4.6, importance_base=180, satisfaction=2.2, satisfaction_base=150
        ),
    )
    assert whole.importance.value == pytest.approx(9)
    assert whole.opportunity is not None
    assert (whole.opportunity.value, whole.opportunity.source, whole.opportunity.base) == (
        pytest.approx(15), "survey", 150,
    )  # fmt: skip
    half = merged(need, SurveyAnswers(lowest=0, highest=100, importance=50, importance_base=9, satisfaction=90))
    assert half.satisfaction is not None
    assert half.opportunity is not None
    assert (half.satisfaction.source, half.opportunity.source, half.opportunity.base) == ("reviews", "both", 5)
    with pytest.raises(ValueError, match="scale"):
        SurveyAnswers(lowest=1, highest=5, importance=6)
