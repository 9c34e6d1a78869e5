"""Login through a brand's SAML provider: the round trip, and answers that are forged, wrapped, late or used."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names

from accounts.models import EmailDomain, IdentityProvider, User
from accounts.saml import metadata_read
from accounts.services.identity import domain_add, domain_verify, provider_change, provider_create, provider_switch
from tests.accounts.providers import SamlProvider, encoded, saml_back, saml_start
from tests.accounts.test_identity_oidc import notes, people, who
from tests.conftest import Person

HOST = "http://testserver"


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture(scope="module")
def idp() -> SamlProvider:
    return SamlProvider()


@pytest.fixture(scope="module")
def stranger() -> SamlProvider:
    """Signs with another key in the first one's name."""
    return SamlProvider()


def connect(owner: Person, at: SamlProvider, domain: str, **settings: Any) -> IdentityProvider:
    """The owner's brand has proved a domain and connected this provider."""
    with owner.scope():
        if not EmailDomain.objects.filter(domain=domain).exists():
            domain_verify(domain=domain_add(domain=domain), by_hand=True)
        provider = provider_create(kind="saml", name="Company login")
        told = {"newcomers": True, "idp": metadata_read(at.metadata()), "attributes": {}, **settings}
        provider_change(provider=provider, name="Company login", role="designer", settings=told)
        provider_switch(provider=provider, on=True)
    return provider


@pytest.fixture
def provider(alice: Person, idp: SamlProvider) -> IdentityProvider:
    return connect(alice, idp, "a.example")


def acs(provider: IdentityProvider) -> str:
    return f"{HOST}/account/saml/{provider.pk}/acs/"


def said(provider: IdentityProvider, asked: str, **changes: Any) -> dict[str, Any]:
    """What an assertion of this provider says when all is right."""
    entity = f"{HOST}/account/saml/{provider.pk}/metadata/"
    right = {"acs": acs(provider), "audience": entity, "request_id": asked, "email": "dora@a.example", "uid": "dora-1"}
    return {**right, **changes}


def answer(idp: SamlProvider, provider: IdentityProvider, request_id: str, **changes: Any) -> str:
    """An answer with a signed assertion."""
    inside = idp.sign(idp.assertion(**said(provider, request_id, **changes)))
    return idp.response(inside, acs=acs(provider), request_id=request_id)


def test_newcomer_becomes_a_member(alice: Person, idp: SamlProvider, provider: IdentityProvider) -> None:
    client = Client()
    asked = saml_start(client, provider.pk, next=f"/b/{alice.brand.slug}/keys/")
    response = saml_back(client, provider.pk, answer(idp, provider, asked, attributes={"displayName": "Dora 朵拉"}))
    assert response.status_code == 302, response.content.decode()
    assert response.headers["Location"] == f"/b/{alice.brand.slug}/keys/"
    dora = User.objects.get(email="dora@a.example")
    assert who(client) == str(dora.pk)
    assert dora.name == "Dora 朵拉"
    assert ("dora@a.example", "designer") in people(alice)
    assert client.session["login_brand"] == str(alice.brand.pk)
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == (str(provider.pk), "dora-1", {})


def test_member_by_name_id(bob: Person, idp: SamlProvider, provider: IdentityProvider) -> None:
    client = Client()
    asked = saml_start(client, provider.pk)
    format_ = {"name_id_format": Names.NAMEID_EMAIL_ADDRESS}
    saml_back(client, provider.pk, answer(idp, provider, asked, email="", uid="bob@a.example", **format_))
    assert who(client) == str(bob.user.pk)


