"""Around each piece of work: claim, heartbeat, cancel, and one ending in words, whatever happens inside."""

import logging
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from celery.signals import worker_shutting_down
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models.functions import Now

from accounts.errors import AccountError
from accounts.models import User
from accounts.tenancy import acting, brand_scope
from ideation.base.errors import disk_full
from ideation.jobs import services
from ideation.jobs.child import ChildKilledError, Spec, run_children
from ideation.jobs.kinds import KINDS
from ideation.jobs.models import Job, JobState
from ideation.jobs.pulse import BEAT_SECONDS, Pulse
from mlcore.errors import InputError
from mlcore.events import Event, Progress

logger = logging.getLogger(__name__)

STOPPING = threading.Event()
"""Set when this worker process has been told to stop: work goes back to the queue at its next heartbeat."""


class JobCancelled(Exception):
    """Somebody cancelled the job."""


class LeaseLost(Exception):
    """Another worker holds the job now; nothing more may be written for it here."""


class WorkerStopping(Exception):
    """This worker is being stopped; the job goes back to the queue."""


class Waiting(Exception):
    """Raised by work that has started its parts: the job sleeps until one of them ends."""


class TurnOver(Exception):
    """Raised by work that has done a portion: the job goes back to the queue, others have their turn."""


class JobRun:
    """A claimed job, as its work sees it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._last_beat = time.monotonic()
        self._told = Progress(step="", done=0, total=0, unit="")

    @property
    def params(self) -> dict[str, Any]:
        """What the job was started with."""
        return dict(self.job.params)

    @property
    def created_by(self) -> User | None:
        """The person who asked for it."""
        return self.job.created_by

    @property
    def folder(self) -> Path:
        """A private folder for this attempt's files, gone when the attempt ends."""
        folder: Path = settings.WORK_FOLDER / f"{self.job.pk}-{self.job.token}"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A transaction in the job's brand that commits only while this worker still holds the job."""
        with brand_scope(self.job.brand_id):
            self._held()
            yield

    @contextmanager
    def long_scope(self) -> Iterator[None]:
        """The same for a transaction that takes long: the job's row is locked only at its end, so that nobody waits.

        Somebody who cancels is answered at once, and what the database is doing for the job ends.
        """
        try:
            with Pulse(self.job), brand_scope(self.job.brand_id):
                yield
                self.hold()
        except OperationalError:
            # A statement that the pulse has ended: says why, if it was that.
            self._beat(new_step=False)
            raise

    def hold(self) -> None:
        """Locks the job's row until the transaction ends. Raises LeaseLost or JobCancelled.

        References are checked before: what is left to do then takes no time.
        """
        connection.check_constraints()
        if self._held().cancel_requested:
            raise JobCancelled

    def _held(self) -> Job:
        mine = Job.objects.select_for_update().filter(pk=self.job.pk, token=self.job.token, state=JobState.RUNNING)
        held = mine.first()
        if held is None:
            raise LeaseLost
        return held

    def progress(self, step: str, done: int, total: int, unit: str) -> None:
        """Tells how far the work is; written at most twice a second, at once when the step changes."""
        new_step = step != self._told.step
        self._told = Progress(step=step, done=done, total=total, unit=unit)
        if new_step or done >= total or time.monotonic() - self._last_beat > 0.5:
            self._beat(new_step)

    def beat(self) -> None:
        """Keeps the lease. Raises JobCancelled, LeaseLost or WorkerStopping when the work is to stop."""
        if STOPPING.is_set():
            raise WorkerStopping
        if time.monotonic() - self._last_beat > BEAT_SECONDS:
            self._beat(new_step=False)

    def _beat(self, new_step: bool) -> None:
        self._last_beat = time.monotonic()
        told = self._told
        fields: dict[str, Any] = {}
        if told.step:
            fields = {"step": told.step, "done": told.done, "total": told.total, "unit": told.unit}
        if new_step:
            fields["step_started_at"] = Now()
        if not services.job_beat(job=self.job, **fields):
            with brand_scope(self.job.brand_id):
                cancelled = Job.objects.filter(pk=self.job.pk, token=self.job.token, cancel_requested=True).exists()
            raise JobCancelled if cancelled else LeaseLost

    def spend(self, **used: int) -> None:
        """Notes what was used of quotas since the last note, in the transaction that this stands in."""
        services.job_spend(job=self.job, used=used)

    def child(self, spec: Spec, *, megabytes: int = 6000) -> Iterator[Event]:
        """Runs mlcore's work in a child process; its Progress becomes the job's, other events come out here."""
        return self.children([spec], megabytes=megabytes)

    def children(self, specs: Sequence[Spec], *, megabytes: int) -> Iterator[Event]:
        """The same for several pieces of work side by side, each in a process of its own."""
        for event in run_children(specs, megabytes=megabytes, beat=self.beat):
            if isinstance(event, Progress):
                self.progress(event.step, event.done, event.total, event.unit)
            else:
                yield event


