"""What holds for every address alike: pages, bodies, refusals."""

import json
from base64 import b64encode
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from ideation.base.problems import ProblemMiddleware
from ideation.catalog.services import product_save, project_create
from tests.api.test_access import refused
from tests.api.world import World
from tests.conftest import Person

PROJECTS = "/api/v1/projects/"


def send(client: Client, body: bytes | str, address: str = PROJECTS) -> Any:
    return client.post(address, body, content_type="application/json")


@pytest.mark.parametrize(
    "address",
    ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/projects/17/", "/api/v1/projects/not-a-uuid/needs/", "/api/v2/"],
)
def test_an_unknown_address_is_a_problem(address: str, alice: Person) -> None:
    refused(alice.api.get(address), 404)
    refused(alice.api.post(address, b"{}", content_type="application/json"), 404)


def test_a_missing_slash_is_named(alice: Person) -> None:
    response = alice.api.post("/api/v1/projects", b"{}", content_type="application/json")
    refused(response, 404)
    assert "slash" in response.json()["detail"]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_a_method_that_an_address_lacks_is_405(method: str, alice: Person) -> None:
    response = getattr(alice.api, method)(PROJECTS)
    refused(response, 405)
    assert "POST" in response["Allow"]


def test_writing_to_a_list_that_is_only_read_is_405(alice: Person, world: World) -> None:
    refused(send(alice.api, "{}", f"{PROJECTS}{world.project.pk}/need-edits/"), 405)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "a", "name": "b"}',
        b"[" * 100_000,
        b"[]",
        b'"text"',
        b"null",
        b'{"name": "\\ud800"}',
        b'{"name": "\\u0000"}',
        b'{"name": ["a"]}',
        b'{"name": ""}',
        b'{"name": "%s"}' % (b"x" * 121),
        b'{"name": "a", "language": "tlh"}',
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes, alice: Person) -> None:
    response = send(alice.api, body)
    refused(response, 400)
    assert len(response.json()["detail"]) > 10


def test_each_wrong_field_is_named(alice: Person) -> None:
    errors = send(alice.api, '{"language": "tlh", "naem": "x"}').json()["errors"]
    assert [error["field"] for error in errors] == ["naem"]
    errors = send(alice.api, '{"language": "tlh"}').json()["errors"]
    assert {(error["field"], error["code"]) for error in errors} == {
        ("name", "required"),
        ("language", "invalid_choice"),
    }


def test_a_huge_body_is_refused_unread(alice: Person) -> None:
    refused(send(alice.api, b'{"name": "' + b"x" * 3_000_000 + b'"}'), 413)


def test_sentences_come_in_the_language_that_is_asked_for(alice: Person) -> None:
    response = alice.api.post(PROJECTS, "{}", content_type="application/json", headers={"Accept-Language": "zh-CN"})
    assert "该字段" in json.dumps(response.json(), ensure_ascii=False)


@pytest.fixture
def many(alice: Person) -> None:
    with alice.scope():
        for number in range(7):
            project = project_create(name=f"P{number}", created_by=alice.user)
        for number in range(5):
            # The same name five times: a page's end may fall between equals.
            product_save(project=project, sku=f"S{number}", name="Same")


def names(client: Client, address: str, key: str) -> list[list[str]]:
    pages = []
    following: str | None = address
    while following:
        page = client.get(following).json()
        pages.append([one[key] for one in page["results"]])
        following = page["next"]
    return pages


def test_pages_follow_each_other_without_gap_or_repeat(alice: Person, many: None) -> None:
    assert names(alice.api, f"{PROJECTS}?limit=3", "name") == [["P6", "P5", "P4"], ["P3", "P2", "P1"], ["P0"]]
    project = alice.api.get(PROJECTS).json()["results"][0]["id"]
    pages = names(alice.api, f"{PROJECTS}{project}/products/?limit=2", "sku")
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(sku for page in pages for sku in page) == ["S0", "S1", "S2", "S3", "S4"]


def test_a_page_stays_where_it_is_while_rows_come_in(alice: Person, many: None) -> None:
    first = alice.api.get(f"{PROJECTS}?limit=3").json()
    with alice.scope():
        project_create(name="late", created_by=alice.user)
    assert [one["name"] for one in alice.api.get(first["next"]).json()["results"]] == ["P3", "P2", "P1"]


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1000000000", "x", "1.5", "", "٣"])
def test_a_wrong_limit_is_refused(limit: str, alice: Person) -> None:
    response = alice.api.get(PROJECTS, {"limit": limit})
    refused(response, 400)
    assert response.json()["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("cursor", ["x", "p=1", "p=2026-01-01\x00", "p=99999-01-01", "o=-1", "é", "p=%F0%9F%98%80"])
@pytest.mark.parametrize("encoded", [True, False])
def test_a_wrong_cursor_is_refused(cursor: str, encoded: bool, alice: Person, world: World) -> None:
    sent = b64encode(cursor.encode()).decode() if encoded else cursor
    for address in (PROJECTS, f"{PROJECTS}{world.project.pk}/needs/", f"{PROJECTS}{world.project.pk}/concepts/"):
        response = alice.api.get(address, {"cursor": sent})
        assert response.status_code in {200, 400}, response.content
        if response.status_code == 400:
            refused(response, 400)
            assert response.json()["errors"][0]["field"] == "cursor"


def test_another_media_type_than_json_is_not_promised(alice: Person) -> None:
    refused(alice.api.get(PROJECTS, headers={"Accept": "text/html"}), 406)


def test_head_answers_as_get_without_a_body(alice: Person) -> None:
    response = alice.api.head(PROJECTS)
    assert (response.status_code, response.content) == (200, b"")


def test_the_page_to_try_it_on_needs_no_inline_script_or_style(alice: Person) -> None:
    page = Client().get("/api/docs/").content.decode()
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 3
    assert Client().get("/api/docs/", {"script": ""})["Content-Type"].startswith("application/javascript")


def test_an_unknown_filter_is_named(alice: Person) -> None:
    response = alice.api.get(PROJECTS, {"langauge": "en"})
    refused(response, 400)
    assert response.json()["errors"][0]["field"] == "langauge"


def test_times_are_iso_8601_in_utc(alice: Person, world: World) -> None:
    created = alice.api.get(f"{PROJECTS}{world.project.pk}/").json()["created_at"]
    assert created == world.project.created_at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(("status", "kind", "path", "changed"), [
    (500, "text/html; charset=utf-8", "/api/v1/projects/", True),
    (400, "text/html", "/api/v1/projects/", True),
    (200, "text/html", "/api/docs/", False),
    (500, "text/html", "/account/login/", False),
    (404, "application/problem+json", "/api/v1/x/", False),
])  # fmt: skip
def test_an_error_that_escapes_every_view_is_a_problem_too(status: int, kind: str, path: str, changed: bool) -> None:
    def fails(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("<h1>secret</h1>", status=status, content_type=kind)

    response = ProblemMiddleware(fails)(RequestFactory().get(path))
    assert response.status_code == status
    assert (response["Content-Type"] == "application/problem+json") == (changed or "problem" in kind)
    assert (b"secret" not in response.content) == changed
