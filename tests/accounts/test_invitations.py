"""Invitations: one door, for one address, once. Each way round it gets a clear answer and stands in the audit."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from smtplib import SMTPException
from unittest import mock

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from accounts.errors import AccountError
from accounts.models import AuditEntry, Invitation, Membership, Role, User
from accounts.querysets import token_hash
from accounts.services import invitations
from accounts.services.brands import brand_create
from accounts.services.invitations import invitation_accept, invitation_create, invitation_revoke
from accounts.services.people import person_create
from tests.accounts.threads import at_once
from tests.conftest import Person, person

pytestmark = pytest.mark.django_db
SITE = "http://testserver/"


def invite(by: Person, email: str, role: str = "analyst") -> str:
    """Invites and reads the link's path in the mail."""
    with by.scope():
        invitation_create(email=email, role=role, by=by.user, site=SITE)
    return link()


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(AccountError) as error:
        yield
    assert error.value.code == code


def link() -> str:
    found = re.search(r"http://testserver(/invitations/\S+/)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def visitor(email: str) -> tuple[User, Client]:
    user, client = person_create(email=email, name=email.split("@", maxsplit=1)[0]), Client()
    client.force_login(user)
    return user, client


def members(of: Person) -> dict[str, str]:
    with of.scope():
        return dict(Membership.objects.values_list("user__email", "role"))


def noted(of: Person, action: str = "invitation_refused") -> list[str]:
    with of.scope():
        return [entry.after["code"] for entry in AuditEntry.objects.filter(action=action)]


def test_who_may_invite(alice: Person, bob: Person, charlie: Person) -> None:
    page, sent = f"/b/{alice.brand.slug}/members/", {"email": "New+tag@Example.com", "role": "analyst"}
    assert bob.client.post(page, sent).status_code == 403
    assert charlie.client.post(page, sent).status_code == 404
    assert mail.outbox == []
    assert alice.client.post(page, sent).status_code == 302
    with alice.scope():
        made = Invitation.objects.get()
    assert (made.email, made.role, made.invited_by) == ("new+tag@example.com", "analyst", alice.user)
    token = link().split("/")[2]
    assert made.token_sha256 == token_hash(token)
    assert token not in repr(made.__dict__)
    [letter] = mail.outbox
    assert letter.to == ["new+tag@example.com"]
    assert "alice invites you to Brand A" in letter.subject
    for word in ("alice@a.example", "Brand A", "Analyst"):
        assert word in letter.body


def test_a_manager_lets_in_no_owner(alice: Person) -> None:
    mia = person("mia@a.example", brand=alice.brand, role=Role.MANAGER)
    page = f"/b/{alice.brand.slug}/members/"
    assert mia.client.post(page, {"email": "x@x.example", "role": "owner"}).status_code == 400
    with alice.scope(), refused("owners_only"):
        invitation_create(email="x@x.example", role="owner", by=mia.user, site=SITE)
    assert mail.outbox == []


@pytest.mark.parametrize(("brand", "own"), [("en", "zh-hans"), ("zh-hans", "")])
def test_the_mail_speaks_the_readers_language(alice: Person, brand: str, own: str) -> None:
    alice.brand.language = brand
    with alice.scope():
        alice.brand.save()
    if own:
        person_create(email="new@x.example")
        User.objects.filter(email="new@x.example").update(language=own)
    invite(alice, "new@x.example")
    with translation.override("zh-hans"):
        assert str(Role.ANALYST.label) in mail.outbox[-1].body
    assert "Analyst" not in mail.outbox[-1].body


def test_from_link_to_member(alice: Person) -> None:
    path = invite(alice, "dana@x.example", "designer")
    _user, client = visitor("dana@x.example")
    shown = client.get(path)
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    for word in ("Brand A", "Designer", "alice", "Join Brand A"):
        assert word in shown.content.decode()
    answer = client.post(f"{path}accept/")
    assert answer.headers["Location"] == f"/b/{alice.brand.slug}/"
    assert members(alice)["dana@x.example"] == "designer"
    again = client.post(f"{path}accept/")
    assert again.status_code == client.get(path).status_code == 410
    assert "has been used" in again.content.decode()


def test_it_is_bound_to_the_address(alice: Person) -> None:
    path = invite(alice, "dana@x.example")
    eve, client = visitor("eve@x.example")
    shown = client.get(path).content.decode()
    assert "this invitation is for dana@x.example" in shown
    assert "Log out and come back here" in shown
    refused = client.post(f"{path}accept/")
    assert refused.status_code == 403
    assert "is for dana@x.example" in refused.content.decode()
    assert "eve@x.example" not in members(alice)
    assert "invitation_other_person" in noted(alice)
    # An address that was typed but not proved opens nothing; one that was proved does.
    second = eve.emailaddress_set.create(email="dana@x.example", verified=False)  # type: ignore[attr-defined]
    assert client.post(f"{path}accept/").status_code == 403
    second.verified = True
    second.save()
    assert client.post(f"{path}accept/").status_code == 302
    assert members(alice)["eve@x.example"] == "analyst"


def test_logging_out_comes_back_to_the_invitation(alice: Person) -> None:
    path = invite(alice, "dana@x.example")
    _eve, client = visitor("eve@x.example")
    answer = client.post(f"{path}leave/")
    assert answer.headers["Location"] == path
    assert "Sign up and join" in client.get(path).content.decode()


def test_a_stranger_signs_up_with_the_address_fixed_and_needs_no_second_proof(alice: Person) -> None:
    path, client = invite(alice, "dana@x.example"), Client()
    assert client.post(f"{path}accept/").headers["Location"] == path
    signup = client.post(f"{path}enter/").headers["Location"]
    assert signup == f"/account/signup/?next={path}"
    assert "dana@x.example" in client.get(signup).content.decode()
    sent = {"email": "dana@x.example", "name": "Dana", "password1": "a long enough secret", "next": path}
    assert "is for dana@x.example" in client.post("/account/signup/", {**sent, "email": "o@x.example"}).content.decode()
    letters = len(mail.outbox)
    answer = client.post("/account/signup/", sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    assert not [letter for letter in mail.outbox[letters:] if "code" in letter.subject]
    assert client.post(f"{path}accept/").headers["Location"] == f"/b/{alice.brand.slug}/"
    assert members(alice)["dana@x.example"] == "analyst"


def test_somebody_with_an_account_logs_in(alice: Person) -> None:
    person_create(email="dana@x.example")
    path, client = invite(alice, "dana@x.example"), Client()
    assert "Log in and join" in client.get(path).content.decode()
    assert client.post(f"{path}enter/").headers["Location"] == f"/account/login/?next={path}"


@pytest.mark.parametrize("kind", ["expired", "revoked"])
def test_a_door_that_is_shut(alice: Person, kind: str) -> None:
    path = invite(alice, "dana@x.example")
    with alice.scope():
        now = timezone.now()
        change = {"expires_at": now} if kind == "expired" else {"revoked_at": now}
        Invitation.objects.update(**change)
    _user, client = visitor("dana@x.example")
    for answer in (client.get(path), client.post(f"{path}accept/"), Client().post(f"{path}enter/")):
        assert answer.status_code == 410
        assert alice.brand.name not in answer.content.decode()
    assert "dana@x.example" not in members(alice)
    assert noted(alice) == [f"invitation_{kind}"] * 3


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "..", "idn_a_b", "邀", "a" * 2000])
def test_a_token_that_never_was(alice: Person, token: str) -> None:
    answer = alice.client.get(f"/invitations/{token}/")
    assert answer.status_code == 404
    assert alice.client.post(f"/invitations/{token}/accept/").status_code == 404


