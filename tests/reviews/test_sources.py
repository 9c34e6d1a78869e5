"""Sources: only what is new is fetched, when its time has come; keys are sealed and told to nobody else."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from accounts.models import AuditEntry
from accounts.sealed import unseal
from ideation.base.errors import UserError, sentence
from ideation.catalog.models import Project
from ideation.jobs.models import Job, JobState
from ideation.reviews.models import DatasetImport, ReviewDataset, ReviewSource, SourceKind
from ideation.reviews.services import buckets, sources
from ideation.reviews.services.buckets import Bucket
from mlcore.reviewfiles import recognise
from mlcore.reviewfiles.kept import kept_of
from tests.conftest import Person
from tests.reviews.test_fetch import done, site
from tests.reviews.test_uploads import CSV, bytes_used, files_of
from tests.reviews.webserver import Web, says, web

__all__ = ["site"]
# The S3 server of the tests leaves its own temporary files open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def dataset(alice: Person, project: Project) -> ReviewDataset:
    with alice.scope():
        return ReviewDataset.objects.create(project=project, name="Shop")


def saved(alice: Person, dataset: ReviewDataset, **values: Any) -> ReviewSource:
    with alice.scope():
        return sources.source_save(dataset=dataset, **{"name": "Export", "kind": SourceKind.URL, **values})


def fetch(alice: Person, source: ReviewSource) -> Job:
    """The source's job, done; the source as it is then."""
    with alice.scope():
        job = sources.source_fetch(source=source, created_by=alice.user)
    job = done(alice, job.pk)
    with alice.scope():
        source.refresh_from_db()
    return job


def imports(alice: Person) -> dict[str, bytes]:
    """What came in: name → content."""
    with alice.scope():
        return {one.file_name: Path(one.file.path).read_bytes() for one in DatasetImport.objects.all()}


def test_an_address_is_read_again_only_when_it_has_changed(alice: Person, dataset: ReviewDataset, site: Web) -> None:
    def answer(handler: Any) -> None:
        same = handler.headers.get("If-None-Match") == '"1"' and handler.headers.get("If-Modified-Since") == "Monday"
        says(b"" if same else CSV, 304 if same else 200, ETag='"1"', Last_Modified="Monday")(handler)

    site.answers["/r.csv"] = answer
    source = saved(alice, dataset, address=f"{site.url}/r.csv", authorization="Bearer secret")
    assert fetch(alice, source).result["files"] == 1
    assert (source.seen, source.last_code, source.last_params) == (
        {"etag": '"1"', "modified": "Monday"},
        "",
        {"files": 1},
    )
    assert fetch(alice, source).result["files"] == 0
    assert (source.last_params, imports(alice)) == ({"files": 0}, {"r.csv": CSV})
    assert [headers["Authorization"] for _path, headers in site.asked] == ["Bearer secret"] * 2
    site.answers["/r.csv"] = says(CSV + b"More,4\n", ETag='"2"')
    assert fetch(alice, source).result["files"] == 1
    assert source.seen == {"etag": '"2"', "modified": ""}
    with alice.scope():
        assert {one.source_id for one in DatasetImport.objects.all()} == {source.pk}
        assert not Job.objects.filter(kind="dataset_import").exists()


def test_where_a_person_has_said_how_it_is_read_it_is_imported(
    alice: Person, dataset: ReviewDataset, site: Web, tmp_path: Path
) -> None:
    site.answers["/r.csv"] = says(CSV)
    source = saved(alice, dataset, address=f"{site.url}/r.csv")
    with alice.scope():
        ReviewSource.objects.filter(pk=source.pk).update(layout=kept_as(tmp_path, CSV))
    fetch(alice, source)
    with alice.scope():
        job = Job.objects.get(kind="dataset_import")
        assert (job.subject_id, job.created_by) == (DatasetImport.objects.get().pk, alice.user)


def test_a_file_of_another_form_waits_for_a_look(
    alice: Person, dataset: ReviewDataset, site: Web, tmp_path: Path
) -> None:
    site.answers["/r.csv"] = says(CSV)
    source = saved(alice, dataset, address=f"{site.url}/r.csv")
    with alice.scope():
        ReviewSource.objects.filter(pk=source.pk).update(layout=kept_as(tmp_path, b"note,stars\nThe lid leaks,3\n"))
    assert fetch(alice, source).result["files"] == 1
    with alice.scope():
        assert not Job.objects.filter(kind="dataset_import").exists()


