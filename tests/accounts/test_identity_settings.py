"""Setting up a brand's login: domains proved by DNS, providers with their secrets, and who may do it."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.domains import domain_clean, domain_of
from accounts.errors import AccountError
from accounts.models import AuditEntry, EmailDomain, IdentityProvider
from accounts.sealed import unseal
from accounts.services.identity import domain_add, domain_verify, provider_create
from tests.accounts.providers import OidcServer, SamlProvider, dns_server
from tests.accounts.test_identity_oidc import connect
from tests.conftest import Person


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.OUTGOING_NETWORKS, settings.OUTGOING_HTTP = ["127.0.0.0/8"], True


@pytest.fixture
def server() -> Iterator[OidcServer]:
    made = OidcServer()
    yield made
    made.close()


def at(person: Person, rest: str = "") -> str:
    return f"/b/{person.brand.slug}/login-methods/{rest}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Company.COM", "company.com"),
        ("@company.com", "company.com"),
        ("https://company.com/about", "company.com"),
        ("ana@company.com", "company.com"),
        ("company.com.", "company.com"),
        ("例子.公司", "xn--fsqu00a.xn--55qx5d"),
        ("ＣＯＭＰＡＮＹ.com", "company.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("аpple.com", "xn--pple-43d.com"),
    ],
)
def test_one_spelling_a_domain(typed: str, kept: str) -> None:
    assert domain_clean(typed) == kept
    assert domain_clean(kept) == kept
    assert domain_of(f"x@{kept}") == kept


@pytest.mark.parametrize(
    "typed", ["", "company", "localhost", "10.0.0.1", "a b.com", "-x.com", "_x.com", "x..com", "x.com\nevil"]
)
def test_what_is_no_domain(typed: str) -> None:
    with pytest.raises(AccountError) as caught:
        domain_clean(typed)
    assert caught.value.code == "domain_malformed"


@pytest.mark.parametrize("typed", ["gmail.com", "QQ.com", "vip.163.com", "outlook.com", "126.com", "foxmail.com"])
def test_domains_that_nobody_owns(alice: Person, typed: str) -> None:
    response = alice.client.post(at(alice), {"domain": typed})
    assert response.status_code == 400
    assert "Anybody can have an address" in response.content.decode()
    with alice.scope():
        assert not EmailDomain.objects.exists()


def test_domain_is_proved_by_its_record(alice: Person, charlie: Person, settings: Settings) -> None:
    assert alice.client.post(at(alice), {"domain": "a.example"}).status_code == 302
    with alice.scope():
        domain = EmailDomain.objects.get()
    page = alice.client.get(at(alice)).content.decode()
    assert "_ideation.a.example" in page
    assert f"ideation-verify={domain.token}" in page
    check = at(alice, f"domains/{domain.pk}/check/")
    long = [["v=spf1 -all"], [f"ideation-verify={domain.token[:10]}", domain.token[10:]]]
    with dns_server({"_ideation.a.example": long}) as address:
        settings.DNS_SERVERS = [address]
        for stranger in (charlie.client,):
            assert stranger.post(check).status_code == 404
        assert alice.client.post(check).status_code == 302
    with alice.scope():
        domain.refresh_from_db()
        assert domain.verified_at is not None
        assert AuditEntry.objects.filter(table="accounts_emaildomain", action="update").exists()
        assert domain.token not in str(list(AuditEntry.objects.values_list("before", "after")))


@pytest.mark.parametrize(
    ("texts", "options", "sentence"),
    [
        ({}, {}, "There is no TXT record at _ideation.a.example yet"),
        ({"_ideation.a.example": []}, {}, "There is no TXT record at _ideation.a.example yet"),
        (
            {"_ideation.a.example": [["ideation-verify=of another brand"]]},
            {},
            "stands “ideation-verify=of another brand”",
        ),
        ({"a.example": [["ideation-verify=TOKEN"]]}, {}, "There is no TXT record at _ideation.a.example yet"),
        ({}, {"rcode": "SERVFAIL"}, "The DNS servers could not answer"),
        ({}, {"rcode": "REFUSED"}, "The DNS servers could not answer"),
        ({}, {"silent": True}, "did not answer for _ideation.a.example in time"),
    ],
)
def test_what_dns_may_answer_instead(
    alice: Person, settings: Settings, texts: dict[str, Any], options: dict[str, Any], sentence: str
) -> None:
    with alice.scope():
        domain = domain_add(domain="a.example")
    with dns_server(texts, **options) as address:
        settings.DNS_SERVERS = [address]
        page = alice.client.post(at(alice, f"domains/{domain.pk}/check/"), follow=True).content.decode()
    assert sentence in page
    with alice.scope():
        assert EmailDomain.objects.get().verified_at is None


def test_only_one_brand_proves_a_domain(alice: Person, charlie: Person, settings: Settings) -> None:
    with alice.scope():
        domain_verify(domain=domain_add(domain="a.example"), by_hand=True)
    with charlie.scope():
        second = domain_add(domain="a.example")
    with dns_server({"_ideation.a.example": [[f"ideation-verify={second.token}"]]}) as address:
        settings.DNS_SERVERS = [address]
        page = charlie.client.post(at(charlie, f"domains/{second.pk}/check/"), follow=True).content.decode()
    assert "only one can" in page
    assert alice.brand.name not in page
    with charlie.scope():
        assert EmailDomain.objects.get().verified_at is None
        with pytest.raises(AccountError):
            domain_verify(domain=second, by_hand=True)


def test_domain_twice_and_removed(alice: Person, bob: Person) -> None:
    alice.client.post(at(alice), {"domain": "a.example"})
    assert "in the list already" in alice.client.post(at(alice), {"domain": "A.example"}).content.decode()
    with alice.scope():
        domain = EmailDomain.objects.get()
    assert bob.client.post(at(alice, f"domains/{domain.pk}/remove/")).status_code == 403
    assert alice.client.post(at(alice, f"domains/{domain.pk}/remove/")).status_code == 302
    with alice.scope():
        assert not EmailDomain.objects.exists()


def test_platform_proves_by_hand(alice: Person, charlie: Person) -> None:
    out = StringIO()
    call_command("domain_verify", alice.brand.slug, "A.example", stdout=out)
    assert "a.example is proved" in out.getvalue()
    with alice.scope():
        assert EmailDomain.objects.get().verified_at is not None
        assert AuditEntry.objects.filter(action="domain_verified_by_hand").exists()
    for brand, domain in (
        (charlie.brand.slug, "a.example"),
        ("no-such-brand", "c.example"),
        (charlie.brand.slug, "qq.com"),
    ):
        with pytest.raises(CommandError):
            call_command("domain_verify", brand, domain)


def test_only_owners_set_up(alice: Person, bob: Person, charlie: Person, server: OidcServer) -> None:
    provider = connect(alice, server, "a.example")
    with alice.scope():
        domain = EmailDomain.objects.get()
        before = list(IdentityProvider.objects.values()), list(EmailDomain.objects.values())
    one = f"{provider.pk}/"
    reads = ["", "new/", one, f"{one}test/"]
    writes = ["", "new/", one, f"{one}turn/", f"{one}forget/", f"{one}remove/"]
    writes += [f"domains/{domain.pk}/check/", f"domains/{domain.pk}/remove/"]
    for client, status in ((bob.client, 403), (charlie.client, 404)):
        assert [client.get(at(alice, path)).status_code for path in reads] == [status] * len(reads)
        assert [client.post(at(alice, path), {"on": "0"}).status_code for path in writes] == [status] * len(writes)
    # With another brand's provider in one's own address.
    assert charlie.client.get(at(charlie, one)).status_code == 404
    assert charlie.client.post(at(charlie, f"{one}remove/")).status_code == 404
    with alice.scope():
        assert (list(IdentityProvider.objects.values()), list(EmailDomain.objects.values())) == before


def form(server: OidcServer, **changes: str) -> dict[str, str]:
    given = {"name": "Okta", "server_url": server.url, "client_id": server.client_id, "secret": server.secret}
    return {**given, "email_claim": "", "newcomers": "on", "role": "analyst", **changes}


def test_provider_from_nothing_to_on(alice: Person, server: OidcServer) -> None:
    with alice.scope():
        domain_verify(domain=domain_add(domain="a.example"), by_hand=True)
    made = alice.client.post(at(alice, "new/"), {"kind": "openid_connect", "name": "Okta"})
    assert made.status_code == 302
    page = made.headers["Location"]
    with alice.scope():
        provider = IdentityProvider.objects.get()
    assert f"http://testserver/account/oidc/{provider.pk}/login/callback/" in alice.client.get(page).content.decode()
    alice.client.post(f"{page}turn/", {"on": "1"})
    assert alice.client.get(f"{page}test/").status_code == 400
    with alice.scope():
        assert not IdentityProvider.objects.get().is_enabled
    saved = alice.client.post(page, form(server))
    assert saved.status_code == 302, saved.content.decode()
    alice.client.post(f"{page}turn/", {"on": "1"})
    with alice.scope():
        provider = IdentityProvider.objects.get()
        assert provider.is_enabled
        assert provider.settings["issuer"] == server.url
        assert (provider.settings["newcomers"], provider.settings["only"]) == (True, False)
        assert provider.secret
        assert server.secret not in provider.secret
        assert unseal(provider.secret) == server.secret
        assert server.secret not in str(list(AuditEntry.objects.values_list("before", "after")))
        assert provider.secret not in str(list(AuditEntry.objects.values_list("before", "after")))
    shown = alice.client.get(page)
    assert server.secret not in shown.content.decode()
    assert provider.secret not in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]


def test_secret_is_kept_changed_and_never_sent_elsewhere(alice: Person, server: OidcServer) -> None:
    provider = connect(alice, server, "a.example")
    page = at(alice, f"{provider.pk}/")
    assert alice.client.post(page, form(server, secret="", name="New name")).status_code == 302
    with alice.scope():
        provider.refresh_from_db()
    assert (provider.name, unseal(provider.secret)) == ("New name", server.secret)
    assert alice.client.post(page, form(server, secret="rotated")).status_code == 302
    with alice.scope():
        provider.refresh_from_db()
    assert unseal(provider.secret) == "rotated"
    other = OidcServer()
    try:
        refused = alice.client.post(page, form(server, server_url=other.url, secret=""))
        assert "given for another server" in refused.content.decode()
    finally:
        other.close()


def test_secret_after_the_key_has_changed(alice: Person, server: OidcServer, settings: Settings) -> None:
    provider = connect(alice, server, "a.example")
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-of-this-installation-long-enough"
    with pytest.raises(AccountError, match="SECRET_KEY has"):
        unseal(provider.secret)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(provider.secret) == server.secret


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"server_url": "ftp://x.example"}, "starts with https://"),
        ({"server_url": "https://user:pw@x.example"}, "starts with https://"),
        ({"server_url": "https://10.0.0.1"}, "be reached from here"),
        ({"server_url": "https://169.254.169.254/latest"}, "be reached from here"),
        ({"server_url": "https://[::1]"}, "be reached from here"),
        ({"server_url": "https://[::ffff:10.0.0.1]"}, "be reached from here"),
        ({"server_url": "https://no-such-host.invalid"}, "be reached from here"),
        ({"server_url": "https://x.example:99999"}, "starts with https://"),
        ({"server_url": "SERVER/other"}, "answers with status 404"),
        ({"role": "owner"}, "Select a valid choice"),
        ({"client_id": ""}, "This field is required"),
    ],
)
def test_settings_that_are_refused(alice: Person, server: OidcServer, changes: dict[str, str], sentence: str) -> None:
    with alice.scope():
        provider = provider_create(kind="openid_connect", name="Okta")
    given = {name: value.replace("SERVER", server.url) for name, value in changes.items()}
    response = alice.client.post(at(alice, f"{provider.pk}/"), form(server, **given))
    assert response.status_code == 400
    assert sentence in response.content.decode()
    with alice.scope():
        assert IdentityProvider.objects.get().settings == {}


@pytest.mark.parametrize(
    ("published", "sentence"),
    [
        ({"issuer": "https://evil.example"}, "calls itself “https://evil.example”"),
        ({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}, "your own tenant"),
        ({"token_endpoint": ""}, "token_endpoint"),
        ({"jwks_uri": "javascript:alert(1)"}, "jwks_uri"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "none of the algorithms"),
    ],
)
def test_configurations_that_are_refused(
    alice: Person, server: OidcServer, published: dict[str, Any], sentence: str
) -> None:
    server.published = published
    with alice.scope():
        provider = provider_create(kind="openid_connect", name="Okta")
    response = alice.client.post(at(alice, f"{provider.pk}/"), form(server))
    assert response.status_code == 400
    assert sentence in response.content.decode()


def saml_form(**changes: str) -> dict[str, str]:
    given = {"name": "Okta", "metadata_url": "", "metadata": "", "email_attribute": "", "uid_attribute": ""}
    return {**given, "role": "viewer", **changes}


def test_saml_provider_from_pasted_metadata(alice: Person) -> None:
    with alice.scope():
        provider = provider_create(kind="saml", name="Okta")
    page, idp = at(alice, f"{provider.pk}/"), SamlProvider()
    shown = alice.client.get(page).content.decode()
    for address in ("acs", "metadata"):
        assert f"http://testserver/account/saml/{provider.pk}/{address}/" in shown
    assert alice.client.post(page, saml_form(metadata=idp.metadata())).status_code == 302
    # Without metadata the next time: they are kept.
    assert alice.client.post(page, saml_form(uid_attribute="staff")).status_code == 302
    with alice.scope():
        provider.refresh_from_db()
    assert provider.settings["idp"]["entity_id"] == idp.entity_id
    assert provider.settings["attributes"] == {"email": "", "uid": "staff"}
    assert idp.sso in alice.client.get(page).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda _text: "", "Give the metadata"),
        (lambda _text: "hello", "no SAML metadata"),
        (lambda text: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + text, "no SAML metadata"),
        (lambda text: text.replace("SingleSignOnService", "SingleLogoutService"), "lacks the entity id"),
        (lambda text: text.replace('entityID="https://idp.example/entity"', ""), "lacks the entity id"),
        (lambda text: text.replace("MII", "!!!", 1), "certificate in the metadata"),
        (lambda text: text.replace("https://idp.example/sso", "javascript:alert(1)"), "starts with https://"),
        (
            lambda text: text.replace("<md:IDPSSODescriptor", '<md:IDPSSODescriptor WantAuthnRequestsSigned="true"'),
            "signed requests",
        ),
    ],
)
def test_metadata_that_are_refused(alice: Person, change: Any, sentence: str) -> None:
    with alice.scope():
        provider = provider_create(kind="saml", name="Okta")
    response = alice.client.post(at(alice, f"{provider.pk}/"), saml_form(metadata=change(SamlProvider().metadata())))
    assert response.status_code == 400
    assert sentence in response.content.decode()
    with alice.scope():
        assert IdentityProvider.objects.get().settings == {}


def test_another_server_forgets_who_was_who(alice: Person, server: OidcServer) -> None:
    provider = connect(alice, server, "a.example")
    SocialAccount.objects.create(provider=str(provider.pk), uid="1", user=alice.user)
    other = OidcServer()
    try:
        page = at(alice, f"{provider.pk}/")
        assert alice.client.post(page, form(server, name="New name")).status_code == 302
        assert SocialAccount.objects.exists()
        assert alice.client.post(page, form(server, server_url=other.url)).status_code == 302
        assert not SocialAccount.objects.exists()
    finally:
        other.close()


def test_removed_provider_leaves_nothing(alice: Person, server: OidcServer) -> None:
    provider = connect(alice, server, "a.example")
    SocialAccount.objects.create(provider=str(provider.pk), uid="1", user=alice.user)
    assert alice.client.post(at(alice, f"{provider.pk}/remove/")).status_code == 302
    assert not SocialAccount.objects.exists()
    with alice.scope():
        assert not IdentityProvider.objects.exists()


def test_switching_on_needs_a_domain(alice: Person, server: OidcServer) -> None:
    provider = connect(alice, server, "a.example")
    with alice.scope():
        EmailDomain.objects.all().delete()
        IdentityProvider.objects.update(is_enabled=False)
    page = alice.client.post(at(alice, f"{provider.pk}/turn/"), {"on": "1"}, follow=True).content.decode()
    assert "Prove a domain first" in page


def test_pages_in_chinese(alice: Person, server: OidcServer) -> None:
    provider = connect(alice, server, "a.example")
    alice.client.post("/language/", {"language": "zh-hans"})
    for path in ("", "new/", f"{provider.pk}/"):
        assert alice.client.get(at(alice, path)).status_code == 200
