"""Datasets, uploads, imports, reviews and the rows that could not be used."""

import json
import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from ideation.catalog.models import Project
from ideation.jobs.models import Job
from ideation.reviews.models import DatasetImport, ReviewDataset
from tests.api.test_access import refused, stored
from tests.api.world import CSV, World, contents
from tests.conftest import Person


def upload(person: Person, project: Project, content: bytes = CSV, name: str = "r.csv", **fields: Any) -> Any:
    file = SimpleUploadedFile(name, content)
    return person.api.post(f"/api/v1/projects/{project.pk}/imports/", {"file": file, **fields})


def start(person: Person, import_id: object, **body: Any) -> Any:
    return person.api.post(f"/api/v1/imports/{import_id}/start/", body, content_type="application/json")


def test_an_upload_says_how_the_file_is_recognised_and_imports_nothing(alice: Person, project: Project) -> None:
    response = upload(alice, project, name="七月.csv")
    assert response.status_code == 201
    shown = response.json()
    assert shown["file_name"] == "七月.csv"
    assert shown["layout"]["columns"] == ["review", "stars", "day"]
    assert shown["layout"]["mapping"]["text"] == 0
    assert shown["layout"]["mapping"]["rating"] == 1
    assert shown["layout"]["sample"][0][0] == "Too loud in the morning"
    assert shown["finished_at"] is None
    with alice.scope():
        assert Job.objects.count() == 0
    assert alice.api.get(f"/api/v1/imports/{shown['id']}/").json() == shown


def test_an_upload_may_add_to_a_dataset_of_the_project(alice: Person, project: Project, world: World) -> None:
    mine = upload(alice, project).json()["dataset"]
    assert upload(alice, project, dataset=mine).json()["dataset"] == mine
    for other in (world.dataset.pk, uuid.uuid4(), "x"):
        response = upload(alice, project, dataset=other)
        refused(response, 400)
        assert response.json()["errors"][0]["field"] == "dataset"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (b"review,stars\n", "file_no_rows"), (b"%PDF-1.7", "file_binary")],
)
def test_a_file_that_is_none_leaves_nothing_behind(content: bytes, code: str, alice: Person, project: Project) -> None:
    response = upload(alice, project, content)
    refused(response, 400)
    assert response.json()["code"] == code
    with alice.scope():
        assert not ReviewDataset.objects.exists()
    assert stored_files(alice) == []


def stored_files(person: Person) -> list[str]:
    return [name for folder in stored(person) for name in default_storage.listdir(f"{person.brand.folder}/{folder}")[1]]


def test_an_upload_without_a_file_is_refused(alice: Person, project: Project) -> None:
    response = alice.api.post(f"/api/v1/projects/{project.pk}/imports/", {"dataset": ""})
    refused(response, 400)
    assert "file" in {error["field"] for error in response.json()["errors"]}


def test_an_import_is_started_as_recognised(alice: Person, project: Project) -> None:
    found = upload(alice, project).json()
    response = start(alice, found["id"])
    assert response.status_code == 202
    job = response.json()
    assert (job["kind"], job["state"], job["subject"]) == ("dataset_import", "queued", found["id"])
    assert response["Location"] == f"/api/v1/jobs/{job['id']}/"
    assert alice.api.get(response["Location"]).json() == job
    refused(start(alice, found["id"]), 409)


def test_an_import_is_started_with_the_columns_that_are_sent(alice: Person, project: Project) -> None:
    found = upload(alice, project).json()
    assert start(alice, found["id"], mapping={"text": 2}).status_code == 202
    with alice.scope():
        assert DatasetImport.objects.get().layout["mapping"] == {"text": 2}


@pytest.mark.parametrize(
    "mapping", [{}, {"rating": 1}, {"text": 3}, {"text": -1}, {"text": "0"}, {"text": True}, {"txet": 0}, [], "x", None]
)
def test_columns_that_are_not_there_are_refused(mapping: Any, alice: Person, project: Project) -> None:
    found = upload(alice, project).json()
    before = contents(alice)
    response = start(alice, found["id"], mapping=mapping)
    refused(response, 400)
    assert response.json()["errors"][0]["field"] in {"mapping", "text"}
    assert contents(alice) == before


def test_a_dataset_counts_its_newest_version(alice: Person, world: World) -> None:
    shown = alice.api.get(f"/api/v1/datasets/{world.dataset.pk}/").json()
    assert (shown["version"], shown["reviews_count"]) == (1, 2)
    assert alice.api.get(f"/api/v1/projects/{world.project.pk}/datasets/").json()["results"] == [shown]


def test_reviews_are_narrowed_by_language_rating_and_product(alice: Person, world: World) -> None:
    address = f"/api/v1/projects/{world.project.pk}/reviews/"
    english, chinese = (str(review.pk) for review in world.reviews)

    def ids(**filters: Any) -> list[str]:
        return [one["id"] for one in alice.api.get(address, filters).json()["results"]]

    assert ids() == [chinese, english]
    assert ids(language="zh") == [chinese]
    assert ids(rating=2) == [english]
    assert ids(rating="3.0", language="en") == []
    assert ids(product=uuid.uuid4()) == []
    for wrong in ({"rating": "many"}, {"rating": 6}, {"product": 7}, {"language": "x" * 11}):
        refused(alice.api.get(address, wrong), 400)


def test_a_review_is_shown_word_for_word(alice: Person, world: World) -> None:
    shown = alice.api.get(f"/api/v1/reviews/{world.reviews[0].pk}/").json()
    assert (shown["label"], shown["text"], shown["date"]) == ("R-2", world.reviews[0].text, "2026-01-02")


def test_rejected_rows_say_why(alice: Person, world: World) -> None:
    [row] = alice.api.get(f"/api/v1/imports/{world.dataset_import.pk}/rejected-rows/").json()["results"]
    assert (row["line"], row["column"], row["code"]) == (4, "review", "text_empty")
    assert row["detail"] not in {"", "text_empty"}


def test_a_form_field_that_is_unknown_is_named(alice: Person, project: Project) -> None:
    response = upload(alice, project, mapping=json.dumps({"text": 0}))
    refused(response, 400)
    assert response.json()["errors"][0]["field"] == "mapping"
