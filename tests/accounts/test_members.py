"""Who belongs to a brand: roles change and people leave, but an owner always remains, also when two act at once."""

import uuid
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts.errors import AccountError
from accounts.middleware import LOGIN_BRAND
from accounts.models import ApiKey, AuditEntry, Brand, Invitation, Membership, Role
from accounts.querysets import brand_of_slug
from accounts.services.brands import brand_create
from accounts.services.invitations import invitation_create
from accounts.services.members import member_remove, member_role_set
from accounts.services.people import person_delete
from tests.accounts.threads import at_once
from tests.conftest import Person, person

pytestmark = pytest.mark.django_db


def page(who: Person, rest: str = "members/") -> str:
    return f"/b/{who.brand.slug}/{rest}"


def place(who: Person) -> Membership:
    with who.scope():
        return Membership.objects.get(user=who.user)


def roles(who: Person) -> dict[str, str]:
    with who.scope():
        return dict(Membership.objects.values_list("user__email", "role"))


@pytest.fixture
def mia(alice: Person) -> Person:
    """A manager of brand A."""
    return person("mia@a.example", brand=alice.brand, role=Role.MANAGER)


def test_the_list_says_who_as_what_since_when_and_how_safe(alice: Person, bob: Person, charlie: Person) -> None:
    shown = alice.client.get(page(alice)).content.decode()
    assert "bob@a.example" in shown
    assert "Second factor" in shown
    assert "Invite somebody" in shown
    seen_by_viewer = bob.client.get(page(alice)).content.decode()
    assert "alice@a.example" in seen_by_viewer
    assert "Last seen" not in seen_by_viewer
    assert "Invite somebody" not in seen_by_viewer
    assert charlie.client.get(page(alice)).status_code == 404
    assert Client().get(page(alice)).status_code == 302


def test_an_owner_changes_roles_and_others_cannot(alice: Person, bob: Person, charlie: Person) -> None:
    change = page(alice, f"members/{place(bob).pk}/role/")
    assert bob.client.post(change, {"role": "owner"}).status_code == 403
    assert charlie.client.post(change, {"role": "owner"}).status_code == 404
    assert (
        charlie.client.post(change.replace(alice.brand.slug, charlie.brand.slug), {"role": "viewer"}).status_code == 404
    )
    assert alice.client.post(change, {"role": "emperor"}).status_code == 400
    assert roles(alice)["bob@a.example"] == "viewer"
    assert alice.client.post(change, {"role": "designer"}).status_code == 302
    assert roles(alice)["bob@a.example"] == "designer"


def test_a_manager_neither_touches_owners_nor_makes_them(alice: Person, bob: Person, mia: Person) -> None:
    before = roles(alice)
    for target, role in ((alice, "viewer"), (bob, "owner"), (mia, "owner")):
        answer = mia.client.post(page(alice, f"members/{place(target).pk}/role/"), {"role": role})
        assert answer.status_code == 403
        assert "Only an owner" in answer.content.decode()
    assert mia.client.post(page(alice, f"members/{place(alice).pk}/remove/")).status_code == 403
    assert roles(alice) == before
    assert mia.client.post(page(alice, f"members/{place(bob).pk}/role/"), {"role": "analyst"}).status_code == 302
    with alice.scope():
        assert AuditEntry.objects.filter(action="role_refused").count() == 3


def test_the_last_owner_stays(alice: Person, bob: Person) -> None:
    own = place(alice).pk
    for address, sent in ((f"members/{own}/role/", {"role": "viewer"}), (f"members/{own}/remove/", {})):
        answer = alice.client.post(page(alice, address), sent)
        assert answer.status_code == 409
        assert "last one" in answer.content.decode()
    assert roles(alice)["alice@a.example"] == "owner"
    alice.client.post(page(alice, f"members/{place(bob).pk}/role/"), {"role": "owner"})
    assert alice.client.post(page(alice, f"members/{own}/remove/")).status_code == 302
    assert roles(bob) == {"bob@a.example": "owner"}
    assert alice.client.get(page(alice)).status_code == 404


def test_leaving_and_removing_end_at_once_what_one_could_do(alice: Person, bob: Person, mia: Person) -> None:
    assert mia.client.get("/api/v1/projects/").status_code == 401
    assert mia.read_api.get("/api/v1/projects/").status_code == 200
    with alice.scope():
        invitation_create(email="friend@x.example", role="viewer", by=mia.user, site="http://testserver/")
    assert b"API keys that still work" in alice.client.get(page(alice, f"members/{place(mia).pk}/remove/")).content
    assert alice.client.post(page(alice, f"members/{place(mia).pk}/remove/")).status_code == 302
    assert mia.client.get(page(alice)).status_code == 404
    assert mia.read_api.get("/api/v1/projects/").status_code == 401
    with alice.scope():
        assert not Invitation.objects.filter(revoked_at=None).exists()
    left = bob.client.post(page(alice, f"members/{place(bob).pk}/remove/"), {"keep_keys": "1"})
    assert left.headers["Location"] == "/"
    assert bob.read_api.get("/api/v1/projects/").status_code == 200


