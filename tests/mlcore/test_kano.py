"""Kano classes: planted ones are found, the ceiling of the stars misleads nobody, little evidence gives no class."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from mlcore.kano import classify
from mlcore.mentions import Mentions, ReviewTable, review_table
from mlcore.ordinal import fit_odds

KINDS = ["must_be", "attractive", "performance", "indifferent"]


def brand(n: int, seed: int, base: float = 3.0) -> tuple[Mentions, ReviewTable]:
    """n reviews, four needs: only complaint, only praise, both, nothing moves the mood behind the stars."""
    rng = np.random.default_rng(seed)
    review, need = np.nonzero(rng.random((n, 4)) < 0.3)
    feeling = rng.choice([-0.8, 0.0, 0.8], len(review), p=[0.4, 0.2, 0.4])
    up, down = np.array([0, 0.8, 0.8, 0]), np.array([0.8, 0, 0.8, 0])
    moved = np.where(feeling > 0, up[need], -down[need] * (feeling < 0))
    stars = np.clip(np.rint(base + np.bincount(review, moved, n) + rng.normal(0, 0.7, n)), 1, 5)
    return Mentions(review=review, need=need, sentiment=feeling), review_table(stars)


def test_planted_classes_are_found_and_their_sizes_measured() -> None:
    found = classify(*brand(3000, 1), 4)
    assert [f.kind for f in found] == KINDS
    assert [f.rule for f in found] == ["complaint_outweighs", "praise_outweighs", "both_move", "neither_moves"]
    assert found[2].reward is not None
    assert found[2].penalty is not None
    assert found[2].reward.value == pytest.approx(0.8, abs=0.15)
    assert found[2].penalty.value == pytest.approx(0.8, abs=0.15)
    assert found[0].base == 3000
    assert found[0].expected == pytest.approx(3, abs=0.1)


def test_odds_of_a_fourfold_table_and_their_variance() -> None:
    # 30 of 40 with the mark and 20 of 60 without it are good: log odds ratio and its variance by Woolf (1955).
    mark = csr_array(np.repeat([1.0, 0.0], [40, 60])[:, None])
    stars = np.concatenate([np.repeat([5.0, 4], [30, 10]), np.repeat([5.0, 4], [20, 40])])
    found = fit_odds(mark, stars, np.ones(100), 1e-9)
    assert found.parameters.tolist() == pytest.approx([np.log(20 / 40), np.log(30 * 40 / (10 * 20))])
    assert found.covariance[1, 1] == pytest.approx(1 / 30 + 1 / 10 + 1 / 20 + 1 / 40)
    assert (found.lowest, found.borders) == (4, 1)
    with pytest.raises(ValueError, match="same"):
        fit_odds(mark, np.ones(100), np.ones(100), 1.0)


def test_praise_without_contradiction_stays_finite_and_uncertain() -> None:
    table = review_table([5] * 15 + [4] * 15 + [1, 2, 3, 4, 5] * 4)
    found = classify(Mentions.of_sentences(range(30), [0] * 30, [1] * 15 + [-1] * 15), table, 1)[0]
    assert found.reward_odds is not None
    assert found.reward_odds.low > 1
    assert found.reward_odds.high > 2 * found.reward_odds.value
    assert found.expected is not None
    assert found.reward is not None
    assert found.reward.value < 5 - found.expected


def test_the_ceiling_of_the_stars_misleads_nobody() -> None:
    found = [[f.kind for f in classify(*brand(1500, seed, base=4.7), 4)] for seed in range(6)]
    assert [kinds[:3] for kinds in found] == [KINDS[:3]] * 6


def test_chance_makes_no_classes() -> None:
    kinds = []
    for seed in range(20):
        mentions, table = brand(300, seed)
        shuffled = np.random.default_rng(seed).permutation(table.rating)
        kinds += [f.kind for f in classify(mentions, review_table(shuffled), 4, seed=seed)]
    assert sum(k in {"must_be", "attractive", "performance"} for k in kinds) <= 0.1 * len(kinds)


def test_little_evidence_gives_no_class() -> None:
    mentions, table = brand(400, 3)
    lonely = Mentions.of_sentences(range(30), [0] * 30, [-1] * 25 + [1] * 5)
    assert [f.rule for f in classify(lonely, table, 2)] == ["too_few_praised"] * 2
    only_praise = Mentions.of_sentences(range(30), [0] * 30, [1] * 30)
    assert classify(only_praise, table, 1)[0].rule == "too_few_complained"
    assert {f.rule for f in classify(mentions, review_table([5.0] * 400), 4)} == {"too_few_ratings"}
    assert {f.rule for f in classify(mentions, review_table([None] * 400), 4)} == {"too_few_ratings"}
    assert classify(Mentions.of_sentences([], [], []), review_table([]), 1)[0].kind is None
    assert classify(mentions, table, 4)[0].praised > 10