def test_own_attribute_names(alice: Person, bob: Person, idp: SamlProvider) -> None:
    provider = connect(alice, idp, "a.example", attributes={"email": "work-mail", "uid": "staff-number"})
    client = Client()
    asked = saml_start(client, provider.pk)
    given = {"work-mail": "bob@a.example", "staff-number": "42"}
    changes = {"email": "eve@a.example", "name_id_format": Names.NAMEID_TRANSIENT, "attributes": given}
    saml_back(client, provider.pk, answer(idp, provider, asked, **changes))
    assert who(client) == str(bob.user.pk)
    assert SocialAccount.objects.get().uid == "42"


def test_a_new_certificate_beside_the_old_one(
    alice: Person, bob: Person, idp: SamlProvider, stranger: SamlProvider
) -> None:
    told = metadata_read(idp.metadata())
    told["certificates"] += metadata_read(stranger.metadata())["certificates"]
    provider = connect(alice, idp, "a.example", idp=told)
    for key in (idp, stranger):
        client = Client()
        asked = saml_start(client, provider.pk)
        saml_back(client, provider.pk, answer(key, provider, asked, email="bob@a.example"))
        assert who(client) == str(bob.user.pk)


def refused(client: Client, provider: IdentityProvider, owner: Person, xml: str, words: str = "", **more: str) -> str:
    """An answer that ends on a page with a reason: no session, no member, and a note in the brand's audit."""
    before, known, noted = people(owner), User.objects.count(), len(notes(owner, "brand_login_refused"))
    response = saml_back(client, provider.pk, xml, **more)
    page = response.content.decode()
    assert response.status_code == 403, page
    assert "data-error" in page
    assert who(client) == ""
    assert (people(owner), User.objects.count()) == (before, known)
    found = notes(owner, "brand_login_refused")
    assert len(found) == noted + 1
    assert any(words in str(note) for note in found), found
    return page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "eve@b.example"}, "login_other_domain"),
        ({"email": "eve@a.example.evil.example"}, "login_other_domain"),
        ({"email": "", "uid": "nobody"}, "login_no_address"),
        ({"attributes": {"email_verified": "false"}}, "login_unverified_address"),
        ({"audience": "https://other.example/metadata"}, "login_forged"),
        ({"audience": ""}, "login_forged"),
        ({"minutes": -10}, "login_expired"),
        ({"acs": "http://testserver/account/saml/other/acs/"}, "login_expired"),
        ({"request_id": ""}, "login_forged"),
        ({"request_id": "_another"}, "login_expired"),
        ({"name_id_format": Names.NAMEID_TRANSIENT}, "saml_no_lasting_name"),
    ],
)
def test_assertions_that_are_not_believed(
    alice: Person, idp: SamlProvider, provider: IdentityProvider, changes: dict[str, Any], words: str
) -> None:
    client = Client()
    asked = saml_start(client, provider.pk)
    inside = idp.sign(idp.assertion(**said(provider, asked, **changes)))
    refused(client, provider, alice, idp.response(inside, acs=acs(provider), request_id=asked), words)


FORGERIES: dict[str, Callable[["Forger"], str]] = {
    "unsigned": lambda of: of.unsigned(),
    "signed around the assertion only": lambda of: of.idp.sign(of.unsigned()),
    "signed by a stranger": lambda of: of.answer(of.stranger),
    "changed afterwards": lambda of: of.answer(of.idp, email="bob@a.example").replace("bob@", "alice@"),
    "comment in the address": lambda of: of.answer(of.idp, email="alice@a.example.evil.example").replace(
        "alice@a.example", "alice@a.example<!-- -->"
    ),
    "weak algorithm": lambda of: of.answer(of.idp).replace(Names.RSA_SHA256, Names.RSA_SHA1),
    "entity": lambda of: (
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + of.answer(of.idp).replace("dora@a.example", "&x;")
    ),
    "no answer": lambda _of: "<no/>",
    "no XML": lambda _of: "\x00\x01",
}


