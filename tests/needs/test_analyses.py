"""Analyses carry needs on: what was read is not read again, and what people decided holds and teaches."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from ideation.catalog.models import Project
from ideation.catalog.services import project_create
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.needs.models import Analysis, Evidence, Need, NeedEdit, Sentence, SentenceVector, StandingNeed, Theme
from ideation.needs.querysets import current_analysis, needs_of
from ideation.needs.services import (
    analysis_run,
    analysis_start,
    edit_undo,
    evidence_move,
    need_dismiss,
    need_merge,
    need_reword,
)
from ideation.reviews.models import ReviewDataset
from tests.conftest import Person
from tests.reviews.test_intake import take

SAMPLE = Path(__file__).parents[2] / "ideation" / "workspace" / "sample" / "reviews.csv"
FIRST, LATER = 260, 330
"""Rows of the sample that are read at first, and in the end."""


def rows(start: int, end: int) -> bytes:
    lines = SAMPLE.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return "".join([lines[0], *lines[1 + start : 1 + end]]).encode()


def analyse(alice: Person, project: Project, **options: Any) -> Analysis:
    with alice.scope():
        job = analysis_start(project=project, created_by=alice.user, **options)
    run_job(job.brand_id, job.pk, job.kind, analysis_run)
    with alice.scope():
        job = Job.objects.get(pk=job.pk)
        assert job.state == JobState.SUCCEEDED, (job.reason_code, job.reason_params)
        found = current_analysis(project)
        assert found
        return found


def members(analysis: Analysis) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Standing need → its sentences."""
    shown = Evidence.objects.filter(need__analysis=analysis).values_list("need__standing", "sentence")
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for standing, sentence in shown:
        found.setdefault(standing, set()).add(sentence)
    return found


@pytest.mark.django_db(transaction=True)
def test_what_people_decided_outlives_later_analyses(alice: Person) -> None:
    with alice.scope():
        project = project_create(name="Kettles", category="kettle", created_by=alice.user)
        dataset = ReviewDataset.objects.create(project=project, name="reviews")
        take(project, rows(0, FIRST), dataset=dataset)
    first = analyse(alice, project)
    with alice.scope():
        needs = list(needs_of(first))
        assert len(needs) >= 8
        assert [need.rank for need in needs] == list(range(1, len(needs) + 1))
        assert all(need.opportunity_low <= need.opportunity <= need.opportunity_high for need in needs)  # type: ignore[operator]
        assert needs[0].figures["derived"]["mentions"]["base"] == first.reviews_count
        assert Theme.objects.filter(standing_needs__needs__in=needs).exists()
        assert first.new_reviews_count == first.reviews_count
        assert Sentence.objects.exclude(aspects=[]).exists()
        assert Sentence.objects.filter(intents__contains=["complaint"]).exists()
        keys = set(map(bytes, Sentence.objects.values_list("key", flat=True)))
        assert SentenceVector.objects.count() == len(keys)

        renamed, merged, gone, source, target, *_ = needs
        found = members(first)
        need_reword(need=renamed, statement="I want it my way.", label="my way", by=alice.user)
        need_merge(into=renamed, others=[merged], by=alice.user)
        need_dismiss(need=gone, by=alice.user)
        moved = list(source.evidence.select_related("sentence")[:2])
        evidence_move(need=source, evidence=moved, to=target, by=alice.user)
        before = members(first)
        take(project, rows(FIRST, LATER), name="later.csv", dataset=dataset)

    second = analyse(alice, project, unassigned=0.1)
    with alice.scope():
        assert second.before == first
        assert 0 < second.new_reviews_count < second.reviews_count
        assert Sentence.objects.count() == second.sentences_count
        after = members(second)
        mine = Need.objects.get(analysis=second, standing=renamed.standing)
        assert (mine.statement, mine.label, mine.statement_by) == ("I want it my way.", "my way", "person")
        assert not Need.objects.filter(analysis=second, standing__in=[merged.standing, gone.standing]).exists()
        for piece in moved:
            assert piece.sentence_id in after[target.standing_id]
            assert piece.sentence_id not in after.get(source.standing_id, set())
        old = {key: said for key, said in before.items() if key not in (merged.standing_id, gone.standing_id)}
        kept = sum(len(said & after.get(key, set())) for key, said in old.items())
        assert kept >= 0.95 * sum(map(len, old.values()))
        assert second.unassigned_count <= 0.2 * second.informative_count

        edit_undo(edit=NeedEdit.objects.get(kind="merge"), by=alice.user)
        assert Need.objects.filter(analysis=second, standing=merged.standing).exists()
        assert members(second)[merged.standing_id] == found[merged.standing_id]

    third = analyse(alice, project, afresh=True)
    with alice.scope():
        assert third.before is None
        assert third.new_reviews_count == 0
        assert Need.objects.get(analysis=third, standing=renamed.standing).statement == "I want it my way."
        assert StandingNeed.objects.get(pk=gone.standing_id).is_dismissed
        assert Sentence.objects.count() == second.sentences_count
