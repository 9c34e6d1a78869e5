"""Files that are fetched from an address: they come in whole or not at all, and from nowhere that is private."""

import json
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import Settings

from accounts import outgoing
from accounts.outgoing import OutgoingError, TooLargeError, TooSlowError, download, pieces
from ideation.catalog.models import Project
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.jobs.services import job_cancel
from ideation.reviews.models import DatasetImport, ReviewDataset
from ideation.reviews.services.fetch import fetch_run
from tests.conftest import Person
from tests.reviews.test_uploads import CSV, bytes_used, files_of
from tests.reviews.webserver import Web, says, web


@pytest.fixture
def site(settings: Settings) -> Iterator[Web]:
    settings.OUTGOING_NETWORKS, settings.OUTGOING_HTTP = ["127.0.0.0/8"], True
    with web() as made:
        yield made


def fetched(alice: Person, project: Project, address: str, **more: str) -> Job:
    """The job of a fetch by the API, once it has been done."""
    body = json.dumps({"address": address, **more})
    answer = alice.api.post(f"/api/v1/projects/{project.pk}/fetches/", body, content_type="application/json")
    assert answer.status_code == 202, answer.content
    return done(alice, answer.json()["id"])


def done(alice: Person, job_id: Any) -> Job:
    run_job(alice.brand.pk, uuid.UUID(str(job_id)), "reviews_fetch", fetch_run)
    with alice.scope():
        return Job.objects.get(pk=job_id)


def test_a_file_comes_in_and_waits_for_a_look(alice: Person, project: Project, site: Web) -> None:
    site.answers["/exports/r.csv"] = says(CSV)
    job = fetched(alice, project, f"{site.url}/exports/r.csv?key=secret")
    assert (job.state, job.result["files"]) == (JobState.SUCCEEDED, 1)
    with alice.scope():
        found = DatasetImport.objects.get(pk=job.result["import"])
        assert Job.objects.count() == 1
    assert (found.file_name, found.file_bytes) == ("r.csv", len(CSV))
    assert Path(found.file.path).read_bytes() == CSV
    assert bytes_used(alice) == len(CSV)


def test_its_name_is_as_its_server_says(alice: Person, project: Project, site: Web) -> None:
    with alice.scope():
        dataset = ReviewDataset.objects.create(project=project, name="Shop")
    said = f"attachment; filename*=UTF-8''{quote('../评论.csv')}"
    site.answers["/download"] = says(CSV, Content_Disposition=said)
    job = fetched(alice, project, f"{site.url}/download", dataset=str(dataset.pk))
    with alice.scope():
        found = DatasetImport.objects.get(pk=job.result["import"])
    assert (found.file_name, found.dataset_id) == ("评论.csv", dataset.pk)


def failed(alice: Person, project: Project, address: str) -> str:
    """The reason why fetching failed; nothing is left of it."""
    job = fetched(alice, project, address)
    assert job.state == JobState.FAILED
    assert (files_of(alice), bytes_used(alice)) == ([], 0)
    with alice.scope():
        assert not DatasetImport.objects.exists()
        assert not ReviewDataset.objects.exists()
    return str(job.reason_code)