def test_sent_again_with_a_new_link_and_taken_back(alice: Person, bob: Person, charlie: Person) -> None:
    old = invite(alice, "dana@x.example")
    with alice.scope():
        pk = Invitation.objects.get().pk
    again = f"/b/{alice.brand.slug}/members/invitations/{pk}/resend/"
    assert bob.client.post(again).status_code == 403
    assert charlie.client.post(again).status_code == 404
    charlie.client.post(again.replace(alice.brand.slug, charlie.brand.slug))
    assert len(mail.outbox) == 1
    alice.client.post(again)
    assert len(mail.outbox) == 2
    new = link()
    assert Client().get(old).status_code == 410
    assert Client().get(new).status_code == 200
    with alice.scope():
        pk = Invitation.objects.get(revoked_at=None).pk
    end = f"/b/{alice.brand.slug}/members/invitations/{pk}/revoke/"
    assert bob.client.post(end).status_code == 403
    charlie.client.post(end.replace(alice.brand.slug, charlie.brand.slug))
    assert Client().get(new).status_code == 200
    alice.client.post(end)
    assert Client().get(new).status_code == 410


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("bob@a.example", "already_member"),
        ("BOB@a.example", "already_member"),
        ("dana@x.example\nBcc: all@x.example", "email_unreadable"),
        ("dana@x.example\r\nSubject: hi", "email_unreadable"),
        ("dana", "email_unreadable"),
        ("a@b@c.example", "email_unreadable"),
        ("dаna@x.example", "email_not_ascii"),  # a Cyrillic а
        ("dana@x.example, eve@x.example", "email_unreadable"),
    ],
)
def test_an_address_that_cannot_be_invited(alice: Person, bob: Person, email: str, code: str) -> None:
    with alice.scope(), refused(code):
        invitation_create(email=email, role="viewer", by=alice.user, site=SITE)
    answer = alice.client.post(f"/b/{alice.brand.slug}/members/", {"email": email, "role": "viewer"})
    assert answer.status_code >= 400
    assert "field-error" in answer.content.decode()
    assert mail.outbox == []
    with alice.scope():
        assert not Invitation.objects.exists()


