"""Lists of reviews as files: whole, in the list's order, and no formula in any cell."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import AuditEntry
from ideation.catalog.models import Project
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.needs.exporting import review_export_run
from ideation.reviews import exporting, spreadsheets
from ideation.reviews.models import ReviewExport
from ideation.reviews.services.erase import reviews_erase
from ideation.reviews.services.exports import review_export_start, review_exports_expire
from tests.conftest import Person
from tests.reviews.browsing import reviews_of

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x", '=HYPERLINK("http://x")')


def export(person: Person, project: Project, form: str, query: str = "") -> ReviewExport:
    with person.scope():
        made, job = review_export_start(project=project, form=form, query=query, created_by=person.user)
    run_job(job.brand_id, job.pk, job.kind, review_export_run)
    with person.scope():
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED, job.reason_code
        made.refresh_from_db()
    return made


def read(made: ReviewExport) -> list[dict[str, Any]]:
    path = Path(made.file.path)
    if made.form == "csv":
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    if made.form == "parquet":
        return pl.read_parquet(path).to_dicts()
    head, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_file_holds_what_is_listed(form: str, project: Project, alice: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    with alice.scope():
        reviews_of(project, *[f"loud, “{n}”\n太吵" for n in range(5)], rating=1.0, verified=True, product_name="Mug")
        reviews_of(project, "quiet", rating=5.0)
    made = export(alice, project, form, "q=loud&rating=1")
    rows = read(made)
    assert [row["text"] for row in rows] == [f"loud, “{n}”\n太吵" for n in range(5)]
    assert (made.rows, made.left_out) == (5, 0)
    assert {str(row["product"]) for row in rows} == {"Mug"}
    assert {float(row["rating"]) for row in rows} == {1.0}
    assert str(rows[0]["date"])[:10] == "2026-03-28"
    assert made.file_bytes == Path(made.file.path).stat().st_size


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_is_a_formula(form: str, project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, *EVIL, title="=cmd|' /C calc'!A0", product_name="@x", source="-x", country="+x")
    made = export(alice, project, form)
    rows = read(made)
    assert len(rows) == len(EVIL)
    for row in rows:
        for name in ("text", "title", "product", "source", "country"):
            assert str(row[name]).startswith("'"), row
    if form == "xlsx":
        cells = openpyxl.load_workbook(Path(made.file.path)).active.iter_rows()
        assert all(cell.data_type != "f" for row in cells for cell in row)


def test_an_empty_list_is_a_file_with_a_header(project: Project, alice: Person) -> None:
    for form in ("csv", "xlsx", "parquet"):
        made = export(alice, project, form, "q=nothing")
        assert read(made) == []
        assert made.rows == 0
        assert made.file_bytes > 0


def test_a_sheet_that_is_full_says_how_many_had_no_room(project: Project, alice: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 2)
    with alice.scope():
        reviews_of(project, "a", "b", "c")
    made = export(alice, project, "xlsx")
    assert (made.rows, made.left_out) == (2, 1)
    shown = alice.client.get(f"/b/{alice.brand.slug}/p/{project.pk}/reviews/export/").content.decode()
    assert "1 had no room" in shown


def test_who_may_take_reviews_away(project: Project, alice: Person, bob: Person, charlie: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud")
    address = f"/b/{alice.brand.slug}/p/{project.pk}/reviews/export/"
    for other, status in ((bob, 403), (charlie, 404)):
        assert other.client.post(address, {"form": "csv", "query": ""}).status_code == status
    with alice.scope():
        assert not ReviewExport.objects.exists()
        assert not Job.objects.exists()
    assert alice.client.post(address, {"form": "exe", "query": ""}).status_code == 302
    with alice.scope():
        assert not Job.objects.exists()
    assert "/jobs/" in alice.client.post(address, {"form": "csv", "query": "rating=1&x=2"})["Location"]
    with alice.scope():
        assert ReviewExport.objects.get().query == "rating=1"


def test_a_file_is_handed_over_and_noted(project: Project, alice: Person, bob: Person, charlie: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud")
    made = export(alice, project, "csv")
    address = f"/b/{alice.brand.slug}/files/reviews/{made.pk}/"
    taken = alice.client.get(address)
    assert b"loud" in b"".join(taken.streaming_content)  # type: ignore[attr-defined]
    assert bob.client.get(address).status_code == 403
    assert charlie.client.get(address).status_code == 404
    api = f"/api/v1/review-exports/{made.pk}/"
    assert alice.api.get(api).json()["is_ready"] is True
    by_key = alice.api.get(f"{api}file/")
    assert b"loud" in b"".join(by_key.streaming_content)  # type: ignore[attr-defined]
    assert alice.read_api.get(f"{api}file/").status_code == 403
    assert charlie.api.get(f"{api}file/").status_code == 404
    with alice.scope():
        assert AuditEntry.objects.filter(action="reviews_downloaded").count() == 2


def test_files_go_when_their_days_are_over(project: Project, alice: Person, charlie: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud")
    made, kept = export(alice, project, "csv"), export(alice, project, "parquet")
    with alice.scope():
        ReviewExport.objects.filter(pk=made.pk).update(expires_at=timezone.now())
    assert review_exports_expire() == 1
    assert not Path(made.file.path).exists()
    assert Path(kept.file.path).exists()
    assert alice.client.get(f"/b/{alice.brand.slug}/files/reviews/{made.pk}/").status_code == 410


def test_files_go_when_a_review_is_erased(project: Project, alice: Person) -> None:
    with alice.scope():
        [review] = reviews_of(project, "loud")
    made = export(alice, project, "csv")
    with alice.scope():
        reviews_erase(reviews=[review.pk])
        assert ReviewExport.objects.get().file == ""
        assert not default_storage.exists(str(made.file))


def test_an_export_by_the_api(project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud")
    address = f"/api/v1/projects/{project.pk}/review-exports/"
    asked = {"form": "parquet", "query": "q=loud"}
    started = alice.api.post(address, asked, content_type="application/json")
    assert started.status_code == 202
    assert alice.read_api.post(address, asked, content_type="application/json").status_code == 403
    wrong = alice.api.post(address, {"form": "doc"}, content_type="application/json")
    assert wrong.status_code == 400
