"""A person's own pages: what they show and change, sessions that end, and the end of the account."""

import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Membership, Role, User
from accounts.querysets import brands_of
from accounts.services.members import membership_add
from accounts.services.people import person_delete
from accounts.templatetags.people import browser
from accounts.tenancy import brand_scope
from ideation.jobs.models import Job
from ideation.jobs.services import job_start
from tests.accounts.doors import (
    OTHER_PASSWORD,
    PASSWORD,
    audited,
    code_from_mail,
    entered,
    give_password,
    link_from_mail,
    log_in,
    logged_in,
    prove,
)
from tests.conftest import Person

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[2] / "accounts" / "templates"


def account_pages() -> list[str]:
    """Every address below /account/ that needs no parameters; ids and keys are made up."""
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, path)
            elif path.startswith("account/") and "3rdparty" not in path and "social" not in path:
                found.append(
                    "/"
                    + re.sub(r"\(\?P<\w+>.*?\)(?=[-/$])|<[\w:]+>|[\^$]", lambda m: "1" if len(m[0]) > 1 else "", path)
                )

    walk(get_resolver().url_patterns, "")
    return sorted(set(found))


def test_every_page_is_drawn_in_the_house() -> None:
    assert {"/account/", "/account/login/", "/account/2fa/", "/account/sessions/"} <= set(account_pages())


def test_no_page_is_bare(alice: Person) -> None:
    client = entered(alice)
    prove(client, "/account/delete/")
    for address in account_pages():
        for visitor in (Client(), client):
            answer = visitor.get(address)
            assert answer.status_code in (200, 301, 302, 403, 404, 405), address
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            origin = Path(str(answer.templates[0].origin.name))
            assert TEMPLATES in origin.parents, (address, origin)
            assert b"build/app." in answer.content, address


def test_name_and_language(alice: Person, client: Client) -> None:
    assert client.get("/account/").headers["Location"].startswith("/account/login/")
    assert client.post("/account/", {"name": "x"}).status_code == 302
    saved = alice.client.post("/account/", {"name": "Alice Liddell", "language": "zh-hans"})
    assert saved.status_code == 302
    alice.user.refresh_from_db()
    assert (alice.user.name, alice.user.language) == ("Alice Liddell", "zh-hans")
    assert 'lang="zh-Hans"' in alice.client.get("/account/").content.decode()
    assert alice.client.post("/account/", {"name": "", "language": "tlh"}).status_code == 400
    alice.user.refresh_from_db()
    assert alice.user.name == "Alice Liddell"


def test_a_new_address_counts_once_its_code_is_typed(alice: Person) -> None:
    client = entered(alice)
    prove(client, "/account/delete/")
    client.post("/account/email/", {"email": "Alice@new.example", "action_add": ""})
    alice.user.refresh_from_db()
    assert alice.user.email == "alice@a.example"
    assert mail.outbox[-1].to == ["alice@new.example"]
    client.post("/account/confirm-email/", {"code": code_from_mail()})
    alice.user.refresh_from_db()
    assert alice.user.email == "alice@new.example"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("alice@new.example", True, True)]
    assert "alice@a.example" in str([message.to for message in mail.outbox])
    assert "email_changed" in audited(alice)


def test_a_new_address_needs_the_password_and_may_not_be_anothers(alice: Person, bob: Person) -> None:
    client = entered(alice)
    asked = client.post("/account/email/", {"email": "alice@new.example", "action_add": ""})
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    prove(client, "/account/delete/")
    client.post("/account/email/", {"email": bob.user.email, "action_add": ""})
    client.post("/account/confirm-email/", {"code": "AAAA-AAAA"})
    alice.user.refresh_from_db()
    assert alice.user.email == "alice@a.example"


def test_a_new_password_ends_the_other_browsers(alice: Person) -> None:
    client, other = entered(alice), entered(alice)
    wrong = client.post("/account/password/change/", {"oldpassword": "no", "password1": OTHER_PASSWORD})
    assert b"field-error" in wrong.content
    weak = client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "short"})
    assert b"field-error" in weak.content
    assert logged_in(other)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": OTHER_PASSWORD})
    assert logged_in(client)
    assert not logged_in(other)
    assert "password was changed" in mail.outbox[-1].subject
    assert "Firefox/140.0" in mail.outbox[-1].body
    assert "password_changed" in audited(alice)


