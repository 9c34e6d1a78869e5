"""Cancelling an import in its last, long transaction: whoever does it doesn't wait, and nothing of the import stays."""

import threading
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from ideation.catalog.services import project_create
from ideation.jobs import pulse
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.jobs.services import job_cancel
from ideation.reviews import services
from ideation.reviews.models import DatasetImport, DatasetVersion, Review
from ideation.reviews.services import staging
from tests.accounts.threads import at_once
from tests.conftest import Person

pytestmark = pytest.mark.django_db(transaction=True)


def started(alice: Person) -> Job:
    with alice.scope():
        file = ContentFile(b"review,user\nThe lid leaks into my bag,ana\n", name="r.csv")
        found = services.import_prepare(project=project_create(name="Kettles"), file=file, file_name="r.csv")
        return services.import_start(dataset_import=found, mapping=found.layout["mapping"])


def slow(inserting: threading.Event) -> None:
    """Adds the rows, and goes on as if there were very many."""
    inserting.set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


def test_cancelling_waits_for_no_transaction_and_ends_it(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    inserting = threading.Event()
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(staging, "reviews_insert", lambda *_args: slow(inserting))
    job = started(alice)

    def cancel() -> str:
        assert inserting.wait(20)
        with alice.scope():
            job_cancel(job=job)
        return "answered"

    # Both end long before the statement would.
    run = partial(run_job, job.brand_id, job.pk, job.kind, services.import_run)
    assert at_once(cancel, run) == ["answered", None]
    with alice.scope():
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert not Review.objects.exists()
        assert not DatasetVersion.objects.exists()
        assert DatasetImport.objects.get().finished_at is None


def test_a_worker_that_was_taken_for_lost_keeps_nothing(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease ran out in the long transaction and another worker has the job: what this one did is not committed."""
    real, job = staging.reviews_insert, started(alice)

    def taken(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        thread = threading.Thread(target=claim)
        thread.start()
        thread.join(30)

    def claim() -> None:
        with alice.scope():
            Job.objects.filter(pk=job.pk).update(token=99)
        connection.close()

    monkeypatch.setattr(staging, "reviews_insert", taken)
    run_job(job.brand_id, job.pk, job.kind, services.import_run)
    with alice.scope():
        job.refresh_from_db()
        assert (job.state, job.token) == (JobState.RUNNING, 99)
        assert not Review.objects.exists()
