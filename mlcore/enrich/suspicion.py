"""Raises flags on reviews that may not be what they seem, each with the words that raised it.

A flag is a reason to look, and lets an analysis leave a review out; it never deletes one. Precision comes before
recall: a flag on an honest review costs more trust than one that is missed.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np
import polars as pl

from mlcore.enrich import incentives, machines, templates
from mlcore.enrich.padding import padded
from mlcore.enrich.tokens import Tokens, tokens

SUSPICIONS: Final[dict[str, str]] = {
    "incentivised": "The review says that its author was given something for it.",
    "templated": "The text is a template, stock praise that stands under many products, or one phrase over and over.",
    "generated": "The text looks as if a language model had written it.",
    "author_burst": "One author wrote many reviews within a short time.",
    "day_burst": "Far more reviews of the product came on this day than on others.",
}
"""Code → what it says. The two bursts are found among all reviews of a dataset, not here."""
EVIDENCE: Final = 80
"""Characters that are kept of what raised a flag."""


Look = Callable[[str], str | None]
_LOOKS: Final[tuple[tuple[str, str, Look], ...]] = (
    ("incentivised", incentives.ENGLISH, incentives.incentive),
    ("incentivised", incentives.CHINESE, incentives.incentive_in_chinese),
    ("templated", templates.COPIED, templates.copied),
    ("generated", machines.WORDS, machines.machine),
)
"""Code, a pattern for polars without which a review isn't looked at, and what looks at it."""


def suspicions(texts: pl.Series, titles: pl.Series, parts: Iterable[Tokens] | None = None) -> pl.Series:
    """For each review a JSON object of suspicion → what raised it, or null. `parts`: the texts' tokens, where known."""
    texts, titles = texts.fill_null(""), titles.fill_null("")
    flags: dict[int, dict[str, str]] = {}
    for code, words, look in _LOOKS:
        for row, text in _candidates(texts, titles, words):
            evidence = look(text)
            if evidence:
                flags.setdefault(row, {}).setdefault(code, _short(evidence))
    for row in (_padded(tokens(texts) if parts is None else parts) | templates.stock(texts)).arg_true():
        flags.setdefault(row, {}).setdefault("templated", _short(texts[row]))
    told = [None] * len(texts) if not flags else [_json(flags.get(row)) for row in range(len(texts))]
    return pl.Series("flags", told, dtype=pl.String)


def _candidates(texts: pl.Series, titles: pl.Series, words: str) -> Iterator[tuple[int, str]]:
    """Reviews that have one of the words, by their rows, each as its title and its text below."""
    rows = (texts.str.contains(words) | titles.str.contains(words)).arg_true()
    for row, title, text in zip(rows, titles.gather(rows), texts.gather(rows), strict=True):
        yield row, f"{title}\n{text}" if title else text


def _padded(parts: Iterable[Tokens]) -> pl.Series:
    told = [padded(part) for part in parts]
    return pl.Series(np.concatenate(told) if told else [], dtype=pl.Boolean)


def _short(evidence: str) -> str:
    return " ".join(evidence.split())[:EVIDENCE]


def _json(flags: dict[str, str] | None) -> str | None:
    return json.dumps(flags, ensure_ascii=False) if flags else None
