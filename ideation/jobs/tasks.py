"""Celery's side of jobs: a message says that a queue has work, the sweeper that it is time to look."""

from typing import Any

from celery import Task, shared_task

from ideation.jobs import services
from ideation.jobs.kinds import QUEUES
from ideation.jobs.runner import run_next


@shared_task(name="jobs.wake", bind=True, ignore_result=True)
def wake(self: Task[[], None]) -> None:
    """Does one job of the queue that the message came through, whichever's turn it is."""
    delivery: dict[str, Any] = self.request.delivery_info or {}
    if (queue := delivery.get("routing_key")) in QUEUES:
        run_next(queue)


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep() -> None:
    """Looks after jobs that no worker holds."""
    services.jobs_sweep()