def test_a_domain_that_looks_like_another_is_shown_as_what_it_is(alice: Person) -> None:
    with alice.scope():
        made = invitation_create(email="dana@аpple.com", role="viewer", by=alice.user, site=SITE)  # a Cyrillic а
    assert made.email == "dana@xn--pple-43d.com"


def test_twice_the_same_address(alice: Person) -> None:
    invite(alice, "dana@x.example")
    with alice.scope(), refused("invitation_open"):
        invitation_create(email="Dana@x.example", role="viewer", by=alice.user, site=SITE)


def test_a_name_with_line_breaks_stays_out_of_the_header(alice: Person) -> None:
    alice.user.name = "Alice\r\nBcc: all@x.example"
    alice.user.save()
    invite(alice, "dana@x.example")
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].message()["Bcc"] is None


def test_a_mail_that_cannot_be_sent_invites_nobody(alice: Person) -> None:
    with mock.patch.object(invitations, "send_mail", side_effect=SMTPException("no")):
        answer = alice.client.post(f"/b/{alice.brand.slug}/members/", {"email": "d@x.example", "role": "viewer"})
    assert answer.status_code == 503
    assert "could not be sent" in answer.content.decode()
    with alice.scope():
        assert not Invitation.objects.exists()


def test_a_brand_sends_no_flood(alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "A_DAY", 3)
    for n in range(3):
        invite(alice, f"d{n}@x.example")
    with alice.scope():
        # Taking back makes no room for more.
        invitation_revoke(invitation_id=Invitation.objects.all()[0].pk, by=alice.user)
        with refused("invitations_too_many"):
            invitation_create(email="d9@x.example", role="viewer", by=alice.user, site=SITE)
    invite(charlie, "d9@x.example")
    with alice.scope():
        Invitation.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    invite(alice, "d9@x.example")


def test_the_api_invites_lists_and_takes_back(alice: Person, charlie: Person) -> None:
    def post(who: Person, address: str, **body: str) -> tuple[int, dict[str, str]]:
        answer = who.api.post(f"/api/v1/invitations/{address}", body, content_type="application/json")
        return answer.status_code, answer.json() if answer.content else {}

    status, made = post(alice, "", email="dana@x.example", role="analyst")
    assert (status, made["email"], made["role"]) == (201, "dana@x.example", "analyst")
    assert link().split("/")[2] not in str(made)
    assert "Brand A invites you" in mail.outbox[-1].subject
    assert post(alice, "", email="boss@x.example", role="owner")[1]["code"] == "owners_only"
    assert alice.read_api.post("/api/v1/invitations/", {}, content_type="application/json").status_code == 403
    assert [row["id"] for row in alice.api.get("/api/v1/invitations/").json()["results"]] == [made["id"]]
    assert charlie.api.get("/api/v1/invitations/").json()["results"] == []
    assert post(charlie, f"{made['id']}/revoke/")[0] == 404
    assert Client().get(link()).status_code == 200
    assert post(alice, f"{made['id']}/resend/")[0] == 201
    again = alice.api.get("/api/v1/invitations/").json()["results"][0]["id"]
    assert post(alice, f"{again}/revoke/")[0] == 204
    assert Client().get(link()).status_code == 410
    assert noted(alice) != []


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_open_the_door_once() -> None:
    alice = person("alice@a.example", brand_name="Brand A")
    for n in range(3):
        token = invite(alice, f"d{n}@x.example").split("/")[2]
        one = person_create(email=f"d{n}@x.example")
        answers = at_once(*[lambda token=token, one=one: invitation_accept(token=token, user=one)] * 3)  # type: ignore[misc]
        assert sum(isinstance(answer, AccountError) for answer in answers) == 2
        assert next(str(answer) for answer in answers if isinstance(answer, Exception)).startswith(
            "This invitation has"
        )
    assert len(members(alice)) == 4


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_day_holds_when_all_invite_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "A_DAY", 2)
    alice = person("alice@a.example", brand_name="Brand A")

    def one(n: int) -> None:
        with alice.scope():
            invitation_create(email=f"d{n}@x.example", role="viewer", by=alice.user, site=SITE)

    answers = at_once(*(lambda n=n: one(n) for n in range(5)))  # type: ignore[misc]
    assert answers.count(None) == 2
    with alice.scope():
        assert Invitation.objects.count() == 2


def test_another_brands_invitation_says_nothing_of_this_one(alice: Person, charlie: Person) -> None:
    path = invite(charlie, "dana@x.example")
    brand_create(name="Third", owner=alice.user)
    shown = Client().get(path).content.decode()
    assert charlie.brand.name in shown
    assert alice.brand.name not in shown