@dataclass(frozen=True)
class Forger:
    """Makes answers to one request."""

    idp: SamlProvider
    stranger: SamlProvider
    provider: IdentityProvider
    asked: str

    def unsigned(self) -> str:
        assertion = self.idp.assertion(**said(self.provider, self.asked))
        return self.idp.response(assertion, acs=acs(self.provider), request_id=self.asked)

    def answer(self, signer: SamlProvider, **changes: Any) -> str:
        return answer(signer, self.provider, self.asked, **changes)


@pytest.mark.parametrize("forgery", list(FORGERIES))
def test_signatures(
    alice: Person, idp: SamlProvider, stranger: SamlProvider, provider: IdentityProvider, forgery: str
) -> None:
    client = Client()
    forger = Forger(idp, stranger, provider, saml_start(client, provider.pk))
    refused(client, provider, alice, FORGERIES[forgery](forger))


def wrappings(idp: SamlProvider, provider: IdentityProvider, asked: str) -> dict[str, str]:
    """Answers in which the signature is right, but of another assertion than the one that would be read."""
    signed = idp.sign(idp.assertion(**said(provider, asked, email="mallory@a.example", uid="mallory")))
    evil = idp.assertion(**said(provider, asked, email="alice@a.example", uid="alice-1"))
    signature = re.search(r"<ds:Signature.*</ds:Signature>", signed, re.DOTALL)
    assert signature is not None
    bare = signed.replace(signature[0], "")
    id_of_signed = str(etree.fromstring(signed.encode()).get("ID"))
    evil_with_id = re.sub(r'ID="_a[0-9a-f]+"', f'ID="{id_of_signed}"', evil)
    issuer = f"<Issuer>{idp.entity_id}</Issuer>"

    def with_signature(assertion: str, text: str) -> str:
        return assertion.replace(issuer, issuer + text, 1)

    inside_signature = signature[0].replace("</ds:Signature>", f"<ds:Object>{bare}</ds:Object></ds:Signature>")
    shapes = {
        "evil beside": evil + signed,
        "evil after": signed + evil,
        "signed inside evil": evil.replace("</Assertion>", signed + "</Assertion>"),
        "signed inside the signature of evil": with_signature(evil, inside_signature),
        "same id beside": evil_with_id + signed,
        "same id, signature moved": with_signature(evil_with_id, signature[0]),
        "same id, original in object": with_signature(evil_with_id, inside_signature),
        "evil in advice": signed.replace("</Conditions>", f"</Conditions><Advice>{evil}</Advice>"),
    }
    made = {name: idp.response(inside, acs=acs(provider), request_id=asked) for name, inside in shapes.items()}
    extensions = f"<samlp:Extensions>{signed}</samlp:Extensions><samlp:Status>"
    outer = idp.response(evil, acs=acs(provider), request_id=asked)
    made["signed in extensions"] = outer.replace("<samlp:Status>", extensions)
    return made


