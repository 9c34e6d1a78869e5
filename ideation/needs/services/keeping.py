"""Keeps what an analysis answered: new sentences with their vectors, needs that carry on or begin, their evidence."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone

from ideation.base.copying import copy_rows
from ideation.needs.models import Analysis, Evidence, Need, Sentence, StandingNeed
from ideation.needs.services.figures import figures_set
from ideation.needs.services.known import Known, touched
from ideation.needs.services.themes import theme_for
from ideation.needs.services.vectors import key_of, vectors_write

SENTENCE = (
    "id", "brand_id", "created_at", "project_id", "review_id", "position", "text", "key", "language", "informative",
    "sentiment", "level", "intents", "aspects",
)  # fmt: skip
EVIDENCE = ("id", "brand_id", "created_at", "need_id", "sentence_id", "rank", "score", "is_struck")
FOUND = ("about", "label", "language", "mentions", "net_sentiment", "importance", "satisfaction", "opportunity")
SAME = 0.3
"""Common share of the sentences of two needs (Jaccard) from which on a need found afresh is the earlier one."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The answer's files, and what was known before."""

    folder: Path
    known: Known
    before: Analysis | None


def analysis_keep(analysis: Analysis, kept: Kept) -> Analysis:
    """Writes the whole answer, in the current transaction."""
    analysis.finished_at = timezone.now()
    analysis.save()
    ids = [*kept.known.sentences, *_sentences_keep(analysis, kept.folder)]
    records = list(_lines(kept.folder / "needs.jsonl"))
    earlier = _earlier(kept.before, records, ids, carries_on=kept.known.carries_on)
    needs = [_need(analysis, record, standing) for record, standing in zip(records, earlier, strict=True)]
    Need.objects.bulk_create(needs)
    copy_rows(Evidence._meta.db_table, EVIDENCE, _evidence(analysis, needs, records, ids))
    figures_set(analysis)
    return analysis


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _sentences_keep(analysis: Analysis, folder: Path) -> list[uuid.UUID]:
    ids: list[uuid.UUID] = []
    keys: list[bytes] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for record in _lines(folder / "sentences.jsonl"):
            ids.append(uuid.uuid4())
            keys.append(key_of(record["text"]))
            yield (
                ids[-1], analysis.brand_id, analysis.created_at, analysis.project_id, record["review"],
                record["position"], record["text"], keys[-1], record["language"], record["informative"],
                record["sentiment"], record["level"], record.get("intents", []), json.dumps(record.get("aspects", [])),
            )  # fmt: skip

    copy_rows(Sentence._meta.db_table, SENTENCE, rows())
    if keys:
        vectors_write(analysis.project_id, keys, np.load(folder / "embeddings.npy", mmap_mode="r", allow_pickle=False))
    return ids


def _need(analysis: Analysis, record: dict[str, Any], standing: StandingNeed | None) -> Need:
    """The need in this analysis, with what lasts of it, which begins here if it is new."""
    if standing is None:
        standing = StandingNeed.objects.create(
            project_id=analysis.project_id, bank=record["theme"] or "", theme=theme_for(analysis, record["heading"])
        )
    said = standing.statement or record["statement"]
    by = "person" if standing.statement else record["statement_by"]
    if not by:  # a need that was carried on in its own words
        by = standing.needs.order_by("-analysis__created_at").values_list("statement_by", flat=True).first() or "person"
    need = Need(analysis=analysis, standing=standing, rank=0, statement=said, statement_by=by)
    for name in FOUND:
        setattr(need, name, record[name])
    need.label = standing.label or need.label
    return need


def _evidence(
    analysis: Analysis, needs: Sequence[Need], records: Sequence[dict[str, Any]], ids: Sequence[uuid.UUID]
) -> Iterator[tuple[Any, ...]]:
    for need, record in zip(needs, records, strict=True):
        for rank, piece in enumerate(record["evidence"], start=1):
            yield (
                uuid.uuid4(), analysis.brand_id, analysis.created_at, need.pk, ids[piece["sentence"]], rank,
                piece["score"], False,
            )  # fmt: skip


def _earlier(
    before: Analysis | None, records: list[dict[str, Any]], ids: Sequence[uuid.UUID], *, carries_on: bool
) -> list[StandingNeed | None]:
    """What each need carries on: what it says, or, where all was grouped afresh, the earlier need that it is.

    Earlier needs that people decided something about and that were not found again are added to the records as they
    were: an analysis never takes back a person's word.
    """
    if before is None:
        return [None] * len(records)
    standing = {row.pk: row for row in StandingNeed.objects.filter(project=before.project_id).select_related("theme")}
    if carries_on:
        return [standing[uuid.UUID(r["standing"])] if r["standing"] else None for r in records]
    needs = list(Need.objects.filter(analysis=before, standing__merged_into=None))
    members = {need.standing_id: set(need.evidence.values_list("sentence_id", flat=True)) for need in needs}
    taken = _matched(records, [{ids[e["sentence"]] for e in r["evidence"]} for r in records], standing, members)
    found: list[StandingNeed | None] = [standing[key] if key else None for key in taken]
    place = {key: index for index, key in enumerate(ids)}
    for need in needs:
        if need.standing_id not in taken and touched(standing[need.standing_id]):
            records.append(_as_it_was(need, members[need.standing_id], place))
            found.append(standing[need.standing_id])
    return found


def _matched(
    records: Sequence[dict[str, Any]],
    found: Sequence[set[uuid.UUID]],
    standing: dict[uuid.UUID, StandingNeed],
    members: dict[uuid.UUID, set[uuid.UUID]],
) -> list[uuid.UUID | None]:
    """For each record the earlier need of the same shipped wish, else the one with most sentences in common."""
    pairs: Counter[tuple[int, uuid.UUID]] = Counter()
    for number, (record, own) in enumerate(zip(records, found, strict=True)):
        for key, theirs in members.items():
            same = bool(record["theme"]) and record["theme"] == standing[key].bank
            common = len(own & theirs) / max(len(own | theirs), 1)
            if same or common >= SAME:
                pairs[number, key] = 2 * int(same) + common  # type: ignore[assignment]
    taken: list[uuid.UUID | None] = [None] * len(records)
    for (number, key), _likeness in pairs.most_common():
        if taken[number] is None and key not in taken:
            taken[number] = key
    return taken


def _as_it_was(need: Need, members: set[uuid.UUID], place: dict[uuid.UUID, int]) -> dict[str, Any]:
    shown = need.evidence.filter(sentence__in=members).order_by("rank").values_list("sentence_id", "score")
    evidence = [{"sentence": place[key], "score": score} for key, score in shown if key in place]
    plain = {name: getattr(need, name) for name in (*FOUND, "statement", "statement_by")}
    return {**plain, "theme": need.standing.bank or None, "heading": "", "evidence": evidence}
