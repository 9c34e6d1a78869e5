"""Celery's side of jobs: the sweeper."""

from celery import shared_task

from ideation.jobs import services


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep() -> None:
    """Looks after jobs that no worker holds."""
    services.jobs_sweep()
