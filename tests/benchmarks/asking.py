"""How often a question about the sample brand is answered, or rightly left unanswered, and how well the answers fit.

The thresholds were chosen on questions.tsv. `unseen` in it marks questions that were written afterwards and changed
nothing. Each row: question, the planted need that it asks for ('-' for none, 'only' for one that only has conditions).

    python -m tests.benchmarks.asking
"""

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from mlcore.answers import CLOSE, in_common, is_answered, likeness, meaning, question_vector
from mlcore.embed import open_encoder
from mlcore.questions import read_question
from mlcore.text import language, sentences

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SHOWN = 10


def sample() -> tuple[list[str], list[str], list[str]]:
    """Texts, languages and reviews of the sample brand's sentences."""
    texts, languages, owners = [], [], []
    with (ROOT / "ideation/workspace/sample/reviews.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for sentence in sentences(row["review"], fallback=language(row["review"])):
                texts.append(sentence.text)
                languages.append(sentence.language)
                owners.append(row["id"])
    return texts, languages, owners


def planted() -> dict[str, set[str]]:
    """Need → the reviews that express it."""
    with (ROOT / "docs/planted-needs.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["need_id"]: set(row["review_ids"].split()) for row in csv.DictReader(file)}


def main() -> None:
    texts, languages, owners = sample()
    encoder = open_encoder()
    vectors = encoder.encode(texts)
    truth = planted()
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    fits: dict[str, list[float]] = {"seen": [], "unseen": []}
    for line in (HERE / "questions.tsv").read_text(encoding="utf-8").splitlines():
        text, need, *marks = line.split("\t")
        kind = marks[0] if marks else "seen"
        question = read_question(text)
        if need == "only":
            said = not question.topic and question.has_conditions
        else:
            meanings = meaning(question_vector(question, encoder), vectors, languages)
            words = in_common(question, texts)
            said = is_answered(meanings, words)
            score = likeness(meanings, words)
            best = [i for i in np.argsort(-score)[:SHOWN] if score[i] >= CLOSE]
            if need != "-" and best:
                fits[kind].append(float(np.mean([owners[i] in truth[need] for i in best])))
        asked[kind] += 1
        right[kind] += said == (need != "-")
        if said != (need != "-"):
            print(f"wrong ({kind}): {text} [{need}] topic '{question.topic}'")
    for kind in asked:
        found = f"{right[kind]} of {asked[kind]} rightly answered or left"
        print(f"{kind}: {found}; of the first {SHOWN} sentences {np.mean(fits[kind]):.2f} show the need asked for")


if __name__ == "__main__":
    main()
