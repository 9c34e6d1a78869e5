"""Every address, found from the list of addresses itself: without a key, with a reader's, with another brand's."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from accounts.models import ApiKey
from accounts.services.keys import key_revoke
from ideation.api_urls import v1
from tests.api.world import CSV, IMAGE, World, contents
from tests.conftest import Person

PROBLEM = "application/problem+json"


def addresses(patterns: list[URLPattern | URLResolver], above: str = "/api/v1/") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern.callback.view_class  # type: ignore[attr-defined]


ROUTES = dict(addresses(v1))
READ = [route for route, view in ROUTES.items() if hasattr(view, "get")]
WRITE = [route for route, view in ROUTES.items() if hasattr(view, "post") or hasattr(view, "patch")]
BY_PATCH = {route for route in WRITE if not hasattr(ROUTES[route], "post")}
UPLOADS = {
    "/api/v1/projects/<uuid:project_id>/imports/": CSV,
    "/api/v1/projects/<uuid:project_id>/main-jobs/": CSV,
    "/api/v1/projects/<uuid:project_id>/products/import/": b"sku,name\nN-1,New\n",
    "/api/v1/products/<uuid:product_id>/image/": IMAGE,
    "/api/v1/imports/<uuid:import_id>/mended/": CSV,
    "/api/v1/projects/<uuid:project_id>/code-frames/": b"theme,need\nUse,I want it light.\n",
    "/api/v1/projects/<uuid:project_id>/surveys/": b"need,importance,n\nnoise,4,20\n",
}
BODIES: dict[str, Any] = {
    "/api/v1/projects/": {"name": "New"},
    "/api/v1/projects/<uuid:project_id>/products/": {"sku": "N-1", "name": "New"},
    "/api/v1/projects/<uuid:project_id>/products/bulk/": {"products": [{"sku": "N-1", "name": "New"}]},
    "/api/v1/projects/<uuid:project_id>/unmatched-names/": {"name": "New", "product": str(uuid.uuid4())},
    "/api/v1/reviews/<uuid:review_id>/corrections/": {"rating": 3, "reason": "Wrong"},
    "/api/v1/projects/<uuid:project_id>/briefs/": {"title": "New", "product": "kettle", "needs": [str(uuid.uuid4())]},
    "/api/v1/projects/<uuid:project_id>/access/": {"restricted": True, "members": []},
    "/api/v1/projects/<uuid:project_id>/uploads/": {"file_name": "r.csv", "size": 100},
    "/api/v1/projects/<uuid:project_id>/upload-forms/": {"most_bytes": 100},
    "/api/v1/projects/<uuid:project_id>/fetches/": {"address": "https://x.example/r.csv"},
    "/api/v1/members/<uuid:member_id>/role/": {"role": "viewer"},
    "/api/v1/invitations/": {"email": "new@company.example", "role": "viewer"},
    "/api/v1/keys/": {"name": "New", "scopes": ["read"]},
    "/api/v1/projects/<uuid:project_id>/needs/": {"statement": "I want it light.", "label": "weight"},
    "/api/v1/needs/<uuid:need_id>/": {"statement": "Mine", "pinned": True, "dismissed": True},
    "/api/v1/needs/<uuid:need_id>/merge/": {"others": [str(uuid.uuid4())]},
    "/api/v1/needs/<uuid:need_id>/split/": {"evidence": [str(uuid.uuid4())], "statement": "Mine", "label": "mine"},
    "/api/v1/needs/<uuid:need_id>/move/": {"evidence": [str(uuid.uuid4())], "to": None},
    "/api/v1/needs/<uuid:need_id>/sentences/": {"sentences": [str(uuid.uuid4())]},
    "/api/v1/projects/<uuid:project_id>/themes/": {"name": "Mine"},
    "/api/v1/themes/<uuid:theme_id>/": {"name": "Mine"},
}
OF_THE_BRAND = {
    "/api/v1/projects/", "/api/v1/jobs/", "/api/v1/members/", "/api/v1/invitations/", "/api/v1/keys/",
    "/api/v1/audit/", "/api/v1/usage/", "/api/v1/erasures/", "/api/v1/exports/",
}  # fmt: skip
"""Addresses without an id: another brand's key sees its own things there."""
FIGURES = {
    "/api/v1/usage/", "/api/v1/projects/<uuid:project_id>/unmatched-names/",
    "/api/v1/imports/<uuid:import_id>/duplicate-rows/",
    "/api/v1/reviews/<uuid:review_id>/corrections/", "/api/v1/projects/<uuid:project_id>/needs/ask/",
    "/api/v1/projects/<uuid:project_id>/needs/compare/", "/api/v1/projects/<uuid:project_id>/sentiment/",
}  # fmt: skip
"""Addresses that show figures alone, no words, or that have nothing to show yet."""


