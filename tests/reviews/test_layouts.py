"""How a file is read, corrected and kept: the page, its pieces and the API; nobody but who may import changes it."""

import io
import json
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.jobs.models import Job
from ideation.reviews.models import DatasetImport, ReviewDataset, ReviewSource
from ideation.reviews.services import import_prepare, import_start
from ideation.reviews.services.layouts import (
    layout_change,
    layout_confirm,
    layout_keep,
    layout_reuse,
    layout_take,
    preview_of,
)
from mlcore.specs.reviewfiles import layout_of
from tests.conftest import Person

pytestmark = pytest.mark.django_db

CSV = b"author,review,score,date,color\nAnn Lee,The lid leaks,8/10,03/04/25,red\nBo,Keeps hot,10,05/04/25,blue\n"
TAOBAO = (
    "宝贝标题,买家昵称,评价等级,初次评价,评价时间\n"
    "保温杯,小红,好评,盖子漏水了,2025-04-03\n保温杯,小明,好评,系统默认好评,2025-04-04\n"
).encode("gb18030")


def taken(
    person: Person, project: Project, data: bytes = CSV, name: str = "shop.csv", dataset: ReviewDataset | None = None
) -> DatasetImport:
    with person.scope():
        return import_prepare(project=project, file=ContentFile(data), file_name=name, dataset=dataset)


def now(person: Person, found: DatasetImport) -> DatasetImport:
    with person.scope():
        return DatasetImport.objects.get(pk=found.pk)


def page_of(person: Person, found: DatasetImport, piece: str = "") -> str:
    return f"/b/{person.brand.slug}/imports/{found.pk}/{piece}"


