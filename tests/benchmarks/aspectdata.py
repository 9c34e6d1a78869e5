"""Public labelled sentences, read for measuring only: see /work/shared/data/README.md."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from mlcore.aspects.seed import Labelled, Marked

DATA = Path(__file__).parents[3] / "shared" / "data" / "aspects"
_SIGN = {"positive": 1, "negative": -1, "neutral": 0}


@dataclass(frozen=True)
class Review:
    """A text with its distinct judged terms, each with all its places."""

    text: str
    terms: dict[str, list[tuple[int, int]]]

    def labelled(self) -> Labelled:
        """Every place of every term, longer terms first where they overlap."""
        taken = np.zeros(len(self.text) + 1, dtype=bool)
        marks = []
        for places in sorted(self.terms.values(), key=lambda p: p[0][0] - p[0][1]):
            for start, end in places:
                if not taken[start:end].any():
                    taken[start:end] = True
                    marks.append(Marked(start, end))
        return Labelled(self.text, sorted(marks, key=lambda m: m.start))


def reviews(name: str) -> list[Review]:
    """Reviews of a file of M-ABSA; a term that the text does not hold is left out."""
    out = []
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        text, labels = line.split("####")
        terms: dict[str, list[tuple[int, int]]] = {}
        for term, *_ in ast.literal_eval(labels):
            places = [m.span() for m in re.finditer(re.escape(term), text, re.IGNORECASE)]
            if places and term.strip() not in ("", "NULL"):
                terms[term.lower()] = _whole(text, places)
        out.append(Review(text, terms))
    return out


def _whole(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places that do not stand inside a longer English word, if there are any."""
    whole = [
        (a, b)
        for a, b in places
        if not (re.match(r"[a-z][a-z]", text[max(a - 1, 0) : a + 1], re.IGNORECASE) and a > 0)
        and not re.match(r"[a-z][a-z]", text[b - 1 : b + 1], re.IGNORECASE)
    ]
    return whole or places


def term_scores(gold: Sequence[Review], found: Sequence[Sequence[tuple[int, int]]]) -> tuple[float, float]:
    """F1 of distinct terms: any overlap, one to one; and exactly the same words."""
    overlap = exact = many = wanted = 0
    for review, spans in zip(gold, found, strict=True):
        mine: dict[str, list[tuple[int, int]]] = {}
        for a, b in spans:
            mine.setdefault(review.text[a:b].lower(), []).append((a, b))
        many, wanted = many + len(mine), wanted + len(review.terms)
        exact += len(mine.keys() & review.terms.keys())
        if mine and review.terms:
            touch = np.array([[_touch(p, q) for q in review.terms.values()] for p in mine.values()])
            overlap += int(touch[linear_sum_assignment(-touch)].sum())
    both = max(many + wanted, 1)
    return 2 * overlap / both, 2 * exact / both


def _touch(left: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]]) -> int:
    return int(any(a < d and c < b for a, b in left for c, d in right))


def judged(name: str) -> list[tuple[Labelled, int]]:
    """Samples of a .seg file: the sentence with one marked term, and its polarity."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    out = []
    for k in range(0, len(lines) - 2, 3):
        before, after = lines[k].split("$T$", 1)
        term = lines[k + 1]
        start = len(before)
        sign = _SIGN[lines[k + 2].strip().lower()]
        out.append((Labelled(before + term + after, [Marked(start, start + len(term), sign)]), sign))
    return out
