"""How well aspects are found and judged on public labelled reviews, shipped and tuned on their train split, how fast.

Needs the files of ../shared/data/aspects; test splits are read for the last figures only.

    python -m tests.benchmarks.needs_aspects
"""

import json
import time
from collections.abc import Sequence

import numpy as np

from mlcore.aspects import aspects_of
from mlcore.aspects.models import place, shipped
from mlcore.aspects.polarity import Judged
from mlcore.aspects.tagger import Tagger
from mlcore.aspects.tune import tune_polarity, tune_terms
from mlcore.aspects.words import words_of
from mlcore.embed import open_encoder
from mlcore.sentiment import judge
from tests.benchmarks.aspectdata import DATA, Review, judged, reviews, term_scores

TIMED = 12_000
"""Sentences of the measured batch."""


def main() -> None:
    """Prints a table, and last a line of JSON."""
    if not (DATA / "laptop14_test.seg").exists():
        print(f"Skipped: {DATA / 'laptop14_test.seg'} is missing.")
        return
    figures = _polarity()
    for language in ("en", "zh"):
        test = reviews(f"mabsa_phone.{language}.test.txt")
        tuned = tune_terms([r.labelled() for r in reviews(f"mabsa_phone.{language}.train.txt")])
        for suffix, model in (("", tuned), ("_shipped", shipped().terms)):
            overlap, exact = term_scores(test, _places(test, model))
            figures |= {f"aspect_f1_{language}{suffix}": overlap, f"aspect_exact_f1_{language}{suffix}": exact}
    print(f"{'':22}{'shipped':>9}{'tuned':>9}")
    for name in (n for n in figures if not n.endswith("_shipped")):
        print(f"{name:22}{figures[f'{name}_shipped']:9.3f}{figures[name]:9.3f}")
    figures["sentences_per_s"] = _speed()
    print(f"{figures['sentences_per_s']:.0f} sentences a second")
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


def _polarity() -> dict[str, float]:
    encoder = open_encoder()
    rows = [sentence for sentence, _ in judged("laptop14_test.seg")]
    truth = np.array([sign for _, sign in judged("laptop14_test.seg")])
    terms = [Judged(words, *place(words, s.terms[0])) for s in rows for words in [words_of(s.text)]]
    tuned = tune_polarity([sentence for sentence, _ in judged("laptop14_train.seg")], encoder)
    feelings = judge([s.text for s in rows], encoder.encode([s.text for s in rows])).sentiment
    out = {}
    for suffix, found in (("", tuned.of(terms, encoder)), ("_shipped", shipped().polarities(terms, feelings.tolist()))):
        accuracy, macro = _scores(truth, np.array(found))
        out |= {f"laptop14_accuracy{suffix}": accuracy, f"laptop14_macro_f1{suffix}": macro}
    return out


def _scores(truth: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    each = [2 * np.sum((found == c) & (truth == c)) / np.sum((found == c) * 1 + (truth == c)) for c in (-1, 0, 1)]
    return float(np.mean(found == truth)), float(np.mean(each))


def _places(test: Sequence[Review], model: Tagger) -> list[list[tuple[int, int]]]:
    words = [words_of(r.text) for r in test]
    found = model.spans(words)
    return [[(w[s.first].start, w[s.last - 1].end) for s in spans] for w, spans in zip(words, found, strict=True)]


def _speed() -> float:
    """Sentences a second of processor time, the whole of `aspects_of`, both languages, the better of three."""
    texts = [
        t for language in ("en", "zh") for r in reviews(f"mabsa_phone.{language}.test.txt") for t in _split(r.text)
    ]
    batch = (texts * (1 + TIMED // len(texts)))[:TIMED]
    languages = ["zh" if any(c >= "\u4e00" for c in t) else "en" for t in batch]
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        aspects_of(batch, languages)
        best = max(best, TIMED / (time.process_time() - start))
    return best


def _split(text: str) -> list[str]:
    return [s.strip() for s in text.replace("。", "。\n").replace(". ", ".\n").split("\n") if s.strip()]


if __name__ == "__main__":
    main()
