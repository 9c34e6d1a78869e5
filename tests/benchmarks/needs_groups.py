"""Needs and themes measured on public data that the project doesn't hold: what is found, how steadily, how fast.

Themes against BERTopic stand beside each other where it can be imported (it is no requirement: install `bertopic`,
`umap-learn` and `hdbscan` into a folder of your own and name it in PYTHONPATH).
"""

import ast
import csv
import importlib
import json
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import normalized_mutual_info_score

from mlcore.analyse import analyse
from mlcore.embed import Vectors, embed, open_encoder
from mlcore.partition import partition, themes_of
from mlcore.specs.analyse import Analysed, AnalyseSpec, UnderstandSpec
from mlcore.topicspace import principal
from mlcore.understanding import understand

Figures = dict[str, float]

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
SHOPPING = DATA / "reviews" / "online_shopping_10_cats.zh.csv"
PHONES = DATA / "aspects" / "mabsa_phone.{language}.{split}.txt"
SAMPLE = ROOT / "ideation" / "workspace" / "sample" / "reviews.csv"
PLANTED = ROOT / "docs" / "planted-needs.csv"
THEMED, CLUSTERED, ANALYSED = 20_000, 50_000, 60_000
TOP = 20
HALF = 0.5
"""Share of a planted need's reviews that must be a need's evidence for it to be found; and the other way round."""


def shopping(count: int) -> tuple[list[str], list[str], list[float]]:
    """Texts, classes and stars (5 good, 1 bad) of reviews drawn with a fixed seed."""
    with SHOPPING.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    drawn = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))[:count]]
    texts = [row["review"].lstrip("\ufeff") or "-" for row in drawn]
    return texts, [row["cat"] for row in drawn], [5.0 if row["label"] == "1" else 1.0 for row in drawn]


def vectors_of(texts: Sequence[str]) -> Vectors:
    *_, (_done, vectors) = embed(texts, open_encoder())
    return vectors


def themes() -> Figures:
    """Ten themes asked of reviews of ten classes; all rows counted, those without a theme as one class of their own."""
    texts, classes, _stars = shopping(THEMED)
    vectors = vectors_of(texts)
    start = time.perf_counter()
    found = themes_of(texts, ["zh"] * len(texts), vectors, open_encoder(), 10).theme
    figures = {
        "themes_s": time.perf_counter() - start,
        "nmi": float(normalized_mutual_info_score(classes, found)),
        "unassigned_share": float((found < 0).mean()),
    }
    try:
        peer = importlib.import_module("bertopic")
    except ImportError:
        return figures
    start = time.perf_counter()
    other = np.array(peer.BERTopic(nr_topics=10, language="multilingual").fit_transform(texts, vectors)[0])
    return figures | {
        "themes_bertopic_s": time.perf_counter() - start,
        "nmi_bertopic": float(normalized_mutual_info_score(classes, other)),
        "nmi_ratio": figures["nmi"] / float(normalized_mutual_info_score(classes, other)),
        "unassigned_share_bertopic": float((other < 0).mean()),
    }


def clusters() -> Figures:
    """Fifty thousand vectors into forty themes."""
    texts, _classes, _stars = shopping(CLUSTERED)
    points = principal(vectors_of(texts), 192)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    start = time.perf_counter()
    partition(points, 40)
    return {"cluster_50k_s": time.perf_counter() - start}


