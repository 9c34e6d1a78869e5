"""What owners type about their brand's own login, and people who want to use it."""

from typing import Any

import requests
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import AccountError
from accounts.models import IdentityProvider, Role
from accounts.oidc import discover
from accounts.outgoing import Session, url_allowed
from accounts.saml import MOST_CHARACTERS, metadata_read

NEWCOMER_ROLES = [choice for choice in Role.choices if choice[0] != Role.OWNER]


class WorkEmailForm(forms.Form):
    """Whose brand's login is looked for."""

    email = forms.EmailField(
        label=_("Work email"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True, "placeholder": "name@company.com"}),
    )


class DomainForm(forms.Form):
    """A domain of the brand's own."""

    domain = forms.CharField(
        label=_("Domain"),
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": "company.com", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("What stands behind the @ in your colleagues' addresses."),
    )


class NewProviderForm(forms.Form):
    """A provider, before it has settings."""

    kind = forms.ChoiceField(label=_("Protocol"), choices=IdentityProvider.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("How your colleagues know it, such as Okta or Company login."),
    )


class ProviderForm(forms.Form):
    """What every provider is told: its name, and what becomes of newcomers."""

    name = forms.CharField(label=_("Name"), max_length=100)
    newcomers = forms.BooleanField(
        label=_("Let newcomers in"),
        required=False,
        help_text=_("Who comes with an address of your domains and is no member yet becomes one. Otherwise only who "
                    "has been invited comes in."),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Role of newcomers"), choices=NEWCOMER_ROLES, initial=Role.VIEWER)

    only = forms.BooleanField(
        label=_("No other way in"),
        required=False,
        help_text=_("While this provider is on, members come in to the brand through the brand's login only, not with "
                    "a password of their own. Owners still can, so that nobody locks themselves out."),
    )  # fmt: skip

    def told(self) -> dict[str, Any]:
        """The provider's settings, the secret apart."""
        return {name: self.cleaned_data[name] for name in ("newcomers", "only")}

    def refuse(self, error: AccountError) -> None:
        """Says an error at its field, or at the whole form."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class OidcForm(ProviderForm):
    """An OpenID Connect provider; its configuration is fetched and looked at before it is saved."""

    server_url = forms.CharField(
        label=_("Issuer"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://login.company.com"}),
        help_text=_("The address before /.well-known/openid-configuration."),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=191)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown again. Once there is one, leave it empty to keep it."),
    )
    email_claim = forms.CharField(
        label=_("Claim with the email"),
        max_length=100,
        required=False,
        help_text=_("Only if it isn't “email”; at Entra ID “preferred_username” may be the better one."),
    )
    field_order = ["name", "server_url", "client_id", "secret", "email_claim", "newcomers", "role", "only"]

    def __init__(self, *args: Any, has_secret: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].required = not has_secret

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("server_url"):
            try:
                self.published = discover(cleaned["server_url"])
            except AccountError as error:
                self.refuse(error)
        return cleaned

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            **super().told(),
            "server_url": given["server_url"].strip(),
            "issuer": self.published["issuer"],
            "client_id": given["client_id"].strip(),
            "email_claim": given["email_claim"].strip(),
        }


class SamlForm(ProviderForm):
    """A SAML provider: its metadata from an address, fetched now, or pasted."""

    metadata_url = forms.CharField(
        label=_("Address of its metadata"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://login.company.com/metadata.xml"}),
        help_text=_("Read once when you save. Save again when the provider's certificate has changed."),
    )
    metadata = forms.CharField(
        label=_("Or its metadata itself"),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "placeholder": "<EntityDescriptor …>"}),
    )
    email_attribute = forms.CharField(
        label=_("Attribute with the email"),
        max_length=200,
        required=False,
        help_text=_("Only if it isn't one of the usual names, such as email or mail, nor the NameID."),
    )
    uid_attribute = forms.CharField(
        label=_("Attribute with a lasting name"),
        max_length=200,
        required=False,
        help_text=_("Only if the NameID changes. It names the person even after their email has changed."),
    )
    field_order = ["name", "metadata_url", "metadata", "email_attribute", "uid_attribute", "newcomers", "role", "only"]

    def __init__(self, *args: Any, has_metadata: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_metadata = has_metadata
        self.read: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            self.read = self._read(cleaned)
        except AccountError as error:
            self.refuse(error)
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        text = cleaned.get("metadata") or self._fetched(cleaned.get("metadata_url", ""))
        if not text and not self.has_metadata:
            raise AccountError("saml_metadata_needed", field="metadata_url")
        return metadata_read(text) if text else {}

    def _fetched(self, url: str) -> str:
        if not url:
            return ""
        if not url_allowed(url):
            raise AccountError("address_not_https", field="metadata_url")
        try:
            with Session() as session:
                response = session.get(url)
                response.raise_for_status()
        except requests.RequestException as error:
            raise AccountError("provider_unreachable", field="metadata_url", url=url) from error
        return response.content.decode("utf-8", "replace")

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        attributes = {"email": given["email_attribute"].strip(), "uid": given["uid_attribute"].strip()}
        told = {**super().told(), "metadata_url": given["metadata_url"], "attributes": attributes}
        return {**told, "idp": self.read} if self.read else told
