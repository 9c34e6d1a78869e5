"""What a customer said leaves no trace outside database and files: not in logs, queues, caches, error pages, URLs."""

import base64
import io
import json
import logging
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import lxml.html
import pytest
import redis
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from gunicorn.config import Config

from ideation.base.traces import QuietFormatter, QuotesNobodyError, quiet_trace
from ideation.base.weblog import QuietLogger
from ideation.celery import app
from ideation.embedded import programs
from ideation.jobs import services
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.reviews.models import Review
from tests.api.world import make_world
from tests.conftest import Person
from tests.wall import broken_urls
from tests.wall.routes import routes
from tests.wall.walker import ask
from tests.workers import worker

SAID = "zqwhispersq"
FILE = "review,stars,author\n" + "".join(
    f"The {SAID} kettle number {number} is far too loud in the morning,{number % 5 + 1},{SAID}{number}\n"
    for number in range(30)
)
BAD = f"broken {SAID} row,{SAID},x\n,{SAID},{SAID}\n"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that the product's own handler writes: the one of the settings, with its formatter."""
    [ours] = [one for one in logging.getLogger().handlers if isinstance(one.formatter, QuietFormatter)]
    into = io.StringIO()
    twin = logging.StreamHandler(into)
    twin.setFormatter(ours.formatter)
    logging.getLogger().addHandler(twin)
    yield into
    logging.getLogger().removeHandler(twin)


def in_valkey() -> Iterator[str]:
    """Everything in the broker's and the cache's database: keys, values, and the bodies of messages."""
    path = settings.CACHES["default"]["LOCATION"].split("//")[1].split("?")[0]
    reads = {b"string": "get", b"list": "lrange", b"hash": "hgetall", b"set": "smembers", b"zset": "zrange"}
    for database in range(16):
        with redis.Redis(unix_socket_path=path, db=database) as client:
            for key in client.scan_iter():
                kind = client.type(key)
                more = (0, -1) if kind in {b"list", b"zset"} else ()
                found = repr(getattr(client, reads[kind])(key, *more))
                yield f"{database} {key!r} {found}"
                for body in re.findall(r'"body": "([A-Za-z0-9+/=]+)"', found):
                    yield base64.b64decode(body).decode()


def no_trace(*texts: str) -> None:
    for text in [*texts, *in_valkey()]:
        assert SAID not in unquote(text), text[:3000]


def caplog_words(caplog: pytest.LogCaptureFixture) -> str:
    """What was logged, but for the exceptions, which pytest writes down in full and the product doesn't."""
    return "\n".join(record.getMessage() for record in caplog.records)


def until_ended(person: Person, job_id: str) -> Job:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with person.scope():
            job = Job.objects.get(pk=job_id)
        if not job.is_live:
            return job
        time.sleep(0.2)
    raise AssertionError(f"{job.kind} is {job.state} ({job.step})")


