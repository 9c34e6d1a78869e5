"""What earlier analyses read and found, as files: the reviews, their sentences with vectors, and the needs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlcore.carrying import Earlier, EarlierNeed


@dataclass(frozen=True, kw_only=True)
class Known:
    """n sentences of reviews that were read before, in the order of the files."""

    texts: list[str]
    languages: list[str]
    reviews: list[str]
    """Id of each sentence's review."""
    informative: list[float]
    sentiment: list[float]
    vectors: NDArray[np.float16]
    """n × d."""
    ratings: dict[str, float | None]
    """Review → its rating, also of those without a sentence."""
    needs: Earlier


def read_known(folder: Path) -> Known:
    """Reads reviews.jsonl {"id", "rating"}, sentences.jsonl {"review", "text", "language", "informative",
    "sentiment"}, vectors.npy (n × d, any float) and needs.jsonl {"standing", "statement", "label", "language", "theme",
    "dismissed", "members", "taught", "refused"}.
    """
    reviews = list(_lines(folder / "reviews.jsonl"))
    said = list(_lines(folder / "sentences.jsonl"))
    return Known(
        texts=[s["text"] for s in said],
        languages=[s["language"] for s in said],
        reviews=[s["review"] for s in said],
        informative=[s["informative"] for s in said],
        sentiment=[s["sentiment"] for s in said],
        vectors=np.load(folder / "vectors.npy", allow_pickle=False).astype(np.float16),
        ratings={r["id"]: r["rating"] for r in reviews},
        needs=Earlier(sentences=len(said), needs=[_need(row) for row in _lines(folder / "needs.jsonl")]),
    )


def _need(row: dict[str, Any]) -> EarlierNeed:
    indices: dict[str, Any] = {name: np.array(row[name], dtype=np.int64) for name in ("members", "taught", "refused")}
    return EarlierNeed(**{**row, **indices})


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
