"""The OpenAPI document: valid without a warning, complete, and true of what the addresses really answer."""

import json
from functools import cache
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from tests.api.test_access import READ, ROUTES, fill
from tests.api.world import World
from tests.conftest import Person


@cache
def document() -> dict[str, Any]:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    found: dict[str, Any] = yaml.safe_load(out.getvalue())
    return found


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_valid_without_a_warning() -> None:
    assert document()["openapi"] == "3.1.0"


def test_it_names_every_address_and_no_other() -> None:
    assert set(document()["paths"]) == {route.replace("<uuid:", "{").replace(">", "}") for route in ROUTES}


def test_every_operation_is_described_and_refuses_with_problems() -> None:
    for name, operation in operations().items():
        assert operation["summary"], name
        assert operation["security"] == [{"ApiKey": []}], name
        refusals = {status: body for status, body in operation["responses"].items() if not status.startswith("2")}
        assert {"401", "403", "default"} <= set(refusals), name
        assert all(list(body["content"]) == ["application/problem+json"] for body in refusals.values()), name


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for operation in operations().values()]
    assert len(names) == len(set(names))


def valid(schema: dict[str, Any], value: object) -> None:
    Draft202012Validator({**schema, "components": document()["components"]}).validate(value)


@pytest.mark.parametrize("route", READ)
def test_answers_are_as_the_document_says(route: str, alice: Person, world: World) -> None:
    operation = document()["paths"][route.replace("<uuid:", "{").replace(">", "}")]["get"]["responses"]
    content = operation["200"]["content"]
    if "application/json" in content:  # a file says nothing of what is in it
        valid(content["application/json"]["schema"], alice.api.get(fill(route, world)).json())
    refusal = Client().get(fill(route, world)).json()
    valid(operation["401"]["content"]["application/problem+json"]["schema"], refusal)


def test_examples_are_as_the_document_says() -> None:
    bodies = [
        content
        for operation in operations().values()
        for place in (*operation["responses"].values(), operation.get("requestBody", {}))
        for content in place.get("content", {}).values()
    ]
    examples = [(body["schema"], one["value"]) for body in bodies for one in body.get("examples", {}).values()]
    assert len(examples) > 5
    for schema, value in examples:
        valid(schema, value)


def test_it_is_served_to_everybody(db: None) -> None:
    response = Client().get("/api/v1/schema/", {"format": "json"})
    assert response.status_code == 200
    assert json.loads(response.content)["paths"].keys() == document()["paths"].keys()
