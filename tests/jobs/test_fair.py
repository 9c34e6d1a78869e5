"""Whose turn it is: one brand's many jobs never hold back another brand's first one; no message names a job."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.db.models.functions import Now

from ideation.celery import app as celery
from ideation.jobs import services
from ideation.jobs.kinds import KINDS, Kind
from ideation.jobs.models import ENDED, Job, JobState
from ideation.jobs.querysets import jobs_next
from tests.conftest import Person
from tests.workers import worker


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(KINDS, "short", Kind(queue="gpu", title="Short", capabilities=("see",)))
    yield
    celery.control.purge()


def queue(who: Person, number: int = 1) -> list[Job]:
    with who.scope():
        return [services.job_start(kind="short", params={"n": place}) for place in range(number)]


def take() -> Job:
    job = services.job_take(queue="gpu", kinds=KINDS)
    assert job is not None
    return job


@pytest.mark.django_db
def test_the_brand_with_fewer_running_jobs_comes_first_then_the_one_that_waited_longest(
    alice: Person, charlie: Person
) -> None:
    a, [b] = queue(alice, 5), queue(charlie)
    first, second, third = take(), take(), take()
    assert {first.brand_id, second.brand_id} == {alice.brand.pk, charlie.brand.pk}
    assert (first.pk, second.pk, third.pk) == (a[0].pk, b.pk, a[1].pk)
    for job in (first, second, third):
        services.job_end(job=job, state=JobState.SUCCEEDED)
    queue(charlie)
    # Nothing runs now; A's last turn came after B's.
    assert [take().brand_id for _ in range(2)] == [charlie.brand.pk, alice.brand.pk]


@pytest.mark.django_db
def test_a_worker_that_finds_a_job_taken_goes_on_to_the_next(
    alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, [b] = queue(alice, 2), queue(charlie)
    stale = jobs_next("gpu")
    assert stale == [(alice.brand.pk, a[0].pk), (charlie.brand.pk, b.pk), (alice.brand.pk, a[1].pk)]
    monkeypatch.setattr(services.querysets, "jobs_next", lambda _queue: stale)
    assert [take().pk for _ in range(3)] == [a[0].pk, b.pk, a[1].pk]
    assert services.job_take(queue="gpu", kinds=KINDS) is None


@pytest.mark.django_db
def test_what_is_cancelled_used_up_or_in_another_queue_is_nobodys_turn(alice: Person) -> None:
    first, second = queue(alice, 2)
    with alice.scope():
        services.job_start(kind="dataset_import", params={})
        Job.objects.filter(pk=first.pk).update(cancel_requested=True)
        Job.objects.filter(pk=second.pk).update(attempt=3)
    assert jobs_next("gpu") == []
    [known] = queue(alice)
    assert services.job_take(queue="gpu", kinds={"another"}) is None
    assert take().pk == known.pk
    assert len(jobs_next("cpu")) == 1


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def ended(who: Person) -> int:
    with who.scope():
        return Job.objects.filter(state__in=ENDED).count()


@pytest.mark.django_db(transaction=True)
def test_with_a_real_worker_a_hundred_jobs_dont_hold_back_another_brands_first_one(
    alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(alice, 100)
    # Forged and outdated messages among the others: none of them does anything wrong.
    celery.send_task("jobs.wake", args=["forged"], queue="gpu")
    celery.send_task("training.model_train", args=[str(charlie.brand.pk), str(alice.brand.pk)], queue="gpu")
    with worker(app="tests.jobs.shortwork", threads=1):
        until(lambda: ended(alice) >= 3)
        [b] = queue(charlie)
        until(lambda: ended(charlie) == 1)
        with charlie.scope():
            b.refresh_from_db()
        with alice.scope():
            between = Job.objects.filter(claimed_at__gt=b.created_at, claimed_at__lt=b.claimed_at).count()
        assert between <= 2
        until(lambda: ended(alice) == 100)
        # Messages that are lost strand nothing: the sweeper sends again.
        with monkeypatch.context() as patch:
            patch.setattr(services, "_wake_worker", lambda _queue: None)
            queue(charlie, 3)
        with charlie.scope():
            Job.objects.filter(state=JobState.QUEUED).update(dispatch_after=Now())
        until(lambda: services.jobs_sweep() > 0)
        until(lambda: ended(charlie) == 4)
    for who, number in ((alice, 100), (charlie, 4)):
        with who.scope():
            assert Job.objects.filter(state=JobState.SUCCEEDED, attempt=1).count() == number
