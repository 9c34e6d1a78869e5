"""Login through a brand's OpenID Connect provider, and every way in which a provider may not let somebody in."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts import oidc
from accounts.models import AuditEntry, EmailDomain, IdentityProvider, Invitation, Membership, User
from accounts.services.identity import (
    domain_add,
    domain_remove,
    domain_verify,
    people_forget,
    provider_change,
    provider_create,
    provider_switch,
)
from accounts.services.invitations import invitation_create
from tests.accounts.providers import OidcServer, local, new_key, oidc_back, oidc_start, oidc_trip
from tests.conftest import Person


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    cache.clear()
    settings.OUTGOING_NETWORKS, settings.OUTGOING_HTTP = ["127.0.0.0/8"], True


@pytest.fixture
def server() -> Iterator[OidcServer]:
    made = OidcServer()
    yield made
    made.close()


def connect(
    owner: Person, server: OidcServer, domain: str, *, newcomers: bool = True, role: str = "analyst"
) -> IdentityProvider:
    """The owner's brand has proved a domain and connected this provider."""
    with owner.scope():
        if not EmailDomain.objects.filter(domain=domain).exists():
            domain_verify(domain=domain_add(domain=domain), by_hand=True)
        provider = provider_create(kind="openid_connect", name="Company login")
        told = {"server_url": server.url, "issuer": server.url, "client_id": server.client_id, "newcomers": newcomers}
        provider_change(provider=provider, name="Company login", role=role, settings=told, secret=server.secret)
        provider_switch(provider=provider, on=True)
    return provider


def who(client: Client) -> str:
    """The id of who is logged in, empty for nobody."""
    return str(client.session.get("_auth_user_id") or "")


def people(owner: Person) -> set[tuple[str, str]]:
    with owner.scope():
        return set(Membership.objects.values_list("user__email", "role"))


def notes(owner: Person, action: str) -> list[dict[str, Any]]:
    with owner.scope():
        return list(AuditEntry.objects.filter(action=action).values_list("after", flat=True))


@pytest.fixture
def provider(alice: Person, server: OidcServer) -> IdentityProvider:
    server.person = {"sub": "dora-1", "email": "dora@a.example", "email_verified": True, "name": "Dora"}
    return connect(alice, server, "a.example")


def test_newcomer_becomes_a_member(alice: Person, charlie: Person, provider: IdentityProvider) -> None:
    client = Client()
    response = oidc_trip(client, provider.pk)
    assert response.status_code == 302
    assert response.headers["Location"] == "/"
    dora = User.objects.get(email="dora@a.example")
    assert who(client) == str(dora.pk)
    assert ("dora@a.example", "analyst") in people(alice)
    assert "dora@a.example" not in {email for email, _role in people(charlie)}
    assert not dora.has_usable_password()
    assert dora.name == "Dora"
    assert EmailAddress.objects.get(user=dora).verified
    account = SocialAccount.objects.get(user=dora)
    assert (account.provider, account.uid, account.extra_data) == (str(provider.pk), "dora-1", {})
    assert client.session["login_brand"] == str(alice.brand.pk)
    assert client.get(f"/b/{alice.brand.slug}/").status_code < 400
    assert notes(alice, "brand_login") == [{"provider": "Company login"}]
    assert SocialApp.objects.count() == 0


