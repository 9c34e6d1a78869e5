"""Files on their way in: they go on where they stopped, or leave nothing; who may send them; what they cost."""

import base64
import gc
import io
import json
import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.quotas import used_of
from accounts.tenancy import brand_scope
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.reviews.models import DatasetImport, ReviewDataset, ReviewSource, Upload
from ideation.reviews.services import uploads as services
from tests.conftest import Person
from tests.reviews.wire import RAW, TUS, Wire, page_headers

CSV = b"review,stars\n" + b"".join(b"The kettle number %d is loud,%d\n" % (n, 1 + n % 5) for n in range(400))
METADATA = "filename " + base64.b64encode("评论.csv".encode()).decode()
Send = Callable[..., Any]


def files_of(person: Person) -> list[Path]:
    """Every file in the brand's part of the storage."""
    folder = Path(default_storage.path(person.brand.folder))
    return [path for path in folder.rglob("*") if path.is_file()]


def bytes_used(person: Person) -> int:
    with person.scope():
        return used_of("storage_bytes")


def tus(client: Client, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
    """A request of the protocol."""
    kind = RAW["Content-Type"] if body or method == "PATCH" else "text/plain"
    sent = {**TUS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.generic(method, path, body, content_type=kind, headers=sent)


def begun(client: Client, path: str, size: int = len(CSV)) -> str:
    made = tus(client, "POST", path, Upload_Length=str(size), Upload_Metadata=METADATA)
    assert made.status_code == 201, made.content
    return str(made["Location"])


def page(person: Person, project: Project) -> str:
    return f"/b/{person.brand.slug}/p/{project.pk}/uploads/"


def api(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/uploads/"


def test_a_file_comes_in_by_pieces_and_becomes_an_import(alice: Person, project: Project) -> None:
    place = begun(alice.api, api(project))
    assert bytes_used(alice) == len(CSV)
    first = tus(alice.api, "PATCH", place, CSV[:1000], Upload_Offset="0")
    assert (first.status_code, first["Upload-Offset"]) == (204, "1000")
    far = tus(alice.api, "HEAD", place)
    assert (far.status_code, far["Upload-Offset"], far["Upload-Length"]) == (200, "1000", str(len(CSV)))
    assert far["Cache-Control"] == "no-store"
    assert alice.api.get(place).json()["dataset_import"] is None
    last = tus(alice.api, "PATCH", place, CSV[1000:], Upload_Offset="1000")
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(CSV)))
    made = alice.api.get(place).json()
    with alice.scope():
        found = DatasetImport.objects.get(pk=made["dataset_import"])
    assert (found.file_name, found.file_bytes) == ("评论.csv", len(CSV))
    assert Path(found.file.path).read_bytes() == CSV
    assert bytes_used(alice) == len(CSV)
    again = alice.api.post(place, "{}", content_type="application/json")
    assert again.json()["dataset_import"] == made["dataset_import"]
    assert tus(alice.api, "PATCH", place, b"x", Upload_Offset=str(len(CSV))).status_code == 410
    assert tus(alice.api, "DELETE", place).status_code == 410


def test_a_page_says_when_the_file_is_whole(alice: Person, project: Project) -> None:
    place = begun(alice.client, page(alice, project))
    assert tus(alice.client, "PATCH", place, CSV[:10], Upload_Offset="0").status_code == 204
    early = alice.client.post(place)
    assert early.status_code == 400
    assert f"10 of {len(CSV)} bytes" in early.content.decode()
    assert tus(alice.client, "PATCH", place, CSV[10:], Upload_Offset="10").status_code == 204
    with alice.scope():
        assert not DatasetImport.objects.exists()
    done = alice.client.post(place)
    with alice.scope():
        assert done["Location"] == f"/b/{alice.brand.slug}/imports/{DatasetImport.objects.get().pk}/"
    assert alice.client.post(place)["Location"] == done["Location"]


def test_what_the_protocol_asks(alice: Person, project: Project) -> None:
    for client, address in ((alice.api, api(project)), (alice.client, page(alice, project))):
        able = tus(client, "OPTIONS", address)
        assert (able.status_code, able["Tus-Version"], able["Tus-Max-Size"]) == (204, "1.0.0", str(2000 * 2**20))
        assert "termination" in able["Tus-Extension"]
        assert tus(client, "POST", address, Upload_Length="x").status_code == 400
        assert tus(client, "POST", address, Upload_Length="5", Upload_Metadata="filename &").status_code == 400
        assert tus(client, "POST", address, Upload_Length=str(2**40)).status_code == 413
        assert tus(client, "POST", address, Upload_Length="5", Tus_Resumable="0.2.0").status_code == 412
        place = begun(client, address)
        assert tus(client, "OPTIONS", place)["Tus-Version"] == "1.0.0"
        assert tus(client, "PATCH", place, b"12345").status_code == 400
        assert client.generic("PATCH", place, b"1", content_type="text/plain", headers=TUS).status_code == 415
        assert tus(client, "PATCH", place, b"1", Upload_Offset="0", Tus_Resumable="2").status_code == 412
        ahead = tus(client, "PATCH", place, b"12345", Upload_Offset="7")
        assert ahead.status_code == 409
        assert "0 bytes of this file are here" in ahead.content.decode()
        assert tus(client, "PATCH", place, CSV + b"!", Upload_Offset="0").status_code == 413
        piece = tus(client, "POST", place, b"12345", Upload_Offset="0", X_HTTP_Method_Override="PATCH")
        assert (piece.status_code, piece["Upload-Offset"]) == (204, "5")
        assert "GMT" in piece["Upload-Expires"]
        assert tus(client, "HEAD", place)["Upload-Offset"] == "5"
    assert tus(alice.client, "PUT", place).status_code == 405


def test_the_first_bytes_may_come_with_the_beginning(alice: Person, project: Project) -> None:
    for client, address in ((alice.api, api(project)), (alice.client, page(alice, project))):
        made = tus(client, "POST", address, CSV[:99], Upload_Length=str(len(CSV)), Upload_Metadata=METADATA)
        assert (made.status_code, made["Upload-Offset"]) == (201, "99")
        assert tus(client, "HEAD", made["Location"])["Upload-Offset"] == "99"


def test_it_goes_where_it_was_said(alice: Person, project: Project) -> None:
    with alice.scope():
        dataset = ReviewDataset.objects.create(project=project, name="Shop")
        source = ReviewSource.objects.create(dataset=dataset, name="Export")
    body = {"file_name": "r.csv", "size": len(CSV), "source": str(source.pk)}
    made = alice.api.post(api(project), json.dumps(body), content_type="application/json")
    assert (made.status_code, made.json()["dataset"]) == (201, str(dataset.pk))
    assert tus(alice.api, "PATCH", made["Location"], CSV, Upload_Offset="0").status_code == 204
    with alice.scope():
        found = DatasetImport.objects.get()
        assert (found.dataset_id, found.source_id) == (dataset.pk, source.pk)
    body["source"] = str(uuid.uuid4())
    assert alice.api.post(api(project), json.dumps(body), content_type="application/json").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_none_leaves_nothing(alice: Person, project: Project) -> None:
    place = begun(alice.api, api(project), 10)
    refused = tus(alice.api, "PATCH", place, b"%PDF-1.7 a", Upload_Offset="0")
    assert (refused.status_code, refused.json()["code"]) == (400, "file_binary")
    place = begun(alice.client, page(alice, project), 10)
    assert tus(alice.client, "PATCH", place, b"%PDF-1.7 a", Upload_Offset="0").status_code == 204
    assert "not a text file" in alice.client.post(place).content.decode()
    assert (files_of(alice), bytes_used(alice)) == ([], 0)
    with alice.scope():
        assert not Upload.objects.exists()
        assert not ReviewDataset.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_cancelling_leaves_nothing(alice: Person, project: Project) -> None:
    for client, address in ((alice.api, api(project)), (alice.client, page(alice, project))):
        place = begun(client, address)
        tus(client, "PATCH", place, CSV[:50], Upload_Offset="0")
        assert len(files_of(alice)) == 1
        assert tus(client, "DELETE", place).status_code == 204
        assert tus(client, "HEAD", place).status_code == 404
        assert tus(client, "PATCH", place, b"x", Upload_Offset="50").status_code == 404
        assert (files_of(alice), bytes_used(alice)) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_what_nobody_goes_on_with_is_removed(alice: Person, charlie: Person, project: Project) -> None:
    kept, left = begun(alice.api, api(project)), begun(alice.api, api(project))
    done = begun(alice.api, api(project))
    tus(alice.api, "PATCH", done, CSV, Upload_Offset="0")
    for place in (kept, left):
        tus(alice.api, "PATCH", place, CSV[:50], Upload_Offset="0")
    past = timezone.now() - timedelta(minutes=1)
    with alice.scope():
        Upload.objects.filter(pk__in=[place.split("/")[-2] for place in (left, done)]).update(expires_at=past)
    assert tus(alice.api, "PATCH", left, CSV[50:], Upload_Offset="50").status_code == 410
    assert services.uploads_expire() == 2
    assert tus(alice.api, "HEAD", left).status_code == 404
    assert tus(alice.api, "HEAD", kept)["Upload-Offset"] == "50"
    # The import stays, and stays paid for.
    assert (len(files_of(alice)), bytes_used(alice)) == (2, 2 * len(CSV))


def test_quota_and_limit_are_asked_before_a_byte_is_sent(alice: Person, project: Project, settings: Settings) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "storage_bytes": len(CSV) + 10}
    begun(alice.api, api(project))
    more = tus(alice.api, "POST", api(project), Upload_Length="11")
    assert (more.status_code, more.json()["code"]) == (429, "quota_reached")
    assert tus(alice.client, "POST", page(alice, project), Upload_Length="11").status_code == 429
    settings.UPLOAD_MEGABYTES = 1
    assert tus(alice.api, "POST", api(project), Upload_Length=str(3 * 2**20)).status_code == 413
    assert bytes_used(alice) == len(CSV)


