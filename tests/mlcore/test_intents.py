"""What a sentence is for, on 120 sentences that training never sees."""

from pathlib import Path

from mlcore.intents import INTENTS, intents_of, seed

ROWS = [line.split("|", 2) for line in (Path(__file__).parent / "intents.txt").read_text(encoding="utf-8").splitlines()]
LEAST = {
    "praise": (0.7, 0.5),
    "complaint": (0.6, 0.55),
    "wish": (0.85, 0.85),
    "question": (0.9, 0.9),
    "comparison": (0.85, 0.75),
    "return": (0.9, 0.85),
}
"""Precision and recall that must not be lost again."""


def test_training_never_sees_the_test_sentences() -> None:
    assert len(ROWS) == 120
    assert not {text for _, _, text in ROWS} & {text for text, _, _ in seed()}


def test_precision_and_recall_of_each_intent() -> None:
    out = intents_of([text for _, _, text in ROWS], [language for language, _, _ in ROWS])
    for name in INTENTS:
        gold = {k for k, row in enumerate(ROWS) if name in row[1].split(",")}
        mine = {k for k, intents in enumerate(out) if name in {i.name for i in intents}}
        precision, recall = len(gold & mine) / len(mine), len(gold & mine) / len(gold)
        assert precision >= LEAST[name][0], name
        assert recall >= LEAST[name][1], name


def test_sentiment_makes_a_complaint_surer_and_other_languages_are_passed_over() -> None:
    text = "The soup tasted of pond"
    plain, hinted = (intents_of([text], ["en"], s)[0] for s in (None, [-0.9]))
    chance = {i.name: i.probability for i in plain}.get("complaint", 0.0)
    assert {i.name: i.probability for i in hinted}["complaint"] > chance
    assert intents_of(["Ich will mein Geld zurück", "", "!?"], ["de", "en", "zh"])[0] == []
    assert intents_of([], []) == []
