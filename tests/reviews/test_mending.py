"""Rejected rows go out in the form they came in, to who may see them, and come back mended; bad files never break."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from ideation.catalog.models import Project
from ideation.jobs.models import Job
from ideation.jobs.runner import run_job
from ideation.reviews.models import DatasetImport, RejectedRow, Review, ReviewSource
from ideation.reviews.services import import_prepare, import_run, import_start
from ideation.reviews.services.layouts import layout_change, layout_confirm
from tests.conftest import Person
from tests.mlcore.malformed import cases
from tests.mlcore.tables import content, xls

pytestmark = pytest.mark.django_db

CSV = 'who,review,score,date\nAnn,"The lid, it leaks",8,03/04/25\n"Bo ""B""","",4,05/04/25\nCy,Fine,99,06/04/25\n'


def imported(person: Person, found: DatasetImport) -> DatasetImport:
    with person.scope():
        job = import_start(dataset_import=found, mapping=found.layout["mapping"])
        run_job(job.brand_id, job.pk, job.kind, import_run)
        found.refresh_from_db()
        job.refresh_from_db()
    assert found.finished_at, job.reason_code
    return found


def taken(person: Person, project: Project, data: bytes, name: str = "shop.csv", **changes: Any) -> DatasetImport:
    with person.scope():
        found = import_prepare(project=project, file=ContentFile(data), file_name=name)
        return layout_change(dataset_import=found, changes=changes) if changes else found


def out(person: Person, found: DatasetImport) -> bytes:
    answer: Any = person.client.get(f"/b/{person.brand.slug}/imports/{found.pk}/rejected/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def back(person: Person, found: DatasetImport, data: bytes, name: str) -> DatasetImport:
    file = SimpleUploadedFile(name, data)
    answer = person.client.post(f"/b/{person.brand.slug}/imports/{found.pk}/mended/", {"file": file})
    assert answer.status_code == 302
    with person.scope():
        return DatasetImport.objects.select_related("dataset__project").get(pk=answer["Location"].split("/")[-2])


def test_rejected_rows_go_out_as_they_stood_and_come_back_mended(alice: Person, project: Project) -> None:
    found = taken(alice, project, CSV.encode(), rating_scale=(1.0, 10.0), date_format="dmy")
    with alice.scope():
        layout_confirm(dataset_import=found, changes={}, source="Shop")
    found = imported(alice, found)
    assert (found.rows_read, found.imported, found.rejected) == (3, 1, 2)
    whole = out(alice, found).decode()
    lines = CSV.splitlines()
    assert whole == "\ufeff" + "\n".join((lines[0], *lines[2:])) + "\n"
    mended = whole.replace('"",4', '"It is fine, really",4').replace("99", "9")
    again = back(alice, found, mended.encode(), "shop-rejected.csv")
    assert (again.dataset_id, again.source_id) == (found.dataset_id, found.source_id)
    assert (again.layout["rating_scale"], again.layout["date_format"]) == ([1.0, 10.0], "dmy")
    assert imported(alice, again).imported == 2
    with alice.scope():
        dates = {review.text: str(review.date) for review in Review.objects.all()}
    assert dates["It is fine, really"] == "2025-04-05"
    once_more = imported(alice, back(alice, found, mended.encode(), "shop-rejected.csv"))
    assert (once_more.imported, once_more.duplicates) == (0, 2)


TABLE = [["review", "stars", "date"], ["the lid leaks", "2", "2025-04-03"], ["", "4", "2025-04-04"]]


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "json", "parquet", "xlsx", "ods", "xls"])
def test_every_form_comes_back(form: str, alice: Person, project: Project) -> None:
    found = imported(alice, taken(alice, project, content(TABLE, form), f"r.{form}"))
    assert (found.imported, found.rejected) == (1, 1)
    whole = out(alice, found).decode("utf-8-sig")
    mended = whole.replace('""', '"mended, now"', 1) if '""' in whole else whole.replace("\n,", '\n"mended, now",', 1)
    again = back(alice, found, mended.encode(), f"m.{form if form in {'json', 'jsonl', 'tsv'} else 'csv'}")
    assert imported(alice, again).imported == 1
    with alice.scope():
        assert Review.objects.get(text="mended, now").rating == 4


def test_without_a_header_the_columns_stay_what_they_were(alice: Person, project: Project) -> None:
    rows = b"the lid leaks a lot^2^2025-04-03\nkeeps it warm for hours^x^2025-04-04\n"
    found = taken(alice, project, rows, delimiter="^", header_row=-1)
    with alice.scope():
        layout_change(dataset_import=found, changes={"mapping": {"text": 0, "rating": 1, "date": 2}})
    found = imported(alice, found)
    assert (found.imported, found.rejected) == (1, 1)
    again = back(alice, found, out(alice, found).replace(b"^x^", b"^5^"), "m.csv")
    assert again.layout["mapping"] == {"text": 0, "rating": 1, "date": 2}
    assert imported(alice, again).imported == 1


