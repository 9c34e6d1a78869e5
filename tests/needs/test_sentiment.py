"""Sentiment learnt from a project's own stars: it is measured, used from then on, and left again."""

import pytest

from ideation.catalog.services import project_create
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.needs.models import Sentence, SentimentModel
from ideation.needs.querysets import sentiment_model
from ideation.needs.services import sentiment_run
from ideation.reviews.models import ReviewDataset
from tests.conftest import Person
from tests.needs.test_analyses import analyse, rows
from tests.reviews.test_intake import take


def feelings() -> dict[str, float]:
    return {str(key): felt for key, felt in Sentence.objects.values_list("id", "sentiment")}


def run(alice: Person) -> None:
    with alice.scope():
        job = Job.objects.filter(kind="sentiment_tune").order_by("-created_at")[0]
    run_job(job.brand_id, job.pk, job.kind, sentiment_run)
    with alice.scope():
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED, (job.reason_code, job.reason_params)


@pytest.mark.django_db(transaction=True)
def test_one_click_learns_and_one_leaves(alice: Person, bob: Person) -> None:
    with alice.scope():
        project = project_create(name="Kettles", category="kettle", created_by=alice.user)
        dataset = ReviewDataset.objects.create(project=project, name="reviews")
        take(project, rows(0, 120), dataset=dataset)
    analyse(alice, project)
    page = f"/b/{alice.brand.slug}/p/{project.pk}/sentiment/"
    address = f"/api/v1/projects/{project.pk}/sentiment/"
    assert "the shipped one" in alice.client.get(page).content.decode()
    assert alice.api.get(address).status_code == 404
    assert alice.client.post(f"{page}reset/").status_code == 409
    assert bob.client.post(f"{page}learn/").status_code == 403
    with alice.scope():
        shipped = feelings()

    assert alice.client.post(f"{page}learn/").status_code == 302
    run(alice)
    with alice.scope():
        model = sentiment_model(project)
        assert model
        assert model.reviews_count > model.held_out_count > 0
        own = feelings()
        assert own.keys() == shipped.keys()
        assert own != shipped
    told = alice.api.get(address).json()
    assert sum(map(sum, told["after"]["confusion"])) == sum(map(sum, told["before"]["confusion"])) > 0
    assert "weights" not in told
    assert "Balanced accuracy" in bob.client.get(page).content.decode()

    assert alice.api.post(f"{address}reset/", {}, content_type="application/json").status_code == 202
    run(alice)
    with alice.scope():
        assert sentiment_model(project) is None
        assert SentimentModel.objects.count() == 1
        assert feelings() == pytest.approx(shipped, abs=0.02)