SHAPES = [
    *("evil beside", "evil after", "signed inside evil", "signed inside the signature of evil", "same id beside"),
    *("same id, signature moved", "same id, original in object", "evil in advice", "signed in extensions"),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_signature_wrapping(alice: Person, idp: SamlProvider, provider: IdentityProvider, shape: str) -> None:
    client = Client()
    xml = wrappings(idp, provider, saml_start(client, provider.pk))[shape]
    refused(client, provider, alice, xml)


def test_used_stolen_and_unasked_answers(alice: Person, idp: SamlProvider, provider: IdentityProvider) -> None:
    client = Client()
    asked = saml_start(client, provider.pk)
    xml = answer(idp, provider, asked)
    # In another browser: somebody is to be logged in as somebody else, or an answer was stolen.
    refused(Client(), provider, alice, xml, "login_stale")
    assert saml_back(client, provider.pk, xml).status_code == 302
    assert who(client)
    client.post("/account/logout/")
    refused(client, provider, alice, xml, "login_stale")
    # The same assertion around another request.
    again = saml_start(client, provider.pk)
    stolen = re.sub(r'InResponseTo="[^"]*" Version', f'InResponseTo="{again}" Version', xml)
    refused(client, provider, alice, stolen)
    # Started at the provider: not allowed, wherever it wants to go.
    for relay in ("", "/", "https://evil.example/"):
        refused(Client(), provider, alice, answer(idp, provider, ""), "login_not_asked", RelayState=relay)


def test_relay_state_leads_nowhere(idp: SamlProvider, provider: IdentityProvider) -> None:
    for evil in ("https://evil.example/", "//evil.example", "state=x&next=https://evil.example"):
        client = Client()
        asked = saml_start(client, provider.pk, next="https://evil.example/")
        response = saml_back(client, provider.pk, answer(idp, provider, asked), RelayState=evil)
        assert response.headers["Location"] == "/"


def test_answer_for_one_brand_is_none_for_another(
    alice: Person, charlie: Person, idp: SamlProvider, provider: IdentityProvider
) -> None:
    """Both brands use the same provider, so its signature is right for both; audience, address and request are not."""
    at_b = connect(charlie, idp, "b.example")
    client = Client()
    at_a, asked_b = saml_start(client, provider.pk), saml_start(client, at_b.pk)
    refused(client, at_b, charlie, answer(idp, provider, at_a, email="charlie@b.example"))
    inside = idp.sign(idp.assertion(**said(provider, asked_b, email="charlie@b.example")))
    refused(client, at_b, charlie, idp.response(inside, acs=acs(at_b), request_id=asked_b))
    client = Client()
    asked = saml_start(client, at_b.pk)
    refused(client, at_b, charlie, answer(idp, at_b, asked, email="alice@a.example"), "login_other_domain")
    # Its name for Alice at A is a name for nobody at B.
    asked = saml_start(client, provider.pk)
    saml_back(client, provider.pk, answer(idp, provider, asked, email="alice@a.example", uid="same"))
    assert who(client) == str(alice.user.pk)
    client = Client()
    asked = saml_start(client, at_b.pk)
    saml_back(client, at_b.pk, answer(idp, at_b, asked, email="new@b.example", uid="same"))
    assert who(client) == str(User.objects.get(email="new@b.example").pk)
    assert client.get(f"/b/{alice.brand.slug}/").status_code == 404


def test_switched_off(alice: Person, idp: SamlProvider, provider: IdentityProvider) -> None:
    client = Client()
    asked = saml_start(client, provider.pk)
    with alice.scope():
        provider_switch(provider=provider, on=False)
    refused(client, provider, alice, answer(idp, provider, asked), "login_switched_off")
    assert client.get(f"/account/saml/{provider.pk}/login/").status_code == 403
    # Its metadata can be read all the same: the provider is set up before it is switched on.
    response = client.get(f"/account/saml/{provider.pk}/metadata/")
    assert response.status_code == 200
    assert f'entityID="{HOST}/account/saml/{provider.pk}/metadata/"' in response.content.decode()
    assert "SingleLogoutService" not in response.content.decode()


def test_reply_address_takes_little_from_strangers(alice: Person, provider: IdentityProvider) -> None:
    rows = Session.objects.count()
    for address, body in [
        (str(uuid.uuid4()), encoded("<a/>")),
        (str(provider.pk), ""),
        (str(provider.pk), "A" * 500_000),
    ]:
        response = Client().post(f"/account/saml/{address}/acs/", {"SAMLResponse": body})
        assert response.status_code == 403
    assert Session.objects.count() == rows
    assert Client().get(f"/account/saml/{provider.pk}/acs/").status_code == 405
    assert Client().get(f"/account/saml/{provider.pk}/acs/finish/").status_code == 403
    assert Client().get(f"/account/saml/{provider.pk}/sls/").status_code == 404


def test_protocols_are_not_mixed(alice: Person, provider: IdentityProvider) -> None:
    assert Client().get(f"/account/oidc/{provider.pk}/login/callback/?code=x&state=y").status_code == 403
