"""The only writer of jobs. Every step of a job's life is one conditional UPDATE in Postgres's own clock.

A worker holds a lease with a token that grows at each claim; whoever comes back with an older token changes nothing.
"""

import logging
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from accounts.models import User
from accounts.tenancy import brand_scope
from ideation.base.errors import UserError
from ideation.celery import app as celery
from ideation.jobs import querysets
from ideation.jobs.kinds import KINDS
from ideation.jobs.models import ENDED, LIVE, Job, JobState

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
"""How long a silent worker keeps a job. A worker speaks at least every 5 seconds."""
RESEND_AFTER = timedelta(seconds=20)
"""How long a queued job waits for a worker before its message is sent again; doubles each time, to an hour."""


@transaction.atomic
def job_start(
    *,
    kind: str,
    params: dict[str, Any],
    subject_id: uuid.UUID | None = None,
    project_id: uuid.UUID | None = None,
    parent: Job | None = None,
    created_by: User | None = None,
) -> Job:
    """Queues work in the current brand; the message goes out after the commit.

    Raises UserError `job_running` when the same kind is under way for the same subject.
    """
    if subject_id and querysets.live_of(kind, subject_id):
        raise UserError("job_running", status=409)
    job = Job.objects.create(
        kind=kind,
        params=params,
        subject_id=subject_id,
        project_id=project_id,
        parent=parent,
        created_by=created_by,
        step="waiting",
    )
    _dispatch(job)
    return job


def _dispatch(job: Job) -> None:
    wait = min(RESEND_AFTER * 2**job.dispatches, timedelta(hours=1))
    Job.objects.filter(pk=job.pk).update(dispatches=F("dispatches") + 1, dispatch_after=Now() + wait)
    transaction.on_commit(partial(_send, KINDS[job.kind].task, KINDS[job.kind].queue, job.brand_id, job.pk))


def _send(task: str, queue: str, brand_id: uuid.UUID | None, job_id: uuid.UUID) -> None:
    try:
        celery.send_task(task, args=[str(brand_id), str(job_id)], queue=queue)
    except OperationalError:
        # The row is saved and the sweeper sends it again: a dead broker delays work, it doesn't lose it.
        logger.warning("broker unreachable, job %s waits for the sweeper", job_id)


def job_claim(*, brand_id: uuid.UUID, job_id: uuid.UUID, kind: str) -> Job | None:
    """Takes the job for this worker, None if it has ended, is held by another one, or isn't this brand's."""
    with brand_scope(brand_id):
        job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id, kind=kind).first()
        if job is None or not _claimable(job):
            return None
        Job.objects.filter(pk=job_id).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            token=F("token") + 1,
            lease_until=Now() + LEASE,
            started_at=job.started_at or Now(),
            step_started_at=Now(),
        )
        job.refresh_from_db()
        return job


def _claimable(job: Job) -> bool:
    if job.cancel_requested or job.attempt >= job.max_attempts:
        return False
    free = job.state == JobState.QUEUED
    return free or Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_until__lt=Now()).exists()


def job_beat(*, job: Job, **progress: Any) -> bool:
    """Renews the lease and notes progress. False when the job is no longer this worker's or is to be cancelled."""
    with brand_scope(job.brand_id):
        mine = Job.objects.filter(pk=job.pk, token=job.token, state=JobState.RUNNING, cancel_requested=False)
        return bool(mine.update(lease_until=Now() + LEASE, **progress))


def job_end(
    *,
    job: Job,
    state: JobState,
    result: dict[str, Any] | None = None,
    code: str = "",
    params: dict[str, Any] | None = None,
) -> bool:
    """Ends a job that this token still holds, and wakes the job that waits for it. False if it was held no more."""
    with brand_scope(job.brand_id):
        ended = Job.objects.filter(pk=job.pk, token=job.token, state__in=LIVE).update(
            state=state,
            result=result or {},
            reason_code=code,
            reason_params=params or {},
            ended_at=Now(),
            lease_until=None,
        )
        if ended:
            _wake(job.parent_id)
        return bool(ended)


def _wake(parent_id: uuid.UUID | None) -> None:
    parent = Job.objects.select_for_update().filter(pk=parent_id, state=JobState.WAITING).first() if parent_id else None
    if parent is not None:
        _requeue(parent)


def _requeue(job: Job, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, lease_until=None, dispatches=0, **changes)
    job.dispatches = 0
    _dispatch(job)


def job_release(*, job: Job, count_attempt: bool) -> None:
    """Gives a job back to the queue: the worker is stopping, or it failed and may be tried again."""
    with brand_scope(job.brand_id):
        held = Job.objects.select_for_update().filter(pk=job.pk, token=job.token, state=JobState.RUNNING).first()
        if held is not None:
            _requeue(held, attempt=held.attempt if count_attempt else held.attempt - 1)


def job_wait(*, job: Job) -> None:
    """Lets a job sleep until one of its parts ends. Waking isn't an attempt."""
    with brand_scope(job.brand_id):
        mine = Job.objects.filter(pk=job.pk, token=job.token, state=JobState.RUNNING)
        asleep = mine.update(state=JobState.WAITING, lease_until=None, attempt=0)
        # A part that ended meanwhile found its parent awake and woke nobody.
        if asleep and not Job.objects.filter(parent_id=job.pk, state__in=LIVE).exists():
            _wake(job.pk)


@transaction.atomic
def job_cancel(*, job: Job) -> None:
    """Cancels a job and its parts: at once if no worker holds it, else at the worker's next word.

    Raises UserError `job_ended`.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state in ENDED:
        raise UserError("job_ended", status=409)
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    if job.state != JobState.RUNNING:
        job_end(job=job, state=JobState.CANCELLED)
    for part in Job.objects.filter(parent_id=job.pk, state__in=LIVE):
        job_cancel(job=part)


@transaction.atomic
def job_retry(*, job: Job) -> None:
    """Queues a failed or cancelled job again, and those of its parts that failed or were cancelled."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        return
    _requeue(
        job, attempt=0, cancel_requested=False, reason_code="", reason_params={}, done=0, total=0, step="waiting",
        ended_at=None, started_at=None,
    )  # fmt: skip
    for part in Job.objects.filter(parent_id=job.pk):
        job_retry(job=part)


def jobs_sweep() -> int:
    """Sends again what no worker took up, frees what a lost worker held, ends what has been tried enough."""
    due = querysets.jobs_due()
    for brand_id, job_id in due:
        with brand_scope(brand_id):
            job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
            if job is not None:
                _sweep(job)
    return len(due)


def _sweep(job: Job) -> None:
    if job.cancel_requested:
        job_end(job=job, state=JobState.CANCELLED)
    elif job.attempt >= job.max_attempts:
        job_end(job=job, state=JobState.FAILED, code="worker_lost", params={"attempts": job.attempt})
    elif job.state == JobState.RUNNING:
        _requeue(job)
    else:
        _dispatch(job)
