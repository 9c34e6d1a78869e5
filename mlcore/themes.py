"""A bank of wishes that customers have of many products, from 'does not leak' to 'spare parts': what a reader of
reviews knows beforehand.

'It tastes like a coin' and 'boiled lemon in it three times' share no word; someone who has read many reviews hears the
same complaint in both. The bank lends the grouping that experience: a multinomial logistic model on embeddings,
trained on sentences written for this project (data/theme_seed.jsonl). It only proposes; the grouping keeps the themes
that the reviews bear out, and finds those that the bank does not know.
"""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from mlcore.embed import Vectors, open_encoder, unit

Floats = NDArray[np.float64]

DATA = Path(__file__).parent / "data"
SEED = DATA / "theme_seed.jsonl"
WEIGHTS = DATA / "theme_weights.npz"
STATEMENTS = DATA / "theme_statements.json"
"""theme → its short name and the wish in the customer's voice, in English and Chinese."""
SERVICES = frozenset(
    {
        "price and value", "delivery", "customer service", "authenticity", "installation service", "invoice",
        "price cuts", "returns and refunds", "right item", "missing parts", "staff", "location",
    }
)  # fmt: skip
"""Wishes that no change of the product can grant: they are the shop's to answer, not the designer's."""
TRADES = {
    "print and paper": r"\b(?:books?|pages?|ink|novels?|magazines?|posters?|notebooks?)\b|书|页|纸张|印刷",
    "story and content": (
        r"\b(?:books?|stor(?:y|ies)|novels?|chapters?|read|reading|author|plot|shows?)\b"
        r"|书|小说|故事|内容|情节|作者|读"
    ),
    "breakfast and meals": r"\b(?:breakfasts?|meals?|buffet|dinner|lunch|restaurant)\b|餐|早饭|晚饭",
    "sleep and room": r"\b(?:rooms?|hotels?|beds?|sle(?:ep|pt)\w*|stay(?:ed)?)\b|房|酒店|宾馆|床|睡",
    "room facilities": r"\b(?:rooms?|hotels?|bathrooms?|showers?|lobby)\b|房|酒店|宾馆|设施|浴室",
}
"""Themes of one trade alone, and what its customers can't help naming: of a dress, 'the print' is no book's."""
NOTHING = "-"
"""Not a wish: what people write around their wishes ('I bought this for my sister')."""


@dataclass(frozen=True, kw_only=True)
class ThemeBank:
    """k themes as a linear model on embeddings from which the language's mean is taken."""

    names: tuple[str, ...]
    """The first is NOTHING."""
    coefficients: Floats
    """k × d."""
    intercepts: Floats
    seeds: Vectors
    """m × d embeddings of the seed sentences."""
    seed_themes: tuple[str, ...]
    seed_languages: tuple[str, ...]
    means: dict[str, Vectors]
    """language → mean of the seed sentences; stands in where a file has too few sentences of a language."""

    def examples(self, theme: str) -> tuple[Vectors, list[str]]:
        """Embeddings of a theme's seed sentences and their languages."""
        rows = [i for i, t in enumerate(self.seed_themes) if t == theme]
        return self.seeds[rows], [self.seed_languages[i] for i in rows]

    def log_prior(self, centred: Vectors) -> Floats:
        """n × d centred unit vectors → n × k log probabilities."""
        logits = centred @ self.coefficients.T + self.intercepts
        logits -= logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))


@functools.cache
def shipped() -> ThemeBank:
    """The bank that comes with the package."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        means = {key[5:]: stored[key].astype(np.float32) for key in stored.files if key.startswith("mean_")}
        return ThemeBank(
            names=tuple(str(n) for n in stored["names"]),
            coefficients=stored["coefficients"].astype(np.float64),
            intercepts=stored["intercepts"].astype(np.float64),
            seeds=stored["seeds"].astype(np.float32),
            seed_themes=tuple(str(n) for n in stored["seed_themes"]),
            seed_languages=tuple(str(n) for n in stored["seed_languages"]),
            means=means,
        )


@functools.cache
def _statements() -> dict[str, dict[str, dict[str, str]]]:
    stored: dict[str, dict[str, dict[str, str]]] = json.loads(STATEMENTS.read_text(encoding="utf-8"))
    return stored


def named(theme: str, language: str) -> tuple[str, str] | None:
    """Label and wish of a theme; None for a language without them, and for NOTHING."""
    entry = _statements().get(theme)
    return (entry["label"][language], entry["wish"][language]) if entry and language in entry["label"] else None


def rebuild(seed: Path = SEED, weights: Path = WEIGHTS) -> Path:
    """Trains on the seed sentences with the default encoder and writes the weights (no pickle)."""
    rows = [json.loads(line) for line in seed.read_text(encoding="utf-8").splitlines()]
    assert min(r["theme"] for r in rows) == NOTHING
    vectors = open_encoder().encode([r["text"] for r in rows])
    languages = [r["language"] for r in rows]
    means = {tongue: _mean(vectors, languages, tongue) for tongue in sorted(set(languages))}
    centred = unit(vectors - np.stack([means[t] for t in languages]))
    model = LogisticRegression(C=20.0, max_iter=300).fit(centred, [r["theme"] for r in rows])
    arrays: dict[str, Any] = {f"mean_{tongue}": mean for tongue, mean in means.items()}
    np.savez_compressed(
        weights,
        names=np.array([str(c) for c in model.classes_]),
        coefficients=model.coef_.astype(np.float16),
        intercepts=model.intercept_.astype(np.float32),
        seeds=vectors.astype(np.float16),
        seed_themes=np.array([r["theme"] for r in rows]),
        seed_languages=np.array(languages),
        **arrays,
    )
    return weights


def _mean(vectors: Vectors, languages: Sequence[str], tongue: str) -> Vectors:
    return np.asarray(vectors[[t == tongue for t in languages]].mean(axis=0), dtype=np.float32)