def test_a_viewer_removes_nobody_else(alice: Person, bob: Person, mia: Person) -> None:
    address = page(alice, f"members/{place(mia).pk}/remove/")
    assert bob.client.get(address).status_code == 403
    assert bob.client.post(address).status_code == 403
    assert "mia@a.example" in roles(alice)


def test_a_lower_role_takes_its_keys_and_invitations_along(alice: Person, mia: Person) -> None:
    with alice.scope():
        member_role_set(membership_id=place(mia).pk, role="owner", by=alice.user)
        invitation_create(email="boss@x.example", role="owner", by=mia.user, site="http://testserver/")
        member_role_set(membership_id=place(mia).pk, role="manager", by=alice.user)
        assert Invitation.objects.get().revoked_at is not None
        # A manager can't make a key with `admin`, but one that reads.
        standing = ApiKey.objects.filter(created_by=mia.user, revoked_at=None)
        assert [key.scopes for key in standing] == [["read"]]


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_leave_one() -> None:
    for _round in range(3):
        one = person(f"one{_round}@a.example", brand_name="A")
        two = person(f"two{_round}@a.example", brand=one.brand, role=Role.OWNER)
        places = {who.user.pk: place(who).pk for who in (one, two)}

        def demote(by: Person, other: Person, places: dict[object, object] = places) -> None:
            with by.scope():
                member_role_set(membership_id=places[other.user.pk], role="viewer", by=by.user)  # type: ignore[arg-type]

        answers = at_once(lambda: demote(one, two), lambda: demote(two, one))  # noqa: B023  # called in this round
        assert sorted(type(answer).__name__ for answer in answers) == ["AccountError", "NoneType"]
        assert sorted(roles(one).values()) == ["owner", "viewer"]


@pytest.mark.django_db(transaction=True)
def test_all_owners_who_leave_at_once_leave_one() -> None:
    first = person("o0@a.example", brand_name="A")
    owners = [first, *(person(f"o{n}@a.example", brand=first.brand, role=Role.OWNER) for n in range(1, 4))]
    places = [place(owner).pk for owner in owners]

    def leave(n: int) -> None:
        with owners[n].scope():
            member_remove(membership_id=places[n], by=owners[n].user)

    answers = at_once(*(lambda n=n: leave(n) for n in range(4)))  # type: ignore[misc]
    assert [str(answer) for answer in answers if isinstance(answer, AccountError)] != []
    assert answers.count(None) == 3
    assert list(roles(first).values()) == ["owner"]


@pytest.mark.django_db(transaction=True)
def test_an_owner_who_deletes_their_account_and_one_who_steps_down_leave_one() -> None:
    for _round in range(3):
        one = person(f"one{_round}@a.example", brand_name="A")
        two = person(f"two{_round}@a.example", brand=one.brand, role=Role.OWNER)
        own = place(two).pk

        def step_down(two: Person = two, own: uuid.UUID = own) -> None:
            with two.scope():
                member_role_set(membership_id=own, role="viewer", by=two.user)

        answers = at_once(step_down, partial(person_delete, user=one.user))
        assert sorted(type(answer).__name__ for answer in answers) == ["AccountError", "NoneType"]
        assert list(roles(two).values()).count("owner") == 1


# The API: by a key with `admin`, which may do what a manager may.


def test_the_api_lists_changes_and_removes_members(alice: Person, bob: Person, charlie: Person) -> None:
    listed = alice.api.get("/api/v1/members/").json()["results"]
    assert {row["email"] for row in listed} == {"alice@a.example", "bob@a.example"}
    address = f"/api/v1/members/{place(bob).pk}/"
    assert charlie.api.post(f"{address}role/", {"role": "analyst"}, content_type="application/json").status_code == 404
    assert roles(alice)["bob@a.example"] == "viewer"
    changed = alice.api.post(f"{address}role/", {"role": "analyst"}, content_type="application/json")
    assert changed.json()["role"] == "analyst"
    owner = alice.api.post(f"{address}role/", {"role": "owner"}, content_type="application/json")
    assert (owner.status_code, owner.json()["code"]) == (403, "owners_only")
    own = alice.api.post(f"/api/v1/members/{place(alice).pk}/remove/", {}, content_type="application/json")
    assert own.json()["code"] == "owners_only"
    assert alice.api.post(f"{address}remove/", {}, content_type="application/json").status_code == 204
    assert list(roles(alice)) == ["alice@a.example"]


