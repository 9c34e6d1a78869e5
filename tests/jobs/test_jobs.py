"""A job's life: taken once, held by the newest token, cancelled, retried, swept, and always ended in words."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from ideation.base.errors import UserError, sentence
from ideation.catalog.models import Project
from ideation.jobs import services
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import JobRun, LeaseLost, Waiting, WorkerStopping, run_job
from tests.conftest import Person

KIND = "dataset_import"
pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def job(inside: None, project: Project) -> Job:
    return services.job_start(kind=KIND, params={"n": 1}, subject_id=uuid.uuid4(), project_id=project.pk)


def do(job: Job, work: Callable[[JobRun], dict[str, Any]]) -> Job:
    run_job(job.brand_id, job.pk, job.kind, work)
    job.refresh_from_db()
    return job


def succeed(_run: JobRun) -> dict[str, Any]:
    return {"answer": 42}


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_a_job_runs_and_keeps_its_result(job: Job) -> None:
    assert do(job, succeed).state == JobState.SUCCEEDED
    assert (job.result, job.attempt) == ({"answer": 42}, 1)


def test_a_doubled_or_late_message_does_nothing(job: Job) -> None:
    ran: list[int] = []

    def note(run: JobRun) -> dict[str, Any]:
        ran.append(1)
        run_job(job.brand_id, job.pk, job.kind, note)
        return {}

    do(job, note)
    do(job, note)
    assert ran == [1]


def test_a_forged_message_with_another_brands_id_does_nothing(job: Job, charlie: Person) -> None:
    with pytest.raises(Exception, match="inside brand"):
        run_job(charlie.brand.pk, job.pk, job.kind, succeed)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_the_kind_must_be_right(job: Job) -> None:
    run_job(job.brand_id, job.pk, "model_train", succeed)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_an_old_worker_writes_nothing_after_its_lease_was_taken_over(job: Job) -> None:
    first = services.job_claim(brand_id=job.brand_id, job_id=job.pk, kinds={KIND})
    assert first is not None
    assert services.job_claim(brand_id=job.brand_id, job_id=job.pk, kinds={KIND}) is None
    expire(job)
    second = services.job_claim(brand_id=job.brand_id, job_id=job.pk, kinds={KIND})
    assert second is not None
    assert second.token > first.token
    assert not services.job_beat(job=first, done=99)
    assert not services.job_end(job=first, state=JobState.SUCCEEDED)
    with pytest.raises(LeaseLost), JobRun(first).scope():
        pass
    with JobRun(second).scope():
        Project.objects.update(name="written by the holder")
    assert services.job_end(job=second, state=JobState.SUCCEEDED)


def test_the_users_error_ends_the_job_with_its_sentence(job: Job) -> None:
    def fail(_run: JobRun) -> dict[str, Any]:
        raise UserError("no_reviews")

    do(job, fail)
    assert job.state == JobState.FAILED
    assert sentence(job.reason_code, job.reason_params).startswith("There are no reviews")


def test_our_error_is_tried_again_and_then_named(job: Job, caplog: pytest.LogCaptureFixture) -> None:
    def break_down(_run: JobRun) -> dict[str, Any]:
        raise RuntimeError("a secret of the brand")

    assert [do(job, break_down).state for _ in range(3)] == ["queued", "queued", "failed"]
    assert job.reason_code == "unexpected"
    assert "secret" not in sentence(job.reason_code, job.reason_params)
    assert job.reason_params["reference"] in caplog.text


def test_a_stopping_worker_gives_the_job_back_without_counting_an_attempt(job: Job) -> None:
    def stop(_run: JobRun) -> dict[str, Any]:
        raise WorkerStopping

    do(job, stop)
    assert (job.state, job.attempt) == (JobState.QUEUED, 0)
    assert do(job, succeed).state == JobState.SUCCEEDED


def test_cancelling_a_queued_job_ends_it_at_once(job: Job) -> None:
    services.job_cancel(job=job)
    assert do(job, succeed).state == JobState.CANCELLED
    with pytest.raises(UserError, match="already ended"):
        services.job_cancel(job=job)


def test_cancelling_a_running_job_reaches_its_worker(job: Job) -> None:
    def work(run: JobRun) -> dict[str, Any]:
        services.job_cancel(job=job)
        run.progress("reading", 1, 2, "rows")
        raise AssertionError("went on after the cancel")

    assert do(job, work).state == JobState.CANCELLED
    services.job_retry(job=job)
    assert do(job, succeed).state == JobState.SUCCEEDED


def test_the_sweeper_sends_lost_messages_again_and_ends_what_keeps_dying(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(dispatch_after=Now() - timedelta(seconds=1))
    before = job.dispatches
    sweep(job)
    job.refresh_from_db()
    assert job.dispatches == before + 2
    for _attempt in range(3):
        assert services.job_claim(brand_id=job.brand_id, job_id=job.pk, kinds={KIND})
        expire(job)
        sweep(job)
    job.refresh_from_db()
    assert (job.state, job.reason_code) == (JobState.FAILED, "worker_lost")


def sweep(job: Job) -> None:
    assert (job.brand_id, job.pk) in services.querysets.jobs_due()
    services.jobs_sweep()


def test_the_same_work_is_not_started_twice(job: Job) -> None:
    with pytest.raises(UserError, match="already running"):
        services.job_start(kind=KIND, params={}, subject_id=job.subject_id)


def test_a_parent_sleeps_until_its_part_ends(project: Project) -> None:
    parent = services.job_start(kind="main_job", params={}, subject_id=project.pk)

    def work(run: JobRun) -> dict[str, Any]:
        part = Job.objects.filter(parent=run.job).first()
        if part is None:
            with run.scope():
                services.job_start(kind=KIND, params={}, parent=run.job)
            raise Waiting
        return {"part": part.state}

    assert do(parent, work).state == JobState.WAITING
    do(Job.objects.get(parent=parent), succeed)
    parent.refresh_from_db()
    assert parent.state == JobState.QUEUED
    assert do(parent, work).result == {"part": "succeeded"}


def test_cancelling_and_retrying_a_parent_reaches_its_parts(project: Project) -> None:
    parent = services.job_start(kind="main_job", params={}, subject_id=project.pk)
    part = services.job_start(kind=KIND, params={}, parent=parent)
    services.job_cancel(job=parent)
    part.refresh_from_db()
    assert part.state == JobState.CANCELLED
    services.job_retry(job=parent)
    part.refresh_from_db()
    assert (part.state, part.cancel_requested) == (JobState.QUEUED, False)