def test_a_forgotten_password(alice: Person, client: Client) -> None:
    give_password(alice.user)
    inside = entered(alice)
    client.post("/account/password/reset/", {"email": "alice@a.example"})
    link = link_from_mail()
    form = client.get(link).headers["Location"]
    assert b"field-error" in client.post(form, {"password1": "alice"}).content
    done = client.post(form, {"password1": OTHER_PASSWORD})
    assert done.headers["Location"] == "/account/password/reset/key/done/"
    assert not logged_in(inside)
    assert log_in(Client(), "alice@a.example").status_code == 400
    assert log_in(Client(), "alice@a.example", OTHER_PASSWORD).status_code == 302
    # The link works once.
    used = Client().get(link)
    assert b"data-error" in used.content
    assert "password_reset" in audited(alice)


def test_a_forgotten_password_of_nobody_says_so_by_mail_only(alice: Person, client: Client) -> None:
    answers = [client.post("/account/password/reset/", {"email": who}) for who in ("alice@a.example", "eve@a.example")]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert "no Ideation account" in mail.outbox[1].subject
    assert mail.outbox[1].to == ["eve@a.example"]
    assert b"data-error" in client.get("/account/password/reset/key/1-forged/").content


def test_sessions_are_listed_and_end(alice: Person, bob: Person) -> None:
    client, phone = entered(alice), entered(alice)
    page = client.get("/account/sessions/")
    assert "Firefox on Linux" in page.content.decode()
    (session,) = [found for found in page.context["sessions"] if found.session_key != client.session.session_key]
    ending = reverse("session_revoke", args=[session.pk])
    assert entered(bob).post(ending).status_code == 404
    assert Client().post(ending).status_code == 302
    assert client.get(ending).status_code == 405
    assert logged_in(phone)
    client.post(ending)
    assert not logged_in(phone)
    assert logged_in(client)
    assert "session_ended" in audited(alice)
    third = entered(alice)
    client.post("/account/sessions/")
    assert not logged_in(third)
    assert logged_in(client)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile MicroMessenger/8.0", "WeChat on Android"),
        ("curl/8.5.0", "Unknown browser"),
    ],
)
def test_a_browser_in_words(said: str, words: str) -> None:
    assert browser(said) == words


def test_deleting_ones_account_leaves_the_work_and_nothing_of_the_person(alice: Person, bob: Person) -> None:
    with bob.scope():
        job = job_start(kind="main_job", params={}, created_by=bob.user)
    client, other = entered(bob), entered(bob)
    page = prove(client, "/account/delete/")
    assert page.status_code == 200
    assert client.post("/account/delete/", {"email": "alice@a.example"}).status_code == 400
    assert User.objects.filter(email="bob@a.example").exists()
    gone = client.post("/account/delete/", {"email": " Bob@A.example"})
    assert gone.headers["Location"] == "/account/login/"
    assert not logged_in(client)
    assert not logged_in(other)
    bob.user.refresh_from_db()
    assert (bob.user.name, bob.user.is_active, str(bob.user)) == ("", False, "–")
    assert "bob" not in bob.user.email
    assert not EmailAddress.objects.filter(user=bob.user).exists()
    assert brands_of(bob.user.pk) == []
    with alice.scope():
        assert Job.objects.get(pk=job.pk).state == job.state
    assert "person_deleted" in audited(alice)
    # The address is free again.
    assert log_in(Client(), "bob@a.example").status_code == 400


def test_deleting_asks_who_it_is(alice: Person) -> None:
    client = entered(alice)
    asked = client.post("/account/delete/", {"email": "alice@a.example"})
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    assert User.objects.filter(email="alice@a.example").exists()
    assert Client().get("/account/delete/").headers["Location"].startswith("/account/login/")


def test_the_last_owner_stays(alice: Person, bob: Person) -> None:
    client = entered(alice)
    prove(client, "/account/delete/")
    refused = client.post("/account/delete/", {"email": "alice@a.example"})
    assert refused.status_code == 400
    assert "last owner of Brand A" in refused.content.decode()
    assert logged_in(client)
    assert [brand.name for brand in brands_of(alice.user.pk)] == ["Brand A"]
    with brand_scope(alice.brand.pk):
        Membership.objects.filter(user=bob.user).update(role=Role.OWNER)
    assert client.post("/account/delete/", {"email": "alice@a.example"}).status_code == 302
    assert brands_of(alice.user.pk) == []


def test_a_person_of_two_brands_leaves_both_or_none(alice: Person, charlie: Person) -> None:
    with brand_scope(charlie.brand.pk):
        membership_add(user=alice.user, role=Role.VIEWER)
    client = entered(alice)
    prove(client, "/account/delete/")
    assert client.post("/account/delete/", {"email": "alice@a.example"}).status_code == 400
    assert len(brands_of(alice.user.pk)) == 2
    with brand_scope(alice.brand.pk):
        second = User.objects.create_user("second@a.example")
        membership_add(user=second, role=Role.OWNER)
    person_delete(user=alice.user)
    assert brands_of(alice.user.pk) == []
