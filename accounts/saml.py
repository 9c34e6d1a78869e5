"""SAML 2.0: what a provider's metadata says, the request sent to it, and whether its answer is to be believed.

python3-saml checks signature, schema, times and issuer. On top of it an answer must be signed at its assertion, be for
this provider's audience and address, answer a request of this very browser, and come once.
"""

import base64
import binascii
import datetime as dt
from typing import Any

import xmlsec
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.providers.saml.provider import SAMLAccount
from cryptography import x509
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from lxml import etree  # type: ignore[import-untyped]
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from accounts.claims import BrandProvider, Claims, ClaimsError
from accounts.errors import AccountError
from accounts.models import IdentityProvider
from accounts.outgoing import url_allowed

MOST_CHARACTERS = 400_000
REPLAY_SECONDS = 24 * 3600

EMAIL_NAMES = [
    "email",
    "mail",
    "emailAddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
]
PERSON_NAMES = [
    "displayName",
    "name",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
]
VERIFIED_NAMES = ["email_verified", "http://schemas.auth0.com/email_verified"]

# Where one assertion stands in an answer; python3-saml has refused answers with another number of them.
ASSERTION = "/samlp:Response/saml:Assertion"
CONFIRMATION = (
    f"{ASSERTION}/saml:Subject/saml:SubjectConfirmation[@Method='{Names.CM_BEARER}']/saml:SubjectConfirmationData"
)

UNREADABLE = (
    *(OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError),
    *(etree.LxmlError, xmlsec.Error, binascii.Error, ValueError, AttributeError),
)
"""All that python3-saml lets through when it reads something that somebody made up."""


def metadata_read(text: str) -> dict[str, Any]:
    """Entity id, login address and signing certificates out of a provider's metadata. Raises AccountError."""
    try:
        found = OneLogin_Saml2_IdPMetadataParser.parse(text.strip().encode())
    except UNREADABLE as error:
        raise AccountError("saml_not_metadata", field="metadata") from error
    provider = found.get("idp", {})
    several = provider.get("x509certMulti", {}).get("signing", [])
    certificates = several or [provider["x509cert"]] if several or provider.get("x509cert") else []
    address = provider.get("singleSignOnService", {}).get("url", "")
    if not (provider.get("entityId") and address and certificates):
        raise AccountError("saml_metadata_incomplete", field="metadata")
    if not url_allowed(address):
        raise AccountError("address_not_https", field="metadata")
    if found.get("security", {}).get("authnRequestsSigned"):
        raise AccountError("saml_wants_signed_requests", field="metadata")
    for certificate in certificates:
        certificate_end(certificate)
    return {"entity_id": provider["entityId"], "sso_url": address, "certificates": certificates}


def certificate_end(certificate: str) -> dt.datetime:
    """When a certificate out of metadata ends. Raises AccountError for one that can't be read."""
    try:
        return x509.load_der_x509_certificate(base64.b64decode(certificate)).not_valid_after_utc
    except ValueError as error:
        raise AccountError("saml_bad_certificate", field="metadata") from error