def sent(page: str) -> dict[str, Any]:
    """What a browser sends of the mapping form when nothing is changed."""
    values = dict(re.findall(r'<input type="(?:text|number|hidden)" name="([a-z_]+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select name="([a-z_]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"\s+selected', options)
        values[name] = chosen[1].replace("&quot;", '"') if chosen else ""
    values["attributes"] = re.findall(r'name="attributes" value="(\d+)"[^>]*checked', page)
    values.pop("csrfmiddlewaretoken", None)
    return values


def test_the_page_shows_how_the_file_was_understood(alice: Person, project: Project) -> None:
    found = taken(alice, project, TAOBAO, "淘宝.csv")
    page = alice.client.get(page_of(alice, found)).content.decode()
    for word in ("GB18030", "comma", "Taobao/Tmall", "初次评价", "盖子漏水了", "5 columns"):
        assert word in page
    assert "小红" not in page
    piece = alice.client.get(page_of(alice, found, "preview/")).content.decode()
    assert "好评 → 5 of 5" in piece
    assert "2025-04-03 → April 3, 2025" in piece
    assert "1 can be used, 0 can't, 1 left out" in " ".join(piece.split())
    assert "小红" not in piece


def test_what_is_wrong_in_a_row_is_said_before_anything_is_imported(alice: Person, project: Project) -> None:
    found = taken(alice, project)
    piece = alice.client.get(page_of(alice, found, "preview/")).content.decode()
    assert "8/10 → 4.11 of 5" in piece
    assert "03/04/25 → March 4, 2025" in piece
    assert "This is no rating on the file" not in piece
    changed = {**sent(alice.client.get(page_of(alice, found)).content.decode()), "rating_low": "1", "rating_high": "5"}
    assert alice.client.post(page_of(alice, found, "layout/"), changed).status_code == 302
    piece = alice.client.get(page_of(alice, found, "preview/")).content.decode()
    assert "This is no rating on the file" in piece
    assert "Ann" not in piece


def test_a_form_sent_as_it_is_changes_nothing(alice: Person, project: Project) -> None:
    for data in (CSV, TAOBAO, b'{"text": "good", "stars": 3}\n'):
        found = taken(alice, project, data)
        form = sent(alice.client.get(page_of(alice, found)).content.decode())
        assert alice.client.post(page_of(alice, found, "layout/"), form).status_code == 302
        assert now(alice, found).layout == json.loads(json.dumps(found.layout))


@pytest.mark.parametrize(
    ("change", "stored"),
    [
        ({"date_format": "dmy"}, {"date_format": "dmy"}),
        ({"rating_low": "0"}, {"rating_scale": [0.0, 10.0]}),
        ({"default_praise": "no"}, {"default_praise": False}),
        ({"near_duplicates": "keep"}, {"near_duplicates": "keep"}),
        ({"attributes": []}, {"attributes": []}),
        ({"delimiter": "semicolon"}, {"delimiter": ";", "columns": ["author,review,score,date,color"]}),
        ({"quote": "none"}, {"quote": ""}),
        ({"header_row": "-1"}, {"header_row": -1, "columns": ["#1", "#2", "#3", "#4", "#5"]}),
        ({"encoding": "utf-16-le"}, None),
        ({"encoding": "rot13"}, None),
        ({"header_row": "99"}, None),
        ({"title": "2"}, None),
        ({"title": "7"}, None),
        ({"rating_low": "20"}, None),
        ({"rating_low": "nan"}, None),
    ],
)
def test_each_control_does_what_it_says(
    change: dict[str, Any], stored: dict[str, Any] | None, alice: Person, project: Project
) -> None:
    found = taken(alice, project)
    form = sent(alice.client.get(page_of(alice, found)).content.decode())
    answer = alice.client.post(page_of(alice, found, "layout/"), {**form, **change}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    after = now(alice, found).layout
    if stored is None:
        assert after == json.loads(json.dumps(found.layout))
        assert "note-bad" in answer.content.decode() or "field-error" in answer.content.decode()
    else:
        assert {name: after[name] for name in stored} == stored
        assert "field-error" not in answer.content.decode()


def test_only_who_may_import_corrects(alice: Person, bob: Person, charlie: Person, project: Project) -> None:
    found = taken(alice, project)
    for person, status in ((bob, 403), (charlie, 404)):
        address = page_of(alice, found, "layout/")
        assert person.client.post(address, {"text": "1", "date_format": "dmy"}).status_code == status
        assert person.api.post(f"/api/v1/imports/{found.pk}/layout/", {}, "application/json").status_code in {200, 404}
    assert bob.client.get(page_of(alice, found, "preview/")).status_code == 200
    assert charlie.client.get(page_of(alice, found, "preview/")).status_code == 404
    assert charlie.api.get(f"/api/v1/imports/{found.pk}/preview/").status_code == 404
    assert alice.read_api.post(f"/api/v1/imports/{found.pk}/layout/", {}, "application/json").status_code == 403
    assert now(alice, found).layout == json.loads(json.dumps(found.layout))


def test_columns_that_nobody_has_seen_are_not_imported(alice: Person, project: Project) -> None:
    found = taken(alice, project, b"a;b\nreview;stars\nthe lid leaks;2\n")
    form = sent(alice.client.get(page_of(alice, found)).content.decode())
    for action in ("begin/", "begin-all/"):
        answer = alice.client.post(page_of(alice, found, action), {**form, "header_row": "0"})
        assert answer.status_code == 400
        assert "Look at them" in answer.content.decode()
        with alice.scope():
            assert not Job.objects.exists()
            layout_change(dataset_import=now(alice, found), changes={"header_row": 1})
    form = sent(alice.client.get(page_of(alice, found)).content.decode())
    assert alice.client.post(page_of(alice, found, "begin/"), form).status_code == 302
    assert alice.client.post(page_of(alice, found, "layout/"), form).status_code == 400


def test_what_was_confirmed_is_kept_for_the_source_and_reused(alice: Person, project: Project) -> None:
    found = taken(alice, project)
    form = sent(alice.client.get(page_of(alice, found)).content.decode())
    assert form["source_name"] == "shop"
    changed = {**form, "date_format": "dmy", "author": "", "near_duplicates": "keep", "source_name": "Our shop"}
    assert alice.client.post(page_of(alice, found, "begin/"), changed).status_code == 302
    after = now(alice, found)
    with alice.scope():
        source = ReviewSource.objects.get(name="Our shop")
        assert after.source == source
        assert source.layout["mapping"]["text"] == ["review", 0]
    again = taken(alice, project, CSV.replace(b"Bo", b"Cy"), dataset=found.dataset)
    with alice.scope():
        layout_take(dataset_import=again)
    assert again.source == source
    assert (again.layout["date_format"], again.layout["near_duplicates"]) == ("dmy", "keep")
    assert "author" not in again.layout["mapping"]
    page = alice.client.get(page_of(alice, again)).content.decode()
    assert "Read as last time, by what was confirmed for “Our shop”" in page


def test_an_import_that_is_started_keeps_its_columns_for_the_source(alice: Person, project: Project) -> None:
    found = taken(alice, project)
    with alice.scope():
        found.source = ReviewSource.objects.create(dataset=found.dataset, name="S")
        found.save()
        import_start(dataset_import=found, mapping={"text": 0})
        assert ReviewSource.objects.get().layout["mapping"] == {"text": ["author", 0]}


def test_moved_new_and_missing_columns_are_said(alice: Person, project: Project) -> None:
    found = taken(alice, project)
    with alice.scope():
        source = ReviewSource.objects.create(dataset=found.dataset, name="S")
        layout_keep(source=source, layout=found.layout)
        moved = taken(alice, project, b"date,stars,extra,review\n2025-04-03,4,x,fine\n", dataset=found.dataset)
        layout = layout_reuse(source=source, layout=layout_of(moved.layout))
        assert layout is not None
        assert dict(layout.mapping) == {"text": 3, "date": 0}
        assert {"as_last_time", "column_gone:score", "column_gone:author", "column_new:extra"} <= set(layout.notes)
        layout_take(dataset_import=moved, source=source)
        assert layout_take(dataset_import=moved, source=source).layout["notes"] == list(layout.notes)
        other = taken(alice, project, b"title,body\nx,the lid leaks\n", dataset=found.dataset)
        assert layout_reuse(source=source, layout=layout_of(other.layout)) is None
        layout_take(dataset_import=other, source=source)
    assert (other.source, other.layout["notes"][0]) == (source, "not_as_last_time")
    assert "Not read as last time" in alice.client.get(page_of(alice, other)).content.decode()


def test_what_had_to_be_corrected_once_comes_out_right_again(alice: Person, project: Project) -> None:
    odd = b"1^2\nreview^stars\nthe lid, it leaks^2\nkeeps, it does^5\n"
    found = taken(alice, project, odd)
    with alice.scope():
        layout_change(dataset_import=found, changes={"delimiter": "^", "header_row": 1})
        layout_confirm(dataset_import=found, changes={}, source="Odd")
        assert found.layout["columns"] == ("review", "stars")
        again = taken(alice, project, odd + b"more, and more^3\n", dataset=found.dataset)
        assert list(again.layout["columns"]) != ["review", "stars"]
        layout_take(dataset_import=again, source=found.source)
    assert list(again.layout["columns"]) == ["review", "stars"]
    assert "as_last_time" in again.layout["notes"]


def test_a_sources_name_is_offered_and_another_source_can_be_chosen(alice: Person, project: Project) -> None:
    found = taken(alice, project)
    with alice.scope():
        for name, form in (("A", "dmy"), ("B", "ymd")):
            source = ReviewSource.objects.create(dataset=found.dataset, name=name)
            layout_keep(source=source, layout={**found.layout, "date_format": form})
    page = alice.client.get(page_of(alice, found)).content.decode()
    assert '<option value="A">' in page
    alice.client.post(page_of(alice, found, "layout/"), {**sent(page), "read_as": "A"})
    after = now(alice, found)
    assert after.layout["date_format"] == "dmy"
    with alice.scope():
        assert after.source == ReviewSource.objects.get(name="A")


def test_a_workbook_of_several_sheets(alice: Person, project: Project) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["note"])
    book.worksheets[0].append(["made by somebody on a Monday"])
    for row in (["review", "stars"], ["the lid leaks", 2], ["keeps hot", 5]):
        (book["R"] if "R" in book.sheetnames else book.create_sheet("R")).append(row)
    data = io.BytesIO()
    book.save(data)
    found = taken(alice, project, data.getvalue(), "r.xlsx")
    form = sent(alice.client.get(page_of(alice, found)).content.decode())
    assert form["sheet"] == "Sheet"
    alice.client.post(page_of(alice, found, "layout/"), {**form, "sheet": "R"})
    piece = alice.client.get(page_of(alice, found, "preview/")).content.decode()
    assert "keeps hot" in piece


def test_the_api_corrects_and_previews(alice: Person, project: Project) -> None:
    file = SimpleUploadedFile("r.csv", CSV)
    made = alice.api.post(f"/api/v1/projects/{project.pk}/imports/", {"file": file}).json()
    address = f"/api/v1/imports/{made['id']}/"
    seen = alice.api.get(f"{address}preview/").json()
    assert seen["rows"][0]["cells"] == {
        "text": "The lid leaks", "rating": "4.11", "date": "2025-03-04", "author": "…",
    }  # fmt: skip
    assert seen["rating"] == {"written": "8/10", "read": 4.11}
    assert seen["rows"][0]["attributes"] == {"color": "red"}
    changed = alice.api.post(
        f"{address}layout/",
        {"date_format": "dmy", "rating_scale": [1, 11], "attributes": [], "near_duplicates": "keep"},
        "application/json",
    ).json()["layout"]
    assert (changed["date_format"], changed["rating_scale"], changed["near_duplicates"]) == ("dmy", [1, 11], "keep")
    assert alice.api.get(f"{address}preview/").json()["date"] == {"written": "03/04/25", "read": "2025-04-03"}
    started = alice.api.post(f"{address}start/", {"source": "Shop"}, "application/json")
    assert started.status_code == 202
    shown = alice.api.get(address).json()
    assert (shown["source"], shown["layout"]["date_format"]) == ("Shop", "dmy")
    assert alice.api.post(f"{address}layout/", {"quote": "'"}, "application/json").status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"encoding": "rot13"}, {"encoding": "utf-16-le"}, {"delimiter": "ab"}, {"delimiter": "x"}, {"delimiter": '"'},
        {"quote": "x"}, {"header_row": 20}, {"header_row": -2}, {"header_row": "x"}, {"sheet": "x", "preset": "ebay"},
        {"mapping": {"text": 1, "title": 1}}, {"mapping": {"text": 9}}, {"mapping": {"txet": 0}}, {"attributes": [9]},
        {"attributes": [-1]}, {"attributes": "x"}, {"rating_scale": [5, 1]}, {"rating_scale": [1]},
        {"rating_scale": [1, 1e9]}, {"date_format": "%Y"}, {"default_praise": "maybe"}, {"near_duplicates": "drop"},
        {"source": "none of this name"}, {"source": "x", "quote": ""}, {"container": "zip"}, {"format": "xlsx"}, [],
    ],
)  # fmt: skip
def test_the_api_refuses_what_nobody_can_mean(body: Any, alice: Person, project: Project) -> None:
    found = taken(alice, project)
    answer = alice.api.post(f"/api/v1/imports/{found.pk}/layout/", body, "application/json")
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert now(alice, found).layout == json.loads(json.dumps(found.layout))


def test_a_file_that_was_deleted_and_an_import_under_way(alice: Person, project: Project) -> None:
    found = taken(alice, project)
    with alice.scope():
        import_start(dataset_import=found, mapping=found.layout["mapping"])
        with pytest.raises(UserError, match="already been started"):
            layout_change(dataset_import=found, changes={"date_format": "dmy"})
        gone = taken(alice, project)
        gone.file.delete()
        with pytest.raises(UserError, match="no longer there"):
            preview_of(gone)
    assert "no longer there" in alice.client.get(page_of(alice, gone, "preview/")).content.decode()


def test_going_all_the_way_starts_from_what_was_confirmed(alice: Person, project: Project) -> None:
    found = taken(alice, project)
    form = sent(alice.client.get(page_of(alice, found)).content.decode())
    answer = alice.client.post(page_of(alice, found, "begin-all/"), {**form, "date_format": "dmy", "author": ""})
    assert answer.status_code == 302
    with alice.scope():
        job = Job.objects.get(kind="main_job")
        assert job.params["mapping"] == {"text": 1, "rating": 2, "date": 3}
    after = now(alice, found)
    assert (after.layout["mapping"], after.layout["date_format"]) == (job.params["mapping"], "dmy")
    assert after.source_id
