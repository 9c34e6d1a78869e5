"""Analyses, needs and the sentences that show them."""

import uuid
from typing import Any

from ideation.needs.models import Analysis, Evidence, Need, Sentence
from tests.api.test_access import refused
from tests.api.world import World
from tests.conftest import Person


def results(person: Person, address: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.api.get(address, query).json()["results"]
    return found


def test_needs_come_by_opportunity(alice: Person, world: World) -> None:
    shown = results(alice, f"/api/v1/projects/{world.project.pk}/needs/")
    assert [need["rank"] for need in shown] == [1, 2]
    assert shown[0]["statement"] == world.needs[0].statement
    assert shown[0]["opportunity"] == 13.0


def test_only_the_newest_finished_analysis_counts(alice: Person, world: World) -> None:
    with alice.scope():
        Analysis.objects.create(project=world.project, version=world.needs[0].analysis.version)
    assert len(results(alice, f"/api/v1/projects/{world.project.pk}/needs/")) == 2
    with alice.scope():
        Analysis.objects.update(finished_at=None)
    assert results(alice, f"/api/v1/projects/{world.project.pk}/needs/") == []


def test_a_need_comes_with_its_sentences(alice: Person, world: World) -> None:
    shown = alice.api.get(f"/api/v1/needs/{world.needs[0].pk}/").json()
    evidence, other = shown["evidence"]
    assert other["rank"] == 30
    assert evidence["text"] == world.reviews[0].text
    assert (evidence["review"], evidence["review_label"]) == (str(world.reviews[0].pk), "R-2")


def test_all_evidence_comes_once_ranked_first(alice: Person, world: World) -> None:
    with alice.scope():
        first = Sentence.objects.filter(review=world.reviews[0]).get()
        for number in range(10, 16):
            sentence = Sentence(**{f.attname: getattr(first, f.attname) for f in Sentence._meta.concrete_fields})
            sentence.pk, sentence.position, sentence.text = uuid.uuid4(), number, f"sentence {number}"
            sentence.save(force_insert=True)
            Evidence.objects.create(need=world.needs[0], sentence=sentence, rank=number)
    address = f"/api/v1/needs/{world.needs[0].pk}/evidence/?limit=2"
    texts = []
    while address:
        page = alice.api.get(address).json()
        texts += [one["text"] for one in page["results"]]
        address = page["next"]
    assert texts == [world.reviews[0].text, *(f"sentence {number}" for number in range(10, 16)), "ALPHA: it hums, too"]


def test_an_analysis_is_started_once(alice: Person, world: World) -> None:
    address = f"/api/v1/projects/{world.project.pk}/analyses/"
    started = alice.api.post(address, {}, content_type="application/json")
    assert (started.status_code, started.json()["kind"]) == (202, "reviews_analyse")
    again = alice.api.post(address, {}, content_type="application/json")
    refused(again, 409)
    assert again.json()["code"] == "job_running"


def test_an_analysis_without_reviews_says_what_to_do(alice: Person, project: Any) -> None:
    response = alice.api.post(f"/api/v1/projects/{project.pk}/analyses/", {}, content_type="application/json")
    refused(response, 409)
    assert response.json()["code"] == "no_reviews"
    with alice.scope():
        assert not Need.objects.exists()
