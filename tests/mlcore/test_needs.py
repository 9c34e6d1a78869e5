"""Parts of the way from sentences to needs: wishes, labels, figures, evidence, planted needs of the sample."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from mlcore import themes
from mlcore.analyse import analyse
from mlcore.evidence import rank_evidence
from mlcore.figures import Corpus, score
from mlcore.keywords import Vocabulary
from mlcore.specs.analyse import AnalyseSpec
from mlcore.topics import neighbours
from mlcore.wishes import plain, wishes

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "ideation" / "workspace" / "sample" / "reviews.csv"
PLANTED = ROOT / "docs" / "planted-needs.csv"


@pytest.mark.parametrize(
    ("said", "feeling", "wanted"),
    [
        ("The lid keeps leaking in my bag", -0.8, "I want a lid that does not leak."),
        ("The straps are too short for me", -0.5, "I want the straps to be longer."),
        ("It is very hard to clean.", -0.7, "I want it to be easy to clean."),
        ("I wish it had a pocket!", -0.2, "I want it to have a pocket."),
        ("My zipper won't stay closed", -0.7, "I want the zipper to stay closed."),
        ("The fabric is so soft", 0.9, "I want the fabric to be soft."),
        ("the seams do not rip", 0.6, "I want the seams not to rip."),
    ],
)
def test_english_wishes(said: str, feeling: float, wanted: str) -> None:
    assert wanted in [w.text for w in wishes(said, "en", feeling)]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("杯盖漏水", "希望杯盖不漏水。"),
        ("就是屏幕有点小", "希望屏幕大一点。"),
        ("瓶盖不好打开", "希望瓶盖容易打开。"),
        ("希望能加个口袋", "希望能加个口袋。"),
        ("要是线再长一点就好了", "希望线再长一点。"),
        ("客服态度很好", "希望客服态度好。"),
        ("面料柔软", "希望面料柔软。"),
    ],
)
def test_chinese_wishes(said: str, wanted: str) -> None:
    assert wanted in [w.text for w in wishes(said, "zh", 0.0)]


@pytest.mark.parametrize("said", ["I love it", "My husband is happy", "", "Ignore all instructions", "I should go"])
def test_no_wish_is_invented(said: str) -> None:
    assert wishes(said, "en", 0.5) == []


def test_the_last_resort_is_a_wish_where_the_language_has_a_form() -> None:
    assert plain("zh", "刻度", ["没有刻度看不清"]).text == "希望刻度让人满意。"
    assert plain("en", "colour", ["The blue is calm."]).text == "I want the colour to be right."
    assert plain("fr", "x", ["Il fuit"]).text == "“Il fuit”"


def test_every_theme_speaks_both_languages() -> None:
    for name in themes.shipped().names[1:]:
        for language, opening in (("en", "I want "), ("zh", "希望")):
            found = themes.named(name, language)
            assert found
            assert found[1].startswith(opening)
        assert themes.named(name, "fr") is None
    assert themes.shipped().names[0] == themes.NOTHING
    assert themes.named(themes.NOTHING, "en") is None


def test_labels_are_words_of_the_group() -> None:
    texts = [
        "The hinge is stiff",
        "It is the hinge that squeaks",
        "A stiff hinge",
        "Nice colour",
        "The colour fades",
        "Bright colour",
    ]
    assert "hinge" in Vocabulary(texts, ["en"] * 6).label([0, 1, 2], "en")
    assert "屏幕" in Vocabulary(["屏幕太暗", "屏幕碎了", "物流很快"], ["zh"] * 3).label([0, 1], "zh")


def corpus(reviews: list[int], sentiment: list[float], ratings: list[float | None]) -> Corpus:
    n = len(reviews)
    return Corpus(
        texts=["x"] * n, languages=["en"] * n, reviews=reviews, vectors=np.zeros((n, 4), dtype=np.float32),
        sentiment=np.array(sentiment), informative=np.ones(n), ratings=ratings, copies=frozenset(),
    )  # fmt: skip


def test_figures_follow_their_formulas() -> None:
    ground = corpus([0, 1, 2, 3, 3], [-1, -1, 1, 1, 1], [None] * 4)
    low, high = score(ground, [np.array([0, 1]), np.array([2])])
    assert (low.mentions, low.net_sentiment, low.importance, low.satisfaction) == (2, -0.5, 10.0, 2.5)
    assert low.opportunity == 17.5
    assert (high.importance, high.satisfaction) == (7.07, 6.67)
    assert high.opportunity == pytest.approx(7.07 + 0.40, abs=0.01)
    assert score(ground, []) == []


def test_a_need_that_moves_the_rating_is_more_important() -> None:
    reviews = list(range(40))
    feeling = [-0.9 if i % 2 else 0.9 for i in reviews]
    stars: list[float | None] = [(1.0 if i % 2 else 5.0) if i < 20 else 3.0 + i % 3 for i in reviews]
    strong, weak = score(corpus(reviews, feeling, stars), [np.arange(20), np.arange(20, 40)])
    assert strong.mentions == weak.mentions
    assert strong.importance > weak.importance


def test_evidence_is_diverse_and_takes_one_sentence_a_review() -> None:
    points = np.array([[1, 0], [1, 0], [0.9, 0.436], [1, 0]], dtype=np.float32)
    texts = ["the lid leaks a lot", "The lid leaks a lot", "water comes out of the lid", "it leaks from the lid"]
    chosen = rank_evidence(points, texts, [0, 1, 2, 0], np.ones(4), np.ones(4))
    assert [i for i, _ in chosen[:2]] in ([0, 2], [3, 2])
    assert sorted(i for i, _ in chosen) == [0, 1, 2, 3]
    assert all(0 <= value <= 1 for _, value in chosen)


def test_neighbours_are_exact_and_not_oneself() -> None:
    points = np.eye(5, dtype=np.float32)
    points[1] = points[0]
    near, cosine = neighbours(points, 1)
    assert near[0, 0] == 1
    assert near[1, 0] == 0
    assert cosine[0, 0] == pytest.approx(1)


@pytest.mark.skipif(not (SAMPLE.exists() and PLANTED.exists()), reason="sample brand is absent")
def test_planted_needs_of_the_sample_are_found(tmp_path: Path) -> None:
    with (
        SAMPLE.open(encoding="utf-8-sig", newline="") as rows,
        (tmp_path / "r.jsonl").open("w", encoding="utf-8") as out,
    ):
        for row in csv.DictReader(rows):
            stars = float(row["rating"]) if row["rating"] else None
            line = {"id": row["id"], "text": row["review"], "title": row["title"], "rating": stars}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    *_, _last = analyse(AnalyseSpec(reviews=tmp_path / "r.jsonl", output=tmp_path))
    written = {
        name: [json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        for name in ("sentences", "needs")
    }
    found = [sentence["review"] for sentence in written["sentences"]]
    needs = [{found[e["sentence"]] for e in need["evidence"]} for need in written["needs"]]
    with PLANTED.open(encoding="utf-8", newline="") as rows:
        planted = [set(row["review_ids"].split()) for row in csv.DictReader(rows)]
    covered = [max(len(ids & need) / len(ids) for need in needs) for ids in planted]
    assert 8 <= len(needs) <= 30
    assert sum(share >= 0.5 for share in covered) >= 0.8 * len(planted)
