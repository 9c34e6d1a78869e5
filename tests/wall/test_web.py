"""What browsers are told and may send: headers, cookies, forms, hosts, ways back, and production's settings."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import lxml.html
import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from accounts.services.people import person_create
from tests.conftest import Person
from tests.wall.routes import METHODS, SAFE, Route
from tests.wall.walker import ask, undone
from tests.wall.world import ROUTES, World, every_route, fill, patient

ROOT = Path(__file__).resolve().parents[2]
PAGES = [route for route in ROUTES if not route.is_api]
every_page = pytest.mark.parametrize("route", PAGES, ids=lambda route: route.text)


STRICT = {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"}


@every_route
def test_every_answer_carries_the_headers(route: Route, world: World) -> None:
    path = route.path(fill(route, world, world.own))
    for client in (world.client(route), patient(Client())):
        for method in ("GET", "POST"):
            with undone():
                answer = ask(client, method, path)
            policy = answer.headers.get("Content-Security-Policy", "")
            assert "unsafe-inline" not in policy, answer.asked
            assert "unsafe-eval" not in policy, answer.asked
            told = set(policy.split("; "))
            usual = {"default-src 'self'", "object-src 'none'", "base-uri 'none'"}
            assert usual <= told or {"default-src 'none'", "sandbox"} <= told, answer.asked
            assert "frame-ancestors 'none'" in policy, answer.asked
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@every_page
def test_every_page_keeps_to_the_policy(route: Route, world: World) -> None:
    """No script or style stands in a page, and no form goes elsewhere; each that writes has its token."""
    with undone():
        answer = ask(world.page, "GET", route.path(fill(route, world, world.own)))
    if not answer.headers.get("Content-Type", "").startswith("text/html") or not answer.text.strip():
        return
    page = lxml.html.fromstring(answer.text)
    inline = page.xpath("//script[not(@src)][not(@type='application/json')] | //style | //*[@style] | //*[@onclick]")
    assert [one.tag for one in inline] == []
    assert not page.xpath("//a[starts-with(@href, 'javascript:')]")
    hosts = {urlparse(one).netloc for one in page.xpath("//script/@src | //link/@href | //img/@src | //form/@action")}
    assert hosts <= {"", "testserver"}
    for form in page.xpath("//form[translate(@method, 'POST', 'post') = 'post']"):
        assert form.xpath(".//input[@name='csrfmiddlewaretoken']"), form.get("action")


UNGUARDED = {
    "/account/saml/{provider_id}/acs/": "an identity provider posts here, and signs what it posts",
    "/account/saml/{provider_id}/sls/": "the same",
}
"""Addresses of pages that take a post without a token, and why."""


@every_page
def test_every_address_of_pages_refuses_a_post_without_a_token(route: Route, world: World) -> None:
    client = patient(Client(enforce_csrf_checks=True))
    client.cookies = world.page.cookies
    path = route.path(fill(route, world, world.own))
    for method in set(METHODS) - set(SAFE):
        with undone():
            answer = ask(client, method, path)
        if route.text not in UNGUARDED:
            assert answer.status in {403, 404, 405}, answer.asked
        if answer.status == 403:
            assert world.own.mark not in answer.whole.replace(world.own.slug, "")


EVIL = [
    "//evil.example", "https://evil.example/", "https:evil.example", "http:///evil.example", "\\\\evil.example",
    "/\\evil.example", "///evil.example", "https:///evil.example", "javascript:alert(1)", "data:text/html,x",
    "/\t/evil.example", "https://testserver@evil.example/", "//evil.example\\@testserver", "//evil%E3%80%82example",
    "//ｅvil.example", "https://evil。example", "\x01https://evil.example", "  https://evil.example",
    "http:\\\\evil.example",
]  # fmt: skip
BACK = ("next", "next_url", "return_to", "redirect", "redirect_to", "url", "to", "back", "RelayState")


@pytest.mark.parametrize("target", EVIL)
def test_no_way_back_leads_elsewhere(target: str, world: World) -> None:
    """Each page, as a stranger and as somebody, asked and posted to with every name that a way back could have."""
    asked = dict.fromkeys(BACK, target)
    for route in PAGES:
        if route.of_brand and target not in EVIL[:2]:
            continue
        path = route.path(fill(route, world, world.own))
        for client in (world.page, patient(Client())):
            with undone():
                answers = [patient(client).get(path, asked), client.post(path, {**asked, "theme": "dark"})]
            for answer in answers:
                assert safe(answer.headers.get("Location", "")), (path, answer.headers["Location"])


def safe(location: str) -> bool:
    """Whether a browser that follows stays here: nothing before the path, not even by a browser's own reading."""
    plain = re.sub(r"[\t\r\n]", "", location).strip("\x00\x01 ").replace("\\", "/")
    parts = urlparse(plain)
    return not plain.startswith("//") and parts.netloc in {"", "testserver"} and parts.scheme in {"", "http"}


PASSWORD = "a long and quite unusual phrase 7"


