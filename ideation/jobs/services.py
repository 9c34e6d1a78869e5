"""The only writer of jobs. Every step of a job's life is one conditional UPDATE in Postgres's own clock.

A worker holds a lease with a token that grows at each claim; whoever comes back with an older token changes nothing.
"""

import logging
import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from accounts.models import User
from accounts.services.audit import audit_note
from accounts.services.quotas import quota_charge, quota_hold, quota_settle
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
    holds: dict[str, int] | None = None,
) -> Job:
    """Queues work in the current brand; the message goes out after the commit.

    `holds` says the most that the work may use of each kind of quota: it is set aside now, so that the work never stops
    half-way, and settled when the job ends. What a parent has set aside is for its parts too.

    Raises UserError `job_running` when the same kind is under way for the same subject, AccountError `quota_reached`.
    """
    if subject_id and querysets.live_of(kind, subject_id):
        raise UserError("job_running", status=409)
    job = Job(
        kind=kind,
        queue=KINDS[kind].queue,
        holds={"concurrent_jobs": 1, **(holds or {})},
        params=params,
        subject_id=subject_id,
        project_id=project_id,
        parent=parent,
        created_by=created_by,
        step="waiting",
    )
    _hold(job)
    job.save(force_insert=True)
    # Parts are started by their job, not by anybody.
    if parent is None and KINDS[kind].noted:
        _note("job_started", job)
    _dispatch(job)
    return job


def _hold(job: Job) -> None:
    """Sets aside what a job may use. A part uses what its parent has set aside, as long as that is under way."""
    parent = Job.objects.filter(pk=job.parent_id, state__in=LIVE).first() if job.parent_id else None
    for kind, amount in sorted(job.holds.items()):
        if parent is None or kind not in parent.holds:
            quota_hold(kind=kind, amount=amount, holder_id=job.pk)


def _settle(job: Job) -> None:
    """Charges what was used; what a parent has set aside for its part is charged when the parent ends."""
    spent: dict[str, int] = Job.objects.values_list("spent", flat=True).get(pk=job.pk)
    rest = quota_settle(holder_id=job.pk, used=spent)
    parent = Job.objects.filter(pk=job.parent_id, state__in=LIVE).first() if job.parent_id else None
    if parent is not None:
        Job.objects.filter(pk=parent.pk).update(spent=_added(parent.spent, rest))
    else:
        for kind, amount in sorted(rest.items()):
            quota_charge(kind=kind, amount=amount)


def _added(spent: dict[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {kind: spent.get(kind, 0) + more.get(kind, 0) for kind in {*spent, *more}}


def job_spend(*, job: Job, used: Mapping[str, int]) -> None:
    """Notes what a running job has used of its quotas since the last note, in the transaction of what it was used for.

    Counted even if the attempt fails or its worker is lost.
    """
    with brand_scope(job.brand_id):
        mine = Job.objects.select_for_update().filter(pk=job.pk, token=job.token).first()
        if mine is not None:
            Job.objects.filter(pk=job.pk).update(spent=_added(mine.spent, used))


def _note(action: str, job: Job) -> None:
    after = {"kind": job.kind, "project": str(job.project_id) if job.project_id else None}
    audit_note(action=action, table=Job._meta.db_table, object_id=job.pk, after=after)


def _dispatch(job: Job) -> None:
    wait = min(RESEND_AFTER * 2**job.dispatches, timedelta(hours=1))
    Job.objects.filter(pk=job.pk).update(dispatches=F("dispatches") + 1, dispatch_after=Now() + wait)
    transaction.on_commit(partial(_wake_worker, job.queue))


def _wake_worker(queue: str) -> None:
    """Tells a worker of the queue that there is work. It finds out by itself which: no message names a job."""
    try:
        celery.send_task("jobs.wake", queue=queue)
    except OperationalError:
        # The row is saved and the sweeper sends again: a dead broker delays work, it doesn't lose it.
        logger.warning("broker unreachable, work in queue %s waits for the sweeper", queue)


def job_take(*, queue: str, kinds: Collection[str]) -> Job | None:
    """Takes the job whose turn it is in this queue, of whichever brand; None if none of these kinds waits."""
    for brand_id, job_id in querysets.jobs_next(queue):
        if job := job_claim(brand_id=brand_id, job_id=job_id, kinds=kinds):
            return job
    return None


def job_claim(*, brand_id: uuid.UUID, job_id: uuid.UUID, kinds: Collection[str]) -> Job | None:
    """Takes the job for a worker that knows these kinds; None if it has ended, is held, or isn't this brand's."""
    with brand_scope(brand_id):
        job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None or job.kind not in kinds or not _claimable(job):
            return None
        Job.objects.filter(pk=job_id).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            token=F("token") + 1,
            lease_until=Now() + LEASE,
            claimed_at=Now(),
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


def _locked(job: Job, *, patient: bool = True) -> Job | None:
    """The job as it stands, locked after its parent: all in this order, so that no two wait for each other.

    None if it isn't there, or, unless `patient`, while somebody else has either.
    """
    rows = Job.objects.select_for_update(skip_locked=not patient)
    if job.parent_id and rows.filter(pk=job.parent_id).first() is None:
        return None
    return rows.filter(pk=job.pk).first()


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
        _locked(job)
        ended = Job.objects.filter(pk=job.pk, token=job.token, state__in=LIVE).update(
            state=state,
            result=result or {},
            reason_code=code,
            reason_params=params or {},
            ended_at=Now(),
            lease_until=None,
        )
        if ended:
            _settle(job)
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
    job = _locked(job) or job
    if job.state in ENDED:
        raise UserError("job_ended", status=409)
    _note("job_cancelled", job)
    _cancel(job)


def _cancel(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    if job.state != JobState.RUNNING:
        job_end(job=job, state=JobState.CANCELLED)
    for part in Job.objects.select_for_update().filter(parent_id=job.pk, state__in=LIVE):
        _cancel(part)


@transaction.atomic
def job_retry(*, job: Job) -> None:
    """Queues a failed or cancelled job again, and those of its parts that failed or were cancelled.

    Raises AccountError `quota_reached` when there is not enough left to set aside for it.
    """
    job = _locked(job) or job
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        _note("job_retried", job)
        _retry(job)


def _retry(job: Job) -> None:
    _hold(job)
    _requeue(
        job, attempt=0, spent={}, cancel_requested=False, reason_code="", reason_params={}, done=0, total=0,
        step="waiting", ended_at=None, started_at=None,
    )  # fmt: skip
    again = (JobState.FAILED, JobState.CANCELLED)
    for part in Job.objects.select_for_update().filter(parent_id=job.pk, state__in=again):
        _retry(part)


def jobs_sweep() -> int:
    """Sends again what no worker took up, frees what a lost worker held, ends what has been tried enough."""
    due = querysets.jobs_due()
    for brand_id, job_id in due:
        with brand_scope(brand_id):
            found = Job.objects.filter(pk=job_id).first()
            if found is not None and (job := _locked(found, patient=False)):
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