@pytest.mark.django_db(transaction=True)
def test_import_and_analysis_leave_no_trace(
    alice: Person, capfd: pytest.CaptureFixture[str], lines: io.StringIO, request: pytest.FixtureRequest
) -> None:
    """Through the API and a real worker, with rows that are refused too."""
    project = alice.api.post("/api/v1/projects/", {"name": "P"}, content_type="application/json").json()["id"]
    upload = SimpleUploadedFile("reviews.csv", (FILE + BAD).encode())
    sent = alice.api.post(f"/api/v1/projects/{project}/imports/", {"file": upload})
    started = alice.api.post(f"/api/v1/imports/{sent.json()['id']}/start/", {}, content_type="application/json")
    no_trace(str(started.headers))
    with worker(LOG_LEVEL="DEBUG"):
        job = until_ended(alice, started.json()["id"])
        assert job.state == JobState.SUCCEEDED, job.reason_code
        analysis = alice.api.post(f"/api/v1/projects/{project}/analyses/", {}, content_type="application/json")
        until_ended(alice, analysis.json()["id"])
    with alice.scope():
        assert Review.objects.filter(text__contains=SAID).count() >= 30
    captured = capfd.readouterr()
    postgres = request.config.servers.postgres.files.folder / "log"  # type: ignore[attr-defined]
    no_trace(captured.out, captured.err, lines.getvalue(), postgres.read_text(errors="replace"))


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_with_a_review_in_its_error_leaves_no_trace(
    alice: Person, lines: io.StringIO, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    world = make_world(alice, SAID)

    def raises(_run: Any) -> dict[str, Any]:
        raise ValueError(f"could not convert {world.reviews[0].text}")

    def breaks_a_rule(_run: Any) -> dict[str, Any]:
        with _run.scope(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO reviews_review SELECT * FROM reviews_review")
        return {}

    for work in (raises, breaks_a_rule):
        with alice.scope():
            Job.objects.update(state=JobState.FAILED)
            job = services.job_start(kind="dataset_import", params={})
        for _attempt in range(3):
            run_job(alice.brand.pk, job.pk, job.kind, work)
        with alice.scope():
            job.refresh_from_db()
        assert (job.state, job.reason_code) == (JobState.FAILED, "unexpected")
        no_trace(json.dumps(job.reason_params), json.dumps(job.result))
    assert work.__name__ in lines.getvalue()  # where it broke is still said
    assert "23505" in lines.getvalue()
    postgres = request.config.servers.postgres.files.folder / "log"  # type: ignore[attr-defined]
    no_trace(
        lines.getvalue(), *[record.getMessage() for record in caplog.records], postgres.read_text(errors="replace")
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.wall.broken_urls")
def test_pages_and_api_that_break_leave_no_trace(
    alice: Person, lines: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    make_world(alice, SAID)
    alice.client.raise_request_exception = False
    api = alice.api
    api.raise_request_exception = False
    paths = [f"/b/{alice.brand.slug}/x/{view.__name__}/" for view in broken_urls.BREAKING]
    for client, path in [*((alice.client, path) for path in paths), (api, "/api/v1/x/raises/")]:
        answer = ask(client, "GET", path)
        assert answer.status == 500, path
        no_trace(answer.whole)
    assert "RuntimeError" in lines.getvalue()
    assert "22P02" in lines.getvalue()
    missing = ask(alice.client, "GET", f"/b/{alice.brand.slug}/reviews/{alice.brand.pk}/?q={SAID}")
    assert missing.status == 404
    form = ask(alice.client, "POST", f"/b/{alice.brand.slug}/new/", {"name": "x" * 500, "language": SAID})
    assert form.status == 400
    no_trace(missing.whole, lines.getvalue(), caplog_words(caplog))


@pytest.mark.django_db
def test_no_address_in_any_page_or_header_quotes_a_review(alice: Person) -> None:
    world = make_world(alice, SAID)
    said = f"{SAID}: too loud"
    alice.client.raise_request_exception = False
    places: list[str] = []
    for route in routes():
        names = world.ids() | {"version_id": world.model.pk, "slug": alice.brand.slug}
        if set(route.uuids) - set(names) or set(route.others) - {"slug"} or not route.of_brand:
            continue
        answer = ask(alice.client, "GET", route.path(names))
        places += [answer.asked, *answer.headers.values()]
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.text.strip():
            page = lxml.html.fromstring(answer.text)
            places += [str(one) for one in page.xpath("//@href | //@src | //@action | //@hx-get | //@hx-post")]
    assert len(places) > 500
    assert [place for place in places if said in unquote(place).replace("+", " ")] == []


def test_messages_of_errors_are_left_out_and_their_way_is_said() -> None:
    try:
        try:
            int(SAID)
        except ValueError as error:
            raise KeyError(SAID) from error
    except KeyError as error:
        trace = quiet_trace(error)
    assert SAID not in trace.replace("int(SAID)", "").replace("KeyError(SAID)", "")
    assert "builtins.ValueError\nwhich led to:" in trace
    assert trace.endswith("builtins.KeyError")
    assert quiet_trace(QuotesNobodyError("in our own words")).endswith("in our own words")
    assert "[28] No space left on device" in quiet_trace(OSError(28, SAID))


def test_what_another_handler_has_written_is_not_taken_over() -> None:
    record = logging.LogRecord("celery.app.trace", logging.ERROR, "", 1, "%(name)s %(exc)s %(traceback)s", (), None)
    record.args = {"name": "jobs.wake", "exc": SAID, "traceback": SAID}
    record.exc_text = SAID
    error = RuntimeError(SAID)
    record.exc_info = (type(error), error, None)
    line = QuietFormatter("%(message)s").format(record)
    assert SAID not in line
    assert line.startswith("jobs.wake")


def test_results_are_kept_nowhere() -> None:
    assert app.conf.result_backend is None
    assert app.conf.task_ignore_result
    assert app.conf.accept_content == ["json"]


def test_gunicorn_logs_like_the_rest() -> None:
    """What breaks while an answer is being sent reaches the server, not Django."""
    logger = QuietLogger(Config())
    assert logger.error_log.handlers
    assert all(isinstance(one.formatter, QuietFormatter) for one in logger.error_log.handlers)
    assert "ideation.base.weblog.QuietLogger" in programs.web(8000, {}).argv
