"""Everything of a brand as one archive: whole, masked unless asked otherwise, for owners, for a while."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Role
from accounts.services.keys import key_create
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.privacy.contents import COMPUTED, LEFT_OUT, parts
from ideation.privacy.models import BrandExport
from ideation.privacy.services import exports
from ideation.privacy.tables import brand_models
from ideation.privacy.tasks import exports_expire
from ideation.reviews.models import Review
from tests.api.world import contents
from tests.conftest import Person, person
from tests.workspace.story import MARK, Story, tell


@pytest.fixture
def story(alice: Person) -> Story:
    return tell(alice)


def ask(who: Person, **data: Any) -> Any:
    return who.client.post(f"/b/{who.brand.slug}/export/", data)


def made(alice: Person, **data: Any) -> BrandExport:
    assert ask(alice, **data).status_code == 302
    with alice.scope():
        job = Job.objects.filter(kind="brand_export").latest("created_at")
    run_job(alice.brand.pk, job.pk, "brand_export", exports.export_run)
    with alice.scope():
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED, job.reason_code
        return BrandExport.objects.latest("created_at")


def address(who: Person, export: BrandExport) -> str:
    return f"/b/{who.brand.slug}/files/export/{export.pk}/"


def archive(response: Any) -> zipfile.ZipFile:
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def lines(found: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.read(name).decode().splitlines()]


def test_an_archive_holds_everything_and_its_manifest_fits(alice: Person, story: Story) -> None:
    export = made(alice)
    response = alice.client.get(address(alice, export))
    assert response["Content-Disposition"].startswith("attachment;")
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "no-store")
    found = archive(response)
    manifest = json.loads(found.read("manifest.json"))
    assert set(found.namelist()) == {*manifest["files"], "README.md", "manifest.json"}
    for name, entry in manifest["files"].items():
        content = found.read(name)
        assert entry == {
            "rows": len(content.splitlines()), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()
        }  # fmt: skip
    assert {row["external_id"] for row in lines(found, "reviews.jsonl")} == {"S-1", "S-2", "S-3", "S-4"}
    needs = {row["id"]: row["statement"] for row in lines(found, "needs.jsonl")}
    assert all(row["need_id"] in needs and row["sentence"] for row in lines(found, "evidence.jsonl"))
    assert [row["email"] for row in lines(found, "members.jsonl")] == [alice.user.email]
    assert lines(found, "training-runs.jsonl")[0]["curve"]
    for name in ("concepts", "claims", "citations", "briefs", "models", "projects", "products", "imports", "audit"):
        assert f"{name}.jsonl" in manifest["files"], name
    assert b"reviews.jsonl" in found.read("README.md")


def test_texts_are_masked_unless_asked_otherwise(alice: Person, story: Story) -> None:
    masked = archive(alice.client.get(address(alice, made(alice)))).read("reviews.jsonl").decode()
    assert "[phone]" in masked
    assert "138-0013-8000" not in masked
    whole = lines(archive(alice.client.get(address(alice, made(alice, as_written="on")))), "reviews.jsonl")
    [written] = [row["as_written"] for row in whole if row["as_written"]]
    assert "138-0013-8000" in written["text"]


def test_no_secret_leaves(alice: Person, story: Story) -> None:
    found = archive(alice.client.get(address(alice, made(alice))))
    text = "".join(found.read(name).decode() for name in found.namelist())
    with alice.scope():
        salts = [str(salt) for salt in Review.objects.values_list("salt", flat=True)]
        salts.append(story.found.dataset.salt)
    for secret in (alice.brand.folder, alice.key.split("_", 2)[2], *salts):
        assert secret not in text


def test_every_table_of_a_brand_is_in_it() -> None:
    assert {part.model for part in parts(as_written=False)} >= set(brand_models()) - COMPUTED
    assert len({part.name for part in parts(as_written=False)}) == len(parts(as_written=False))
    for model, columns in LEFT_OUT.items():
        assert columns <= {field.attname for field in model._meta.concrete_fields}, model


def test_batches_lose_and_double_nothing(alice: Person, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "BATCH", 2)
    export = made(alice)
    found = lines(archive(alice.client.get(address(alice, export))), "reviews.jsonl")
    assert len({row["id"] for row in found}) == len(found) == 4
    assert export.rows["reviews.jsonl"] == 4
    assert alice.client.get(f"/b/{alice.brand.slug}/export/").status_code == 200


def test_only_one_is_made_at_a_time(alice: Person, story: Story) -> None:
    assert ask(alice).status_code == 302
    assert ask(alice).status_code == 400
    assert alice.client.get(f"/b/{alice.brand.slug}/export/").status_code == 200


def test_a_download_is_noted_and_an_old_archive_goes(alice: Person, story: Story) -> None:
    export = made(alice)
    path = Path(export.file.path)
    assert path.is_file()
    assert alice.brand.folder in str(path)
    assert archive(alice.client.get(address(alice, export))).namelist()
    with alice.scope():
        assert AuditEntry.objects.filter(action="export_downloaded", object_id=export.pk).count() == 1
        BrandExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert alice.client.get(address(alice, export)).status_code == 410
    exports_expire()
    assert not path.exists()
    with alice.scope():
        assert [one.file.name for one in BrandExport.objects.all()] == [""]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.VIEWER])
def test_members_other_than_owners_get_none(role: str, alice: Person, story: Story) -> None:
    member = person(f"{role}@a.example", brand=alice.brand, role=role)
    export = made(alice)
    before = contents(alice)
    assert ask(member).status_code == 403
    assert member.client.get(f"/b/{alice.brand.slug}/export/").status_code == 403
    assert member.client.get(address(alice, export)).status_code == 403
    assert contents(alice) == before


def test_outsiders_find_none(alice: Person, charlie: Person, story: Story) -> None:
    export = made(alice)
    before = contents(alice)
    assert charlie.client.get(address(alice, export)).status_code == 404
    assert charlie.client.get(address(charlie, export)).status_code == 404
    assert charlie.client.post(f"/b/{alice.brand.slug}/export/").status_code == 404
    assert charlie.api.get(f"/api/v1/exports/{export.pk}/").status_code == 404
    assert charlie.api.get(f"/api/v1/exports/{export.pk}/file/").status_code == 404
    assert contents(alice) == before


def test_an_archive_by_api(alice: Person, story: Story) -> None:
    with alice.scope():
        _key, admin = key_create(name="admin", scopes=["admin"], created_by=alice.user)
    api = Client(headers={"Authorization": f"Bearer {admin}"})
    assert alice.read_api.post("/api/v1/exports/", {}, content_type="application/json").status_code == 403
    response = api.post("/api/v1/exports/", {}, content_type="application/json")
    assert response.status_code == 202, response.content
    run_job(alice.brand.pk, response.json()["id"], "brand_export", exports.export_run)
    [shown] = api.get("/api/v1/exports/").json()["results"]
    assert (shown["is_ready"], shown["as_written"], shown["rows"]["reviews.jsonl"]) == (True, False, 4)
    assert alice.read_api.get(f"/api/v1/exports/{shown['id']}/").status_code == 403
    content = b"".join(api.get(f"/api/v1/exports/{shown['id']}/file/").streaming_content)  # type: ignore[arg-type]
    assert hashlib.sha256(content).hexdigest() == shown["file_sha256"]


def test_uploads_and_weights_leave_only_through_the_view(
    alice: Person, bob: Person, charlie: Person, story: Story, settings: Any
) -> None:
    upload = f"/b/{alice.brand.slug}/files/upload/{story.found.pk}/"
    weights = f"/b/{alice.brand.slug}/files/weights/{story.model.pk}/"
    folder = settings.WEIGHTS_FOLDER / story.model.folder
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    assert MARK.encode() in b"".join(alice.client.get(upload).streaming_content)
    assert b"".join(alice.client.get(weights).streaming_content) == b"weights"
    for address in (upload, weights):
        assert bob.client.get(address).status_code == 403
        assert charlie.client.get(address).status_code == 404
        assert charlie.client.get(address.replace(alice.brand.slug, charlie.brand.slug)).status_code == 404
        assert alice.client.post(address).status_code == 405
    assert alice.client.get(f"/b/{alice.brand.slug}/files/passwords/{story.found.pk}/").status_code == 404
    settings.SENDFILE = "/inside/"
    handed = alice.client.get(upload)
    assert handed["X-Accel-Redirect"] == f"/inside/files/{story.found.file.name}"
    assert handed.content == b""


def test_names_in_any_script_are_kept(alice: Person, story: Story) -> None:
    with alice.scope():
        type(story.found).objects.update(file_name="七月 评论\r\nX: y.csv")
    response = alice.client.get(f"/b/{alice.brand.slug}/files/upload/{story.found.pk}/")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E4%B8%83")
    assert "X: y" not in response
    assert b"".join(response.streaming_content)


def test_no_file_of_a_brand_lies_under_the_static_root() -> None:
    assert not Path(settings.STATIC_ROOT).is_relative_to(settings.VAR / "files")
    assert not (settings.VAR / "files").is_relative_to(settings.STATIC_ROOT)
    assert not settings.WEIGHTS_FOLDER.is_relative_to(settings.STATIC_ROOT)
