"""How a job is shown, cancelled and tried again."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.test import Client

from accounts.services.keys import key_create
from ideation.jobs.models import Job, JobState
from ideation.jobs.services import job_start
from tests.api.test_access import refused
from tests.api.world import World
from tests.conftest import Person


def change(person: Person, job: Job, **fields: Any) -> dict[str, Any]:
    with person.scope():
        Job.objects.filter(pk=job.pk).update(**fields)
    shown: dict[str, Any] = person.api.get(f"/api/v1/jobs/{job.pk}/").json()
    return shown


def act(client: Client, job: Job, verb: str) -> Any:
    return client.post(f"/api/v1/jobs/{job.pk}/{verb}/", {}, content_type="application/json")


def test_progress_is_shown_in_words_and_numbers(alice: Person, world: World) -> None:
    shown = change(
        alice, world.job, state=JobState.RUNNING, step="importing", done=250, total=1000, unit="rows",
        step_started_at=Now() - timedelta(seconds=10),
    )  # fmt: skip
    assert (shown["step"], shown["step_title"], shown["title"]) == ("importing", "Importing reviews", "Import reviews")
    assert (shown["done"], shown["total"], shown["unit"]) == (250, 1000, "rows")
    assert 28 <= shown["seconds_left"] <= 33


def test_a_failed_job_says_why_in_the_callers_language(alice: Person, world: World) -> None:
    shown = change(
        alice,
        world.job,
        state=JobState.FAILED,
        reason_code="too_few_reviews",
        reason_params={"count": 3, "minimum": 20},
    )
    assert shown["reason"]["code"] == "too_few_reviews"
    assert shown["reason"]["detail"].startswith("Only 3 reviews")


def test_parts_stand_inside_their_job_in_their_order(alice: Person, world: World) -> None:
    with alice.scope():
        main = job_start(kind="main_job", params={}, project_id=world.project.pk)
        parts = [job_start(kind=kind, params={}, parent=main) for kind in ("dataset_import", "reviews_analyse")]
    shown = alice.api.get(f"/api/v1/jobs/{main.pk}/").json()
    assert [part["id"] for part in shown["parts"]] == [str(part.pk) for part in parts]


def test_jobs_are_narrowed_by_state_kind_and_project(alice: Person, world: World) -> None:
    with alice.scope():
        job_start(kind="main_job", params={})

    def kinds(**filters: Any) -> list[str]:
        return [one["kind"] for one in alice.api.get("/api/v1/jobs/", filters).json()["results"]]

    assert kinds() == ["main_job", "dataset_import"]
    assert kinds(kind="main_job", state="queued") == ["main_job"]
    assert kinds(project=world.project.pk) == ["dataset_import"]
    assert kinds(state="failed") == []
    refused(alice.api.get("/api/v1/jobs/", {"state": "asleep"}), 400)


def test_a_queued_job_is_cancelled_and_tried_again(alice: Person, world: World) -> None:
    assert act(alice.api, world.job, "cancel").json()["state"] == "cancelled"
    refused(act(alice.api, world.job, "cancel"), 409)
    again = act(alice.api, world.job, "retry")
    assert (again.status_code, again.json()["state"]) == (202, "queued")


def test_what_a_job_needs_depends_on_its_kind(alice: Person, world: World) -> None:
    with alice.scope():
        training = job_start(kind="model_train", params={})
        key = alice_key(alice, ["write"])
    client = Client(headers={"Authorization": f"Bearer {key}"})
    refused(act(client, training, "cancel"), 403)
    assert act(client, world.job, "cancel").status_code == 200


def alice_key(alice: Person, scopes: list[str]) -> str:
    return key_create(name="some", scopes=scopes, created_by=alice.user)[1]
