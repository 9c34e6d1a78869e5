"""Projects and products."""

from typing import Any

from django.test import Client

from ideation.catalog.models import Product, Project
from tests.api.test_access import refused
from tests.api.world import World
from tests.conftest import Person

PROJECTS = "/api/v1/projects/"


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def test_a_project_is_made_and_found(alice: Person) -> None:
    made = post(alice.api, PROJECTS, name="水壶", category="kettle", language="zh-hans")
    assert made.status_code == 201
    assert alice.api.get(f"{PROJECTS}{made.json()['id']}/").json() == made.json()
    assert [one["id"] for one in alice.api.get(PROJECTS).json()["results"]] == [made.json()["id"]]
    with alice.scope():
        project = Project.objects.get()
    assert (project.name, project.category, project.language) == ("水壶", "kettle", "zh-hans")
    assert project.created_by == alice.user


def test_projects_of_another_brand_are_not_listed(alice: Person, charlie: Person, world: World) -> None:
    assert post(charlie.api, PROJECTS, name="Mine").status_code == 201
    assert [one["name"] for one in charlie.api.get(PROJECTS).json()["results"]] == ["Mine"]


def test_a_product_is_made_then_brought_up_to_date_by_its_sku(alice: Person, world: World) -> None:
    address = f"{PROJECTS}{world.project.pk}/products/"
    made = post(alice.api, address, sku="K-17", name="Kettle", name_zh="水壶", is_competitor=True)
    assert made.status_code == 201
    again = post(alice.api, address, sku="K-17", name="Kettle II")
    assert again.status_code == 200
    assert again.json() == {**made.json(), "name": "Kettle II", "name_zh": "", "is_competitor": False}
    found = alice.api.get(address, {"sku": "K-17"}).json()["results"]
    assert found == [again.json()]


def test_the_same_sku_may_stand_in_another_project(alice: Person, world: World) -> None:
    other = post(alice.api, PROJECTS, name="Other").json()["id"]
    assert post(alice.api, f"{PROJECTS}{other}/products/", sku=f"K-{world.mark}", name="x").status_code == 201
    with alice.scope():
        assert Product.objects.filter(sku=f"K-{world.mark}").count() == 2


def test_a_product_needs_a_sku_and_a_name(alice: Person, world: World) -> None:
    response = post(alice.api, f"{PROJECTS}{world.project.pk}/products/", sku="x" * 61)
    refused(response, 400)
    assert {error["field"] for error in response.json()["errors"]} == {"sku", "name"}