def test_a_workbook_saved_of_the_mended_rows_is_taken_too(alice: Person, project: Project) -> None:
    found = imported(alice, taken(alice, project, content(TABLE, "csv")))
    again = back(alice, found, xls([TABLE[0], ["mended", "4", "2025-04-04"]]), "m.xls")
    assert imported(alice, again).imported == 1


def test_only_who_may_see_personal_data_gets_rows_as_they_were_written(
    alice: Person, bob: Person, charlie: Person, project: Project
) -> None:
    data = b"who,review,stars\nAnn Lee,call 13812345678 for me,2\nBo,ring 13812345678,x\n"
    found = imported(alice, taken(alice, project, data))
    address = f"/b/{alice.brand.slug}/imports/{found.pk}/rejected/"
    assert bob.client.get(address).status_code == 403
    assert charlie.client.get(address).status_code == 404
    with alice.scope():
        assert not AuditEntry.objects.filter(action="rejected_downloaded").exists()
    assert b"13812345678" in out(alice, found)
    with alice.scope():
        entry = AuditEntry.objects.get(action="rejected_downloaded")
        assert entry.object_id == found.pk
    listed: Any = bob.client.get(f"/b/{alice.brand.slug}/imports/{found.pk}/rejected.csv")
    assert b"13812345678" not in (masked := b"".join(listed.streaming_content))
    assert b"no rating" in masked
    # No key may see personal data: it gets the list.
    file: Any = alice.api.get(f"/api/v1/imports/{found.pk}/rejected-file/")
    assert b"".join(file.streaming_content) == masked
    assert charlie.api.get(f"/api/v1/imports/{found.pk}/rejected-file/").status_code == 404
    page = bob.client.get(f"/b/{alice.brand.slug}/imports/{found.pk}/").content.decode()
    assert "/rejected/" not in page
    assert "Upload the mended rows" not in page


def test_rows_that_are_kept_no_longer_say_so(alice: Person, project: Project) -> None:
    found = imported(alice, taken(alice, project, CSV.encode()))
    with alice.scope():
        RejectedRow.objects.update(cells=[], raw="", value="")
    answer = alice.client.get(f"/b/{alice.brand.slug}/imports/{found.pk}/rejected/")
    assert answer.status_code == 410
    assert "no longer kept" in answer.content.decode()


def test_mended_rows_are_taken_from_who_may_import_alone(
    alice: Person, bob: Person, charlie: Person, project: Project
) -> None:
    found = imported(alice, taken(alice, project, CSV.encode()))
    address = f"/b/{alice.brand.slug}/imports/{found.pk}/mended/"
    for person, status in ((bob, 403), (charlie, 404)):
        assert person.client.post(address, {"file": SimpleUploadedFile("m.csv", b"a\nb\n")}).status_code == status
    answer = alice.client.post(address, {"file": SimpleUploadedFile("m.csv", b"%PDF-1.7")})
    assert answer.status_code == 400
    assert "not a text file" in answer.content.decode()
    assert alice.client.post(address).status_code == 400
    made = alice.api.post(
        f"/api/v1/imports/{found.pk}/mended/", {"file": SimpleUploadedFile("m.csv", CSV.replace('""', '"x"').encode())}
    )
    assert made.status_code == 201
    assert made.json()["dataset"] == str(found.dataset_id)
    assert "as_last_time" in made.json()["layout"]["notes"]
    with alice.scope():
        assert DatasetImport.objects.count() == 2
        assert not ReviewSource.objects.exists()


CASES = list(cases())
ODD = [
    b'{"text": "a\\u0000b", "k\\u0000": 1}\n{"text": "fine"}\n',
    b'{"text": "lone \\ud800 half", "k\\ud800": 1}\n{"text": "fine"}\n',
    "review,\u202estars\ngood,5\n".encode(),
    b"review,review,review\na,b,c\n",
]
"""What a database can't keep, in names and cells, and names that mislead."""


@pytest.mark.parametrize("data", [case.data for case in CASES[:: len(CASES) // 26]][:26] + ODD, ids=range(30))
def test_malformed_files_through_the_web(data: bytes, alice: Person, project: Project) -> None:
    answer = alice.client.post(
        f"/b/{alice.brand.slug}/p/{project.pk}/upload/", {"file": SimpleUploadedFile("r.csv", data)}
    )
    if answer.status_code == 400:
        assert "field-error" in answer.content.decode()
        return
    assert answer.status_code == 302
    address = answer["Location"]
    assert alice.client.get(address).status_code == 200
    assert alice.client.get(f"{address}preview/").status_code == 200
    with alice.scope():
        found = DatasetImport.objects.get()
        mapping = {str(role): str(place) for role, place in found.layout["mapping"].items()}
    begun = alice.client.post(f"{address}begin/", mapping)
    if begun.status_code == 400:
        assert "text" not in mapping
        return
    assert begun.status_code == 302
    with alice.scope():
        job = Job.objects.get()
        run_job(job.brand_id, job.pk, job.kind, import_run)
        found.refresh_from_db()
        assert found.finished_at, job.reason_code
    assert found.rows_read == found.imported + found.duplicates + found.rejected + found.left_out
    assert alice.client.get(address).status_code == 200