def kept_as(folder: Path, content: bytes) -> dict[str, Any]:
    """How a file is read, as its source keeps it."""
    path = folder / "r.csv"
    path.write_bytes(content)
    return kept_of(recognise(path))


def test_what_fails_is_said_and_tried_again(alice: Person, dataset: ReviewDataset, site: Web) -> None:
    source = saved(alice, dataset, address=f"{site.url}/r.csv")
    assert fetch(alice, source).state == JobState.FAILED
    assert source.last_at is not None
    assert "status 404" in sentence(source.last_code, source.last_params)
    site.answers["/r.csv"] = says(b"%PDF-1.7 a", ETag='"1"')
    assert fetch(alice, source).reason_code == "file_binary"
    assert (source.seen["etag"], files_of(alice), bytes_used(alice)) == ('"1"', [], 0)
    site.answers["/r.csv"] = says(CSV)
    assert fetch(alice, source).state == JobState.SUCCEEDED
    assert source.last_code == ""


def test_the_clock_starts_each_brands_due_sources_once(
    alice: Person, charlie: Person, dataset: ReviewDataset, project: Project
) -> None:
    early, late = (saved(alice, dataset, name=name, address="https://x.example/", every_hours=6) for name in "ab")
    asked = saved(alice, dataset, name="c", address="https://x.example/")
    with alice.scope():
        ReviewSource.objects.filter(pk=early.pk).update(next_at=timezone.now() - timedelta(days=3))
        ReviewSource.objects.filter(pk=late.pk).update(next_at=timezone.now() + timedelta(minutes=1))
    assert sources.sources_due() == 1
    assert sources.sources_due() == 0
    with alice.scope():
        job = Job.objects.get()
        early.refresh_from_db()
        assert (job.subject_id, job.project_id, job.created_by) == (early.pk, project.pk, None)
        assert early.next_at is not None
        assert timedelta(hours=5.9) < early.next_at - timezone.now() <= timedelta(hours=6)
        ReviewSource.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    # One is under way still: that is said, and doesn't hold up the others.
    assert sources.sources_due() == 3
    with alice.scope():
        early.refresh_from_db()
        asked.refresh_from_db()
        assert Job.objects.count() == 3
        assert (early.last_code, asked.next_at) == ("job_running", None)


def test_a_key_is_sealed_and_forgotten_with_its_server(alice: Person, dataset: ReviewDataset) -> None:
    source = saved(alice, dataset, address="https://a.example/r.csv", authorization="Bearer secret")
    assert "secret" not in source.secret
    assert unseal(source.secret) == "Bearer secret"
    words = {"source": source, "every_hours": None}
    assert unseal(saved(alice, dataset, **words, address="https://a.example/other.csv").secret) == "Bearer secret"
    assert saved(alice, dataset, **words, address="https://b.example/r.csv").secret == ""
    bucket = {"kind": SourceKind.BUCKET, "address": "https://s3.example/exports/shop/"}
    kept = saved(alice, dataset, **words, **bucket, access_key="id", secret_key="key")
    assert json.loads(unseal(kept.secret)) == {"access_key": "id", "secret": "key"}
    with pytest.raises(UserError, match="two parts"):
        saved(alice, dataset, **words, **bucket, access_key="id")
    assert saved(alice, dataset, **words, kind=SourceKind.UPLOAD).secret == ""
    with alice.scope():
        noted = str(list(AuditEntry.objects.values_list("before", "after")))
    assert "example" not in noted
    for wrong in ({"address": "http://a.example/"}, {"address": ""}, {**bucket, "address": "https://s3.example/"}):
        with pytest.raises(UserError):
            saved(alice, dataset, name="Other", **wrong)
    with pytest.raises(UserError, match="has this name"):
        saved(alice, dataset, address="https://a.example/")


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(moto: str, settings: Settings) -> Iterator[Any]:
    """An S3 of its own, as Amazon's own client writes to it."""
    settings.OUTGOING_NETWORKS, settings.OUTGOING_HTTP = ["127.0.0.0/8"], True
    requests.post(f"{moto}/moto-api/reset", timeout=10)
    client = boto3.client(
        "s3", endpoint_url=moto, region_name="us-east-1", aws_access_key_id="id", aws_secret_access_key="key"
    )
    client.create_bucket(Bucket="exports")
    yield client
    client.close()


def put(client: Any, key: str, content: bytes) -> None:
    client.put_object(Bucket="exports", Key=key, Body=content)