def fill(route: str, world: World) -> str:
    for name, value in world.ids().items():
        route = route.replace(f"<uuid:{name}>", str(value))
    assert "<" not in route, route
    return route


def post(client: Client, route: str, world: World) -> Any:
    if route in UPLOADS:
        return client.post(fill(route, world), {"file": SimpleUploadedFile("r.csv", UPLOADS[route])})
    return write(client, route)(fill(route, world), json.dumps(BODIES.get(route, {})), content_type="application/json")


def write(client: Client, route: str) -> Any:
    return client.patch if route in BY_PATCH else client.post


def said(response: Any) -> str:
    """The answer's body; of a file, all of it."""
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def refused(response: Any, status: int) -> None:
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM), response.content
    assert response.json()["status"] == status
    assert {"type", "title", "code", "detail", "errors", "instance"} <= set(response.json())


@pytest.mark.parametrize("route", READ)
def test_a_read_key_reads_all_but_what_is_managed(route: str, alice: Person, world: World) -> None:
    response = alice.read_api.get(fill(route, world))
    if ROUTES[route].reads != ("see",):
        refused(response, 403)
        response = alice.api.get(fill(route, world))
    assert response.status_code == 200
    assert world.mark in said(response) or route in FIGURES


@pytest.mark.parametrize("route", READ)
def test_without_a_key_nothing_is_read(route: str, world: World) -> None:
    response = Client().get(fill(route, world))
    refused(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("route", READ)
def test_another_brands_key_reads_nothing_of_it(route: str, charlie: Person, world: World, other_world: World) -> None:
    response = charlie.api.get(fill(route, world))
    if route in OF_THE_BRAND:
        assert other_world.mark in response.content.decode() or route in FIGURES
    else:
        refused(response, 404)
    shown = response.content.decode()
    assert world.mark not in shown
    assert not [name for name in world.ids().values() if str(name) in shown]


@pytest.mark.parametrize("route", WRITE)
def test_a_read_key_changes_nothing(route: str, alice: Person, world: World) -> None:
    before = contents(alice)
    refused(post(alice.read_api, route, world), 403)
    assert contents(alice) == before


@pytest.mark.parametrize("route", WRITE)
def test_without_a_key_nothing_is_changed(route: str, alice: Person, world: World) -> None:
    before = contents(alice)
    refused(post(Client(), route, world), 401)
    refused(post(alice.client, route, world), 401)
    assert contents(alice) == before


@pytest.mark.parametrize("route", [route for route in WRITE if route not in OF_THE_BRAND])
def test_another_brands_key_changes_nothing(route: str, alice: Person, charlie: Person, world: World) -> None:
    before, files = contents(alice), stored(alice)
    response = post(charlie.api, route, world)
    refused(response, 404)
    assert world.mark not in response.content.decode()
    assert contents(alice) == before
    assert stored(alice) == files
    assert stored(charlie) == []


def stored(person: Person) -> list[str]:
    try:
        return sorted(default_storage.listdir(person.brand.folder)[0])
    except FileNotFoundError:
        return []


@pytest.mark.parametrize("route", WRITE)
def test_a_broken_body_is_refused_with_a_sentence(route: str, alice: Person, world: World) -> None:
    before = contents(alice)
    address = fill(route, world)
    if route in UPLOADS:
        refused(alice.api.post(address, b"--", content_type="multipart/form-data; boundary=x"), 400)
        refused(alice.api.post(address, b"{}", content_type="application/json"), 415)
    else:
        refused(write(alice.api, route)(address, b"{", content_type="application/json"), 400)
        refused(write(alice.api, route)(address, b"a=1", content_type="application/x-www-form-urlencoded"), 415)
    answer = post(alice.api, route, world) if route in UPLOADS else None
    assert answer is None or answer.status_code in {200, 201, 202}
    if route not in UPLOADS:
        unknown = write(alice.api, route)(address, b'{"nonsense": 1}', content_type="application/json")
        refused(unknown, 400)
        assert {"field": "nonsense", "code": "invalid", "detail": "There is no such field."} in unknown.json()["errors"]
        assert contents(alice) == before


@pytest.mark.parametrize("change", [lambda key: key + "x", lambda _key: "idn_x_y", lambda _key: "nonsense"])
def test_an_unknown_key_is_refused(change: Callable[[str], str], alice: Person, world: World) -> None:
    client = Client(headers={"Authorization": f"Bearer {change(alice.key)}"})
    refused(client.get("/api/v1/projects/"), 401)


def test_a_revoked_key_is_refused_at_once(alice: Person, world: World) -> None:
    assert alice.api.get("/api/v1/projects/").status_code == 200
    with alice.scope():
        for key in ApiKey.objects.all():
            key_revoke(key=key, at=timezone.now())
    refused(alice.api.get("/api/v1/projects/"), 401)
