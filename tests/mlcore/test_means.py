"""Means for a need by analogy, and wishes turned into outcomes."""

import pytest

from mlcore.embed import open_encoder
from mlcore.means import Library
from mlcore.outcomes import outcome, wisher


@pytest.mark.parametrize(
    ("wish", "clause"),
    [
        ("I want the lid to stay shut in my bag.", "so that the lid stays shut in your bag"),
        ("I want the bottom not to rust", "so that the bottom does not rust"),
        ("I want the seams to be flat", "so that the seams are flat"),
        ("I want to pour without splashing", "so that you can pour without splashing"),
        ("I want no plastic smell", "so that there is no plastic smell"),
        ("I want cloth that doesn't itch", "for cloth that doesn't itch"),
        ("The lid leaks", ""),
        ("我希望烧水安静一点。", "好让烧水安静一点"),
        ("我希望看得见水位", "好让人看得见水位"),
        ("我希望不漏水", "好让它不漏水"),
        ("盖子漏水", ""),
    ],
)
def test_turns_a_wish_into_an_outcome(wish: str, clause: str) -> None:
    assert outcome(wish) == clause


def test_names_those_who_wish() -> None:
    assert wisher("I want the lid to stay shut in my bag") == "People who want the lid to stay shut in their bag"
    assert wisher("我希望不漏水") == "希望不漏水的人"
    assert wisher("The lid leaks") == ""


@pytest.mark.parametrize(
    ("product", "need", "word"),
    [
        ("electric kettle", "I want it to be quiet when I boil water", "base plate"),
        ("wrap dress", "I want pockets", "pocket"),
        ("mint toothpaste", "I want the tube to empty fully", "tube"),
    ],
)
def test_offers_means_that_met_the_like_need_for_the_like_goods(product: str, need: str, word: str) -> None:
    offers = Library("en", open_encoder()).propose(need, [], product, 5)
    assert any(word in text for text, _ in offers)
    assert len({text for text, _ in offers}) == len(offers) <= 5


def test_knows_cloth_from_vessels() -> None:
    library = Library("en", open_encoder())
    assert library.kinds("wrap dress", "Dresses") == {"wear"}
    assert library.kinds("Trail Mug 450 ml", "Insulated travel mugs") == {"hard"}


def test_a_need_like_no_other_gets_nothing() -> None:
    assert Library("en", open_encoder()).propose("xqzv wvut", [], "electric kettle", 5) == []


def test_chinese_has_means_of_its_own() -> None:
    offers = Library("zh", open_encoder()).propose("我希望烧水安静一点", ["声音太大"], "电热水壶", 3)
    assert any("脚垫" in text or "底盘" in text for text, _ in offers)