def phones() -> Figures:
    """Parallel reviews of phones: whether a need's sentences speak of one category, and both languages of one need."""
    labels: dict[str, list[tuple[str, str]]] = {}
    rows = []
    for language in ("en", "zh"):
        lines = [
            line
            for split in ("train", "test")
            for line in Path(str(PHONES).format(language=language, split=split)).read_text("utf-8").splitlines()
            if "####" in line
        ]
        for number, line in enumerate(lines):
            text, marked = line.split("####")
            labels[f"{language}{number}"] = [
                (term.lower(), category.split("#")[0]) for term, category, _ in ast.literal_eval(marked)
            ]
            rows.append({"id": f"{language}{number}", "text": text, "rating": None})
    said, needs, _seconds = _analysed(rows)
    of_review: dict[str, set[int]] = defaultdict(set)
    most = labelled = 0
    for number, need in enumerate(needs):
        counts: Counter[str] = Counter()
        for piece in need["evidence"]:
            line = said[piece["sentence"]]
            of_review[line["review"]].add(number)
            spoken = {c for term, c in labels[line["review"]] if term != "null" and term in line["text"].lower()}
            labelled += bool(spoken)
            counts.update(spoken)
        most += max(counts.values(), default=0)
    pairs = [(of_review[f"en{i}"], of_review[f"zh{i}"]) for i in range(len(labels) // 2)]
    both = [bool(one & other) for one, other in pairs if one and other]
    return {
        "need_purity": most / labelled,
        "cross_language_same_need": float(np.mean(both)),
        "cross_language_of_all": sum(both) / len(pairs),
    }


def planted() -> Figures:
    """The planted needs of the sample brand."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            {
                "id": r["id"],
                "text": r["review"],
                "title": r["title"],
                "rating": float(r["rating"]) if r["rating"] else None,
            }
            for r in csv.DictReader(file)
        ]
    with PLANTED.open(encoding="utf-8", newline="") as file:
        wished = [set(row["review_ids"].split()) for row in csv.DictReader(file)]
    said, needs, _seconds = _analysed(rows)
    found = [{said[e["sentence"]]["review"] for e in need["evidence"]} for need in needs]
    covered = [max(len(ids & need) / len(ids) for need in found) for ids in wished]
    right = [max(len(ids & need) / len(need) for ids in wished) >= HALF for need in found[:TOP]]
    return {
        "planted_recall": float(np.mean([share >= HALF for share in covered])),
        "planted_precision_top20": float(np.mean(right)),
    }


def whole() -> Figures:
    """Sixty thousand short reviews from their texts to needs, read in two processes' turn, and one percent more."""
    texts, _classes, stars = shopping(ANALYSED)
    rows = [{"id": str(i), "text": t, "rating": s} for i, (t, s) in enumerate(zip(texts, stars, strict=True))]
    later = len(rows) // 100
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        first = _timed(rows[:-later], place / "first", None)
        known = _known(place / "first", rows[:-later], place / "known")
        second = _timed(rows[-later:], place / "second", known)
        old = [{e["sentence"] for e in need["evidence"]} for need in _lines(place / "first" / "needs.jsonl")]
        new = {n["standing"]: {e["sentence"] for e in n["evidence"]} for n in _lines(place / "second" / "needs.jsonl")}
        kept = sum(len(members & new.get(str(number), set())) for number, members in enumerate(old))
    return {
        "analyse_60k_s": first, "incremental_cost_ratio": second / first, "stability": kept / sum(map(len, old)),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def _timed(rows: Sequence[dict[str, Any]], output: Path, known: Path | None) -> float:
    """Seconds of one process; reading is what the product shares among its cores."""
    output.mkdir()
    reviews = output / "reviews.jsonl"
    _write(reviews, rows)
    start = time.perf_counter()
    read = output / "read"
    list(understand(UnderstandSpec(reviews=reviews, count=len(rows), output=read)))
    told = time.perf_counter() - start
    list(analyse(AnalyseSpec(reviews=reviews, understood=(read,), known=known, output=output)))
    spent = time.perf_counter() - start
    print(f"{len(rows)} reviews: read in {told:.1f} s, grouped and written in {spent - told:.1f} s", flush=True)
    return spent


def _known(first: Path, rows: Sequence[dict[str, Any]], folder: Path) -> Path:
    folder.mkdir()
    _write(folder / "reviews.jsonl", [{"id": r["id"], "rating": r["rating"]} for r in rows])
    said = _lines(first / "sentences.jsonl")
    _write(folder / "sentences.jsonl", said)
    np.save(folder / "vectors.npy", np.load(first / "embeddings.npy", allow_pickle=False))
    kept = ("statement", "label", "language", "theme")
    _write(
        folder / "needs.jsonl",
        [
            {
                "standing": str(number), "dismissed": False, "taught": [], "refused": [],
                "members": [e["sentence"] for e in need["evidence"]], **{name: need[name] for name in kept},
            }
            for number, need in enumerate(_lines(first / "needs.jsonl"))
        ],
    )  # fmt: skip
    return folder


def _analysed(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    with tempfile.TemporaryDirectory() as folder:
        reviews, output, start = Path(folder) / "reviews.jsonl", Path(folder) / "out", time.perf_counter()
        _write(reviews, rows)
        *_, last = analyse(AnalyseSpec(reviews=reviews, output=output))
        assert isinstance(last, Analysed)
        spent = time.perf_counter() - start
        return _lines(output / "sentences.jsonl"), _lines(output / "needs.jsonl"), spent


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


PARTS: dict[str, Callable[[], Figures]] = {
    "themes": themes, "clusters": clusters, "phones": phones, "planted": planted, "whole": whole,
}  # fmt: skip


def main() -> None:
    figures: Figures = {}
    for name in sys.argv[1:] or PARTS:
        if name != "planted" and not DATA.exists():
            print(f"{name}: skipped, {DATA} is absent")
            continue
        figures |= PARTS[name]()
    for name, value in figures.items():
        print(f"{name:32} {value:12.4f}")
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