def test_a_buckets_new_files_each_become_an_import(
    alice: Person, dataset: ReviewDataset, bucket: Any, moto: str
) -> None:
    names = ["shop/一月 export+1.csv", "shop/2026/b&c.csv", "shop/d%20e.csv"]
    for number, name in enumerate(names):
        put(bucket, name, CSV + b"Number %d,3\n" % number)
    put(bucket, "other/x.csv", CSV)
    put(bucket, "shop/folder/", b"")
    address = f"{moto}/exports/shop/"
    source = saved(alice, dataset, kind=SourceKind.BUCKET, address=address, access_key="id", secret_key="key")
    assert fetch(alice, source).result["files"] == 3
    expected = {name.rpartition("/")[2]: CSV + b"Number %d,3\n" % number for number, name in enumerate(names)}
    assert imports(alice) == expected
    assert set(source.seen) == set(names)
    assert fetch(alice, source).result["files"] == 0
    put(bucket, names[0], CSV + b"Changed,3\n")
    put(bucket, "shop/new.csv", CSV + b"New,3\n")
    assert fetch(alice, source).result["files"] == 2
    with alice.scope():
        assert DatasetImport.objects.filter(source=source).count() == 5
    assert bytes_used(alice) == sum(path.stat().st_size for path in files_of(alice))


def test_one_file_that_is_none_keeps_no_other_out(
    alice: Person, dataset: ReviewDataset, bucket: Any, moto: str
) -> None:
    put(bucket, "a.csv", b"%PDF-1.7 a")
    put(bucket, "b.csv", CSV)
    source = saved(
        alice, dataset, kind=SourceKind.BUCKET, address=f"{moto}/exports/", access_key="id", secret_key="key"
    )
    job = fetch(alice, source)
    assert (job.state, job.result["files"], list(imports(alice))) == (JobState.SUCCEEDED, 1, ["b.csv"])
    assert source.last_code == "file_binary"
    assert fetch(alice, source).result["files"] == 0
    assert source.last_code == ""


def test_long_lists_come_in_pages_and_too_long_ones_are_refused(
    alice: Person, dataset: ReviewDataset, bucket: Any, moto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        put(bucket, f"p/{number:03}.csv", b"x")
    made = Bucket(server=moto, name="exports", prefix="p/", access_key="id", secret="key")
    monkeypatch.setattr(buckets, "PAGE", 10)
    assert [entry.key for entry in made.files()] == [f"p/{number:03}.csv" for number in range(25)]
    monkeypatch.setattr(buckets, "MOST", 20)
    with pytest.raises(UserError, match="narrower"):
        made.files()


def test_a_buckets_answers_are_not_trusted(alice: Person, dataset: ReviewDataset, site: Web) -> None:
    made = Bucket(server=site.url, name="exports", prefix="")
    with web() as inner:
        secret = f"file://{inner.url}"
        bomb = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret}">]><ListBucketResult><Contents><Key>&e;</Key></Contents>'
        answers = {
            b"<html>hello</html>": "bucket_unreadable",
            b"no xml": "bucket_unreadable",
            b"x" * 1_100_000: "fetch_unreachable",
        }
        for content, code in answers.items():
            site.answers["/exports/"] = says(content)
            with pytest.raises(UserError) as caught:
                made.files()
            assert caught.value.code == code
        site.answers["/exports/"] = says(bomb.encode() + b"</ListBucketResult>")
        assert [entry.key for entry in made.files()] == [""]
        assert inner.asked == []
    site.answers["/exports/"] = says(b"", 403)
    with pytest.raises(UserError, match="Check the key"):
        made.files()


def test_private_buckets_are_not_asked(alice: Person, dataset: ReviewDataset, settings: Settings) -> None:
    settings.OUTGOING_HTTP = True
    with web() as inner:
        source = saved(alice, dataset, kind=SourceKind.BUCKET, address=f"{inner.url}/exports/x/")
        assert fetch(alice, source).reason_code == "fetch_unreachable"
        assert inner.asked == []


def test_signed_as_amazons_own_client_signs(bucket: Any, moto: str) -> None:
    ours = Bucket(server="https://s3.eu-west-1.amazonaws.com", name="exports", prefix="", access_key="id", secret="key")
    signed = dict(pair.split("=", 1) for pair in urlsplit(ours.signed("a b/ü.csv")).query.split("&"))
    assert signed["X-Amz-Credential"].split("%2F")[2:4] == ["eu-west-1", "s3"]
    assert "a%20b/%C3%BC.csv?" in ours.signed("a b/ü.csv")
    made = Bucket(
        server="https://oss-cn-hangzhou.aliyuncs.com", name="exports", prefix="", access_key="id", secret="key"
    )
    assert made.signed("a").startswith("https://exports.oss-cn-hangzhou.aliyuncs.com/a?")
    assert Bucket(server=moto, name="exports", prefix="").signed("a") == f"{moto}/exports/a"


