"""Quotas: counted by Postgres, exact among many takers, set aside before work starts and settled at its every end."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now

from accounts.errors import AccountError
from accounts.models import Brand, QuotaHold, QuotaUse
from accounts.quotas import QUOTAS, standings, used_of
from accounts.services.quotas import quota_give, quota_hold, quota_settle, quota_take
from ideation.catalog.models import Project
from ideation.jobs import services
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import JobRun, run_job
from ideation.reviews.services import import_prepare, import_start
from tests.conftest import Person

TOKENS = "training_tokens"
KIND = "model_train"


def limit(who: Person, **limits: int | None) -> None:
    with who.scope():
        Brand.objects.update(limits=limits)


def used(who: Person, kind: str) -> int:
    with who.scope():
        return used_of(kind)


def test_every_kind_has_a_limit_in_the_settings() -> None:
    assert settings.QUOTAS.keys() == QUOTAS.keys()


@pytest.mark.django_db(transaction=True)
def test_of_fifty_takers_of_the_last_unit_exactly_one_wins(alice: Person) -> None:
    limit(alice, reviews=10)
    with alice.scope():
        quota_take(kind="reviews", amount=9)
    won: list[bool] = []
    start = threading.Barrier(50)

    def take() -> None:
        try:
            connection.ensure_connection()
            start.wait(30)
            with alice.scope():
                quota_take(kind="reviews", amount=1)
            won.append(True)
        except AccountError:
            won.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), sum(won), used(alice, "reviews")) == (50, 1, 10)


@pytest.mark.django_db
def test_going_over_names_use_limit_and_cure_and_takes_nothing(alice: Person, charlie: Person) -> None:
    limit(alice, reviews=10, training_tokens=5)
    with alice.scope():
        quota_take(kind="reviews", amount=8)
        with pytest.raises(AccountError, match=r"Reviews kept: 8 of 10, and this needs 3\. Delete reviews") as refused:
            quota_take(kind="reviews", amount=3)
        assert (refused.value.code, refused.value.status, refused.value.wait) == ("quota_reached", 429, None)
        with pytest.raises(AccountError) as monthly:
            quota_take(kind=TOKENS, amount=6)
        assert monthly.value.wait is not None
        assert 0 < monthly.value.wait <= 31 * 86_400
    assert (used(alice, "reviews"), used(alice, TOKENS), used(charlie, "reviews")) == (8, 0, 0)


@pytest.mark.django_db
def test_a_limit_may_be_lifted_and_what_is_given_back_can_be_taken_again(alice: Person) -> None:
    limit(alice, reviews=None)
    with alice.scope():
        quota_take(kind="reviews", amount=10**12)
        quota_give(kind="reviews", amount=10**12 - 5)
        assert used_of("reviews") == 5
        quota_give(kind="reviews", amount=50)
        assert used_of("reviews") == 0


@pytest.mark.django_db
def test_a_new_month_begins_anew_and_the_old_one_is_settled_in_its_own(alice: Person) -> None:
    holder = uuid.uuid4()
    with alice.scope():
        quota_hold(kind=TOKENS, amount=100, holder_id=holder)
        for table in (QuotaUse, QuotaHold):
            table.objects.update(period="2020-01-01")
        assert used_of(TOKENS) == 0
        quota_settle(holder_id=holder, used={TOKENS: 30})
        quota_settle(holder_id=holder, used={TOKENS: 30})
        assert QuotaUse.objects.get(period="2020-01-01").used == 30
        [standing] = [one for one in standings() if one.kind == TOKENS]
        assert (standing.used, standing.limit) == (0, settings.QUOTAS[TOKENS])


@pytest.fixture
def job(alice: Person, project: Project) -> Job:
    with alice.scope():
        return services.job_start(kind=KIND, params={}, subject_id=project.pk, holds={TOKENS: 1000})


def spend(run: JobRun) -> dict[str, Any]:
    with run.scope():
        run.spend(training_tokens=300)
    return {}


def fail(run: JobRun) -> dict[str, Any]:
    spend(run)
    raise AccountError("not_allowed")


def crash(run: JobRun) -> dict[str, Any]:
    spend(run)
    raise RuntimeError("boom")


def do(job: Job, work: Callable[[JobRun], dict[str, Any]]) -> None:
    run_job(job.brand_id, job.pk, job.kind, work)


@pytest.mark.django_db
@pytest.mark.parametrize(("work", "attempts", "state", "spent"), [
    (spend, 1, JobState.SUCCEEDED, 300),
    (fail, 1, JobState.FAILED, 300),
    (crash, 3, JobState.FAILED, 900),
])  # fmt: skip
def test_a_job_is_charged_what_it_used_however_it_ends(
    alice: Person, job: Job, work: Any, attempts: int, state: JobState, spent: int
) -> None:
    assert (used(alice, TOKENS), used(alice, "concurrent_jobs")) == (1000, 1)
    for _attempt in range(attempts):
        do(job, work)
    with alice.scope():
        job.refresh_from_db()
        assert not QuotaHold.objects.exists()
    assert (job.state, used(alice, TOKENS), used(alice, "concurrent_jobs")) == (state, spent, 0)


@pytest.mark.django_db
def test_a_cancelled_job_gives_back_and_one_tried_again_sets_aside_anew(alice: Person, job: Job) -> None:
    with alice.scope():
        services.job_cancel(job=job)
        assert (used_of(TOKENS), used_of("concurrent_jobs")) == (0, 0)
        services.job_retry(job=job)
        assert (used_of(TOKENS), used_of("concurrent_jobs")) == (1000, 1)
        services.job_cancel(job=job)
    limit(alice, training_tokens=999)
    with alice.scope(), pytest.raises(AccountError, match="Tokens for tuning"):
        services.job_retry(job=job)
    with alice.scope():
        job.refresh_from_db()
    assert (job.state, used(alice, TOKENS), used(alice, "concurrent_jobs")) == (JobState.CANCELLED, 0, 0)


@pytest.mark.django_db
def test_a_lost_worker_gives_back_when_the_sweeper_ends_its_job(alice: Person, job: Job) -> None:
    with alice.scope():
        for _attempt in range(3):
            claimed = services.job_claim(brand_id=alice.brand.pk, job_id=job.pk, kinds={KIND})
            assert claimed is not None
            services.job_spend(job=claimed, used={TOKENS: 10})
            Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
            services.jobs_sweep()
        job.refresh_from_db()
    assert (job.reason_code, used(alice, TOKENS), used(alice, "concurrent_jobs")) == ("worker_lost", 30, 0)


@pytest.mark.django_db
def test_parts_use_what_their_job_has_set_aside(alice: Person, project: Project) -> None:
    with alice.scope():
        whole = services.job_start(kind="main_job", params={}, holds={TOKENS: 1000})
        part = services.job_start(kind=KIND, params={}, parent=whole, holds={TOKENS: 1000})
        assert (used_of(TOKENS), used_of("concurrent_jobs")) == (1000, 1)
    do(part, spend)
    assert used(alice, TOKENS) == 1000
    do(whole, lambda _run: {})
    assert (used(alice, TOKENS), used(alice, "concurrent_jobs")) == (300, 0)


@pytest.mark.django_db
def test_a_part_tried_again_alone_uses_the_brands_quota(alice: Person, project: Project) -> None:
    with alice.scope():
        whole = services.job_start(kind="main_job", params={}, holds={TOKENS: 1000})
        part = services.job_start(kind=KIND, params={}, parent=whole, holds={TOKENS: 500})
        services.job_cancel(job=whole)
        assert (used_of(TOKENS), used_of("concurrent_jobs")) == (0, 0)
        services.job_retry(job=part)
        assert (used_of(TOKENS), used_of("concurrent_jobs")) == (500, 1)
    do(part, spend)
    assert (used(alice, TOKENS), used(alice, "concurrent_jobs")) == (300, 0)


@pytest.mark.django_db
def test_what_nothing_was_set_aside_for_is_charged_all_the_same(alice: Person, project: Project) -> None:
    with alice.scope():
        job = services.job_start(kind=KIND, params={})
    do(job, spend)
    assert used(alice, TOKENS) == 300


@pytest.mark.django_db
def test_jobs_under_way_are_bounded(alice: Person) -> None:
    limit(alice, concurrent_jobs=1)
    with alice.scope():
        first = services.job_start(kind=KIND, params={})
        with pytest.raises(AccountError, match="Jobs under way: 1 of 1, and this needs 1"):
            services.job_start(kind=KIND, params={})
        assert Job.objects.count() == 1
        services.job_cancel(job=first)
        services.job_start(kind=KIND, params={})


FILE = b"text,rating\n" + b"".join(b"A kettle that leaks number %d,2\n" % number for number in range(9)) + b"the end,4"


@pytest.mark.django_db
def test_an_import_is_bounded_by_its_rows_before_it_starts_and_charged_what_came_in(
    alice: Person, project: Project
) -> None:
    def prepare() -> Any:
        return import_prepare(project=project, file=File(BytesIO(FILE), "a.csv"), file_name="a.csv")

    limit(alice, reviews=9, storage_bytes=3 * len(FILE) - 1)
    with alice.scope():
        found = prepare()
        with pytest.raises(AccountError, match="Reviews kept: 0 of 9, and this needs 10"):
            import_start(dataset_import=found, mapping={"text": 0})
        assert not Job.objects.exists()
        assert used_of("storage_bytes") == len(FILE)
    limit(alice, reviews=10, storage_bytes=2 * len(FILE) - 1)
    with alice.scope():
        job = import_start(dataset_import=found, mapping={"text": 0})
        assert used_of("reviews") == 10
        services.job_cancel(job=job)
        assert used_of("reviews") == 0
        with pytest.raises(AccountError, match="Storage: "):
            prepare()
        assert used_of("storage_bytes") == len(FILE)


@pytest.mark.django_db
def test_the_api_shows_use_and_refuses_with_429_and_when_to_come_back(
    alice: Person, charlie: Person, project: Project
) -> None:
    limit(alice, generation_tokens=7)
    address = f"/api/v1/projects/{project.pk}/main-jobs/"
    refused = alice.api.post(address, {"file": SimpleUploadedFile("a.csv", FILE)})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (429, "quota_reached")
    assert problem["detail"].startswith("Tokens for writing this month: 0 of 7, and this needs ")
    assert int(refused.headers["Retry-After"]) > 0
    assert not (settings.VAR / "files" / alice.brand.folder).exists() or not any(
        path.is_file() for path in (settings.VAR / "files" / alice.brand.folder).rglob("*")
    )
    with alice.scope():
        assert not Job.objects.exists()
        quota_take(kind="generation_tokens", amount=3)
    shown = {one["kind"]: one for one in alice.api.get("/api/v1/usage/").json()["quotas"]}
    assert shown.keys() == QUOTAS.keys()
    assert (shown["generation_tokens"]["used"], shown["generation_tokens"]["limit"]) == (3, 7)
    assert shown["generation_tokens"]["renews"] is not None
    assert shown["reviews"]["renews"] is None
    theirs = {one["kind"]: one["used"] for one in charlie.api.get("/api/v1/usage/").json()["quotas"]}
    assert set(theirs.values()) == {0}
    assert alice.read_api.get("/api/v1/usage/").status_code == 403
