"""Tokens, counts and languages of reviews in many scripts."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.enrich.counts import counts
from mlcore.enrich.english import WORDS, english
from mlcore.enrich.languages import languages
from mlcore.enrich.tokens import CHUNK, LONGEST, Tokens, tokens

pieces = st.sampled_from(
    ["good", "Good", "don’t", "盖子", "漏水", "。", "，", " ", "\n", "とても", "좋아요", "хорошо", "5", "ｇｏｏｄ",
     "é", "😀", "\uffff", "\x00", "①", "ﬁ", "\u0301", "\u200b"]
)  # fmt: skip
written = st.lists(pieces, max_size=12).map("".join)


def hashes(part: Tokens) -> list[list[int]]:
    first = range(len(part.scripts))
    each = part.hashes(pl.Series(first, dtype=pl.Int64).to_numpy(), pl.Series(first, dtype=pl.Int64).to_numpy() + 1)
    return [each[low:high].tolist() for low, high in zip(part.bounds, part.bounds[1:], strict=False)]


@pytest.mark.parametrize(
    ("text", "characters", "words"),
    [
        ("", 0, 0),
        ("!!! 😀", 5, 0),
        ("Good kettle, isn't it?", 22, 4),
        ("盖子漏水，包里全湿了。", 11, 9),
        ("iPhone 手机壳 5 个", 14, 6),
        ("배송이 빨라요", 7, 2),
        ("Очень хороший чайник", 20, 3),
        ("とても良い", 5, 5),
        ("5/5", 3, 2),
    ],
)
def test_words_and_single_characters_are_counted(text: str, characters: int, words: int) -> None:
    assert counts(pl.Series([text])).row(0) == (characters, words)


@given(st.lists(written, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_text_has_the_same_tokens_wherever_it_stands(texts: list[str]) -> None:
    together = [row for part in tokens(pl.Series(texts, dtype=pl.String)) for row in hashes(part)]
    alone = [row for text in texts for part in tokens(pl.Series([text])) for row in hashes(part)]
    assert together == alone


def test_case_width_accents_and_apostrophes_fold() -> None:
    (part,) = tokens(pl.Series(["Don't buy CAFÉ", "ｄｏｎｔ　ｂｕｙ　cafe\u0301", "dont, buy: Café!"]))
    first, second, third = hashes(part)
    assert first == second == third


def test_words_run_together_are_other_words() -> None:
    (part,) = tokens(pl.Series(["a b", "ab"]))
    assert [len(row) for row in hashes(part)] == [2, 1]


def test_long_and_many_texts_come_in_parts() -> None:
    texts = pl.Series(["盖" * (2 * LONGEST), *["word " * 50] * 1000, "", None, "x" * CHUNK])
    parts = list(tokens(texts))
    assert len(parts) > 2
    assert sum(part.count for part in parts) == len(texts)
    told = counts(texts)
    assert told["tokens"].to_list() == [LONGEST, *[50] * 1000, 0, 0, 1]
    assert told["characters"][0] == 2 * LONGEST


def test_every_english_word_is_known() -> None:
    (part,) = tokens(pl.Series([" ".join(WORDS)]))
    assert english(part).all()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("很好", "zh"),
        ("iPhone手机壳不错", "zh"),
        ("Apple MacBook Pro Retina 13 不错", "zh"),
        ("美の味很好吃", "zh"),
        ("とても良い商品です", "ja"),
        ("배송이 빨라요", "ko"),
        ("The lid is broken", "en"),
        ("Nice", "en"),
        ("Worth the money", "en"),
        ("I bought this 手机 for my mother and she loves it", "en"),
        ("Très bon produit, je recommande à tout le monde", "fr"),
        ("Muy bueno, lo recomiendo a todos mis amigos", "es"),
        ("Der Wasserkocher ist leider sehr laut", "de"),
        ("SEHR SCHLECHTE QUALITÄT UND LANGE LIEFERUNG", "de"),
        ("Очень хороший чайник, рекомендую", "ru"),
        ("Goede kwaliteit en snelle levering", "nl"),
        ("كل شيء ممتاز والسعر جيد", "ar"),
        ("质量很好，很喜欢。Very good quality, I love it and will buy again. 下次还来", "mixed"),
        ("정말 좋아요. The quality is very good and I love it. 다음에 또 살게요", "mixed"),
        ("The product is good and I like it a lot. Das Produkt ist sehr gut und ich mag es wirklich sehr.", "mixed"),
        ("ok", "und"),
        ("5/5", "und"),
        ("12345 !!!", "und"),
        ("😀😀", "und"),
        ("", "und"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert languages(pl.Series([text])).to_list() == [code]


def test_no_texts_no_languages() -> None:
    assert languages(pl.Series([], dtype=pl.String)).to_list() == []
    assert languages(pl.Series([None, "很好"])).to_list() == ["und", "zh"]


@given(st.lists(written, max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_texts_language_doesnt_depend_on_its_neighbours(texts: list[str]) -> None:
    told = languages(pl.Series(texts, dtype=pl.String)).to_list()
    assert told == [languages(pl.Series([text])).item() for text in texts]
