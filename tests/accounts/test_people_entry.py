"""Coming in: sign-up that makes a brand, mail that proves the address, login and its limits, who may sign up at all."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, User
from accounts.querysets import brands_of, membership
from accounts.registration import INVITATION
from accounts.tenancy import brand_scope
from ideation.workspace.management.commands.mainjob import Command as MainJob
from tests.accounts.doors import (
    OTHER_PASSWORD,
    PASSWORD,
    audited,
    code_from_mail,
    entered,
    give_password,
    is_proved,
    link_from_mail,
    log_in,
    logged_in,
    sign_up,
)
from tests.conftest import Person

pytestmark = pytest.mark.django_db


def test_a_sign_up_makes_a_brand_and_waits_for_the_mail(client: Client) -> None:
    answer = sign_up(client, "Dana@Leafline.example", brand_name="Leafline Tea")
    assert answer.headers["Location"] == "/account/confirm-email/"
    assert not logged_in(client)
    assert mail.outbox[0].to == ["dana@leafline.example"]
    assert code_from_mail() in mail.outbox[0].subject
    wrong = client.post("/account/confirm-email/", {"code": "AAAA-BBBB"})
    assert b"field-error" in wrong.content
    assert not is_proved("dana@leafline.example")
    proved = client.post("/account/confirm-email/", {"code": code_from_mail()})
    assert proved.headers["Location"] == "/"
    assert is_proved("dana@leafline.example")
    assert logged_in(client)
    dana = User.objects.get(email="dana@leafline.example")
    (brand,) = brands_of(dana.pk)
    assert (brand.name, brand.slug, brand.language) == ("Leafline Tea", "leafline-tea", "en")
    with brand_scope(brand.pk):
        found = membership(dana.pk)
        assert found is not None
        assert found.role == Role.OWNER


def test_a_chinese_sign_up_speaks_chinese_from_then_on() -> None:
    client = Client(headers={"Accept-Language": "zh-CN"})
    sign_up(client, "li@leafline.example", brand_name="叶线茶")
    li = User.objects.get(email="li@leafline.example")
    (brand,) = brands_of(li.pk)
    assert (li.language, brand.language) == ("zh-hans", "zh-hans")
    assert "Ideation" in mail.outbox[0].subject
    assert "Welcome" not in mail.outbox[0].body
    # Asked for from an English browser, the mail still speaks the reader's language.
    Client(headers={"Accept-Language": "en"}).post("/account/password/reset/", {"email": "li@leafline.example"})
    assert "Somebody" not in mail.outbox[-1].body


def test_an_unproved_address_can_be_proved_later_and_be_mended(client: Client) -> None:
    sign_up(client, "dana@leaflnie.example")
    client.post("/account/confirm-email/", {"action": "change", "email": "dana@leafline.example"})
    assert mail.outbox[-1].to == ["dana@leafline.example"]
    later = Client()
    assert log_in(later, "dana@leafline.example").headers["Location"] == "/account/confirm-email/"
    later.post("/account/confirm-email/", {"code": code_from_mail()})
    assert logged_in(later)


def test_a_code_is_good_for_three_tries(client: Client) -> None:
    sign_up(client, "dana@leafline.example")
    for _ in range(3):
        answer = client.post("/account/confirm-email/", {"code": "AAAA-BBBB"})
    assert answer.headers["Location"] == "/account/login/"
    client.post("/account/confirm-email/", {"code": code_from_mail()})
    assert not is_proved("dana@leafline.example")


def test_a_taken_address_is_told_by_mail_only(alice: Person, client: Client) -> None:
    answer = sign_up(client, "ALICE@a.example")
    assert answer.headers["Location"] == "/account/confirm-email/"
    assert User.objects.count() == 1
    assert [brand.name for brand in brands_of(alice.user.pk)] == ["Brand A"]
    assert "already" in mail.outbox[0].subject
    assert "/account/password/reset/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("field", "value"), [("password1", "short"), ("password1", "password123"), ("brand_name", ""), ("email", "dana")]
)
def test_a_sign_up_that_lacks_something_makes_nobody(client: Client, field: str, value: str) -> None:
    answer = sign_up(client, **{"email": "dana@leafline.example", field: value})
    assert b"field-error" in answer.content
    assert not User.objects.exists()
    assert mail.outbox == []


def test_login_and_logout_are_in_the_audit(alice: Person) -> None:
    client = entered(alice)
    assert logged_in(client)
    assert log_in(Client(), "alice@a.example", "not this one").status_code == 400
    client.post("/account/logout/")
    assert not logged_in(client)
    assert audited(alice) == ["login", "login_failed", "logout"]


def test_a_login_goes_where_it_was_going_but_never_elsewhere(alice: Person) -> None:
    give_password(alice.user)
    page = f"/b/{alice.brand.slug}/keys/"
    assert log_in(Client(), "alice@a.example", next=page).headers["Location"] == page
    for forged in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert log_in(Client(), "alice@a.example", next=forged).headers["Location"] == "/"


def test_a_closed_account_does_not_come_in(alice: Person, client: Client) -> None:
    give_password(alice.user)
    User.objects.update(is_active=False)
    assert log_in(client, "alice@a.example").headers["Location"] == "/account/inactive/"
    assert b"closed" in client.get("/account/inactive/").content
    assert not logged_in(client)


def test_a_thousand_logins_each_get_a_clear_answer(alice: Person, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    give_password(alice.user)
    client = Client()
    statuses = []
    for number in range(1000):
        # From many places, as somebody who guesses would: the address alone is locked.
        where = f"10.0.{number // 250}.{number % 250}"
        answer = client.post(
            "/account/login/", {"login": "alice@a.example", "password": f"guess {number}"}, REMOTE_ADDR=where
        )
        assert b"data-error" in answer.content or b'role="alert"' in answer.content
        statuses.append(answer.status_code)
    assert statuses[:5] == [400] * 5
    assert set(statuses[5:]) == {429}
    noted = audited(alice)
    assert noted.count("login_failed") == 5
    assert noted.count("login_locked") == 995
    # The right password is refused too while the lock holds, and a new one by mail opens it.
    assert log_in(client, "alice@a.example").status_code == 429
    client.post("/account/password/reset/", {"email": "alice@a.example"})
    form = client.get(link_from_mail()).headers["Location"]
    client.post(form, {"password1": OTHER_PASSWORD})
    assert log_in(client, "alice@a.example", OTHER_PASSWORD).status_code == 302


def test_one_place_that_asks_too_often_meets_a_page_with_the_cure(alice: Person, client: Client) -> None:
    for number in range(40):
        answer = log_in(client, f"nobody-{number}@a.example", "guess")
    assert answer.status_code == 429
    assert b"data-error" in answer.content
    assert b"/account/password/reset/" in answer.content
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.django_db(transaction=True)
def test_attempts_on_unknown_addresses_are_noted_without_a_brand(client: Client) -> None:
    for number in range(35):
        log_in(client, f"nobody-{number}@a.example", "a secret that must not be kept")
    log_in(client, "my secret in the wrong field", "x")
    # The serving role may write such entries and not read them; the owner's rows are behind the same wall.
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"]) as owner:
        owner.execute("ALTER TABLE accounts_auditentry NO FORCE ROW LEVEL SECURITY")
        noted = owner.execute(
            "SELECT action, brand_id, address, person, after::text FROM accounts_auditentry"
        ).fetchall()
        owner.rollback()
    actions = [action for action, *_rest in noted]
    assert set(actions) == {"login_failed", "login_locked", "login_limited"}
    assert len(actions) == 35
    assert {brand for _action, brand, *_rest in noted} == {None}
    assert {str(address) for _action, _brand, address, *_rest in noted} == {"127.0.0.1"}
    assert "secret" not in str(noted)


def test_a_fragment_asked_for_after_the_session_loads_the_whole_page(client: Client) -> None:
    assert client.get("/account/login/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get("/account/login/").headers


def test_by_invitation_only_the_invited_come_in(client: Client, settings: Settings) -> None:
    settings.REGISTRATION = "invitation"
    assert b"invitation" in client.get("/account/signup/").content
    sign_up(client, "dana@leafline.example")
    assert not User.objects.exists()
    invite(client, "dana@leafline.example")
    page = client.get("/account/signup/").content
    assert b"brand_name" not in page
    assert b"dana@leafline.example" in page
    assert b"dana@leafline.example" in sign_up(client, "eve@leafline.example").content
    assert not User.objects.exists()
    sign_up(client, "Dana@leafline.example")
    # The invitation's mail has proved the address, and the brand is the one that has invited.
    assert logged_in(client)
    assert is_proved("dana@leafline.example")
    assert brands_of(User.objects.get().pk) == []


def invite(client: Client, email: str) -> None:
    """What the page of an invitation leaves in the session."""
    client.get("/account/login/")
    session = client.session
    session.update({INVITATION: "token", "account_verified_email": email})
    session.save()


def test_by_domain_others_are_told_which(client: Client, settings: Settings) -> None:
    settings.REGISTRATION, settings.REGISTRATION_DOMAINS = "domains", ["leafline.example"]
    for refused in ("dana@evil.example", "dana@leafline.example.evil.example", "dana@leafline.exampIe"):
        assert b"leafline.example" in sign_up(client, refused).content
    assert not User.objects.exists()
    # An address that is to be mended must not slip out of the domain.
    sign_up(client, "dana@leafline.example")
    client.post("/account/confirm-email/", {"action": "change", "email": "dana@evil.example"})
    assert not User.objects.filter(email__contains="evil").exists()
    invited = Client()
    invite(invited, "eve@agency.example")
    sign_up(invited, "eve@agency.example")
    assert logged_in(invited)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"REGISTRATION": "anybody"}, "open, invitation or domains"),
        ({"REGISTRATION": "domains"}, "belong together"),
        ({"REGISTRATION_DOMAINS": "a.example"}, "belong together"),
    ],
)
def test_a_wrong_registration_is_named_at_start(wrong: dict[str, str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import ideation.settings"],
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert said in done.stderr


def test_two_sign_ups_at_once_make_one_person(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_user("dana@leafline.example")
    monkeypatch.setattr("accounts.forms.people.SignUpForm.validate_unique_email", lambda _form, email: email)
    answer = sign_up(client, "dana@leafline.example")
    assert answer.status_code == 409
    assert b"data-error" in answer.content
    assert User.objects.count() == 1


def test_the_sample_brands_owner_logs_in_as_printed(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    owner, brand = MainJob()._sample_brand()
    email, password = (tmp_path / "login.txt").read_text().split()
    assert log_in(client, email, password).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == f"/b/{brand.slug}/"
    assert MainJob()._sample_brand() == (owner, brand)


def test_people_from_before_there_was_a_sign_up_count_as_proved(client: Client) -> None:
    old = User.objects.create_user("old@a.example", PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute(import_module("accounts.migrations.0005_one_account_an_address").PROVED)
    assert log_in(client, old.email).headers["Location"] == "/"


def test_password_hashes_are_of_a_slow_kind(alice: Person) -> None:
    give_password(alice.user, PASSWORD)
    assert alice.user.password.startswith("pbkdf2_sha256$")
