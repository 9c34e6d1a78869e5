"""The table of roles: what tests, pages and API read is one and the same, and a page shows it in both languages."""

import re
from itertools import pairwise

import pytest

from accounts.models import Role
from accounts.permissions import CAPABILITIES, CAPABILITY_WORDS, OWNER, SCOPES, WHOLE_BRAND, scopes_within
from tests.conftest import Person

pytestmark = pytest.mark.django_db

LADDER = ["viewer", "reviewer", "designer", "analyst", "manager", "owner"]


def test_each_role_may_all_that_the_one_below_may() -> None:
    assert set(LADDER) == set(Role.values) == set(CAPABILITIES)
    for lower, higher in pairwise(LADDER):
        assert CAPABILITIES[lower] < CAPABILITIES[higher]


def test_the_agreed_ones_are_where_they_belong() -> None:
    who = {name: {role for role in LADDER if name in CAPABILITIES[role]} for name in OWNER}
    assert who["rate"] == set(LADDER) - {"viewer"}
    for name in ("manage_members", "manage_keys", "see_usage", "erase_reviews", "manage_projects"):
        assert who[name] == {"owner", "manager"}, name
    for name in ("manage_brand", "manage_login", "see_audit", "see_personal_data", "export_brand", "delete_brand"):
        assert who[name] == {"owner"}, name


def test_scopes_stay_within_an_owners_power_and_admin_holds_all_others() -> None:
    assert all(allowed <= OWNER for allowed in SCOPES.values())
    assert SCOPES["admin"] == SCOPES["read"] | SCOPES["write"] | SCOPES["jobs"] | WHOLE_BRAND
    assert scopes_within(CAPABILITIES["manager"]) == ["read", "write", "jobs"]
    assert scopes_within(OWNER) == ["read", "write", "jobs", "admin"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_shows_the_table(alice: Person, bob: Person, charlie: Person, language: str) -> None:
    bob.user.language = language
    bob.user.save()
    shown = bob.client.get(f"/b/{alice.brand.slug}/members/roles/").content.decode()
    rows = re.findall(r'<tr data-capability="(\w+)">(.*?)</tr>', shown, re.DOTALL)
    assert [name for name, _cells in rows] == list(CAPABILITY_WORDS)
    for name, cells in rows:
        may = ["icon-check" in cell for cell in re.findall(r"<td.*?</td>", cells, re.DOTALL)]
        assert may == [name in CAPABILITIES[role] for role in Role.values], name
    assert charlie.client.get(f"/b/{alice.brand.slug}/members/roles/").status_code == 404
