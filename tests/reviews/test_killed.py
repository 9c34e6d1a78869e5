"""A worker that is killed in the middle of a file: nothing of it stays, the next one begins again, and says so."""

import time
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile

from ideation.catalog.services import project_create
from ideation.jobs.models import Job, JobState
from ideation.jobs.services import jobs_sweep
from ideation.reviews.models import DatasetImport, Review
from ideation.reviews.services import import_prepare, import_start
from ideation.reviews.services.verify import version_verify
from tests.conftest import Person
from tests.workers import kill, worker

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 40_000


def test_a_killed_import_is_rolled_back_and_done_again(alice: Person) -> None:
    lines = (
        f"{n},A text with its own number {n * n} that nobody else has written in this way {n},user{n}"
        for n in range(ROWS)
    )
    content = "\n".join(("id,review,user", *lines)).encode()
    with alice.scope():
        project = project_create(name="Mugs", created_by=alice.user)
        found = import_prepare(project=project, file=ContentFile(content), file_name="reviews.csv")
        job = import_start(dataset_import=found, mapping=found.layout["mapping"])
    with worker(JOB_LEASE_SECONDS="3") as first:
        _until(alice, job, lambda _now: DatasetImport.objects.get(pk=found.pk).rows_read > 0)
        kill(first)
    with alice.scope():
        assert not Review.objects.exists()
    time.sleep(4)
    with worker():
        jobs_sweep()
        _until(alice, job, lambda now: not now.is_live)
    with alice.scope():
        found.refresh_from_db()
        assert (job.state, job.attempt) == (JobState.SUCCEEDED, 2)
        assert (found.rows_read, found.imported + found.duplicates) == (ROWS, ROWS)
        assert Review.objects.count() == found.imported > ROWS * 0.99
        assert found.rolled_back >= 1
        assert version_verify(version=found.version).intact


def _until(alice: Person, job: Job, condition: Callable[[Job], bool]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with alice.scope():
            job.refresh_from_db()
            if condition(job):
                return
        time.sleep(0.02)
    raise AssertionError(f"after a minute the job is {job.state} ({job.step} {job.done}/{job.total})")
