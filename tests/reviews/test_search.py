"""Searches by words in English and Chinese, by phrases, without and or; and what is never found."""

import uuid
from typing import Any

import pytest
from django.db import connection

from accounts.projects import Sight, seeing
from ideation.catalog.models import Project
from ideation.catalog.services import project_create
from ideation.reviews.browse import Listing
from ideation.reviews.models import Review, ReviewWords
from ideation.reviews.places import TOP
from ideation.reviews.search import matches, sought
from ideation.reviews.services.indexing import words_keep
from mlcore.searchwords import found_by, read_query
from tests.conftest import Person
from tests.reviews.browsing import review_of, reviews_of

TEXTS = (
    "The kettle is too loud in the mornings.",
    "Not loud at all; boils fast. It's WORTH it",
    "杯子很好用，就是有点贵",
    "质量不好，电池不耐用。",
    "客服态度好，價格便宜",
    "カメラが壊れました",
    "Ｗｉ－Ｆｉ keeps dropping, 'quotes' \\ and : colons",
    "배송이 빨라요",
)


def found(project: Project, q: str, **wanted: Any) -> list[str]:
    return [one.text for one in Listing(project=project, wanted={"q": q, **wanted}).page(50).reviews]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("loud", [0, 1]),
        ("LOUD morning", [0]),
        ("mornings", [0]),
        ("boiling", [1]),
        ('"too loud"', [0]),
        ("“not loud”", [1]),
        ('"loud too"', []),
        ("loud -fast", [0]),
        ('loud -"too loud"', [1]),
        ("fast OR morning", [0, 1]),
        ("贵 或 便宜", [2, 4]),
        ('"too loud" OR 便宜', [0, 4]),
        ("很好", [2]),
        ("很好用", [2]),
        ("不好", [3]),
        ("不耐用 电池", [3]),
        ("电池质量", [3]),
        ("-质量 好", [2, 4]),
        ("-很好 好", [3, 4]),
        ("價格", [4]),
        ("格價", []),
        ("贵", [2]),
        ("カメラ", [5]),
        ("メラ", [5]),
        ("ラメ", []),
        ("wi-fi", [6]),
        ("quotes", [6]),
        ("배송", [7]),
        ("빨라요", [7]),
        ("the", [0]),
        ("worth the", [1]),
        ("nothing-of-this", []),
        ("'", []),
        ("&|!():*<->", []),
        ("\\", []),
        ("''' OR x", []),
        ("-", []),
        ('"', []),
    ],
)
def test_what_is_sought_is_found(q: str, expected: list[int], project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, *TEXTS)
        assert found(project, q) == [TEXTS[at] for at in expected]


def test_a_dictionary_word_is_found_wherever_it_stands() -> None:
    """However the words around it would be segmented."""
    for text in ("质量不好用", "这不好", "并不好看啊", "要不好吧"):
        assert "不好" in found_by(text)[1]


def test_queries_are_bounded() -> None:
    assert len(read_query(" ".join(f"w{n}" for n in range(500)))) <= 16
    assert read_query("\x00 \ud800".encode("utf-8", "replace").decode()) == []


def test_titles_are_searched_too(project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, "Fine.", title="Disappointing handle")
        assert found(project, "handles") == ["Fine."]
        assert found(project, '"disappointing handle"') == ["Fine."]


def test_filters_and_words_together_fill_a_page(project: Project, alice: Person) -> None:
    """The matches that filters leave out are many, those that they leave stand far down."""
    with alice.scope():
        reviews_of(project, *["loud one"] * 27, rating=1.0)
        reviews_of(project, "loud and liked", rating=5.0)
        page = Listing(project=project, wanted={"q": "loud", "rating": 5}).page(1)
        assert [one.text for one in page.reviews] == ["loud and liked"]
        assert page.older is None


def test_matches_are_walked_and_looked_up_alike(project: Project, alice: Person) -> None:
    with alice.scope():
        made = reviews_of(project, *["loud"] * 5, "quiet", *["loud"] * 5)
        query = sought("loud", project).query
        walked = matches(project, query, TOP, most=100, walk=1000)
        assert walked == matches(project, query, TOP, most=100)
        assert [one.pk for one in walked] == [one.pk for one in made if one.text == "loud"]
        back = matches(project, query, walked[4], upwards=True, most=2)
        assert back == matches(project, query, walked[4], upwards=True, most=2, walk=1000) == walked[2:4][::-1]


def test_replaced_reviews_are_not_found(project: Project, alice: Person) -> None:
    with alice.scope():
        old, _new = reviews_of(project, "loud before", "loud after")
        Review.objects.filter(pk=old.pk).update(ended_in=2)
        assert found(project, "loud") == ["loud after"]


def test_another_project_and_another_brand_are_not_found(project: Project, alice: Person, charlie: Person) -> None:
    with charlie.scope():
        theirs = project_create(name="Theirs", category="x", created_by=charlie.user)
        reviews_of(theirs, "loud secret")
    with alice.scope():
        other = project_create(name="Other", category="x", created_by=alice.user)
        reviews_of(other, "loud other")
        reviews_of(project, "loud mine")
        assert found(project, "loud") == ["loud mine"]
        # Not even with the other brand's project's own words and id.
        query = f"'p:{theirs.pk.hex[:16]}' | 'loud'"
        assert matches(theirs, query, TOP, most=10) == []
        assert matches(theirs, query, TOP, most=10, walk=10) == []
        with seeing(Sight(hidden=frozenset({project.pk}))):
            assert found(project, "loud") == []


def test_outside_a_scope_nothing_is_found(project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM reviews_found(%s, '''loud''', '9999-12-31', %s, false, 10)",
            [project.pk, uuid.UUID(int=2**128 - 1)],
        )
        assert cursor.fetchall() == []


def test_words_noted_twice_are_noted_once(project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud")
        review = review_of(project, "quiet")
        for _turn in range(2):
            words_keep(project, [(review.pk, review.date, "", review.text)], whole=True)
        assert ReviewWords.objects.count() == 2