# The brand itself: settings, the switcher, a new one.


def test_settings_change_name_language_and_address(alice: Person, bob: Person, charlie: Person) -> None:
    sent = {"name": "Acme", "language": "zh-hans", "slug": "acme-tools"}
    assert bob.client.post(page(alice, "settings/"), sent).status_code == 403
    assert charlie.client.post(page(alice, "settings/"), sent).status_code == 404
    old = alice.brand.slug
    answer = alice.client.post(page(alice, "settings/"), sent)
    assert answer.headers["Location"] == "/b/acme-tools/settings/"
    assert alice.client.get("/b/acme-tools/settings/").status_code == 200
    assert alice.client.get(f"/b/{old}/settings/").status_code == 404
    with alice.scope():
        brand = Brand.objects.get()
    assert (brand.name, brand.language, brand.slug) == ("Acme", "zh-hans", "acme-tools")


@pytest.mark.parametrize(
    ("slug", "words", "status"),
    [
        ("admin", "kept for the product", 400),
        ("API", "kept for the product", 400),
        ("settings", "kept for the product", 400),
        ("bränd", "small letters", 400),
        ("аcme", "small letters", 400),  # a Cyrillic а
        ("a--b", "small letters", 400),
        ("-a", "small letters", 400),
        ("x", "small letters", 400),
        ("a/b", "small letters", 400),
        ("brand-b", "Another brand", 409),
    ],
)
def test_an_address_that_a_brand_cannot_have(
    alice: Person, charlie: Person, slug: str, words: str, status: int
) -> None:
    answer = alice.client.post(page(alice, "settings/"), {"name": "A", "language": "en", "slug": slug})
    assert answer.status_code == status
    assert words in answer.content.decode()
    with alice.scope():
        assert Brand.objects.get().slug == alice.brand.slug
        assert AuditEntry.objects.filter(action="brand_refused", after__slug__isnull=False).count() == 1


def test_a_brand_of_a_reserved_or_foreign_name_gets_an_address(alice: Person) -> None:
    assert brand_create(name="Admin", owner=alice.user).slug == "admin-brand"
    chinese = brand_create(name="保温杯", owner=alice.user)
    assert brand_of_slug(chinese.slug) == chinese.pk


@pytest.mark.django_db(transaction=True)
def test_two_brands_made_at_once_get_two_addresses() -> None:
    who = person("a@a.example", brand_name="First")
    made = at_once(*[lambda: brand_create(name="Same", owner=who.user)] * 3)
    assert {brand.slug for brand in made} == {"same", "same-2", "same-3"}


def test_the_switcher_names_all_brands_and_stays_in_the_room(alice: Person, charlie: Person) -> None:
    second = brand_create(name="Second", owner=alice.user)
    shown = alice.client.get("/brands/?room=jobs", headers={"HX-Request": "true"}).content.decode()
    assert f'href="/b/{alice.brand.slug}/jobs/"' in shown
    assert f'href="/b/{second.slug}/jobs/"' in shown
    assert charlie.brand.name not in shown
    odd = alice.client.get("/brands/?room=//evil", headers={"HX-Request": "true"}).content.decode()
    assert f'href="/b/{second.slug}/"' in odd
    assert alice.client.get("/brands/").headers["Location"] == "/"


def test_a_session_of_one_brand_sees_no_other(alice: Person) -> None:
    second = brand_create(name="Second", owner=alice.user)
    session = alice.client.session
    session[LOGIN_BRAND] = str(alice.brand.pk)
    session.save()
    assert alice.client.get(page(alice)).status_code == 200
    assert alice.client.get(f"/b/{second.slug}/").status_code == 404
    shown = alice.client.get("/brands/", headers={"HX-Request": "true"}).content.decode()
    assert "Second" not in shown
    assert "New brand" not in shown


def test_another_brand_is_made_where_registration_is_open(alice: Person, settings: object) -> None:
    settings.REGISTRATION = "open"  # type: ignore[attr-defined]
    answer = alice.client.post("/brands/new/", {"name": "Next", "language": "en"})
    assert answer.headers["Location"] == "/b/next/"
    settings.REGISTRATION = "invitation"  # type: ignore[attr-defined]
    assert alice.client.get("/brands/new/").status_code == 403
    assert b"by invitation" in alice.client.post("/brands/new/", {"name": "More", "language": "en"}).content
    assert brand_of_slug("more") is None


def test_last_seen_is_the_newest_of_logins_and_sessions(alice: Person) -> None:
    alice.user.last_login = timezone.now()
    alice.user.save()
    assert alice.api.get("/api/v1/members/").json()["results"][0]["last_seen"] is not None
