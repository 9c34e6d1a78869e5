"""Hands over to an analysis what earlier ones read and found, and what people decided, as files (mlcore.earlier)."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from ideation.needs.models import Analysis, Coding, EditKind, Evidence, Need, Sentence, StandingNeed
from ideation.needs.services.vectors import vectors_read
from ideation.reviews import querysets as reviews
from ideation.reviews.models import DatasetVersion, Review


@dataclass(frozen=True, kw_only=True)
class Known:
    """The files, and what the parts of the answer refer to."""

    new_reviews: Path
    """JSON Lines of the reviews that were never read."""
    new_count: int
    old_count: int
    folder: Path
    sentences: list[uuid.UUID]
    """Ids in the order of the files, so that an index in the answer is one of these, or counts on from them."""
    carries_on: bool


def known_write(
    version: DatasetVersion, before: Analysis | None, folder: Path, *, without: Sequence[str], afresh: bool
) -> Known:
    """Writes what is known of a version's reviews, those left out that are suspected of any of `without`."""
    folder.mkdir(parents=True, exist_ok=True)
    there = reviews.reviews_in(version)
    if without:
        there = there.exclude(flags__has_any_keys=list(without))
    read = Exists(Sentence.objects.filter(review=OuterRef("pk")))
    new = folder / "new.jsonl"
    new_count = reviews.write_reviews(there.exclude(read), new)
    old = there.filter(read)
    old_count = _lines(
        folder / "reviews.jsonl",
        ({"id": str(key), "rating": rating} for key, rating in _walk(old.values_list("id", "rating").order_by("id"))),
    )
    sentences = _sentences(old, version, folder)
    carries_on = before is not None and not afresh
    found = _needs(before, sentences) if before is not None and carries_on else []
    _lines(folder / "needs.jsonl", found)
    return Known(
        new_reviews=new, new_count=new_count, old_count=old_count, folder=folder, sentences=sentences,
        carries_on=carries_on,
    )  # fmt: skip


def _walk(rows: QuerySet[Any, Any]) -> Iterable[Any]:
    return rows.iterator(chunk_size=5000)


def _sentences(old: QuerySet[Review], version: DatasetVersion, folder: Path) -> list[uuid.UUID]:
    fields = ("id", "review_id", "text", "language", "informative", "sentiment", "key")
    ids: list[uuid.UUID] = []
    keys: list[bytes] = []
    said = Sentence.objects.filter(review__in=old.order_by().values("id")).order_by("review_id", "position")
    with (folder / "sentences.jsonl").open("w", encoding="utf-8") as out:
        for key, review, text, language, informative, sentiment, text_key in _walk(said.values_list(*fields)):
            ids.append(key)
            keys.append(bytes(text_key))
            line = {"review": str(review), "text": text, "language": language, "informative": informative}
            out.write(json.dumps({**line, "sentiment": sentiment}, ensure_ascii=False) + "\n")
    np.save(folder / "vectors.npy", vectors_read(version.dataset.project_id, keys, folder / "vectors.bin"))
    return ids


def _needs(before: Analysis, sentences: list[uuid.UUID]) -> list[dict[str, Any]]:
    """The needs of an analysis as they stand, and those that people added since, which no analysis has found yet."""
    place = {key: index for index, key in enumerate(sentences)}
    members: dict[uuid.UUID, list[int]] = defaultdict(list)
    shown = Evidence.objects.filter(need__analysis=before).order_by("need", "rank")
    for standing, sentence in _walk(shown.values_list("need__standing", "sentence")):
        if sentence in place:
            members[standing].append(place[sentence])
    said = _codings(before, place)
    return [
        {
            "standing": str(need.standing_id), "statement": need.statement, "label": need.label,
            "language": need.language, "theme": need.standing.bank or None, "dismissed": need.standing.is_dismissed,
            "members": members[need.standing_id], "taught": said[need.standing_id, True],
            "refused": said[need.standing_id, False],
        }
        for need in Need.objects.filter(analysis=before, standing__merged_into=None).select_related("standing")
    ]  # fmt: skip


def _codings(before: Analysis, place: dict[uuid.UUID, int]) -> dict[tuple[uuid.UUID, bool], list[int]]:
    """Need and whether it belongs → sentences that a person placed in it, or took out; the last word counts.

    Merging says nothing of single sentences, and so teaches nothing.
    """
    last: dict[tuple[uuid.UUID, uuid.UUID], bool] = {}
    words = Coding.objects.filter(standing__project=before.project_id, edit__undone_at=None)
    words = words.exclude(edit__kind=EditKind.MERGE).order_by("created_at")
    for standing, sentence, belongs in words.values_list("standing", "sentence", "belongs"):
        last[standing, sentence] = belongs
    found: dict[tuple[uuid.UUID, bool], list[int]] = defaultdict(list)
    for (standing, sentence), belongs in last.items():
        if sentence in place:
            found[standing, belongs].append(place[sentence])
    return found


def _lines(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def touched(standing: StandingNeed) -> bool:
    """Whether a person decided anything about it that an analysis must keep."""
    return bool(standing.statement or standing.is_pinned or standing.by_hand or standing.is_dismissed)
