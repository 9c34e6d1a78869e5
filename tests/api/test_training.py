"""Training runs and model versions."""

from ideation.reviews.models import DatasetVersion
from tests.api.test_access import refused
from tests.api.world import World
from tests.conftest import Person


def test_a_model_is_shown_with_its_measurements_and_origin(alice: Person, world: World) -> None:
    [shown] = alice.api.get(f"/api/v1/projects/{world.project.pk}/models/").json()["results"]
    assert shown == alice.api.get(f"/api/v1/models/{world.model.pk}/").json()
    [evaluation] = shown["evaluations"]
    assert evaluation["perplexity_tuned"] < evaluation["perplexity_base"]
    assert shown["files_sha256"] == {"adapter_model.safetensors": "2" * 64}
    assert world.model.folder not in str(shown)


def test_a_run_is_shown_with_its_curve(alice: Person, world: World) -> None:
    [shown] = alice.api.get(f"/api/v1/projects/{world.project.pk}/training-runs/").json()["results"]
    assert shown["id"] == str(world.model.run_id)
    assert [point["validation_perplexity"] for point in shown["curve"]] == [21.0]


def test_training_is_queued_or_says_what_is_missing(alice: Person, world: World) -> None:
    address = f"/api/v1/projects/{world.project.pk}/training-runs/"
    few = alice.api.post(address, {}, content_type="application/json")
    refused(few, 409)
    assert few.json()["code"] == "too_few_reviews"
    with alice.scope():
        DatasetVersion.objects.update(reviews_count=500)
    started = alice.api.post(address, {}, content_type="application/json")
    assert (started.status_code, started.json()["kind"]) == (202, "model_train")