def test_second_time_and_after_a_change_of_address(
    alice: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    oidc_trip(Client(), provider.pk)
    server.person["email"] = "dora.married@a.example"
    client = Client()
    oidc_trip(client, provider.pk)
    assert who(client) == str(User.objects.get(email="dora@a.example").pk)
    assert not User.objects.filter(email="dora.married@a.example").exists()


def test_member_is_recognised_by_email(bob: Person, server: OidcServer, provider: IdentityProvider) -> None:
    server.person = {"sub": "bob-1", "email": "BOB@A.example"}
    client = Client()
    oidc_trip(client, provider.pk)
    assert who(client) == str(bob.user.pk)
    assert ("bob@a.example", "viewer") in people(bob)


def test_email_from_user_info(bob: Person, server: OidcServer, provider: IdentityProvider) -> None:
    server.person = {"sub": "bob-1"}
    server.userinfo = {"sub": "bob-1", "email": "bob@a.example"}
    client = Client()
    oidc_trip(client, provider.pk)
    assert who(client) == str(bob.user.pk)
    server.userinfo = {"sub": "somebody-else", "email": "bob@a.example"}
    refused(Client(), provider, bob, "somebody else")


def test_next_is_followed_only_at_home(alice: Person, provider: IdentityProvider) -> None:
    wanted = f"/b/{alice.brand.slug}/keys/"
    assert oidc_trip(Client(), provider.pk, next=wanted).headers["Location"] == wanted
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        assert oidc_trip(Client(), provider.pk, next=evil).headers["Location"] == "/"


def test_query_changes_nothing_of_what_the_provider_is_asked(provider: IdentityProvider) -> None:
    address = oidc_start(
        Client(), provider.pk, auth_params="redirect_uri=https://evil.example", scope="admin", process="connect"
    )
    assert "evil.example" not in address
    assert "admin" not in address
    assert "code_challenge_method=S256" in address
    assert "nonce=" in address


def refused(client: Client, provider: IdentityProvider, owner: Person, words: str = "", address: str = "") -> str:
    """A login that ends on a page with a reason: no session, no member, and a note in the brand's audit."""
    before, known, noted = people(owner), User.objects.count(), len(notes(owner, "brand_login_refused"))
    response = client.get(local(address)) if address else oidc_trip(client, provider.pk)
    page = response.content.decode()
    assert response.status_code == 403, page
    assert "data-error" in page
    assert who(client) == ""
    assert (people(owner), User.objects.count()) == (before, known)
    found = notes(owner, "brand_login_refused")
    assert len(found) == noted + 1
    if words:
        with owner.scope():
            last = AuditEntry.objects.filter(action="brand_login_refused").order_by("-at").first()
        assert last is not None
        assert words in str(last.after)
    return page


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email": "eve@b.example"}, "login_other_domain"),
        ({"email": "eve@sub.a.example"}, "login_other_domain"),
        ({"email": "eve@a.example.evil.example"}, "login_other_domain"),
        ({"email": "eve@а.example"}, "login_other_domain"),
        ({"email": "eve@gmail.com"}, "login_other_domain"),
        ({"email": "еve@a.example"}, "login_no_address"),
        ({"email": "eve@b.example@a.example"}, "login_no_address"),
        ({"email": "eve@a.example\r\nBcc: all@b.example"}, "login_no_address"),
        ({"email": None}, "login_no_address"),
        ({"email": ["alice@a.example"]}, "login_no_address"),
        ({"email_verified": False}, "login_unverified_address"),
        ({"email_verified": "false"}, "login_unverified_address"),
        ({"aud": "another-app"}, "login_forged"),
        ({"aud": ["ideation-app", "another-app"]}, "login_forged"),
        ({"azp": "another-app"}, "login_forged"),
        ({"iss": "https://evil.example"}, "login_forged"),
        ({"exp": int(time.time()) - 3600}, "login_expired"),
        ({"exp": None}, "login_forged"),
        ({"iat": int(time.time()) + 3600}, "login_forged"),
        ({"sub": None}, "login_forged"),
        ({"nonce": "of-another-login"}, "login_forged"),
        ({"nonce": None}, "login_forged"),
    ],
)
def test_claims_that_are_not_believed(
    alice: Person, server: OidcServer, provider: IdentityProvider, claims: dict[str, Any], words: str
) -> None:
    server.userinfo = {"sub": "dora-1"}
    server.claims = claims
    refused(Client(), provider, alice, words)


def test_tokens_that_are_not_signed_by_the_provider(
    alice: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    stranger = new_key()
    forgeries = [
        lambda claims: jwt.encode(claims, "", algorithm="none"),
        lambda claims: jwt.encode(claims, server.secret.ljust(40, "x"), algorithm="HS256", headers={"kid": "one"}),
        lambda claims: jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "one"}),
        lambda claims: jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "two"}),
        lambda claims: server.signed(claims).rpartition(".")[0] + ".",
        lambda _claims: "not a token",
        lambda _claims: "",
    ]
    for forge in forgeries:
        server.encode = forge
        refused(Client(), provider, alice)