def test_names_from_elsewhere_stay_in_their_folder(alice: Person, project: Project) -> None:
    for name in ("../../etc/passwd", "..", "", "a\x00b\u202e.csv", "/" * 50, "x" * 500):
        with alice.scope():
            made = services.upload_create(project=project, file_name=name, size=3)
        services.upload_append(brand_id=alice.brand.pk, upload_id=made.pk, offset=0, length=3, read=_body(b"abc"))
    assert {path.read_bytes() for path in files_of(alice)} == {b"abc"}
    assert len(files_of(alice)) == 6


def _body(content: bytes) -> services.Read:
    return io.BytesIO(content).read


def test_viewers_and_outsiders_send_nothing(alice: Person, bob: Person, charlie: Person, project: Project) -> None:
    place = begun(alice.client, page(alice, project))
    assert tus(bob.client, "POST", page(alice, project), Upload_Length="5").status_code == 403
    assert tus(charlie.client, "POST", page(alice, project), Upload_Length="5").status_code == 404
    assert tus(Client(), "PATCH", place, b"x", Upload_Offset="0").status_code == 302
    own = place.replace(alice.brand.slug, charlie.brand.slug)
    api_place = f"/api/v1{place.removeprefix(f'/b/{alice.brand.slug}')}"
    for method in ("HEAD", "PATCH", "DELETE", "POST", "OPTIONS"):
        assert tus(bob.client, method, place, Upload_Offset="0").status_code == 403
        assert tus(charlie.client, method, place, Upload_Offset="0").status_code == 404
        assert tus(charlie.client, method, own, Upload_Offset="0").status_code == 404
        assert tus(charlie.api, method, api_place, Upload_Offset="0").status_code == 404
        if method not in ("HEAD", "OPTIONS"):
            assert tus(bob.read_api, method, api_place, b"x", Upload_Offset="0").status_code == 403
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = alice.client.cookies
    for method in ("PATCH", "DELETE", "POST"):
        assert tus(forger, method, place, b"x", Upload_Offset="0").status_code == 403
    with alice.scope():
        assert Upload.objects.get().received == 0
    assert files_of(alice) == []


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_body_comes_in(alice: Person, project: Project) -> None:
    """It would hold, for hours, what the request has written before: a key's last use."""
    with alice.scope():
        made = services.upload_create(project=project, file_name="r.csv", size=6)
    seen = []

    def slow(most: int) -> bytes:
        seen.append(connection.in_atomic_block)
        return b"abc" if len(seen) < 3 else b""

    services.upload_append(brand_id=alice.brand.pk, upload_id=made.pk, offset=0, length=6, read=slow)
    assert seen == [False, False]


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_one_file_and_one_cancelled_under_way(alice: Person, project: Project) -> None:
    with alice.scope():
        made = services.upload_create(project=project, file_name="r.csv", size=6)
    words = {"brand_id": alice.brand.pk, "upload_id": made.pk}
    held, go = threading.Event(), threading.Event()
    ends: list[str] = []

    def hold(_most: int) -> bytes:
        held.set()
        go.wait(10)
        return b""

    def send() -> None:
        try:
            services.upload_append(**words, offset=0, length=6, read=hold)
        except UserError as error:
            ends.append(error.code)
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    held.wait(10)
    with pytest.raises(UserError, match="Another request"):
        services.upload_append(**words, offset=0, length=6, read=_body(b"abcdef"))
    with alice.scope():
        services.upload_cancel(upload=made)
    go.set()
    thread.join(10)
    assert ends == ["upload_gone"]
    assert (files_of(alice), bytes_used(alice)) == ([], 0)


