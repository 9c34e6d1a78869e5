"""Messages that nobody sent: forged, replayed, doubled, with another brand's ids or with nonsense. Nothing comes of it.

Every task that a worker knows is found in Celery's registry, so that a new one is tried too.
"""

import inspect
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from accounts.models import Brand
from accounts.tenancy import OtherBrandError
from ideation.celery import app
from ideation.jobs import runner, services
from ideation.jobs.kinds import KINDS
from ideation.jobs.models import Job, JobState
from tests.wall.population import Side, checksum, make_side
from tests.workers import worker

app.loader.import_default_modules()
TASKS = sorted(name for name in app.tasks if not name.startswith("celery."))


@pytest.fixture
def sides(transactional_db: None) -> Iterator[tuple[Side, Side]]:
    """Two brands, none of whose jobs is due."""
    own = make_side("qzalphazq", email="owner@a.example", name="First", full=False)
    other = make_side("qzbravozq", email="owner@b.example", name="Second", full=True)
    for side in (own, other):
        with side.person.scope():
            Job.objects.update(state=JobState.SUCCEEDED, attempt=1)
        side.before = checksum(side, connection.introspection.table_names())
    empty_broker()
    yield own, other
    empty_broker()


def empty_broker() -> None:
    with redis.Redis(unix_socket_path=settings.CACHES["default"]["LOCATION"].split("//")[1].split("?")[0]) as broker:
        broker.flushdb()


def unchanged(sides: tuple[Side, Side]) -> None:
    for side in sides:
        now = checksum(side, side.before)
        assert {name for name, value in now.items() if value != side.before[name]} == set()


def forgeries(own: Side, other: Side) -> list[tuple[Any, ...]]:
    """Arguments as an attacker with the broker's address would send them."""
    a, b = str(own.person.brand.pk), str(other.person.brand.pk)
    mine, theirs = str(own.ids[Job]), str(other.ids[Job])
    nonsense = ["", None, 7, [], {"brand_id": b}, "x" * 10_000, "'; DROP TABLE jobs_job; --", "../../etc", "\x00"]
    pairs = [(a, theirs), (b, mine), (b, theirs), (a, mine), (str(uuid.uuid4()), theirs), (b, str(uuid.uuid4()))]
    return [(), *pairs, *((one,) for one in nonsense), *((b, one) for one in nonsense), (b, theirs, mine)]


def test_every_task_takes_ids_or_nothing() -> None:
    """A message that carried a text would leave it in the broker."""
    for name in TASKS:
        kinds = [one.annotation for one in inspect.signature(app.tasks[name].run).parameters.values()]
        assert all(kind in {str, int, bool, uuid.UUID} for kind in kinds), name
        assert app.tasks[name].ignore_result, name


@pytest.mark.parametrize("name", TASKS)
def test_forged_arguments_change_nothing(name: str, sides: tuple[Side, Side]) -> None:
    for arguments in forgeries(*sides):
        # A refusal is as good as doing nothing; a worker logs it and goes on.
        result = app.tasks[name].apply(args=arguments, throw=False)
        assert result.state in {"SUCCESS", "FAILURE"}
    unchanged(sides)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_brand_and_a_job_that_do_not_belong_together_do_nothing(kind: str, sides: tuple[Side, Side]) -> None:
    def work(_run: runner.JobRun) -> dict[str, Any]:
        raise AssertionError("took another brand's job")

    own, other = sides
    with other.person.scope():
        Job.objects.filter(pk=other.ids[Job]).update(state=JobState.QUEUED, kind=kind, attempt=0)
    other.before = checksum(other, other.before)
    for brand in (own.person.brand.pk, uuid.uuid4()):
        runner.run_job(brand, other.ids[Job], kind, work)
        assert services.job_claim(brand_id=brand, job_id=other.ids[Job], kinds={kind}) is None
    unchanged(sides)


def test_inside_a_brand_no_other_brands_job_can_be_run(sides: tuple[Side, Side]) -> None:
    own, other = sides
    with own.person.scope(), pytest.raises(OtherBrandError):
        runner.run_job(other.person.brand.pk, other.ids[Job], "dataset_import", lambda _run: {})
    unchanged(sides)


def test_what_a_job_names_must_be_its_brands(sides: tuple[Side, Side]) -> None:
    """A job of one's own whose parameters name another brand's things, in every place: it ends, and touches nothing."""
    own, other = sides
    broken: list[str] = []
    for kind, work in sorted(runner.WORK.items()):
        names = {name: str(value) for name, value in params_of(other).items()}
        with own.person.scope():
            job = services.job_start(kind=kind, params=names, subject_id=uuid.uuid4(), project_id=uuid.uuid4())
            Job.objects.filter(pk=job.pk).update(max_attempts=1)
        runner.run_job(own.person.brand.pk, job.pk, kind, work)
        with own.person.scope():
            job.refresh_from_db()
            if job.state == JobState.SUCCEEDED and "qzbravozq" in str(job.result):
                broken.append(kind)
    assert broken == []
    now = checksum(other, other.before)
    assert {name for name, value in now.items() if value != other.before[name]} == set()


def params_of(side: Side) -> dict[str, Any]:
    """Every name that a job's parameters could have → the side's thing of that name."""
    found: dict[str, Any] = {"wanted": 1, "mapping": {}}
    for model, key in side.ids.items():
        name = model.__name__.lower()
        found |= {name: key, f"{name}_id": key}
    shorter = {
        "import": "datasetimport",
        "version": "datasetversion",
        "dataset": "reviewdataset",
        "export": "brandexport",
    }
    return {**found, **{short: found[name] for short, name in shorter.items() if name in found}}


def test_a_real_worker_does_nothing_for_forged_and_doubled_messages(
    sides: tuple[Side, Side], django_db_blocker: DjangoDbBlocker
) -> None:
    own, other = sides
    kinds = [(), *forgeries(own, other)[1:7], ({"__type__": "x"},)]
    for name in [*TASKS, "reviews.dataset_import", "jobs.no_such_task"]:
        for arguments in kinds:
            for queue in ("cpu", "gpu"):
                app.send_task(name, args=arguments, queue=queue)
    with worker():
        wait_until_empty()
        time.sleep(1)
    assert Brand._base_manager.count() == 0  # outside any scope, still nothing to see
    unchanged(sides)


def wait_until_empty() -> None:
    deadline = time.monotonic() + 60
    with app.connection_for_read() as broker:
        client = broker.default_channel.client
        while any(client.llen(queue) for queue in ("cpu", "gpu")):
            assert time.monotonic() < deadline, "the worker doesn't take the messages"
            time.sleep(0.1)