def test_replayed_foreign_and_late_answers(alice: Person, provider: IdentityProvider) -> None:
    client = Client()
    back = oidc_back(oidc_start(client, provider.pk))
    # Another browser: whoever lures somebody onto this address would log them in as somebody else.
    refused(Client(), provider, alice, "login_stale", back)
    assert client.get(local(back)).status_code == 302
    client.post("/account/logout/")
    refused(client, provider, alice, "login_stale", back)
    # Eleven minutes later.
    session = client.session
    late = oidc_back(oidc_start(client, provider.pk))
    session = client.session
    session["socialaccount_states"] = {
        key: [state, at - 700, of] for key, (state, at, of) in session["socialaccount_states"].items()
    }
    session.save()
    refused(client, provider, alice, "login_stale", late)


def test_state_of_one_provider_is_no_state_of_another(
    alice: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    other = connect(alice, server, "a.example")
    client = Client()
    back = oidc_back(oidc_start(client, provider.pk)).replace(str(provider.pk), str(other.pk))
    refused(client, other, alice, "login_stale", back)


def test_provider_that_says_no(alice: Person, provider: IdentityProvider) -> None:
    client = Client()
    state = oidc_start(client, provider.pk).partition("state=")[2].partition("&")[0]
    page = refused(
        client, provider, alice, "not allowed there",
        f"/account/oidc/{provider.pk}/login/callback/?error=access_denied&error_description=not+allowed+there&state={state}",
    )  # fmt: skip
    assert "not allowed there" not in page


def test_provider_that_has_gone_or_changed(alice: Person, server: OidcServer, provider: IdentityProvider) -> None:
    server.published = {"issuer": "https://evil.example"}
    page = Client().get(f"/account/oidc/{provider.pk}/login/")
    assert page.status_code == 403
    server.published = {"jwks_uri": "http://10.0.0.1/keys"}
    refused(Client(), provider, alice)
    server.published = {"token_endpoint": "http://169.254.169.254/latest"}
    refused(Client(), provider, alice)


@pytest.mark.parametrize("spelling", ["upper", "braces", "unknown", "word"])
def test_unknown_providers(provider: IdentityProvider, spelling: str) -> None:
    ids = {"upper": str(provider.pk).upper(), "braces": f"{{{provider.pk}}}", "unknown": str(uuid.uuid4()), "word": "x"}
    for kind in ("oidc", "saml"):
        response = Client().get(f"/account/{kind}/{ids[spelling]}/login/")
        assert response.status_code == 403
        assert "data-error" in response.content.decode()


def test_switched_off_and_domain_removed(alice: Person, server: OidcServer, provider: IdentityProvider) -> None:
    waiting = Client()
    back = oidc_back(oidc_start(waiting, provider.pk))
    dora = Client()
    oidc_trip(dora, provider.pk)
    assert dora.get(f"/b/{alice.brand.slug}/").status_code < 400
    with alice.scope():
        provider_switch(provider=provider, on=False)
    assert Client().get(f"/account/oidc/{provider.pk}/login/").status_code == 403
    refused(waiting, provider, alice, "login_switched_off", back)
    # Who came in through it is out at once.
    assert dora.get(f"/b/{alice.brand.slug}/").status_code == 302
    with alice.scope():
        provider_switch(provider=provider, on=True)
    oidc_trip(dora, provider.pk)
    assert who(dora)
    dora.get(f"/b/{alice.brand.slug}/")
    with alice.scope():
        domain_remove(domain=EmailDomain.objects.get())
    assert dora.get(f"/b/{alice.brand.slug}/").status_code == 302
    refused(Client(), provider, alice, "login_other_domain")


def test_provider_of_a_never_lets_somebody_of_b_in(
    alice: Person, charlie: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    theirs = OidcServer()
    try:
        at_b = connect(charlie, theirs, "b.example")
        # Each asserts the other's people, in every shape.
        server.person = {"sub": "c", "email": "charlie@b.example", "email_verified": True}
        theirs.person = {"sub": "a", "email": "alice@a.example", "email_verified": True}
        refused(Client(), provider, alice, "login_other_domain")
        refused(Client(), at_b, charlie, "login_other_domain")
        # B claims A's domain: only one brand can have proved it.
        with charlie.scope():
            domain_add(domain="a.example")
        refused(Client(), at_b, charlie, "login_other_domain")
        # B's provider takes over the name that A's has for Alice.
        server.person = {"sub": "same", "email": "alice@a.example"}
        oidc_trip(Client(), provider.pk)
        theirs.person = {"sub": "same", "email": "new@b.example"}
        client = Client()
        oidc_trip(client, at_b.pk)
        assert who(client) == str(User.objects.get(email="new@b.example").pk)
        assert client.get(f"/b/{alice.brand.slug}/").status_code == 404
    finally:
        theirs.close()


def test_account_outside_of_the_brand_is_not_entered(
    alice: Person, charlie: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    """Charlie's second, proved address is at A's domain; A's provider gets neither his account nor him as a member."""
    EmailAddress.objects.create(user=charlie.user, email="charlie@a.example", verified=True)
    server.person = {"sub": "c", "email": "charlie@a.example", "email_verified": True}
    page = refused(Client(), provider, alice, "login_not_member")
    assert "invitation" in page
    assert not SocialAccount.objects.exists()


def test_member_of_both_brands_gets_into_one(
    alice: Person, charlie: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    with charlie.scope():
        Membership.objects.create(user=alice.user, role="owner")
    server.person = {"sub": "a", "email": "alice@a.example"}
    client = Client()
    oidc_trip(client, provider.pk)
    assert who(client) == str(alice.user.pk)
    assert client.get(f"/b/{alice.brand.slug}/keys/").status_code == 200
    assert client.get(f"/b/{charlie.brand.slug}/keys/").status_code == 404
    assert alice.client.get(f"/b/{charlie.brand.slug}/keys/").status_code == 200
    assert charlie.brand.name not in client.get("/", follow=True).content.decode()
    assert charlie.brand.name not in client.get("/brands/", follow=True).content.decode()


BEYOND = [
    *("/account/", "/account/email/", "/account/password/change/", "/account/password/set/", "/account/2fa/"),
    *("/account/2fa/totp/activate/", "/account/2fa/webauthn/", "/account/2fa/webauthn/add/", "/account/sessions/"),
    *("/account/2fa/recovery-codes/generate/", "/account/delete/", "/account/reauthenticate/", "/brands/new/"),
    *("/account/password/reset/", "/invitations/some-token/", "/account/signup/"),
]


@pytest.mark.parametrize("path", BEYOND)
def test_bound_session_opens_nothing_of_the_account(provider: IdentityProvider, path: str) -> None:
    client = Client()
    oidc_trip(client, provider.pk)
    for response in (client.get(path), client.post(path, {"email": "evil@evil.example", "password1": "x"})):
        assert response.status_code == 403
        assert "data-error" in response.content.decode()
    assert not EmailAddress.objects.filter(email="evil@evil.example").exists()


def test_own_login_afterwards_opens_all(alice: Person, server: OidcServer, provider: IdentityProvider) -> None:
    alice.user.set_password("a long enough passphrase")
    alice.user.save()
    server.person = {"sub": "a", "email": "alice@a.example"}
    client = Client()
    oidc_trip(client, provider.pk)
    client.post("/account/logout/")
    client.post("/account/login/", {"login": "alice@a.example", "password": "a long enough passphrase"})
    assert who(client) == str(alice.user.pk)
    assert "login_brand" not in client.session
    assert client.get("/account/email/").status_code == 200


def test_session_of_a_password_is_bound_once_the_provider_opens_it(
    alice: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    server.person = {"sub": "a", "email": "alice@a.example"}
    oidc_trip(alice.client, provider.pk)
    assert alice.client.session["login_brand"] == str(alice.brand.pk)
    assert alice.client.get("/account/email/").status_code == 403


def test_nothing_connects_a_provider_to_an_open_account(alice: Person, provider: IdentityProvider) -> None:
    for path in ("3rdparty/", "3rdparty/signup/", "social/connections/", "social/signup/"):
        assert alice.client.get(f"/account/{path}").status_code == 404
        assert alice.client.post(f"/account/{path}").status_code == 404
    for path in ("3rdparty/login/cancelled/", "3rdparty/login/error/"):
        assert "data-error" in Client().get(f"/account/{path}").content.decode()
    oidc_start(alice.client, provider.pk, process="connect")
    state = next(iter(alice.client.session["socialaccount_states"].values()))[0]
    assert state["process"] == "login"


def test_inactive_account_and_removed_member(
    alice: Person, bob: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    server.person = {"sub": "bob-1", "email": "bob@a.example"}
    oidc_trip(Client(), provider.pk)
    with alice.scope():
        Membership.objects.filter(user=bob.user).delete()
    refused(Client(), provider, alice, "login_not_member")
    with alice.scope():
        Membership.objects.create(user=bob.user, role="viewer")
    User.objects.filter(pk=bob.user.pk).update(is_active=False)
    refused(Client(), provider, alice, "login_not_member")


def test_address_that_passes_on_to_somebody_else(
    alice: Person, bob: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    server.person = {"sub": "bob-1", "email": "bob@a.example"}
    oidc_trip(Client(), provider.pk)
    server.person = {"sub": "new-bob", "email": "bob@a.example"}
    refused(Client(), provider, alice, "login_other_identity")
    with alice.scope():
        people_forget(provider=provider)
    client = Client()
    oidc_trip(client, provider.pk)
    assert who(client) == str(bob.user.pk)


def test_without_newcomers_only_members_come_in(alice: Person, bob: Person, server: OidcServer) -> None:
    provider = connect(alice, server, "a.example", newcomers=False)
    server.person = {"sub": "dora-1", "email": "dora@a.example"}
    refused(Client(), provider, alice, "login_no_newcomers")
    server.person = {"sub": "bob-1", "email": "bob@a.example"}
    client = Client()
    oidc_trip(client, provider.pk)
    assert who(client) == str(bob.user.pk)


def test_who_is_invited_comes_in_as_invited(alice: Person, server: OidcServer) -> None:
    provider = connect(alice, server, "a.example", newcomers=False)
    server.person = {"sub": "dora-1", "email": "dora@a.example"}
    with alice.scope():
        invitation_create(email="dora@a.example", role="manager", by=alice.user, site="http://testserver")
    client = Client()
    oidc_trip(client, provider.pk)
    assert who(client)
    assert ("dora@a.example", "manager") in people(alice)
    with alice.scope():
        assert Invitation.objects.get().accepted_at is not None


def test_refusals_do_not_fill_the_audit(alice: Person, provider: IdentityProvider) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.77")
    for _ in range(70):
        assert stranger.get(f"/account/oidc/{provider.pk}/login/callback/?state=x&code=y").status_code == 403
    assert len(notes(alice, "brand_login_refused")) == 60


def test_google_speaks_for_its_own_workspace_only(
    alice: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    """A private Google account can carry a work address: without the Workspace's name in it, it counts for nothing."""
    google, oidc.GOOGLE = oidc.GOOGLE, server.url
    try:
        refused(Client(), provider, alice, "login_other_domain")
        server.claims = {"hd": "evil.example"}
        refused(Client(), provider, alice, "login_other_domain")
        server.claims = {"hd": "a.example"}
        client = Client()
        oidc_trip(client, provider.pk)
        assert who(client)
    finally:
        oidc.GOOGLE = google


def test_second_factor_is_still_asked_for_and_the_session_bound(
    bob: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    TOTP.activate(bob.user, generate_totp_secret())
    codes = RecoveryCodes.activate(bob.user)
    server.person = {"sub": "bob-1", "email": "bob@a.example"}
    client = Client()
    response = oidc_trip(client, provider.pk)
    assert response.headers["Location"] == "/account/2fa/authenticate/"
    assert who(client) == ""
    client.post("/account/2fa/authenticate/", {"code": codes.get_unused_codes()[0]})
    assert who(client) == str(bob.user.pk)
    assert client.session["login_brand"] == str(bob.brand.pk)


def test_provider_switched_off_while_a_second_factor_is_awaited(
    bob: Person, alice: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    TOTP.activate(bob.user, generate_totp_secret())
    codes = RecoveryCodes.activate(bob.user)
    server.person = {"sub": "bob-1", "email": "bob@a.example"}
    client = Client()
    oidc_trip(client, provider.pk)
    with alice.scope():
        provider_switch(provider=provider, on=False)
    client.post("/account/2fa/authenticate/", {"code": codes.get_unused_codes()[0]})
    assert who(client) == ""


def test_work_email_finds_the_login(alice: Person, provider: IdentityProvider) -> None:
    client = Client()
    response = client.post("/account/brand-login/", {"email": "New.Person@A.EXAMPLE", "next": "https://evil.example"})
    assert response.headers["Refresh"] == f"0; url=/account/oidc/{provider.pk}/login/"
    assert alice.brand.name not in response.content.decode()
    for unknown in ("x@b.example", "x@gmail.com", "x@sub.a.example"):
        page = client.post("/account/brand-login/", {"email": unknown})
        assert page.status_code == 400
        assert "No login is set up for this address" in page.content.decode()
    with alice.scope():
        provider_switch(provider=provider, on=False)
    assert client.post("/account/brand-login/", {"email": "x@a.example"}).status_code == 400


def test_work_email_with_several_ways(alice: Person, server: OidcServer, provider: IdentityProvider) -> None:
    other = connect(alice, server, "a.example")
    response = Client().post("/account/brand-login/", {"email": "x@a.example"})
    assert "Refresh" not in response.headers
    for row in (provider, other):
        assert f"/account/oidc/{row.pk}/login/" in response.content.decode()


def test_guessing_domains_is_slow(db: None) -> None:
    statuses = [
        Client(REMOTE_ADDR="203.0.113.9").post("/account/brand-login/", {"email": f"x@d{n}.example"}).status_code
        for n in range(32)
    ]
    assert statuses[:30] == [400] * 30
    assert statuses[-1] == 429


def test_trial_writes_nothing(alice: Person, bob: Person, server: OidcServer, provider: IdentityProvider) -> None:
    with alice.scope():
        provider_switch(provider=provider, on=False)
    before, known = people(alice), User.objects.count()
    address = f"/b/{alice.brand.slug}/login-methods/{provider.pk}/test/"
    assert bob.client.get(address).status_code == 403
    page = alice.client.get(local(oidc_back(alice.client.get(address).headers["Location"])))
    assert "would become a member" in page.content.decode()
    assert "dora@a.example" in page.content.decode()
    server.person["email"] = "dora@b.example"
    page = alice.client.get(local(oidc_back(alice.client.get(address).headers["Location"])))
    assert "would be refused" in page.content.decode()
    assert who(alice.client) == str(alice.user.pk)
    assert "login_brand" not in alice.client.session
    assert (people(alice), User.objects.count()) == (before, known)
    assert not SocialAccount.objects.exists()


def test_two_first_logins_make_one_person(alice: Person, provider: IdentityProvider) -> None:
    first, second = Client(), Client()
    answers = [(client, oidc_back(oidc_start(client, provider.pk))) for client in (first, second)]
    for client, back in answers:
        client.get(local(back))
    assert who(first) == who(second) != ""
    assert User.objects.filter(email="dora@a.example").count() == 1


def test_person_of_no_brand_with_the_address(alice: Person, server: OidcServer, provider: IdentityProvider) -> None:
    """Somebody signed up with the address before, proved or not: an invitation has to join the two."""
    User.objects.create_user("dora@a.example")
    refused(Client(), provider, alice, "login_not_member")


def test_no_session_row_is_left_by_refusals(alice: Person, server: OidcServer, provider: IdentityProvider) -> None:
    server.claims = {"email": "x@b.example"}
    client = Client()
    refused(client, provider, alice)
    for row in Session.objects.all():
        assert row.get_decoded().get("_auth_user_id") in (None, str(alice.user.pk))


def test_no_other_way_in(
    alice: Person, bob: Person, charlie: Person, server: OidcServer, provider: IdentityProvider
) -> None:
    home = f"/b/{alice.brand.slug}/"
    with alice.scope():
        IdentityProvider.objects.filter(pk=provider.pk).update(settings={**provider.settings, "only": True})
    page = bob.client.get(home)
    assert page.status_code == 403
    assert "data-error" in page.content.decode()
    assert alice.brand.name not in page.content.decode()
    assert bob.client.post(f"{home}projects/new/").status_code == 403
    assert alice.client.get(home).status_code < 400
    assert charlie.client.get(home).status_code == 404
    server.person = {"sub": "bob-1", "email": "bob@a.example"}
    client = Client()
    assert oidc_trip(client, provider.pk, next=home).headers["Location"] == home
    assert client.get(home).status_code < 400
    with alice.scope():
        provider_switch(provider=provider, on=False)
    assert bob.client.get(home).status_code < 400
