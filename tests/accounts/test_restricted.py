"""Restricted projects: for who isn't named, all that belongs to them is absent, from every page, list and address."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Membership, Role
from accounts.projects import SeenRows, Sight, seeing
from accounts.services.keys import key_create
from accounts.tenancy import WHOLE_BRAND_TABLES, BrandOwnedModel
from ideation.catalog.models import Project, ProjectMember
from ideation.catalog.querysets import hidden_from
from ideation.catalog.services import project_restrict
from ideation.jobs.models import Job
from ideation.needs.models import Claim
from tests.accounts.test_keys import client
from tests.api.test_access import READ, ROUTES, WRITE, fill, post
from tests.api.world import World, make_world
from tests.conftest import Person, person

pytestmark = pytest.mark.django_db


IDS = ("project_id", "dataset_id", "import_id", "review_id", "need_id", "model_id", "brief_id", "concept_id", "job_id")


@pytest.fixture
def mia(alice: Person) -> Person:
    return person("mia@a.example", brand=alice.brand, role=Role.MANAGER)


@pytest.fixture
def secret(alice: Person) -> World:
    """A restricted project with one of everything; its own member is named, nobody else."""
    world = make_world(alice, "SECRET")
    restrict(alice, world.project, [world.member])
    return world


@pytest.fixture
def known(alice: Person) -> World:
    """A project that everybody sees."""
    return make_world(alice, "KNOWN")


def restrict(by: Person, project: Project, members: list[Membership], restricted: bool = True) -> None:
    with by.scope():
        project_restrict(project=project, restricted=restricted, members=members, by=by.user)


def membership(who: Person) -> Membership:
    with who.scope():
        return Membership.objects.get(user=who.user)


def of_project(route: str) -> bool:
    """Whether an address names something that belongs to a project."""
    return any(f"<uuid:{name}>" in route for name in IDS)


def pages(brand: str, world: World) -> list[str]:
    project = f"/b/{brand}/p/{world.project.pk}/"
    named = {"needs": world.needs[0].pk, "concepts": world.concept.pk, "models": world.model.pk, "jobs": world.job.pk}
    named |= {"reviews": world.reviews[0].pk, "imports": world.dataset_import.pk}
    found = [
        project,
        *(f"{project}{name}/" for name in ("upload", "reviews", "needs", "models", "concepts", "settings")),
    ]
    return found + [f"/b/{brand}/{name}/{key}/" for name, key in named.items()]


def test_every_brand_table_names_the_way_to_its_project_or_stands_in_the_list() -> None:
    owned = [model for model in apps.get_models() if issubclass(model, BrandOwnedModel)]
    without = {model._meta.db_table for model in owned if model.project_path is None}
    assert without == set(WHOLE_BRAND_TABLES)
    for model in owned:
        assert isinstance(model._default_manager, SeenRows), model
        if model.project_path:
            # A way that leads nowhere fails here.
            str(model._base_manager.filter(**{f"{model.project_path}__in": [uuid4()]}).query)


def test_no_view_keeps_a_list_from_before_the_request() -> None:
    for route, view in ROUTES.items():
        assert view.queryset is None, route


def test_all_rows_of_a_hidden_project_are_absent(alice: Person, secret: World, known: World) -> None:
    owned = [model for model in apps.get_models() if issubclass(model, BrandOwnedModel) and model.project_path]
    with alice.scope():
        everything = {model: set(model._default_manager.values_list("pk", flat=True)) for model in owned}
        with seeing(Sight(hidden=frozenset({secret.project.pk}))):
            left = {model: set(model._default_manager.values_list("pk", flat=True)) for model in owned}
        with seeing(Sight(only=known.project.pk)):
            bound = {model: list(model._default_manager.values_list("pk", flat=True)) for model in owned}
        for model in owned:
            if everything[model]:
                assert len(left[model]) * 2 == len(everything[model]), model
                # The same from both sides, and no row twice.
                assert set(bound[model]) == left[model], model
                assert len(bound[model]) == len(left[model]), model
        assert everything[Job] > left[Job]
        assert everything[Claim] > left[Claim]


def test_pages_of_it_are_not_there(alice: Person, mia: Person, charlie: Person, secret: World, known: World) -> None:
    for page in pages(alice.brand.slug, secret):
        assert alice.client.get(page).status_code == 200, page
        refused = mia.client.get(page)
        assert refused.status_code == 404, page
        assert b"SECRET" not in refused.content, page
        assert charlie.client.get(page).status_code == 404
    for page in pages(alice.brand.slug, known):
        assert mia.client.get(page).status_code == 200, page
    for page in ("", "jobs/", "keys/"):
        shown = mia.client.get(f"/b/{alice.brand.slug}/{page}").content
        assert b"Kettles SECRET" not in shown, page
        assert str(secret.job.pk).encode() not in shown, page


@pytest.mark.parametrize("route", filter(of_project, READ))
def test_addresses_of_it_answer_404(route: str, alice: Person, mia: Person, secret: World) -> None:
    # A key sees no more than who made it.
    assert alice.api.get(fill(route, secret)).status_code == 200
    answer = mia.api.get(fill(route, secret))
    assert answer.status_code == 404, answer.content
    assert b"SECRET" not in answer.content


def test_lists_leave_it_out(alice: Person, mia: Person, secret: World, known: World) -> None:
    for address in ("projects/", "jobs/"):
        shown = mia.api.get(f"/api/v1/{address}").content.decode()
        assert "KNOWN" in shown
        assert "SECRET" not in shown
        assert str(secret.project.pk) not in shown
        assert "SECRET" in alice.api.get(f"/api/v1/{address}").content.decode()


@pytest.mark.parametrize("route", filter(of_project, WRITE))
def test_nothing_of_it_can_be_changed(route: str, alice: Person, mia: Person, secret: World) -> None:
    before = contents(alice)
    assert post(mia.api, route, secret).status_code == 404
    assert contents(alice) == before


def contents(who: Person) -> dict[str, Any]:
    with who.scope():
        return {
            model.__name__: list(model._base_manager.order_by("pk").values_list("pk", flat=True))
            for model in apps.get_models()
            if issubclass(model, BrandOwnedModel)
        }


def test_a_way_round_through_a_visible_row_ends_at_the_wall(alice: Person, mia: Person, secret: World) -> None:
    with alice.scope(), seeing(Sight(hidden=frozenset({secret.project.pk}))):
        member = Membership.objects.get(pk=secret.member.pk)
        assert not member.project_members.exists()  # type: ignore[attr-defined]
        [prefetched] = Membership.objects.filter(pk=member.pk).prefetch_related("project_members__project")
        assert list(prefetched.project_members.all()) == []
        assert not secret.project.products.exists()  # type: ignore[attr-defined]
        assert Project.objects.filter(pk=secret.project.pk).update(name="renamed") == 0
        assert Project.objects.filter(pk=secret.project.pk).delete()[0] == 0


def test_a_bound_key_is_held_by_its_makers_sight_too(alice: Person, mia: Person, known: World) -> None:
    with alice.scope():
        _key, text = key_create(name="b", scopes=["read"], created_by=mia.user, project_id=known.project.pk)
    assert client(text).get(f"/api/v1/projects/{known.project.pk}/").status_code == 200
    restrict(alice, known.project, [])
    assert client(text).get(f"/api/v1/projects/{known.project.pk}/").status_code == 404
    restrict(alice, known.project, [membership(mia)])
    assert client(text).get(f"/api/v1/projects/{known.project.pk}/").status_code == 200


def test_a_key_whose_maker_has_left_sees_no_restricted_project(alice: Person, secret: World, known: World) -> None:
    with alice.scope():
        _key, text = key_create(name="b", scopes=["read"], created_by=None)
        assert hidden_from(None) == {secret.project.pk}
    shown = client(text).get("/api/v1/projects/").content.decode()
    assert "KNOWN" in shown
    assert "SECRET" not in shown


def test_a_page_restricts_and_names_members(alice: Person, bob: Person, mia: Person, known: World) -> None:
    page = f"/b/{alice.brand.slug}/p/{known.project.pk}/settings/"
    assert bob.client.get(page).status_code == 403
    assert bob.client.post(page, {"restricted": "yes"}).status_code == 403
    sent = {"restricted": "yes", "members": [str(membership(bob).pk)]}
    assert alice.client.post(page, {**sent, "members": ["not-an-id"]}).status_code == 400
    assert alice.client.post(page, {**sent, "restricted": "perhaps"}).status_code == 400
    with alice.scope():
        assert not Project.objects.get(pk=known.project.pk).restricted
    assert alice.client.post(page, sent).status_code == 302
    assert bob.client.get(f"/b/{alice.brand.slug}/p/{known.project.pk}/").status_code == 200
    assert mia.client.get(page).status_code == 404
    assert alice.client.post(page, {"restricted": "no"}).status_code == 302
    assert mia.client.get(page).status_code == 200
    alice.client.post(page, {"name": "Other", "category": "x", "language": "zh-hans"})
    with alice.scope():
        assert Project.objects.get(pk=known.project.pk).name == "Other"


def test_who_restricts_a_project_stays_in_it(mia: Person, known: World) -> None:
    page = f"/b/{mia.brand.slug}/p/{known.project.pk}/settings/"
    assert mia.client.post(page, {"restricted": "yes"}).status_code == 302
    assert mia.client.get(page).status_code == 200


def test_the_api_restricts_and_names_members(alice: Person, bob: Person, charlie: Person, known: World) -> None:
    address = f"/api/v1/projects/{known.project.pk}/access/"
    body = {"restricted": True, "members": [str(membership(bob).pk)]}
    assert charlie.api.post(address, body, content_type="application/json").status_code == 404
    stranger = {"restricted": True, "members": [str(membership(charlie).pk)]}
    assert alice.api.post(address, stranger, content_type="application/json").status_code == 400
    assert alice.api.get(address).json()["restricted"] is False
    answer = alice.api.post(address, body, content_type="application/json").json()
    assert answer["restricted"] is True
    assert [row["email"] for row in answer["members"]] == ["bob@a.example"]


def test_who_leaves_the_brand_leaves_its_projects(alice: Person, mia: Person, known: World) -> None:
    restrict(alice, known.project, [membership(mia)])
    alice.client.post(f"/b/{alice.brand.slug}/members/{membership(mia).pk}/remove/")
    with alice.scope():
        assert not ProjectMember.objects.filter(project=known.project).exists()


def test_an_owner_pays_no_query_for_it_and_a_member_one(alice: Person, mia: Person, known: World) -> None:
    page = f"/b/{alice.brand.slug}/"
    counts = []
    for who in (alice, mia):
        who.client.get(page)
        with CaptureQueriesContext(connection) as seen:
            who.client.get(page)
        counts.append(sum('WHERE "catalog_project"."restricted"' in query["sql"] for query in seen))
    assert counts == [0, 1]


def test_restricting_is_in_the_audit(alice: Person, known: World) -> None:
    restrict(alice, known.project, [])
    with alice.scope():
        assert AuditEntry.objects.filter(table="catalog_project", object_id=known.project.pk).exists()
