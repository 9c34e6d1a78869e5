"""Briefs, generations and concepts down to each citation."""

import uuid
from typing import Any

import pytest

from ideation.concepts.models import Brief, Concept, Generation
from ideation.jobs.models import Job
from tests.api.test_access import refused
from tests.api.world import World, contents
from tests.conftest import Person


def post(person: Person, address: str, **body: Any) -> Any:
    return person.api.post(address, body, content_type="application/json")


def brief_body(world: World, **changes: Any) -> dict[str, Any]:
    needs = [str(need.pk) for need in reversed(world.needs)]
    return {"title": "Quiet", "product": "kettle", "must_avoid": "plastic", "needs": needs, **changes}


def test_a_brief_keeps_its_needs_in_their_order_and_once(alice: Person, world: World) -> None:
    address = f"/api/v1/projects/{world.project.pk}/briefs/"
    sent = brief_body(world)
    made = post(alice, address, **{**sent, "needs": [*sent["needs"], sent["needs"][0]]})
    assert made.status_code == 201
    assert made.json()["needs"] == sent["needs"]
    assert made.json()["language"] == "en"
    assert alice.api.get(f"/api/v1/briefs/{made.json()['id']}/").json() == made.json()
    assert alice.api.get(address).json()["results"][0] == made.json()


@pytest.mark.parametrize("needs", [[], ["x"], [str(uuid.uuid4())], None, "x", [str(uuid.uuid4())] * 21])
def test_a_brief_against_needs_that_are_not_there_is_refused(needs: Any, alice: Person, world: World) -> None:
    before = contents(alice)
    response = post(alice, f"/api/v1/projects/{world.project.pk}/briefs/", **brief_body(world, needs=needs))
    refused(response, 400)
    assert response.json()["errors"][0]["field"].startswith("needs")
    assert contents(alice) == before


def test_a_brief_takes_no_needs_of_another_brand_or_project(
    alice: Person, world: World, charlie: Person, other_world: World
) -> None:
    address = f"/api/v1/projects/{world.project.pk}/briefs/"
    refused(post(alice, address, **brief_body(other_world)), 400)
    other = post(alice, "/api/v1/projects/", name="Other").json()["id"]
    refused(post(alice, f"/api/v1/projects/{other}/briefs/", **brief_body(world)), 400)
    with alice.scope():
        assert Brief.objects.count() == 1


def test_concepts_are_queued_for_a_brief(alice: Person, world: World) -> None:
    address = f"/api/v1/briefs/{world.brief.pk}/generations/"
    started = post(alice, address, wanted=12)
    assert (started.status_code, started.json()["kind"]) == (202, "concepts_write")
    with alice.scope():
        assert Job.objects.get(pk=started.json()["id"]).params["wanted"] == 12
    for wrong in (0, 41, -1, "many", 1.5):
        refused(post(alice, address, wanted=wrong), 400)


def test_a_generation_that_wrote_nothing_says_why(alice: Person, world: World) -> None:
    with alice.scope():
        Generation.objects.update(reason_code="no_needs")
    [shown] = alice.api.get(f"/api/v1/briefs/{world.brief.pk}/generations/").json()["results"]
    assert shown["reason"]["code"] == "no_needs"
    assert len(shown["reason"]["detail"]) > 20


def test_a_concept_leads_back_to_the_reviews(alice: Person, world: World) -> None:
    shown = alice.api.get(f"/api/v1/concepts/{world.concept.pk}/").json()
    assert shown["features"][0]["needs"] == [str(world.needs[0].pk)]
    [citation] = shown["claims"][0]["citations"]
    assert citation["sentence"] == world.reviews[0].text
    assert citation["need"] == str(world.needs[0].pk)
    assert citation["review_label"] == "R-2"
    assert alice.api.get(f"/api/v1/reviews/{citation['review']}/").json()["text"] == citation["sentence"]
    evidence = alice.api.get(f"/api/v1/needs/{citation['need']}/").json()["evidence"]
    assert citation["evidence"] in {one["id"] for one in evidence}


def test_concepts_come_newest_generation_first_each_in_its_order(
    alice: Person, world: World, django_assert_max_num_queries: Any
) -> None:
    with alice.scope():
        newer = Generation.objects.create(brief=world.brief, backend="local")
        for number in (2, 1, 3):
            Concept.objects.create(generation=newer, number=number, name=f"C{number}", language="en")
    address = f"/api/v1/projects/{world.project.pk}/concepts/"
    names = []
    following = f"{address}?limit=2"
    while following:
        page = alice.api.get(following).json()
        names += [one["name"] for one in page["results"]]
        following = page["next"]
    assert names == ["C1", "C2", "C3", f"Hush {world.mark}"]
    with django_assert_max_num_queries(20):
        alice.api.get(address)
