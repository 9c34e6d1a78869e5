"""Sentences and languages of reviews as people really write them."""

import pytest

from mlcore.text import MAX_SENTENCE, UNKNOWN, clean, content_hash, language, majority_language, sentences


def texts(review: str) -> list[str]:
    return [s.text for s in sentences(review)]


def test_english_contrast_and_missing_marks_are_cut() -> None:
    assert texts("I love the shape but the lid drips all day. It holds 20 oz. of tea!!! Dr. Wu agrees") == [
        "I love the shape",
        "but the lid drips all day.",
        "It holds 20 oz. of tea!!!",
        "Dr. Wu agrees",
    ]


def test_full_stop_without_blank_ends_a_sentence() -> None:
    assert texts("It was great.The lid is bad") == ["It was great.", "The lid is bad"]


def test_subordinate_clause_stays_with_its_main_clause() -> None:
    assert texts("After two weeks of daily use, the hinge broke") == ["After two weeks of daily use, the hinge broke"]


def test_long_chinese_sentence_is_cut_at_commas_so_that_feelings_separate() -> None:
    assert texts("味道很好闻泡沫也多，就是泵头不太好按，用了一周，泵头就断了，希望改进！") == [
        "味道很好闻泡沫也多",
        "就是泵头不太好按",
        "用了一周，泵头就断了",
        "希望改进！",
    ]


def test_chinese_blanks_and_emoji_end_sentences() -> None:
    assert texts("质量真的很好 物流也特别快😀下次再来") == ["质量真的很好", "物流也特别快😀", "下次再来"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("很好", "zh"),
        ("iPhone手机壳不错", "zh"),
        ("とても良い商品です", "ja"),
        ("배송이 빨라요", "ko"),
        ("The lid is broken", "en"),
        ("Très bon produit, je recommande à tout le monde", "fr"),
        ("Muy bueno, lo recomiendo a todos mis amigos", "es"),
        ("12345 !!!", UNKNOWN),
    ],
)
def test_language(text: str, code: str) -> None:
    assert language(text) == code


def test_short_latin_text_takes_the_files_language() -> None:
    assert language("Nice", fallback="en") == "en"
    assert (
        majority_language(
            ["This kettle is wonderful and quick", "Der Wasserkocher ist leider sehr laut", "It leaks all over my desk"]
        )
        == "en"
    )
    assert majority_language(["ok"]) is None


@pytest.mark.parametrize("text", ["", " \n ", "\ufeff"])
def test_nothing_gives_nothing(text: str) -> None:
    assert sentences(text) == []


def test_five_thousand_emojis_are_one_sentence_without_a_language() -> None:
    found = sentences("😀" * 5000)
    assert len(found) == 1
    assert found[0].language == UNKNOWN
    assert len(found[0].text) <= MAX_SENTENCE


def test_endless_text_is_cut() -> None:
    assert all(len(t) <= MAX_SENTENCE for t in texts("word " * 3000))


def test_markup_goes_and_copies_share_a_hash() -> None:
    assert clean("Good&amp;quick<br/>\u200bkettle") == "Good&quick\nkettle"
    assert content_hash("Good kettle!!") == content_hash(" good ＫＥＴＴＬＥ. ")
    assert content_hash("Good kettle") != content_hash("Bad kettle")