@pytest.mark.django_db
def test_login_stays_here_whatever_is_asked(client: Client) -> None:
    member = person_create(email="comes@x.example", name="Comes")
    member.set_password(PASSWORD)
    member.save()
    member.emailaddress_set.update_or_create(email=member.email, defaults={"verified": True, "primary": True})
    for target in ("//evil.example", "https:evil.example", "/\\evil.example", "/account/email/"):
        someone = Client()
        someone.get("/account/login/")
        session = someone.session
        session["planted"] = "by somebody else"
        session.save()
        someone.cookies["sessionid"] = session.session_key
        answer = someone.post("/account/login/", {"login": member.email, "password": PASSWORD, "next": target})
        assert answer.status_code == 302, answer.content
        assert safe(answer.headers["Location"])
        assert (answer.headers["Location"] == target) == (target == "/account/email/")
        # A session that was planted before the login isn't the one after it.
        assert someone.cookies["sessionid"].value != session.session_key
        assert someone.cookies["sessionid"]["httponly"]
        assert someone.get("/account/email/").status_code == 200


@pytest.mark.django_db
def test_one_leaves_by_posting_only(alice: Person) -> None:
    assert alice.client.get("/account/logout/").status_code in {200, 302, 405}
    assert alice.client.get(f"/b/{alice.brand.slug}/").status_code == 200
    key = alice.client.cookies["sessionid"].value
    alice.client.post("/account/logout/")
    again = Client()
    again.cookies["sessionid"] = key
    assert again.get(f"/b/{alice.brand.slug}/").status_code == 302


@pytest.mark.django_db
def test_cookies_are_out_of_scripts_reach() -> None:
    someone = Client()
    answers = [someone.get("/account/login/"), someone.post("/theme/", {"theme": "dark"})]
    answers += [someone.post("/language/", {"language": "en"})]
    cookies = {name: morsel for answer in answers for name, morsel in answer.cookies.items()}
    assert {"csrftoken", "theme"} <= set(cookies)
    assert {morsel["samesite"] for morsel in cookies.values()} <= {"Lax", "Strict"}
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host",
    ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "127.0.0.1.evil.example", "", "a b"],
)
def test_another_host_is_refused(host: str) -> None:
    for path in ("/account/login/", "/account/password/reset/", "/api/v1/projects/", "/"):
        answer = Client().get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        assert b"evil" not in answer.content


@pytest.mark.django_db
def test_mails_lead_to_this_host_only(alice: Person) -> None:
    alice.user.emailaddress_set.update_or_create(email=alice.user.email, defaults={"verified": True, "primary": True})
    refused = Client().post("/account/password/reset/", {"email": alice.user.email}, headers={"Host": "evil.example"})
    assert refused.status_code == 400
    assert mail.outbox == []
    forwarded = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Server": "evil.example",
        "Forwarded": "host=evil.example",
    }
    Client().post("/account/password/reset/", {"email": alice.user.email}, headers=forwarded)
    assert len(mail.outbox) == 1
    sent = mail.outbox[0].message().as_string() + str(getattr(mail.outbox[0], "alternatives", ""))
    assert "testserver" in sent
    assert "evil" not in sent


PRODUCTION = {
    "HTTPS": "1",
    "SECRET_KEY": "production-key-of-some-length-0123456789-abcdefghijklmnop",
    "ALLOWED_HOSTS": "ideation.example",
}
SHOW = """
import json
from django.conf import settings
names = ["DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
         "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_PROXY_SSL_HEADER", "LANGUAGE_COOKIE_SECURE"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def manage(*arguments: str, **environment: str | None) -> "subprocess.CompletedProcess[str]":
    """manage.py in an interpreter of its own."""
    # The browser tests, run before, set what no production has.
    own = {"DJANGO_ALLOW_ASYNC_UNSAFE": None}
    wanted: dict[str, Any] = {**os.environ, **own, **PRODUCTION, **environment}
    given = {name: value for name, value in wanted.items() if value is not None}
    argv = [sys.executable, "-W", "error", "manage.py", *arguments]
    return subprocess.run(argv, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False)


def test_production_is_as_safe_as_django_knows() -> None:
    checked = manage("check", "--deploy", "--fail-level", "INFO")
    assert checked.returncode == 0, checked.stderr
    shown = json.loads(manage("shell", "-v", "0", "-c", SHOW).stdout.strip().splitlines()[-1])
    assert shown["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert shown["DEBUG"] is False
    assert all(value for name, value in shown.items() if name not in {"DEBUG", "LANGUAGE_COOKIE_SECURE"})


def test_without_a_good_secret_key_nothing_starts() -> None:
    for key in (None, "", "tiny-7", "a" * 60):
        refused = manage("check", SECRET_KEY=key, IDEATION_VAR="/nowhere/at/all")
        assert refused.returncode != 0, key
        assert "SECRET_KEY" in refused.stderr
        assert not key or key not in refused.stderr


@pytest.mark.django_db
def test_plain_http_is_sent_to_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = Client().get("/account/login/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/account/login/")
    kept = Client().get("/account/login/", headers={"X-Forwarded-Proto": "https"})
    assert kept.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_nothing_unpickles() -> None:
    """Neither ours nor by a setting: sessions, cache, messages and weights are read as data."""
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    words = re.compile(
        r"(import|from) (c?pickle|dill|joblib|shelve|marshal)\b|torch\.load\(|yaml\.load\(|allow_pickle=True|\bexec\("
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("accounts", "ideation", "mlcore")
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if words.search(line)
    ]
    assert found == []
