"""A worker's application with one more kind of job, so short that a hundred of them are done in seconds."""

import os
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")
django.setup()

from ideation.celery import app as app  # noqa: E402 - the settings come first
from ideation.jobs.kinds import KINDS, Kind  # noqa: E402
from ideation.jobs.runner import JobRun, job_task  # noqa: E402

SHORT = "short"
KINDS[SHORT] = Kind(queue="gpu", title="Short", capabilities=("see",))


@job_task(SHORT)
def work(_run: JobRun) -> dict[str, Any]:
    """Takes a moment."""
    time.sleep(0.02)
    return {}
