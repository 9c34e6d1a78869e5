"""Real parts at the edge of a brand's login: an OpenID Connect provider and a DNS server on 127.0.0.1, a SAML provider.

Each does what the protocol says until a test tells it to lie.
"""

import base64
import datetime as dt
import hashlib
import json
import socketserver
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import dns.message
import dns.rcode
import dns.rrset
import jwt
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.http import HttpResponse
from django.test import Client
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.utils import OneLogin_Saml2_Utils

Lie = Callable[[dict[str, Any]], Any]


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class OidcServer:
    """An OpenID Connect provider at which everybody is `person`."""

    client_id, secret = "ideation-app", "s3cret-of-the-client"

    def __init__(self) -> None:
        self.key = new_key()
        self.person: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        """Claims of the token that are not what they should be; None leaves one out."""
        self.userinfo: dict[str, Any] | None = None
        self.published: dict[str, Any] = {}
        self.encode: Callable[[dict[str, Any]], str] = self.signed
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: list[str] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **self.published,
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes back to: the person has logged in at once."""
        code = uuid.uuid4().hex
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.secret):
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.get("code_challenge"):
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": asked.get("nonce")}
        claims = {**claims, **self.person, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        return {"access_token": "at", "token_type": "Bearer", "expires_in": 300, "id_token": self.encode(claims)}

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler inside has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: object) -> None:
                """Says nothing."""

            def answer(self, body: Any, status: int = 200) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                server.seen.append(parts.path)
                if parts.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", server.authorize(dict(parse_qsl(parts.query))))
                    self.end_headers()
                elif parts.path == "/.well-known/openid-configuration":
                    self.answer(server.configuration())
                elif parts.path == "/jwks":
                    self.answer(server.keys())
                elif parts.path == "/userinfo":
                    self.answer(server.userinfo if server.userinfo is not None else server.person)
                else:
                    self.answer({}, 404)

            def do_POST(self) -> None:
                server.seen.append(self.path)
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                made = server.token(dict(parse_qsl(form)))
                self.answer(made or {"error": "invalid_grant"}, 200 if made else 400)

        return Handler


def oidc_start(client: Client, provider_id: uuid.UUID, **query: str) -> str:
    """Begins a login; the address at the provider that the browser is sent to."""
    response = client.get(f"/account/oidc/{provider_id}/login/", query)
    assert response.status_code == 302, response.content.decode()
    return str(response.headers["Location"])


def oidc_back(address: str) -> str:
    """Logs in at the provider; the address of ours that the browser comes back to."""
    response = requests.get(address, allow_redirects=False, timeout=5)
    return str(response.headers["Location"])


def local(address: str) -> str:
    """An address of ours without its host, for the test client."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def oidc_trip(client: Client, provider_id: uuid.UUID, **query: str) -> HttpResponse:
    """A whole login through OpenID Connect."""
    return client.get(local(oidc_back(oidc_start(client, provider_id, **query))))  # type: ignore[return-value]


