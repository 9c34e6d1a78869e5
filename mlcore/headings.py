"""Headings over needs: what a team sorts wishes into before it has a tree of its own."""

import functools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mlcore.embed import Vectors
from mlcore.themes import shipped

HEADINGS = Path(__file__).parent / "data" / "headings.json"
"""code → its names in English and Chinese, and the themes of the bank that stand under it."""


@functools.cache
def headings() -> dict[str, dict[str, str]]:
    """Code → {language: name}, in the order in which they are shown."""
    return {code: entry["label"] for code, entry in _stored().items()}


def heading_of(theme: str | None, centred: Vectors) -> str:
    """The heading of a theme of the bank; for a topic of its own, that of the themes which its m × d centred vectors
    are likest.
    """
    if theme is None:
        likeness = np.exp(shipped().log_prior(centred)).mean(axis=0)
        sums = {code: likeness[_columns(tuple(entry["themes"]))].sum() for code, entry in _stored().items()}
        return max(sums, key=lambda code: float(sums[code]))
    return next(code for code, entry in _stored().items() if theme in entry["themes"])


def _columns(themes: Sequence[str]) -> list[int]:
    return [shipped().names.index(theme) for theme in themes]


@functools.cache
def _stored() -> dict[str, dict[str, dict[str, str]]]:
    stored: dict[str, dict[str, dict[str, str]]] = json.loads(HEADINGS.read_text(encoding="utf-8"))
    return stored