class BrandSaml(BrandProvider, Provider):
    """A brand's SAML provider."""

    id = "saml"
    name = "SAML"
    account_class = SAMLAccount
    supports_redirect = True

    def __init__(self, request: HttpRequest, app: SocialApp, row: IdentityProvider) -> None:
        super().__init__(request, app=app)
        self.row = row
        self.name = row.name

    def address(self, name: str) -> str:
        """One of our own addresses for this provider, as the provider is told it."""
        request: HttpRequest = self.request
        return request.build_absolute_uri(reverse(name, args=[self.row.pk]))

    def service(self) -> dict[str, Any]:
        """Ourselves, as the provider knows us. No two providers share an entity id, so audiences can't be confused."""
        return {
            "entityId": self.address("saml_metadata"),
            "assertionConsumerService": {"url": self.address("saml_acs"), "binding": Names.BINDING_HTTP_POST},
        }

    def settings(self) -> OneLogin_Saml2_Settings:
        """Both sides as python3-saml wants them."""
        told = self.row.settings["idp"]
        provider = {
            "entityId": told["entity_id"],
            "singleSignOnService": {"url": told["sso_url"], "binding": Names.BINDING_HTTP_REDIRECT},
            "x509certMulti": {"signing": list(told["certificates"])},
        }
        security = {
            "wantAssertionsSigned": True,
            "wantAttributeStatement": False,
            "wantNameId": True,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
            "allowRepeatAttributeName": True,
            "allowSingleLabelDomains": True,
        }
        return OneLogin_Saml2_Settings({"strict": True, "idp": provider, "sp": self.service(), "security": security})

    def metadata(self) -> str:
        """What the provider may read instead of having its fields filled in by hand."""
        told = {"strict": True, "sp": self.service(), "security": {"allowSingleLabelDomains": True}}
        made = OneLogin_Saml2_Settings(told, sp_validation_only=True)
        text = made.get_sp_metadata()
        return text if isinstance(text, str) else bytes(text).decode()

    def request_data(self, path: str) -> dict[str, Any]:
        """This request in python3-saml's form; the host has been checked by Django."""
        https = "on" if self.request.is_secure() else "off"
        return {
            "https": https,
            "http_host": self.request.get_host(),
            "script_name": path,
            "get_data": {},
            "post_data": {},
        }

    def start(self, request: HttpRequest, *, process: str, next_url: str) -> HttpResponse:
        """Sends the browser to the provider; the request's id stays in the session."""
        auth = OneLogin_Saml2_Auth(self.request_data(request.path), self.settings())
        address = auth.login(return_to="")
        self.stash_redirect_state(request, process, next_url or None, state_id=auth.get_last_request_id())
        return HttpResponseRedirect(address)

    def believe(self, answer: str) -> tuple[Claims, dict[str, Any]]:
        """What an answer says, and the state of the login it answers. Raises ClaimsError for all that is not right."""
        try:
            response = OneLogin_Saml2_Response(self.settings(), answer)
        except UNREADABLE as error:
            raise ClaimsError(_code(str(error)), f"unreadable: {error}") from error
        asked = response.get_in_response_to()
        if not asked:
            raise ClaimsError("login_not_asked", "the answer belongs to no request (IdP-initiated)")
        state = self.unstash(asked)
        if not response.is_valid(self.request_data(reverse("saml_acs", args=[self.row.pk])), request_id=asked):
            raise ClaimsError(_code(str(response.get_error())), str(response.get_error()))
        self._meant_for_us(response, asked)
        return self._claims(response), state

    def unstash(self, asked: str) -> dict[str, Any]:
        """The state of the login that this browser has started, once. Raises ClaimsError where there is none."""
        try:
            state: dict[str, Any] = self.unstash_redirect_state(self.request, asked)
        except PermissionDenied as error:
            raise ClaimsError("login_stale", "not asked for by this browser, or long ago, or answered") from error
        return state

    def _meant_for_us(self, response: OneLogin_Saml2_Response, asked: str) -> None:
        if self.service()["entityId"] not in response.get_audiences():
            raise ClaimsError("login_forged", "the assertion names no audience, or another one")
        confirmations = OneLogin_Saml2_XML.query(response.get_xml_document(), CONFIRMATION)
        right = [
            data
            for data in confirmations
            if data.get("Recipient") == self.address("saml_acs")
            and data.get("InResponseTo") == asked
            and data.get("NotOnOrAfter")
        ]
        if not right or len(right) != len(confirmations):
            raise ClaimsError("login_forged", "the assertion is for another address or another request")
        if not cache.add(f"saml:{self.row.pk}:{response.get_assertion_id()}", 1, REPLAY_SECONDS):
            raise ClaimsError("login_stale", "the assertion has been used before")

    def _claims(self, response: OneLogin_Saml2_Response) -> Claims:
        try:
            attributes, format_, name_id = (
                response.get_attributes(),
                response.get_nameid_format(),
                response.get_nameid(),
            )
        except UNREADABLE as error:
            raise ClaimsError("login_forged", str(error)) from error
        wanted = self.row.settings.get("attributes", {})
        uid = _first(attributes, [wanted["uid"]]) if wanted.get("uid") else name_id
        if not uid or (not wanted.get("uid") and format_ == Names.NAMEID_TRANSIENT):
            raise ClaimsError("saml_no_lasting_name", "NameID is transient or missing")
        email = _first(attributes, [wanted["email"]] if wanted.get("email") else EMAIL_NAMES)
        if not email and not wanted.get("email") and "@" in name_id:
            email = name_id
        verified = _first(attributes, VERIFIED_NAMES).lower()
        return Claims(
            uid=uid,
            email=email,
            email_verified=verified in ("true", "1", "yes") if verified else None,
            name=_first(attributes, [wanted["name"]] if wanted.get("name") else PERSON_NAMES),
        )


def _first(attributes: dict[str, list[Any]], names: list[str]) -> str:
    values = [value for name in names for value in attributes.get(name, []) if isinstance(value, str)]
    return values[0] if values else ""


def _code(reason: str) -> str:
    if "expired" in reason or "SubjectConfirmation" in reason:
        return "login_expired"
    if "not signed" in reason or "No Signature" in reason:
        return "saml_not_signed"
    if "No private key" in reason:
        return "saml_encrypted"
    return "login_forged"