@pytest.fixture(scope="session")
def live_server(django_db_setup: None) -> Iterator[LiveServer]:
    """The product on a port of its own, once its static files are collected."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


def test_cut_off_at_random_bytes_it_goes_on_or_leaves_nothing(
    alice: Person, project: Project, live_server: LiveServer
) -> None:
    """Fifty files, each cut off somewhere in its requests, once to three times, politely or not."""
    chance = random.Random(4)
    wire = Wire(live_server.url, page_headers(alice))
    kept, halfway = {}, 0
    for number in range(50):
        content = chance.randbytes(chance.randint(1, 400_000))
        made = wire.ask("POST", page(alice, project), headers={**TUS, "Upload-Length": str(len(content))})
        place = str(made.getheader("Location"))
        for _time in range(chance.randint(1, 3)):
            offset = far(wire, place)
            headers = {**RAW, "Upload-Offset": str(offset)}
            at = chance.randint(1, len(content) - offset + 400)
            wire.cut("PATCH", place, content[offset:], headers, at, hard=chance.random() < 0.5)
        halfway += far(wire, place) > 0
        if number % 5 == 4:
            assert settled(lambda place=place: wire.ask("DELETE", place, headers=TUS).status == 204)
        else:
            sent_whole(wire, place, content)
            kept[place.split("/")[-2]] = content
    assert len(kept) == 40
    assert halfway > 10  # of the others nothing had come in yet when they went on
    with alice.scope():
        there = {str(one.pk): Path(default_storage.path(one.file)).read_bytes() for one in Upload.objects.all()}
    assert there == kept
    assert settled(lambda: len(files_of(alice)) == len(kept))
    assert bytes_used(alice) == sum(map(len, kept.values()))


def far(wire: Wire, place: str) -> int:
    return int(wire.ask("HEAD", place, headers=TUS).getheader("Upload-Offset") or 0)


def sent_whole(wire: Wire, place: str, content: bytes) -> None:
    """Goes on as a client does: asks how far it is, sends the rest, and again where another request still ends."""

    def send() -> bool:
        offset = far(wire, place)
        answer = wire.ask("PATCH", place, content[offset:], {**RAW, "Upload-Offset": str(offset)})
        assert answer.status in {204, 409, 423}, answer.text  # type: ignore[attr-defined]
        return answer.status == 204

    assert settled(send)


def settled(happened: Callable[[], bool]) -> bool:
    """Whether it happens within a while: the server notices a cut only when it reads on."""
    for _try in range(100):
        if happened():
            return True
        time.sleep(0.05)
    return False


def multipart(fields: dict[str, str], content: bytes) -> tuple[bytes, dict[str, str]]:
    """A form's body, fields first, and its headers."""
    parts = [
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    file = b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = b"".join(parts) + file + content + b"\r\n--xyz--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=xyz"}


