"""Needs as one file that a person can read and edit, on the way from the analysis to the writing of concepts."""

import json
from pathlib import Path
from typing import Any

from mlcore.errors import InputError
from mlcore.folders import write_file
from mlcore.specs.concepts import EvidenceSpec, NeedSpec

QUOTES = 8
"""Sentences kept a need; concepts quote from the first ones."""


def write_needs(analysis: Path, reviews: int, path: Path) -> int:
    """Joins needs.jsonl and sentences.jsonl of an analysis into path; returns how many needs there are.

    The file is {"reviews": n, "needs": [{"id", "statement", "label", "language", "mentions", "net_sentiment",
    "importance", "satisfaction", "opportunity", "evidence": [{"id", "review", "text"}]}]}, best first.
    """
    sentences = _lines(analysis / "sentences.jsonl")
    needs = [_need(number, row, sentences) for number, row in enumerate(_lines(analysis / "needs.jsonl"), start=1)]
    content = json.dumps({"reviews": reviews, "needs": needs}, ensure_ascii=False, indent=1)
    write_file(path, content.encode("utf-8"))
    return len(needs)


def read_needs(path: Path, language: str) -> tuple[NeedSpec, ...]:
    """The file's needs in that language, or all if it has none in it. Raises InputError if it is no such file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = content["needs"]
        chosen = [row for row in rows if row.get("language") == language] or rows
        return tuple(_spec(row, int(content["reviews"])) for row in chosen)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("needs_unreadable", path=path) from error


def _need(number: int, row: dict[str, Any], sentences: list[dict[str, Any]]) -> dict[str, Any]:
    quoted = [one["sentence"] for one in row["evidence"][:QUOTES]]
    kept = ("statement", "label", "language", "mentions", "net_sentiment", "importance", "satisfaction", "opportunity")
    evidence = [
        {"id": f"s{index}", "review": sentences[index]["review"], "text": sentences[index]["text"]} for index in quoted
    ]
    return {"id": f"n{number}", **{key: row[key] for key in kept}, "evidence": evidence}


def _spec(row: dict[str, Any], reviews: int) -> NeedSpec:
    evidence = tuple(EvidenceSpec(id=str(one["id"]), text=str(one["text"])) for one in row["evidence"])
    return NeedSpec(
        id=str(row["id"]),
        statement=str(row["statement"]),
        mentions=int(row["mentions"]),
        reviews=reviews,
        evidence=evidence,
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
