"""Who comes in: the brand is found by address or key, an outsider meets 404, a strong database role is refused."""

import os
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from accounts import querysets
from accounts.apps import refuse_strong_role
from accounts.models import ApiKey, Role
from accounts.permissions import CAPABILITIES, SCOPES, role_can, scopes_can
from accounts.services.brands import brand_create
from accounts.services.keys import key_revoke
from tests.conftest import Person

pytestmark = pytest.mark.django_db


def test_a_member_enters_and_an_outsider_meets_nothing(alice: Person, bob: Person, charlie: Person) -> None:
    page = f"/b/{alice.brand.slug}/"
    assert alice.client.get(page).status_code == 200
    assert bob.client.get(page).status_code == 200
    refused = charlie.client.get(page)
    assert refused.status_code == 404
    assert alice.brand.name.encode() not in refused.content
    assert charlie.client.get("/b/no-such-brand/").status_code == 404


def test_a_stranger_is_sent_to_the_login(alice: Person) -> None:
    answer = Client().get(f"/b/{alice.brand.slug}/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/?next=")


def test_keys_are_kept_as_hashes_and_end_when_revoked(alice: Person) -> None:
    with alice.scope():
        stored = ApiKey.objects.get(name="all")
        assert alice.key.rsplit("_", 1)[1] not in repr(stored.__dict__)
        assert querysets.api_key(alice.key) == stored
        assert querysets.api_key(alice.key[:-1] + "x") is None
        key_revoke(key=stored, at=timezone.now())
        assert querysets.api_key(alice.key) is None
    assert querysets.brand_of_key(alice.key) is None
    assert querysets.brand_of_key("nonsense") is None


def test_two_brands_of_the_same_name_get_two_addresses(alice: Person) -> None:
    again = brand_create(name=alice.brand.name, owner=alice.user)
    assert again.slug == f"{alice.brand.slug}-2"
    assert [brand.slug for brand in querysets.brands_of(alice.user.pk)] == [alice.brand.slug, again.slug]


def test_roles_and_scopes_name_known_capabilities_only() -> None:
    assert set(CAPABILITIES) == set(Role.values)
    assert all(allowed <= CAPABILITIES["owner"] for allowed in [*CAPABILITIES.values(), *SCOPES.values()])
    assert not role_can("nobody", "see")
    assert not scopes_can([], "see")


@pytest.mark.parametrize("role", ["ideation_owner", "superuser"])
def test_a_role_that_the_wall_does_not_bind_is_refused(role: str, request: pytest.FixtureRequest) -> None:
    def connect() -> psycopg.Connection[Any]:
        if role == "ideation_owner":
            return psycopg.connect(os.environ["OWNER_DATABASE_URL"])
        return cast("psycopg.Connection[Any]", request.config.servers.postgres.superuser("ideation_test"))  # type: ignore[attr-defined]

    with connect() as strong:
        wrapper = SimpleNamespace(alias="default", cursor=strong.cursor, close=lambda: None)
        with pytest.raises(ImproperlyConfigured, match="ideation_app"):
            refuse_strong_role(cast("Any", wrapper))
