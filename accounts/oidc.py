"""OpenID Connect: what a provider publishes about itself, and whether a token it hands out is to be believed.

allauth trusts the connection for a token's signature and knows no nonce; here the signature is checked against the
provider's published keys, with algorithms that a client secret can't forge, and the nonce ties it to one browser.
"""

import secrets
from typing import Any

import jwt
import requests
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse

from accounts.claims import BrandProvider, Claims, ClaimsError
from accounts.domains import domain_of
from accounts.errors import AccountError
from accounts.models import IdentityProvider
from accounts.outgoing import Session, url_allowed

WELL_KNOWN = "/.well-known/openid-configuration"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCK_SECONDS = 120

GOOGLE = "https://accounts.google.com"
"""One issuer for everybody: its tokens name the Workspace domain that vouches for the person."""


def discover(server_url: str) -> dict[str, Any]:
    """What the provider publishes about itself. Raises AccountError with what is wrong."""
    server_url = server_url.strip().removesuffix(WELL_KNOWN).rstrip("/")
    if not url_allowed(server_url):
        raise AccountError("address_not_https", field="server_url")
    published = _fetch(server_url + WELL_KNOWN, field="server_url")
    issuer = str(published.get("issuer", ""))
    if "{" in issuer:
        raise AccountError("oidc_many_tenants", field="server_url")
    if issuer.rstrip("/") != server_url:
        raise AccountError("oidc_other_issuer", field="server_url", issuer=issuer[:200])
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not url_allowed(str(published.get(name, ""))):
            raise AccountError("oidc_incomplete", field="server_url", name=name)
    if not set(published.get("id_token_signing_alg_values_supported") or ALGORITHMS) & set(ALGORITHMS):
        raise AccountError("oidc_algorithms", field="server_url")
    return published


def _fetch(url: str, *, field: str = "") -> dict[str, Any]:
    try:
        with Session() as session:
            response = session.get(url)
        if not response.ok:
            raise AccountError("oidc_not_found", field=field, url=url, answered=response.status_code)
        body = response.json()
    except requests.JSONDecodeError as error:
        raise AccountError("oidc_not_json", field=field, url=url) from error
    except requests.RequestException as error:
        raise AccountError("provider_unreachable", field=field, url=url) from error
    if not isinstance(body, dict):
        raise AccountError("oidc_not_json", field=field, url=url)
    return body


def token_claims(token: str, *, published: dict[str, Any], client_id: str, nonce: str) -> dict[str, Any]:
    """An ID token's claims, once everything about it has been checked. Raises ClaimsError."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(token, str(published["jwks_uri"])),
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=published["issuer"],
            leeway=CLOCK_SECONDS,
            options={"require": ["exp", "iat", "aud", "iss", "sub"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise ClaimsError("login_expired", "the ID token has expired") from error
    except jwt.PyJWTError as error:
        raise ClaimsError("login_forged", f"ID token: {error}") from error
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", client_id) != client_id or (len(audiences) > 1 and "azp" not in claims):
        raise ClaimsError("login_forged", "the ID token is for another application")
    if not nonce or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise ClaimsError("login_forged", "the ID token belongs to another login (nonce)")
    return claims


def _key(token: str, jwks_uri: str) -> Any:
    wanted = jwt.get_unverified_header(token).get("kid")
    keys = [key for key in jwt.PyJWKSet.from_dict(_fetch(jwks_uri)).keys if key.public_key_use in (None, "sig")]
    found = [key for key in keys if key.key_id == wanted] if wanted else keys
    if len(found) != 1:
        raise jwt.InvalidKeyError(f"no single published key named {wanted!r}")
    return found[0].key


class Exchange(OpenIDConnectOAuth2Adapter):
    """allauth's exchange of code for token, for one provider of one brand, with the checks of this module."""

    def __init__(self, request: HttpRequest, provider: "BrandOidc") -> None:
        super().__init__(request, str(provider.row.pk))
        self.provider = provider
        self.nonce = ""

    def get_provider(self) -> "BrandOidc":
        return self.provider

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_openid_config"):
            published = discover(self.provider.row.settings["server_url"])
            if published["issuer"] != self.provider.row.settings["issuer"]:
                raise ClaimsError("login_forged", "the provider's issuer has changed")
            self._openid_config = published
        return self._openid_config

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        given = kwargs["response"].get("id_token")
        if not isinstance(given, str):
            raise ClaimsError("login_forged", "the provider sent no ID token")
        said = token_claims(given, published=self.openid_config, client_id=app.client_id, nonce=self.nonce)
        name = self.provider.row.settings.get("email_claim") or "email"
        if not said.get(name) and self.openid_config.get("userinfo_endpoint"):
            said = {**said, **self._more(token.token, said["sub"])}
        return self.provider.social_login(self._claims(said, name))

    def _more(self, access_token: str, sub: str) -> dict[str, Any]:
        more: dict[str, Any] = self._fetch_user_info(access_token)
        if more.get("sub") != sub:
            raise ClaimsError("login_forged", "the user info is about somebody else")
        return {name: more[name] for name in more if name not in ("sub", "hd")}

    def _claims(self, said: dict[str, Any], email_claim: str) -> Claims:
        email, verified = str(said.get(email_claim) or ""), said.get("email_verified")
        # Google vouches for the addresses of private accounts too: only the Workspace of that domain may speak for it.
        if self.openid_config["issuer"] == GOOGLE and domain_of(email) != domain_of(f"x@{said.get('hd', '')}"):
            raise ClaimsError("login_other_domain", "Google's hd is not the address's domain")
        return Claims(
            uid=str(said["sub"]),
            email=email,
            email_verified=None if verified is None else str(verified).lower() == "true",
            name=str(said.get("name") or ""),
        )


class BrandOidc(BrandProvider, OpenIDConnectProvider):
    """A brand's OpenID Connect provider."""

    def __init__(self, request: HttpRequest, app: SocialApp, row: IdentityProvider) -> None:
        super().__init__(request, app=app)
        self.row = row

    def get_oauth2_adapter(self, request: HttpRequest) -> Exchange:
        return Exchange(request, self)

    def start(self, request: HttpRequest, *, process: str, next_url: str) -> HttpResponse:
        """Sends the browser to the provider; nonce and PKCE verifier stay in the session."""
        nonce = secrets.token_urlsafe(24)
        response: HttpResponse = self.redirect(
            request, process, next_url or None, auth_params={"nonce": nonce}, nonce=nonce
        )
        return response


class Callback(OAuth2CallbackView):
    """The way back from the provider: allauth's, which hands the nonce of this login on."""

    adapter: Exchange

    def _get_state(self, request: HttpRequest, provider: BrandOidc) -> tuple[dict[str, Any] | None, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce") or ""
        return state, response