def form(**values: str) -> dict[str, str]:
    return {"name": "Export", "kind": "url", "address": "https://x.example/r.csv", "every_hours": "24", **values}


def test_on_the_pages(
    alice: Person, bob: Person, charlie: Person, project: Project, dataset: ReviewDataset, site: Web
) -> None:
    brand = f"/b/{alice.brand.slug}/"
    page, new = f"{brand}p/{project.pk}/sources/", f"{brand}p/{project.pk}/sources/new/"
    assert "No sources yet" in alice.client.get(page).content.decode()
    for client, status in ((bob.client, 403), (charlie.client, 404)):
        assert client.post(new, form(dataset=str(dataset.pk))).status_code == status
    assert (bob.client.get(page).status_code, charlie.client.get(page).status_code) == (200, 404)
    wrong = alice.client.post(new, form(dataset=str(dataset.pk), address="ftp://x.example/"))
    assert (wrong.status_code, "https://" in wrong.content.decode()) == (400, True)
    assert alice.client.post(new, form(dataset=str(uuid.uuid4()))).status_code == 400
    assert alice.client.post(new, form(dataset=str(dataset.pk), authorization="Bearer qq"))["Location"] == page
    with alice.scope():
        source = ReviewSource.objects.get()
    assert (source.every_hours, unseal(source.secret)) == (24, "Bearer qq")
    one = f"{brand}sources/{source.pk}/"
    for client in (alice.client, bob.client):
        shown = client.get(page).content.decode()
        assert "https://x.example/r.csv" in shown
        assert "qq" not in shown
    assert "Bearer qq" not in alice.client.get(one).content.decode()
    assert (bob.client.get(one).status_code, charlie.client.get(one).status_code) == (403, 404)
    changed = form(name="Other", address=f"{site.url}/r.csv", every_hours="")
    assert alice.client.post(one, changed)["Location"] == page
    site.answers["/r.csv"] = says(CSV)
    for action in ("fetch/", "remove/"):
        assert bob.client.post(one + action).status_code == 403
        assert charlie.client.post(one + action).status_code == 404
    begun = alice.client.post(f"{one}fetch/")
    done(alice, begun["Location"].split("/")[-2])
    assert "1 new file" in alice.client.get(page).content.decode()
    assert page in alice.client.get(begun["Location"]).content.decode()
    assert alice.client.post(f"{one}remove/")["Location"] == page
    with alice.scope():
        assert not ReviewSource.objects.exists()
        assert DatasetImport.objects.get().source_id is None


def test_by_the_api(alice: Person, project: Project, dataset: ReviewDataset) -> None:
    def post(where: str, **body: Any) -> Any:
        return alice.api.post(where, json.dumps(body), content_type="application/json")

    address = f"/api/v1/projects/{project.pk}/sources/"
    values = {"name": "Bucket", "kind": "bucket", "address": "https://s3.example/exports/", "every_hours": 6}
    made = post(address, **values, dataset=str(dataset.pk), access_key="id", secret_key="zzkeyzz")
    assert made.status_code == 201, made.content
    assert made.json()["has_secret"]
    assert "zzkeyzz" not in made.content.decode()
    one = f"/api/v1/sources/{made.json()['id']}/"
    changed = post(one, **{**values, "every_hours": None})
    assert (changed.json()["next_at"], changed.json()["has_secret"]) == (None, True)
    assert post(one, **{**values, "kind": "ftp"}).status_code == 400
    assert post(one, **{**values, "address": "nowhere"}).json()["code"] == "bucket_address"
    assert post(address, **values, dataset=str(uuid.uuid4())).status_code == 400
    assert post(address, **values, dataset=str(dataset.pk)).json()["code"] == "source_name_taken"
    assert [row["name"] for row in alice.api.get(address).json()["results"]] == ["Bucket"]
    begun = post(f"{one}fetch/")
    assert (begun.status_code, begun.json()["kind"]) == (202, "reviews_fetch")
    assert post(f"{one}fetch/").status_code == 409
    assert post(one, name="Bucket", kind="upload").json()["address"] == ""
    assert post(f"{one}fetch/").json()["code"] == "source_by_hand"
    assert post(f"{one}delete/").status_code == 204
    assert alice.api.get(one).status_code == 404
