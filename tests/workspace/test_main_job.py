"""The main job from end to end: real worker process, real broker, real weights, the sample brand's own words."""

import csv
import time
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile

from accounts.models import AuditEntry, QuotaHold
from accounts.quotas import used_of
from ideation.catalog.services import project_create
from ideation.concepts.services import generation_holds
from ideation.jobs.models import Job, JobState
from ideation.jobs.services import job_cancel, jobs_sweep
from ideation.needs.models import Citation, Need
from ideation.needs.services import analysis_holds
from ideation.reviews.models import Review
from ideation.reviews.services import import_prepare
from ideation.workspace.querysets import summary
from ideation.workspace.results import results_folder
from ideation.workspace.services import CONCEPTS, SAMPLE, main_job_start
from tests.conftest import Person
from tests.workers import kill, worker

pytestmark = pytest.mark.django_db(transaction=True)


def sample(count: int) -> bytes:
    """The sample brand's first reviews as a file."""
    with (SAMPLE / "reviews.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[: count + 1]
    lines = ["\t".join(cell.replace("\n", " ").replace('"', "'") for cell in row) for row in rows]
    return "\n".join(lines).encode()


def start(alice: Person, content: bytes) -> Job:
    with alice.scope():
        project = project_create(name="Mugs", category="travel mug", created_by=alice.user)
        found = import_prepare(project=project, file=ContentFile(content), file_name="reviews.tsv")
        return main_job_start(dataset_import=found, mapping=found.layout["mapping"], created_by=alice.user)


def wait(alice: Person, job: Job, until: Callable[[Job], bool], seconds: float) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with alice.scope():
            job.refresh_from_db()
        if until(job):
            return job
        time.sleep(0.1)
    raise AssertionError(f"after {seconds} s the job is {job.state} ({job.step} {job.done}/{job.total})")


def ended(job: Job) -> bool:
    return not job.is_live


def test_from_a_file_to_cited_concepts(alice: Person) -> None:
    job = start(alice, sample(220))
    with worker(TRAINING_TOKENS="2000"):
        wait(alice, job, ended, 600)
    with alice.scope():
        assert job.state == JobState.SUCCEEDED, (job.reason_code, job.reason_params)
        project = Need.objects.first().analysis.project  # type: ignore[union-attr]
        figures = summary(project)
        assert figures["reviews"] == Review.objects.count()
        assert int(str(figures["needs"])) >= 5
        assert float(str(figures["perplexity_tuned"])) < float(str(figures["perplexity_base"]))
        assert int(str(figures["concepts"])) >= 8
        assert int(str(figures["claims"])) >= int(str(figures["concepts"]))
        assert figures["claims_cited"] == figures["claims"]
        reviews = set(Review.objects.values_list("pk", flat=True))
        cited = set(Citation.objects.values_list("evidence__sentence__review", flat=True))
        assert cited <= reviews
        assert {path.name for path in results_folder(project).iterdir()} == {
            "needs.json",
            "concepts.json",
            "concepts.md",
        }
        # What was set aside at the start has been charged for what was really used, and the rest given back.
        assert not QuotaHold.objects.exists()
        assert (used_of("concurrent_jobs"), used_of("reviews")) == (0, Review.objects.count())
        assert 0 < used_of("training_tokens") < 4000
        assert (
            0
            < used_of("generation_tokens")
            < analysis_holds()["generation_tokens"] + sum(generation_holds(CONCEPTS).values())
        )
        # One entry for the file's import, and not a word of any review.
        said = str(list(AuditEntry.objects.values_list("before", "after")))
        imports = AuditEntry.objects.filter(table="reviews_datasetimport", action="update")
        imports = imports.filter(after__has_key="imported")
        assert [entry.after["imported"] for entry in imports] == [Review.objects.count()]
        assert not [review.text for review in Review.objects.all() if len(review.text) > 20 and review.text in said]


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(alice: Person) -> None:
    job = start(alice, sample(120))
    with worker(JOB_LEASE_SECONDS="3") as first:

        def analysing(_job: Job) -> bool:
            return Job.objects.filter(kind="reviews_analyse", state=JobState.RUNNING).exists()

        with_scope = wait_in(alice, analysing)
        wait(alice, job, with_scope, 120)
        kill(first)
    time.sleep(4)
    with worker():
        end = time.monotonic() + 90
        while time.monotonic() < end:
            jobs_sweep()
            with alice.scope():
                analysis = Job.objects.get(kind="reviews_analyse")
            if analysis.state == JobState.SUCCEEDED:
                break
            time.sleep(1)
        with alice.scope():
            job_cancel(job=Job.objects.get(pk=job.pk))
    with alice.scope():
        analysis.refresh_from_db()
        assert (analysis.state, analysis.attempt) == (JobState.SUCCEEDED, 2)
        assert {need.analysis_id for need in Need.objects.all()} == {Need.objects.all()[0].analysis_id}
        assert Review.objects.count() == len({review.content_sha256 for review in Review.objects.all()})


def wait_in(alice: Person, condition: Callable[[Job], bool]) -> Callable[[Job], bool]:
    """The condition, asked inside the brand's scope."""

    def asked(job: Job) -> bool:
        with alice.scope():
            return condition(job)

    return asked
