"""How sentences feel, and whether they say something."""

import json
from pathlib import Path

import pytest

from mlcore import sentiment
from mlcore.embed import open_encoder


def judged(*texts: str, rating: float | None = None) -> sentiment.Judgement:
    return sentiment.judge(texts, open_encoder().encode(list(texts)), [rating] * len(texts))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("The handle feels solid and comfortable", "The handle broke off after two days"),
        ("It never drips", "It drips everywhere"),
        ("音质清晰，佩戴舒服", "音质很差，戴着耳朵疼"),
        ("客服很有耐心", "客服态度恶劣"),
    ],
)
def test_good_and_bad_are_told_apart(good: str, bad: str) -> None:
    found = judged(good, bad).sentiment
    assert found[0] > 0.1 > -0.1 > found[1]


@pytest.mark.parametrize(
    "bare", ["Love it!", "Great product, highly recommend", "非常满意，五星好评", "垃圾，千万别买", "😀😀"]
)
def test_bare_feeling_says_nothing_about_a_topic(bare: str) -> None:
    assert judged(bare).informative[0] < sentiment.INFORMATIVE


@pytest.mark.parametrize("telling", ["The zip jams half way up", "盖子太紧，老人拧不开", "I wish it had a longer cord"])
def test_topic_is_informative(telling: str) -> None:
    assert judged(telling).informative[0] > 0.6


def test_rating_is_a_hint_not_a_verdict() -> None:
    low, high = judged("It is a lamp", rating=1).sentiment[0], judged("It is a lamp", rating=5).sentiment[0]
    assert low < high
    assert judged("The lamp broke on the first day", rating=5).sentiment[0] < 0.2


def test_levels_and_bounds() -> None:
    assert [sentiment.level(s) for s in (-1, -0.4, 0, 0.4, 1)] == [1, 2, 3, 4, 5]
    assert judged().sentiment.shape == (0,)


def test_weights_can_be_rebuilt_from_the_seed(tmp_path: Path) -> None:
    seed = tmp_path / "seed.jsonl"
    lines = sentiment.SEED.read_text(encoding="utf-8").splitlines()[:60]
    seed.write_text("\n".join(lines), encoding="utf-8")
    weights = sentiment.rebuild(seed, tmp_path / "weights.npz")
    assert weights.stat().st_size < 50_000
    assert {"text", "language", "sentiment", "informative"} == set(json.loads(lines[0]))
