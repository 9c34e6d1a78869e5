"""Second factors: an app's codes, recovery codes, and what of them is kept and noted. Passkeys: tests/browser too."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client

from tests.accounts.doors import audited, entered, log_in, logged_in, prove
from tests.conftest import Person

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)
"""allauth's mails about factors go out after the commit."""


def app_code(secret: str) -> str:
    """What an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def set_up(client: Client) -> tuple[str, list[str]]:
    """Sets up an app; its secret, and the recovery codes that are shown once."""
    page = prove(client, "/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert b"data:image/svg+xml" in page.content
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert b"field-error" in wrong.content
    done = client.post("/account/2fa/totp/activate/", {"code": app_code(secret)}, follow=True)
    codes = done.context["unused_codes"]
    assert len(codes) == 10
    assert codes[0].encode() in done.content
    return secret, codes


@COMMITTED
def test_an_app_is_asked_for_at_the_next_login(alice: Person) -> None:
    secret, _codes = set_up(entered(alice))
    assert "second factor" in mail.outbox[-1].subject
    client = Client()
    assert log_in(client, "alice@a.example").headers["Location"] == "/account/2fa/authenticate/"
    assert not logged_in(client)
    assert b"field-error" in client.post("/account/2fa/authenticate/", {"code": "000000"}).content
    assert not logged_in(client)
    client.post("/account/2fa/authenticate/", {"code": app_code(secret)})
    assert logged_in(client)
    assert audited(alice) == ["login", "totp_activated", "login_failed", "login"]


def test_a_code_works_once(alice: Person) -> None:
    secret, _codes = set_up(entered(alice))
    code = app_code(secret)
    for browser, works in ((Client(), True), (Client(), False)):
        log_in(browser, "alice@a.example")
        browser.post("/account/2fa/authenticate/", {"code": code})
        assert logged_in(browser) is works


def test_guessing_codes_locks(alice: Person) -> None:
    secret, _codes = set_up(entered(alice))
    client = Client()
    log_in(client, "alice@a.example")
    for _ in range(6):
        answer = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "Too many attempts" in answer.content.decode()
    client.post("/account/2fa/authenticate/", {"code": app_code(secret)})
    assert not logged_in(client)
    assert audited(alice).count("login_failed") == 7


@COMMITTED
def test_recovery_codes_are_shown_once_and_work_once(alice: Person) -> None:
    client = entered(alice)
    _secret, codes = set_up(client)
    again = client.get("/account/2fa/recovery-codes/")
    assert codes[0].encode() not in again.content
    assert client.get("/account/2fa/recovery-codes/download/").status_code == 403
    for browser, works in ((Client(), True), (Client(), False)):
        log_in(browser, "alice@a.example")
        browser.post("/account/2fa/authenticate/", {"code": codes[0]})
        assert logged_in(browser) is works
    made = client.post("/account/2fa/recovery-codes/generate/", follow=True)
    assert codes[1] not in made.context["unused_codes"]
    assert "recovery codes" in mail.outbox[-1].subject
    old = Client()
    log_in(old, "alice@a.example")
    old.post("/account/2fa/authenticate/", {"code": codes[1]})
    assert not logged_in(old)


def test_secrets_are_kept_sealed(alice: Person) -> None:
    secret, codes = set_up(entered(alice))
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert codes[0] not in kept


@COMMITTED
def test_taking_the_app_away_ends_the_codes_too(alice: Person) -> None:
    client = entered(alice)
    set_up(client)
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert "no longer" in mail.outbox[-1].subject
    assert log_in(Client(), "alice@a.example").headers["Location"] == "/"
    assert "totp_deactivated" in audited(alice)


def test_factors_ask_who_it_is_first_and_are_ones_own(alice: Person, bob: Person) -> None:
    client = entered(alice)
    for page in ("totp/activate/", "webauthn/add/"):
        assert client.get(f"/account/2fa/{page}").headers["Location"].startswith("/account/reauthenticate/")
    assert client.post("/account/2fa/totp/activate/", {"code": "1"}).status_code == 302
    set_up(client)
    passkey = Authenticator.objects.create(user=alice.user, type="webauthn", data={"name": "Phone", "credential": {}})
    other = entered(bob)
    for page in (f"webauthn/keys/{passkey.pk}/remove/", f"webauthn/keys/{passkey.pk}/edit/"):
        answer = prove(other, f"/account/2fa/{page}") if "remove" in page else other.get(f"/account/2fa/{page}")
        assert answer.status_code == 404
    assert other.get("/account/2fa/totp/deactivate/").status_code == 404
    assert Authenticator.objects.filter(user=alice.user).count() == 3


FORGED = (
    "",
    "{}",
    "[]",
    "null",
    "7",
    "not json",
    '{"id": 1}',
    '{"id": "A", "rawId": "A"}',
    '{"response": {"userHandle": "A"}}',
)


@pytest.mark.parametrize("credential", FORGED)
def test_a_forged_passkey_comes_to_nothing(alice: Person, client: Client, credential: str) -> None:
    client.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})
    answer = client.post("/account/2fa/webauthn/login/", {"credential": credential})
    assert answer.headers["Location"] == "/account/login/"
    assert not logged_in(client)


@pytest.mark.parametrize("credential", FORGED)
def test_a_forged_new_passkey_comes_to_nothing(alice: Person, credential: str) -> None:
    answer = alice.client.post("/account/2fa/webauthn/add/", {"credential": credential, "passwordless": "on"})
    assert b"data-passkey-error>" in answer.content or b'role="alert"' in answer.content
    assert not Authenticator.objects.exists()


def test_the_clock_may_be_half_a_minute_off(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, _codes = set_up(entered(alice))
    client = Client()
    log_in(client, "alice@a.example")
    now = time.time()
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: now + 30)
    code = app_code(secret)
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: now)
    client.post("/account/2fa/authenticate/", {"code": code})
    assert logged_in(client)
