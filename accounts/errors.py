"""What a person can mend about accounts: each refusal has a code and a sentence with the cure.

The rooms' own errors (ideation/base/errors.py) are of the same kind, so that one handler answers both.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "quota_reached": _("%(what)s: %(used)s of %(limit)s, and this needs %(wanted)s. %(cure)s"),
    "secret_unreadable": _("The client secret can't be read any more, because this installation's SECRET_KEY has "
                           "changed. Enter the secret again."),
    "secret_needed": _("Enter the client secret again: it was given for another server."),
    "domain_malformed": _("This is no domain. It has a form like company.com."),
    "domain_public": _("Anybody can have an address at %(domain)s, so no brand can own it. Use your company's domain."),
    "domain_twice": _("%(domain)s is in the list already."),
    "domain_taken": _("Another brand here has proved that %(domain)s is its own, and only one can. If that is wrong, "
                      "ask who runs this installation."),
    "record_missing": _("There is no TXT record at %(host)s yet. Set it where your domain is managed; it can take up "
                        "to an hour until it is seen."),
    "record_other": _("At %(host)s stands “%(found)s”, not “%(wanted)s”. Add the record beside the others."),
    "dns_timeout": _("The DNS servers did not answer for %(host)s in time. Try again in a few minutes."),
    "dns_failed": _("The DNS servers could not answer for %(host)s. Check that the domain exists and its DNS works."),
    "address_not_https": _("Give an address that starts with https:// and carries no name or password."),
    "provider_unreachable": _("%(url)s can't be reached from here. Check the address; it must be public, answer within "
                              "seconds, and not send on to another one."),
    "provider_makes_owners": _("Newcomers can't become owners. Choose another role; an owner can raise it later."),
    "provider_unfinished": _("Save the provider's settings first."),
    "provider_without_domain": _("Prove a domain first: a provider speaks only for addresses of your own domains."),
    "oidc_not_found": _("%(url)s answers with status %(answered)s. The issuer is the address before "
                        "/.well-known/openid-configuration."),
    "oidc_not_json": _("%(url)s answers with something that is no OpenID configuration."),
    "oidc_many_tenants": _("This address is for all tenants. Use your own tenant's, which has its id in it."),
    "oidc_other_issuer": _("The provider calls itself “%(issuer)s”. Enter exactly that."),
    "oidc_incomplete": _("The provider's configuration lacks a usable “%(name)s”."),
    "oidc_algorithms": _("The provider signs with none of the algorithms that are safe here, such as RS256 or ES256."),
    "saml_not_metadata": _("This is no SAML metadata of an identity provider. Paste the whole XML."),
    "saml_metadata_incomplete": _("The metadata lacks the entity id, a signing certificate, or a login address for "
                                  "HTTP-Redirect."),
    "saml_metadata_needed": _("Give the metadata's address, or paste its XML."),
    "saml_wants_signed_requests": _("This provider wants signed requests, which are not sent. Switch that off there: "
                                    "what counts is the signature of its answer."),
    "saml_bad_certificate": _("A certificate in the metadata can't be read."),
    "saml_not_signed": _("Your identity provider's answer was not signed at the assertion, so nobody was logged in. "
                         "Who manages it can switch on “sign assertions”."),
    "saml_encrypted": _("Your identity provider encrypts its answer, which can't be read here. Who manages it can "
                        "switch the encryption off; the way is protected by HTTPS."),
    "saml_no_lasting_name": _("Your identity provider gives you another name at each login. Who manages it can send a "
                              "persistent NameID."),
    "login_unknown": _("There is no such login. Start again with your work email."),
    "login_switched_off": _("This login is switched off. Ask an owner of the brand."),
    "login_forged": _("Your identity provider's answer could not be trusted, so nobody was logged in. Start again; if "
                      "it happens again, an owner of the brand finds the reason in the audit."),
    "login_expired": _("Your identity provider's answer came too late. Start again; if it happens again, a clock is "
                       "wrong."),
    "login_stale": _("This login was not started in this browser, was started too long ago, or is over. Start again."),
    "login_not_asked": _("This login was started at your identity provider. Start it here, with your work email."),
    "login_cancelled": _("You stopped at your identity provider, or it did not let you in. Start again when you like."),
    "login_unreachable": _("Your identity provider can't be reached, or its settings have changed. Try again in a few "
                           "minutes; if it lasts, tell an owner of the brand."),
    "login_no_address": _("Your identity provider sent no email address. Who manages it can add it to what is sent."),
    "login_unverified_address": _("Your identity provider says that your email address is not verified. Verify it "
                                  "there and start again."),
    "login_other_domain": _("Your identity provider may not speak for your email's domain here. An owner of the brand "
                            "can add the domain and prove it."),
    "login_not_member": _("You have an account here, but are no member of this brand. Ask an owner of the brand for "
                          "an invitation, accept it with your own login, and then start again."),
    "login_no_newcomers": _("You are no member of this brand yet. Ask an owner of the brand for an invitation."),
    "login_other_identity": _("Your address came in before under another identity of the same provider. Ask an owner "
                              "of the brand to forget the old one on the page of the brand's login."),
    "login_no_domain": _("No login is set up for this address. Log in with your email and password, or ask the person "
                         "who invited you."),
    "login_too_often": _("Too many tries. Wait a minute and go on."),
    "session_of_brand": _("You came in through a brand's own login, which opens that brand and nothing of your "
                          "account. Log out, and log in with your own password or passkey."),
    "person_unknown": _("There is nobody with the address %(email)s. They have to sign up first."),
    "not_allowed": _("Your role doesn't allow this. Ask an owner of the brand."),
    "brand_needs_owner": _("The brand needs an owner, and this is the last one. Make somebody else an owner first."),
    "owners_only": _("Only an owner can change an owner's place or make new owners. Ask an owner of the brand."),
    "member_gone": _("This person is no longer a member. Look at the list again."),
    "already_member": _("%(email)s is a member already. Change the role in the list of members."),
    "slug_reserved": _("“%(slug)s” is kept for the product's own pages. Choose another address."),
    "slug_taken": _("Another brand has the address “%(slug)s”. Choose another one."),
    "slug_letters": _("An address has 2 to 50 small letters from a to z, digits and hyphens between them. Letters of "
                      "other scripts that look alike are refused."),
    "brand_new_closed": _("New brands are made by invitation here. Ask who runs this installation."),
    "invitation_unknown": _("There is no such invitation. Open the link of the newest email, whole; or ask for a new "
                            "invitation."),
    "invitation_used": _("This invitation has been used: each opens the door once. If it was you, log in."),
    "invitation_expired": _("This invitation has expired. Ask for a new one."),
    "invitation_revoked": _("This invitation was taken back. Ask the brand if you still should come in."),
    "invitation_other_person": _("This invitation is for %(email)s. Log in with that address, or add it to your "
                                 "account and confirm it."),
    "invitation_open": _("%(email)s has an open invitation already. Send it again, or take it back first."),
    "invitations_too_many": _("A brand can send %(limit)s invitations in 24 hours. Go on tomorrow."),
    "invitation_not_sent": _("The email could not be sent, so nobody was invited. Try again in a few minutes."),
    "key_expired": _("This API key expired on %(date)s. Make a new one on the brand's page of API keys."),
    "key_too_strong": _("A key can do no more than who makes it: you can't give “%(scope)s”. Ask an owner."),
    "key_admin_project": _("A key with “admin” is for the whole brand: choose no project, or leave “admin” out."),
    "key_no_project": _("There is no such project. Choose one of the list."),
    "key_expiry_past": _("Choose a day in the future."),
    "email_unreadable": _("This is no email address. It has a form like name@company.com."),
    "email_not_ascii": _("Before the @ only plain Latin letters, digits and signs like . + - _ can be used."),
    "email_taken": _("Somebody has just signed up with this address. Log in, or ask for a new password."),
    "email_other_domain": _("Only addresses of %(domains)s can sign up here. Use yours, or ask for an invitation."),
    "email_not_invited": _("The invitation is for %(email)s. Sign up with that address, or ask for a new invitation."),
    "email_not_own": _("This is not the email address of your account."),
    "last_owner": _("You are the last owner of %(brands)s. Make somebody else an owner, or delete the brand, and come "
                    "back."),
}  # fmt: skip


class AccountError(Exception):
    """A refusal with its cure: a code, the sentence's parameters, the HTTP status, and the field it is about."""

    sentences = SENTENCES

    def __init__(self, code: str, *, status: int = 400, field: str = "", **params: Any) -> None:
        assert code in self.sentences, code
        self.code = code
        self.status = status
        self.field = field
        self.params = params
        self.wait: int | None = None
        """Seconds after which asking again makes sense, where that is known."""
        super().__init__(code)

    def __str__(self) -> str:
        return str(self.sentences[self.code]) % self.params