def test_what_fails_says_why_and_leaves_nothing(
    alice: Person, project: Project, site: Web, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(CSV[:100])

    site.answers = {
        "/closed": says(b"", 403),
        "/pdf": says(b"%PDF-1.7 a"),
        "/large": says(b"x" * (2**20 + 1)),
        "/cut": cut,
    }
    assert failed(alice, project, f"{site.url}/gone") == "fetch_status"
    assert failed(alice, project, f"{site.url}/closed") == "fetch_refused"
    assert failed(alice, project, f"{site.url}/pdf") == "file_binary"
    assert failed(alice, project, f"{site.url}/cut") == "fetch_unreachable"
    assert failed(alice, project, "http://127.0.0.1:9/") == "fetch_unreachable"
    settings.QUOTAS = {**settings.QUOTAS, "storage_bytes": 2**20}
    assert failed(alice, project, f"{site.url}/large") == "fetch_too_large"
    monkeypatch.setattr(outgoing, "FILE_SECONDS", 0.5)
    site.answers["/drip"] = drip
    assert failed(alice, project, f"{site.url}/drip") == "fetch_slow"


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def test_a_cancelled_fetch_leaves_nothing(
    alice: Person, project: Project, site: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = outgoing.pieces

    def slowly(*args: Any, **kwargs: Any) -> Any:
        for piece in original(*args, **kwargs):
            with alice.scope():
                job_cancel(job=Job.objects.get())
            yield piece

    monkeypatch.setattr(outgoing, "pieces", slowly)
    site.answers["/r.csv"] = says(CSV)
    job = fetched(alice, project, f"{site.url}/r.csv")
    assert job.state == JobState.CANCELLED
    assert (files_of(alice), bytes_used(alice)) == ([], 0)


def test_private_addresses_are_never_asked(alice: Person, project: Project, settings: Settings) -> None:
    settings.OUTGOING_HTTP = True
    with web() as inner:
        inner.answers["/r.csv"] = says(CSV)
        assert failed(alice, project, f"{inner.url}/r.csv") == "fetch_unreachable"
        assert inner.asked == []
    settings.OUTGOING_HTTP = False
    body = json.dumps({"address": "http://exports.example.com/r.csv"})
    answer = alice.api.post(f"/api/v1/projects/{project.pk}/fetches/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "address_not_https")


@pytest.mark.parametrize(
    "onward", ["http://10.0.0.1/secret", "http://169.254.169.254/latest/", "ftp://x/", "file:///etc"]
)
def test_a_redirect_to_a_private_address_is_not_followed(
    alice: Person, project: Project, site: Web, onward: str
) -> None:
    site.answers["/r.csv"] = says(b"", 302, Location=onward)
    assert failed(alice, project, f"{site.url}/r.csv") == "fetch_unreachable"


def test_redirects_are_followed_three_times_and_tell_no_secret(site: Web) -> None:
    with web() as other:
        for number in range(4):
            site.answers[f"/{number}"] = says(b"", 302, Location=f"/{number + 1}")
        site.answers["/4"] = site.answers["/away"] = says(b"", 307, Location=f"{other.url}/r.csv")
        other.answers["/r.csv"] = says(CSV)
        with pytest.raises(OutgoingError, match="too often"), download(f"{site.url}/0"):
            pass
        with download(f"{site.url}/3", headers={"Authorization": "Bearer x"}) as response:
            assert b"".join(pieces(response, most_bytes=len(CSV))) == CSV
        assert [headers.get("Authorization") for _path, headers in site.asked[-2:]] == ["Bearer x"] * 2
        assert "Authorization" not in other.asked[-1][1]
        with pytest.raises(TooLargeError), download(f"{site.url}/away") as response:
            list(pieces(response, most_bytes=len(CSV) - 1))


def test_a_length_that_is_a_lie_and_one_that_never_ends(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65_536)

    site.answers = {"/endless": endless, "/drip": drip}
    with pytest.raises(TooLargeError), download(f"{site.url}/endless") as response:
        list(pieces(response, most_bytes=10**6))
    monkeypatch.setattr(outgoing, "FILE_SECONDS", 0.5)
    started = time.monotonic()
    with pytest.raises(TooSlowError), download(f"{site.url}/drip") as response:
        list(pieces(response, most_bytes=10**6))
    assert time.monotonic() - started < 4


def test_on_the_page(alice: Person, bob: Person, charlie: Person, project: Project, site: Web) -> None:
    address = f"/b/{alice.brand.slug}/p/{project.pk}/fetch/"
    wrong = alice.client.post(address, {"address": "ftp://x"})
    assert wrong.status_code == 400
    assert "https://" in wrong.content.decode()
    assert alice.client.post(address, {"address": ""}).status_code == 400
    assert bob.client.post(address, {"address": f"{site.url}/r.csv"}).status_code == 403
    assert charlie.client.post(address, {"address": f"{site.url}/r.csv"}).status_code == 404
    with alice.scope():
        assert not Job.objects.exists()
    site.answers["/r.csv"] = says(CSV)
    begun = alice.client.post(address, {"address": f"{site.url}/r.csv"})
    job = done(alice, begun["Location"].split("/")[-2])
    assert job.created_by == alice.user
    page = alice.client.get(begun["Location"]).content.decode()
    assert f"/imports/{job.result['import']}/" in page