def form_of(alice: Person, project: Project, **body: Any) -> dict[str, Any]:
    address = f"/api/v1/projects/{project.pk}/upload-forms/"
    made = alice.api.post(address, json.dumps({"most_bytes": 1_000_000, **body}), content_type="application/json")
    assert made.status_code == 201, made.content
    found: dict[str, Any] = made.json()
    return found


FORM = "/form-uploads/"


def test_a_form_takes_one_file_without_a_key(alice: Person, project: Project) -> None:
    form = form_of(alice, project)
    assert form["url"].endswith(FORM)
    assert bytes_used(alice) == 1_000_000
    sent = {**form["fields"], "file": SimpleUploadedFile("../口碑.csv", CSV)}
    stranger = Client(enforce_csrf_checks=True)
    done = stranger.post(FORM, sent)
    assert done.status_code == 201, done.content
    with alice.scope():
        found = DatasetImport.objects.get(pk=done.json()["dataset_import"])
        assert (found.file_name, found.dataset.project_id) == ("口碑.csv", project.pk)
    assert Path(found.file.path).read_bytes() == CSV
    assert bytes_used(alice) == len(CSV)
    again = stranger.post(FORM, {**form["fields"], "file": SimpleUploadedFile("r.csv", CSV)})
    assert (again.status_code, again.json()["code"]) == (403, "form_unknown")
    assert len(files_of(alice)) == 1