Work = Callable[[JobRun], dict[str, Any]]

WORK: Final[dict[str, Work]] = {}
"""kind → the function that does it; filled by the rooms' tasks.py."""


def job_task(kind: str) -> Callable[[Work], Work]:
    """Registers a function as the work of a kind of job; it may come twice."""

    def decorate(work: Work) -> Work:
        assert kind in KINDS, kind
        WORK[kind] = work
        return work

    return decorate


def run_next(queue: str) -> bool:
    """Does the job whose turn it is in this queue. False if there was none."""
    job = None if STOPPING.is_set() else services.job_take(queue=queue, kinds=WORK)
    if job is not None:
        _run(job, WORK[job.kind])
    return job is not None


def run_job(brand_id: uuid.UUID, job_id: uuid.UUID, kind: str, work: Work) -> None:
    """Does this job if it is free. Ids that are late, doubled, forged or of another brand do nothing."""
    job = services.job_claim(brand_id=brand_id, job_id=job_id, kinds={kind})
    if job is not None:
        _run(job, work)


def _run(job: Job, work: Work) -> None:
    with acting(job=job.pk, person=job.created_by):
        _do(job, work)


def _do(job: Job, work: Work) -> None:
    run = JobRun(job)
    try:
        result = work(run)
    except Waiting:
        services.job_wait(job=job)
    except JobCancelled:
        services.job_end(job=job, state=JobState.CANCELLED)
    except LeaseLost:
        logger.warning("job %s is held by another worker now; stopped here", job.pk)
    except (WorkerStopping, TurnOver):
        services.job_release(job=job, count_attempt=False)
    except (AccountError, InputError) as error:
        services.job_end(job=job, state=JobState.FAILED, code=error.code, params=_plain(error.params))
    except Exception as error:  # noqa: BLE001 - a job always ends in words
        _unexpected(job, error)
    else:
        services.job_end(job=job, state=JobState.SUCCEEDED, result=result)
    finally:
        shutil.rmtree(settings.WORK_FOLDER / f"{job.pk}-{job.token}", ignore_errors=True)


def _unexpected(job: Job, error: Exception) -> None:
    if disk_full(error):
        services.job_end(job=job, state=JobState.FAILED, code="disk_full")
        return
    reference = uuid.uuid4().hex[:8]
    logger.error("job %s (%s) failed, reference %s", job.pk, job.kind, reference, exc_info=error)
    if job.attempt < job.max_attempts:
        services.job_release(job=job, count_attempt=True)
    elif isinstance(error, ChildKilledError):
        services.job_end(job=job, state=JobState.FAILED, code="worker_lost", params={"attempts": job.attempt})
    else:
        services.job_end(job=job, state=JobState.FAILED, code="unexpected", params={"reference": reference})


def _plain(params: dict[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int | float) else str(value) for name, value in params.items()}


@worker_shutting_down.connect
def _stop(**_kwargs: object) -> None:
    STOPPING.set()
