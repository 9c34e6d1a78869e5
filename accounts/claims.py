"""What an identity provider says about somebody, whichever protocol it speaks."""

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.provider import ProviderException

from accounts.models import IdentityProvider, User
from accounts.sealed import unseal


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Claims whose signature, audience, time and request are right; who may come in with them is another step."""

    uid: str
    """The provider's own lasting name for the person."""
    email: str
    email_verified: bool | None
    """None where the provider doesn't say."""
    name: str = ""


class ClaimsError(ProviderException):
    """An answer of a provider that is not believed: a sentence's code, and what exactly is wrong for the audit."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


class BrandProvider:
    """What a brand's providers have in common, mixed into allauth's classes: their row, and no data kept."""

    row: IdentityProvider
    app: SocialApp

    def serialize(self) -> dict[str, Any]:
        """How a login that waits for a second factor remembers its provider: by its own id, which is nobody else's."""
        return {"id": str(self.row.pk)}

    def social_login(self, claims: Claims) -> SocialLogin:
        """The claims as allauth carries them. Of what was said, nothing is kept but the name for the person."""
        account = SocialAccount(provider=str(self.row.pk), uid=claims.uid, extra_data={})
        login = SocialLogin(user=User(email=claims.email), account=account, provider=self)
        login.claims = claims
        return login


def app_of(row: IdentityProvider) -> SocialApp:
    """A provider as allauth wants it: made for this request, never saved."""
    return SocialApp(
        provider=row.kind,
        provider_id=str(row.pk),
        name=row.name,
        client_id=row.settings.get("client_id", str(row.pk)),
        secret=unseal(row.secret),
        settings={"server_url": row.settings.get("server_url", ""), "oauth_pkce_enabled": True},
    )