@pytest.mark.django_db(transaction=True)
def test_forms_that_are_refused_leave_nothing(alice: Person, project: Project) -> None:
    form = form_of(alice, project, most_bytes=100)
    token = form["fields"]["token"]

    def send(token: str, content: bytes = CSV) -> tuple[int, str]:
        answer = Client().post(FORM, {"token": token, "file": SimpleUploadedFile("r.csv", content)})
        return answer.status_code, answer.json()["code"]

    assert send(token[:-1] + ("A" if token[-1] != "A" else "B")) == (403, "form_unknown")
    assert send("") == (403, "form_unknown")
    assert send(token) == (413, "form_too_large")
    body, headers = multipart({}, CSV)
    late = body.replace(b"--xyz--\r\n", b"") + multipart({"token": token}, b"")[0]
    assert Client().generic("POST", FORM, late, content_type=headers["Content-Type"]).status_code == 403
    assert Client().post(FORM, {"token": token}).json()["code"] == "form_without_file"
    assert Client().post(FORM, "{}", content_type="application/json").status_code == 403
    assert (files_of(alice), bytes_used(alice)) == ([], 100)
    # Refused for what it is, it is over; the quota is given back.
    assert send(token, b"%PDF-1.7 a") == (400, "file_binary")
    assert send(token, b"review\nfine\n") == (403, "form_unknown")
    assert (files_of(alice), bytes_used(alice)) == ([], 0)


def test_a_form_expires_and_stays_in_its_limits(alice: Person, project: Project, settings: Settings) -> None:
    form = form_of(alice, project)
    with alice.scope():
        Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    sent = {**form["fields"], "file": SimpleUploadedFile("r.csv", CSV)}
    assert Client().post(FORM, sent).status_code == 403
    services.uploads_expire()
    assert bytes_used(alice) == 0
    settings.UPLOAD_MEGABYTES = 1
    address = f"/api/v1/projects/{project.pk}/upload-forms/"
    for wrong in ({"most_bytes": 0}, {"most_bytes": 2**40}, {"most_bytes": 5, "seconds": 10**6}):
        answer = alice.api.post(address, json.dumps(wrong), content_type="application/json")
        assert answer.status_code in {400, 413}
    assert bytes_used(alice) == 0


# Django leaves the temporary file of a form that was cut off to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_forms_and_whole_uploads_cut_off_leave_nothing(
    alice: Person, project: Project, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest keeps what is logged, and with it the requests and their temporary files.
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    chance = random.Random(5)
    form = form_of(alice, project)
    wire = Wire(live_server.url, {})
    key = Wire(live_server.url, {"Authorization": f"Bearer {alice.key}"})
    body, headers = multipart(form["fields"], CSV * 20)
    whole, whole_headers = multipart({}, CSV * 20)
    for number in range(50):
        hard = chance.random() < 0.5
        if number % 2:
            wire.cut("POST", FORM, body, headers, chance.randint(1, len(body)), hard=hard)
        else:
            address = f"/api/v1/projects/{project.pk}/imports/"
            key.cut("POST", address, whole, whole_headers, chance.randint(1, len(whole)), hard=hard)
    assert settled(lambda: wire.ask("POST", FORM, body, headers).status == 201)
    with alice.scope():
        found = DatasetImport.objects.get()
    assert files_of(alice) == [Path(found.file.path)]
    assert Path(found.file.path).read_bytes() == CSV * 20
    assert bytes_used(alice) == len(CSV * 20)
    gc.collect()
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


def test_the_scope_of_a_raw_body_is_still_a_wall(alice: Person, charlie: Person, project: Project) -> None:
    """A raw body sent to any other address is inside the brand's transaction as ever."""
    answer = tus(alice.api, "POST", "/api/v1/projects/", b"{}")
    assert answer.status_code == 415
    with brand_scope(charlie.brand.pk):
        assert not Upload.objects.exists()