class SamlProvider:
    """A SAML identity provider: metadata, and answers signed with its key."""

    sso = "https://idp.example/sso"

    def __init__(self, entity_id: str = "https://idp.example/entity") -> None:
        self.entity_id = entity_id
        self.key = new_key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
        now = dt.datetime.now(dt.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=300))
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self.key.private_bytes(*form).decode()

    def metadata(self) -> str:
        body = "".join(self.pem.strip().splitlines()[1:-1])
        return (
            f'<md:EntityDescriptor xmlns:md="{Names.NS_MD}" entityID="{self.entity_id}">'
            f'<md:IDPSSODescriptor protocolSupportEnumeration="{Names.NS_SAMLP}">'
            f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{Names.NS_DS}"><ds:X509Data><ds:X509Certificate>'
            f"{body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            f'<md:SingleSignOnService Binding="{Names.BINDING_HTTP_REDIRECT}" Location="{self.sso}"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    def sign(self, xml: str) -> str:
        signed = OneLogin_Saml2_Utils.add_sign(xml, self.key_pem, self.pem, sign_algorithm=Names.RSA_SHA256)
        return signed.decode() if isinstance(signed, bytes) else str(signed)

    def assertion(
        self,
        *,
        acs: str,
        audience: str,
        request_id: str,
        email: str,
        uid: str = "",
        minutes: int = 5,
        name_id_format: str = Names.NAMEID_PERSISTENT,
        attributes: dict[str, str] | None = None,
    ) -> str:
        """An assertion, not signed yet."""
        now = dt.datetime.now(dt.UTC)
        start, end = (stamp(now + dt.timedelta(minutes=m)) for m in (min(0, minutes) - 5, minutes))
        asked = f'InResponseTo="{request_id}" ' if request_id else ""
        restriction = f"<AudienceRestriction><Audience>{audience}</Audience></AudienceRestriction>" if audience else ""
        given = {"email": email, **(attributes or {})}
        said = "".join(
            f'<Attribute Name="{name}"><AttributeValue>{value}</AttributeValue></Attribute>'
            for name, value in given.items()
            if value
        )
        return (
            f'<Assertion xmlns="{Names.NS_SAML}" ID="_a{uuid.uuid4().hex}" Version="2.0" IssueInstant="{stamp(now)}">'
            f"<Issuer>{self.entity_id}</Issuer><Subject>"
            f'<NameID Format="{name_id_format}">{uid or email}</NameID>'
            f'<SubjectConfirmation Method="{Names.CM_BEARER}">'
            f'<SubjectConfirmationData {asked}Recipient="{acs}" NotOnOrAfter="{end}"/></SubjectConfirmation></Subject>'
            f'<Conditions NotBefore="{start}" NotOnOrAfter="{end}">{restriction}</Conditions>'
            f'<AuthnStatement AuthnInstant="{stamp(now)}"><AuthnContext><AuthnContextClassRef>'
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext></AuthnStatement>"
            + (f"<AttributeStatement>{said}</AttributeStatement>" if said else "")
            + "</Assertion>"
        )

    def response(self, inside: str, *, acs: str, request_id: str) -> str:
        """An answer around assertions."""
        asked = f'InResponseTo="{request_id}" ' if request_id else ""
        return (
            f'<samlp:Response xmlns:samlp="{Names.NS_SAMLP}" xmlns:saml="{Names.NS_SAML}" ID="_r{uuid.uuid4().hex}" '
            f'{asked}Version="2.0" IssueInstant="{stamp(dt.datetime.now(dt.UTC))}" Destination="{acs}">'
            f"<saml:Issuer>{self.entity_id}</saml:Issuer>"
            f'<samlp:Status><samlp:StatusCode Value="{Names.STATUS_SUCCESS}"/></samlp:Status>{inside}</samlp:Response>'
        )


def stamp(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def encoded(xml: str) -> str:
    return base64.b64encode(xml.encode()).decode()


def saml_start(client: Client, provider_id: uuid.UUID, **query: str) -> str:
    """Begins a login; the id of the request that the browser carries to the provider."""
    response = client.get(f"/account/saml/{provider_id}/login/", query)
    assert response.status_code == 302, response.content.decode()
    sent = parse_qs(urlsplit(response.headers["Location"]).query)["SAMLRequest"][0]
    xml = zlib.decompress(base64.b64decode(sent), -15)
    return str(etree.fromstring(xml).get("ID"))


def saml_back(client: Client, provider_id: uuid.UUID, xml: str, **more: str) -> HttpResponse:
    """Posts an answer as the provider's page does, and follows to where it is looked at."""
    response = client.post(f"/account/saml/{provider_id}/acs/", {"SAMLResponse": encoded(xml), **more})
    if response.status_code != 302:
        return response  # type: ignore[return-value]
    return client.get(response.headers["Location"])  # type: ignore[return-value]


@contextmanager
def dns_server(texts: dict[str, list[list[str]]], *, rcode: str = "", silent: bool = False) -> Iterator[str]:
    """A DNS server that knows these TXT records (name → records → strings), as `host:port`."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            query = dns.message.from_wire(data)
            reply = dns.message.make_response(query)
            name = query.question[0].name.to_text(omit_final_dot=True)
            if rcode:
                reply.set_rcode(dns.rcode.from_text(rcode))
            elif name in texts:
                lines = [" ".join(f'"{part}"' for part in parts) for parts in texts[name]]
                if lines:
                    reply.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", *lines))
            else:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            if not silent:
                socket.sendto(reply.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
