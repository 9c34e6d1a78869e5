"""What is judged in a sentence, how, and what of it the files keep."""

import json
from pathlib import Path

import pytest

from mlcore.aspects import Aspect, aspects_of, taxonomy
from mlcore.aspects.lines import aspect_lines
from mlcore.aspects.models import load, save, shipped
from mlcore.aspects.seed import SEEDS, Labelled, parse, written
from mlcore.aspects.tagger import Tagger
from mlcore.aspects.tune import load_tuned, save_tuned, tune_terms
from mlcore.aspects.words import words_of

ZIPS = ("The zip {verb} after a week", "My old zip {verb} too", "We found that the zip {verb}", "A zip that {verb}")


def found(text: str, language: str = "en") -> list[Aspect]:
    return aspects_of([text], [language])[0]


@pytest.mark.parametrize(
    ("text", "language", "term", "category", "polarity", "opinion"),
    [
        ("The battery dies fast", "en", "battery", "battery", -1, "dies fast"),
        ("I love the screen", "en", "screen", "screen", 1, "love"),
        ("Customer service was rude", "en", "Customer service", "service", -1, "rude"),
        ("电池不耐用", "zh", "电池", "battery", -1, "不耐用"),
        ("快递很快", "zh", "快递", "delivery", 1, "很快"),
    ],
)
def test_term_opinion_category_and_polarity(
    text: str, language: str, term: str, category: str, polarity: int, opinion: str
) -> None:
    (aspect,) = found(text, language)
    assert (aspect.term, aspect.category, aspect.polarity, aspect.opinion) == (term, category, polarity, opinion)
    assert text[aspect.start : aspect.end] == term
    assert 0.5 < aspect.probability <= 1


def test_each_term_has_its_own_opinion() -> None:
    assert [(a.term, a.polarity) for a in found("The sound is great but the mic is terrible")] == [
        ("sound", 1),
        ("mic", -1),
    ]


@pytest.mark.parametrize(
    ("text", "language"), [("We ordered the black one for the office", "en"), ("昨天收到的", "zh")]
)
def test_a_sentence_that_judges_nothing_has_no_aspect(text: str, language: str) -> None:
    assert found(text, language) == []


def test_odd_texts_and_other_languages_are_passed_over() -> None:
    texts = ["", "   ", "!!!", "Der Akku ist leer", "😀 good 屏幕", "a" * 5000]
    out = aspects_of(texts, ["en", "zh", "en", "de", "zh", "en"])
    assert len(out) == len(texts)
    assert out[0] == out[1] == out[3] == []
    assert aspects_of([], []) == []


def test_a_batch_says_what_single_sentences_say() -> None:
    texts = ["The lid leaks", "音质很好，价格也合适", "The straps dig into my shoulders and the zip is stuck"]
    assert aspects_of(texts, ["en", "zh", "en"]) == [
        found(text, language) for text, language in zip(texts, ["en", "zh", "en"], strict=True)
    ]


def test_models_survive_their_file(tmp_path: Path) -> None:
    save(shipped(), tmp_path / "models.npz")
    again = aspects_of(["The lid leaks"], ["en"], models=load(tmp_path / "models.npz"))
    assert again == [found("The lid leaks")]


def test_tuning_learns_a_brands_own_term_and_keeps_it_in_a_file(tmp_path: Path) -> None:
    own = [
        parse(f"{frame.replace('zip', '[frobnik|-|other]').format(verb=verb)}")
        for frame in ZIPS
        for verb in ("broke", "jammed", "failed", "squeaked", "tore", "melted")
    ]
    words = words_of("Sadly the frobnik snapped")
    save_tuned(tune_terms(own), tmp_path / "terms.npz")
    tuned = load_tuned(tmp_path / "terms.npz")
    assert isinstance(tuned, Tagger)
    (span,) = tuned.spans([words])[0]
    assert words[span.first].text == "frobnik"


def test_too_few_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        tune_terms([Labelled("The lid leaks")])


def test_seed_names_only_known_categories_and_marks_words() -> None:
    for path in SEEDS.values():
        for sentence in written(path):
            assert all(sentence.text[m.start : m.end].strip() for m in sentence.terms)
            assert all(m.category in taxonomy() for m in sentence.terms if m.category)


def test_a_file_of_reviews_gives_a_line_for_each_sentence(tmp_path: Path) -> None:
    file = tmp_path / "reviews.jsonl"
    file.write_text('{"text": "The lid leaks. I wish it had a longer cord!"}\n', encoding="utf-8")
    rows = [json.loads(line) for line in aspect_lines(file)]
    assert [(r["aspects"][0]["term"], r["intents"]) for r in rows] == [("lid", ["complaint"]), ("cord", ["wish"])]
