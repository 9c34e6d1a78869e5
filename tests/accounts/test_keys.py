"""API keys: shown once, kept as a hash, no stronger than who makes them, at most for one project, and they end."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import querysets
from accounts.models import ApiKey, AuditEntry, Role
from accounts.permissions import CAPABILITIES
from accounts.services.keys import key_create, key_revoke
from ideation.catalog.models import Project
from ideation.catalog.services import project_create
from tests.accounts.test_invitations import refused
from tests.conftest import Person, person

pytestmark = pytest.mark.django_db


def client(key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {key}", "Accept": "application/json"})


def typed(**changed: object) -> dict[str, object]:
    return {"name": "ERP", "scopes": ["read"], "project_id": "", "lasts": "90", "last_day": "", **changed}


def names(who: Person) -> set[str]:
    with who.scope():
        return set(ApiKey.objects.values_list("name", flat=True))


def test_who_makes_keys_and_who_does_not(alice: Person, bob: Person, charlie: Person) -> None:
    page = f"/b/{alice.brand.slug}/keys/"
    assert bob.client.post(page, typed()).status_code == 403
    assert charlie.client.post(page, typed()).status_code == 404
    assert "ERP" not in names(alice)
    answer = alice.client.post(page, typed())
    [text] = re.findall(r"idn_[0-9a-f]{10}_[\w-]{43}", answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    assert client(text).get("/api/v1/projects/").status_code == 200
    again = alice.client.get(page).content.decode()
    assert text not in again
    assert text.split("_")[1] in again
    assert "made by alice" in again


@pytest.mark.parametrize(("lasts", "days"), [("30", 30), ("90", 90), ("365", 365), ("never", None)])
def test_how_long_it_works(alice: Person, lasts: str, days: int | None) -> None:
    alice.client.post(f"/b/{alice.brand.slug}/keys/", typed(lasts=lasts))
    with alice.scope():
        end = ApiKey.objects.get(name="ERP").expires_at
    if days is None:
        assert end is None
    else:
        assert end is not None
        assert abs(end - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)


def test_a_day_of_ones_own(alice: Person) -> None:
    page = f"/b/{alice.brand.slug}/keys/"
    assert "Choose the day" in alice.client.post(page, typed(lasts="day")).content.decode()
    past = alice.client.post(page, typed(lasts="day", last_day="2020-01-01"))
    assert past.status_code == 400
    assert "in the future" in past.content.decode()
    assert "ERP" not in names(alice)
    today = timezone.now().date().isoformat()
    assert alice.client.post(page, typed(lasts="day", last_day=today)).status_code == 200
    assert "ERP" in names(alice)


def test_an_expired_key_is_told_so_and_a_revoked_one_ends_at_once(alice: Person) -> None:
    with alice.scope():
        key, text = key_create(
            name="short", scopes=["read"], created_by=alice.user, expires_at=timezone.now() + timedelta(hours=1)
        )
    assert client(text).get("/api/v1/projects/").status_code == 200
    with alice.scope():
        ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    answer = client(text).get("/api/v1/projects/")
    assert answer.status_code == 401
    assert "expired on" in answer.json()["detail"]
    # Only who knows the secret hears that there was such a key.
    assert "expired" not in client(text[:-1] + "_").get("/api/v1/projects/").json()["detail"]
    with alice.scope():
        ApiKey.objects.filter(pk=key.pk).update(expires_at=None)
    assert client(text).get("/api/v1/projects/").status_code == 200
    with alice.scope():
        key_revoke(key=key, at=timezone.now())
    assert client(text).get("/api/v1/projects/").status_code == 401


def test_last_use_is_noted_once_a_minute(alice: Person) -> None:
    alice.read_api.get("/api/v1/projects/")
    with alice.scope():
        first = ApiKey.objects.get(name="read").last_used_at
    assert first is not None
    alice.read_api.get("/api/v1/projects/")
    with alice.scope():
        assert ApiKey.objects.get(name="read").last_used_at == first


def test_a_key_is_no_stronger_than_who_makes_it(alice: Person) -> None:
    mia = person("mia@a.example", brand=alice.brand, role=Role.MANAGER)
    page = f"/b/{alice.brand.slug}/keys/"
    assert 'value="admin"' not in mia.client.get(page).content.decode()
    assert mia.client.post(page, typed(scopes=["admin"])).status_code == 400
    with alice.scope(), refused("key_too_strong"):
        key_create(name="x", scopes=["admin"], created_by=mia.user, allowed=CAPABILITIES["manager"])
    assert "ERP" not in names(alice)
    assert mia.client.post(page, typed(scopes=["read", "write", "jobs"])).status_code == 200
    assert alice.client.post(page, typed(name="boss", scopes=["admin"])).status_code == 200


@pytest.mark.parametrize("scope", ["read", "write", "jobs"])
def test_only_admin_manages(alice: Person, scope: str) -> None:
    with alice.scope():
        _key, text = key_create(name="some", scopes=[scope], created_by=alice.user)
    for address in ("members/", "invitations/", "keys/"):
        assert client(text).get(f"/api/v1/{address}").status_code == 403
    answer = client(text).post("/api/v1/keys/", {"name": "x", "scopes": ["read"]}, content_type="application/json")
    assert answer.status_code == 403


# Bound to a project


@pytest.fixture
def two(alice: Person) -> tuple[Project, Project]:
    with alice.scope():
        return project_create(name="Kettles"), project_create(name="Flasks")


def test_a_bound_key_sees_its_project_alone_and_makes_no_other(alice: Person, two: tuple[Project, Project]) -> None:
    own, other = two
    with alice.scope():
        _key, text = key_create(
            name="bound", scopes=["read", "write", "jobs"], created_by=alice.user, project_id=own.pk
        )
    asking = client(text)
    assert [row["name"] for row in asking.get("/api/v1/projects/").json()["results"]] == ["Kettles"]
    assert asking.get(f"/api/v1/projects/{own.pk}/").status_code == 200
    for rest in ("", "products/", "datasets/", "reviews/", "needs/", "models/", "briefs/", "concepts/"):
        assert asking.get(f"/api/v1/projects/{other.pk}/{rest}").status_code == 404, rest
    made = asking.post("/api/v1/projects/", {"name": "Third"}, content_type="application/json")
    assert (made.status_code, made.json()["code"]) == (403, "key_of_one_project")
    product = {"sku": "1", "name": "x"}
    at = "/api/v1/projects/{}/products/"
    assert asking.post(at.format(other.pk), product, content_type="application/json").status_code == 404
    assert asking.post(at.format(own.pk), product, content_type="application/json").status_code == 201
    with alice.scope():
        assert Project.objects.count() == 2


def test_binding_needs_a_project_that_is_there_and_no_admin(
    alice: Person, charlie: Person, two: tuple[Project, Project]
) -> None:
    with charlie.scope():
        foreign = project_create(name="Theirs").pk
    with alice.scope():
        for project_id in (foreign, uuid.uuid4()):
            with refused("key_no_project"):
                key_create(name="x", scopes=["read"], created_by=alice.user, project_id=project_id)
        with refused("key_admin_project"):
            key_create(name="x", scopes=["read", "admin"], created_by=alice.user, project_id=two[0].pk)
    page = f"/b/{alice.brand.slug}/keys/"
    both = alice.client.post(page, typed(scopes=["admin"], project_id=str(two[0].pk)))
    assert "choose no project" in both.content.decode()
    assert alice.client.post(page, typed(project_id=str(foreign))).status_code == 400
    with alice.scope():
        assert AuditEntry.objects.filter(action="key_refused").exists()
    assert "x" not in names(alice)


def test_the_api_makes_lists_and_revokes_keys(alice: Person, charlie: Person, two: tuple[Project, Project]) -> None:
    def post(who: Person, address: str, **body: object) -> tuple[int, dict[str, str]]:
        answer = who.api.post(f"/api/v1/keys/{address}", body, content_type="application/json")
        return answer.status_code, answer.json()

    status, made = post(alice, "", name="ERP", scopes=["read"], project_id=str(two[0].pk))
    assert status == 201
    assert client(made["key"]).get(f"/api/v1/projects/{two[0].pk}/").status_code == 200
    listed = alice.api.get("/api/v1/keys/").content.decode()
    assert made["id"] in listed
    assert made["key"] not in listed
    assert post(alice, "", name="x", scopes=["read"], expires_at="2020-01-01T00:00:00Z")[1]["code"] == "key_expiry_past"
    assert post(alice, "", name="x", scopes=["everything"])[0] == 400
    assert post(alice, "", name="x", scopes=[])[0] == 400
    assert post(charlie, f"{made['id']}/revoke/")[0] == 404
    assert client(made["key"]).get("/api/v1/projects/").status_code == 200
    assert post(alice, f"{made['id']}/revoke/")[1]["revoked_at"] is not None
    assert client(made["key"]).get("/api/v1/projects/").status_code == 401


def test_secrets_are_compared_in_constant_time(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    compare = querysets.secrets.compare_digest

    def watch(one: str, other: str) -> bool:
        asked.append(other)
        return compare(one, other)

    monkeypatch.setattr(querysets.secrets, "compare_digest", watch)
    with alice.scope():
        assert querysets.api_key(alice.key[:-1] + "_") is None
    assert len(asked) == 1
