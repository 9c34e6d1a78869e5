"""Reads of jobs: the newest, the live ones, and those that no worker holds."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.tenancy import system_ids
from ideation.jobs.models import LIVE, Job


def jobs() -> QuerySet[Job]:
    """The current brand's jobs, newest first."""
    return Job.objects.select_related("created_by")


def live_of(kind: str, subject_id: uuid.UUID) -> Job | None:
    """The job of this kind that is under way for this subject."""
    return Job.objects.filter(kind=kind, subject_id=subject_id, state__in=LIVE).first()


def jobs_due() -> list[tuple[Any, ...]]:
    """(brand id, job id) of every brand's jobs that were never taken up or whose worker has gone silent."""
    return system_ids("jobs_due")


def jobs_next(queue: str) -> list[tuple[Any, ...]]:
    """(brand id, job id) of queued jobs in the order of fairness.

    First the brand with the fewest jobs running in this queue, then the one whose turn is longest ago; a brand's own
    jobs by age. Several, since another worker may take the first ones at the same moment.
    """
    return system_ids("jobs_next", queue)


def seconds_left(job: Job) -> int | None:
    """Seconds until the current step ends at its pace so far, None while that can't be said."""
    if job.state != "running" or not job.step_started_at or not 0 < job.done <= job.total:
        return None
    elapsed = (timezone.now() - job.step_started_at).total_seconds()
    return round(elapsed * (job.total - job.done) / job.done)
