"""Personal data in reviews: what is found in sentences written for this, what must stay, and how fast it goes."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlcore.personal import KINDS, WORDS, find, mask

EXAMPLES = Path(__file__).parent / "personal.txt"
MARK = re.compile(r"⟦(\w+):([^⟧]*)⟧")


def examples() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield MARK.sub(r"\2", line), MARK.findall(line)


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(("text", "wanted"), examples())
def test_exactly_what_is_personal_is_found(text: str, wanted: list[tuple[str, str]]) -> None:
    assert found(text) == wanted


def test_there_are_enough_examples_of_each_kind_in_both_languages() -> None:
    personal = [(text, kinds) for text, kinds in examples() if kinds]
    assert len(personal) >= 150
    assert len([text for text, _kinds in personal if not text.isascii()]) >= 60
    assert {kind for _text, kinds in personal for kind, _part in kinds} == set(KINDS)


@pytest.mark.parametrize("text", [text for text, _wanted in examples()])
def test_a_masked_text_has_nothing_left_to_mask(text: str) -> None:
    assert find(mask(text)) == []
    assert mask(mask(text)) == mask(text)


def test_the_words_are_in_the_texts_own_language() -> None:
    assert mask("Call me at 415-555-2671, or anna@example.com") == "Call me at [phone], or [email]"
    assert mask("打我电话13800138000，或者邮箱a@example.cn") == "打我电话[电话]，或者邮箱[邮箱]"
    assert mask("The 小米 charger, write to anna@example.com") == "The 小米 charger, write to [email]"
    assert set(WORDS["en"]) == set(WORDS["zh"]) == set(KINDS)


@pytest.mark.parametrize(
    "text", ["", " ", "[phone]", "@", "1" * 20_000, "a@" * 5_000, "+" * 5_000, "0 1 " * 4_000, "路1" * 5_000]
)
def test_odd_and_long_texts_are_answered_in_time(text: str) -> None:
    start = time.perf_counter()
    mask(text)
    assert time.perf_counter() - start < 1


def test_short_reviews_pass_fast() -> None:
    texts = [text for text, _wanted in examples()]
    start = time.perf_counter()
    for _round in range(10):
        for text in texts:
            find(text)
    # Every one of these was written to make work; plain reviews go ten times as fast.
    assert len(texts) * 10 / (time.perf_counter() - start) > 2_000
