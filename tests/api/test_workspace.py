"""The main job by the API: in one request with the file, or for a file that was uploaded before."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services.keys import key_create
from ideation.catalog.models import Project
from ideation.jobs.models import Job
from ideation.reviews.models import DatasetImport
from tests.api.test_access import refused
from tests.api.test_reviews import stored_files, upload
from tests.api.world import CSV, World, contents
from tests.conftest import Person


def main_job(client: Client, project: Project, content: bytes = CSV, **fields: Any) -> Any:
    file = SimpleUploadedFile("r.csv", content)
    return client.post(f"/api/v1/projects/{project.pk}/main-jobs/", {"file": file, **fields})


def test_one_request_queues_the_whole_way(alice: Person, project: Project) -> None:
    response = main_job(alice.api, project)
    assert (response.status_code, response.json()["kind"]) == (202, "main_job")
    assert response["Location"] == f"/api/v1/jobs/{response.json()['id']}/"
    with alice.scope():
        params = Job.objects.get().params
        assert params["import"] == str(DatasetImport.objects.get().pk)
    assert params["mapping"]["text"] == 0


def test_columns_may_be_sent_along(alice: Person, project: Project) -> None:
    assert main_job(alice.api, project, mapping=json.dumps({"text": 2})).status_code == 202
    with alice.scope():
        assert Job.objects.get().params["mapping"] == {"text": 2}


@pytest.mark.parametrize("mapping", ["{", '{"text": 9}', '{"rating": 1}', "[" * 100_000, "7"])
def test_wrong_columns_leave_neither_row_nor_file(mapping: str, alice: Person, project: Project) -> None:
    before = contents(alice)
    refused(main_job(alice.api, project, mapping=mapping), 400)
    assert contents(alice) == before
    assert stored_files(alice) == []


def test_a_file_without_text_leaves_neither_row_nor_file(alice: Person, project: Project) -> None:
    response = main_job(alice.api, project, b"a,b\n1,2\n3,4\n")
    refused(response, 400)
    assert response.json()["code"] == "no_text_column"
    with alice.scope():
        assert not DatasetImport.objects.exists()
    assert stored_files(alice) == []


def test_a_file_uploaded_before_goes_the_whole_way(alice: Person, project: Project) -> None:
    found = upload(alice, project).json()["id"]
    response = alice.api.post(f"/api/v1/imports/{found}/main-job/", {}, content_type="application/json")
    assert (response.status_code, response.json()["kind"]) == (202, "main_job")


def test_a_key_needs_both_scopes(alice: Person, world: World) -> None:
    for scopes in (["read", "write"], ["read", "jobs"]):
        with alice.scope():
            key = key_create(name="some", scopes=scopes, created_by=alice.user)[1]
        refused(main_job(Client(headers={"Authorization": f"Bearer {key}"}), world.project), 403)
