"""The only writer of a brand's own login: its domains, its identity providers, and whom they let in."""

import uuid
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.addresses import email_address
from accounts.claims import Claims, ClaimsError
from accounts.domains import domain_clean, domain_of, record_check
from accounts.errors import AccountError
from accounts.models import EmailDomain, IdentityProvider, Membership, Role, User
from accounts.sealed import seal
from accounts.services.audit import audit_note
from accounts.services.invitations import invitation_take
from accounts.services.members import membership_add, stand_in_line
from accounts.tenancy import system_ids

LOGIN_PROVIDER = "login_provider"
"""The session's key for the provider that opened it, beside the brand's (LOGIN_BRAND in accounts/middleware.py)."""


@transaction.atomic
def domain_add(*, domain: str) -> EmailDomain:
    """A domain that the brand says is its own; proved by domain_verify."""
    domain = domain_clean(domain)
    found, made = EmailDomain.objects.get_or_create(domain=domain)
    if not made:
        raise AccountError("domain_twice", field="domain", domain=domain)
    return found


@transaction.atomic
def domain_verify(*, domain: EmailDomain, by_hand: bool = False) -> None:
    """Looks for the domain's record in DNS; `by_hand` is for whoever runs the platform. Raises AccountError."""
    if domain.verified_at:
        return
    if _owner_of(domain.domain):
        raise AccountError("domain_taken", domain=domain.domain)
    if not by_hand:
        record_check(domain.domain, domain.token)
    try:
        with transaction.atomic():
            EmailDomain.objects.filter(pk=domain.pk).update(verified_at=timezone.now())
    except IntegrityError as error:
        raise AccountError("domain_taken", domain=domain.domain) from error


def _owner_of(domain: str) -> uuid.UUID | None:
    return next((row[0] for row in system_ids("brand_of_domain", domain)), None)


@transaction.atomic
def domain_remove(*, domain: EmailDomain) -> None:
    """Addresses of this domain can't come in through the brand's providers any more, and whoever did is logged out."""
    domain.delete()
    for provider in IdentityProvider.objects.all():
        _sessions_end(provider, domain.domain)


@transaction.atomic
def provider_create(*, kind: str, name: str) -> IdentityProvider:
    """A provider still without its settings, switched off: what to enter at the provider needs its id first."""
    return IdentityProvider.objects.create(kind=kind, name=name, is_enabled=False)


@transaction.atomic
def provider_change(
    *, provider: IdentityProvider, name: str, role: str, settings: dict[str, Any], secret: str = ""
) -> IdentityProvider:
    """New settings; an empty secret keeps the one that is there, but for another server it must be given again."""
    if role == Role.OWNER:
        raise AccountError("provider_makes_owners", field="role")
    if _server(settings) != _server(provider.settings):
        if provider.kind == IdentityProvider.Kind.OIDC and not secret:
            raise AccountError("secret_needed", field="secret")
        # Another server's names for people mean other people.
        _links(provider).delete()
        _sessions_end(provider)
    provider.name, provider.role, provider.settings = name, role, settings
    if secret:
        provider.secret = seal(secret)
    provider.save()
    return provider


def _server(settings: dict[str, Any]) -> str:
    return str(settings.get("issuer") or settings.get("idp", {}).get("entity_id") or "")


@transaction.atomic
def provider_switch(*, provider: IdentityProvider, on: bool) -> None:
    """Switches a provider on or off; off ends the sessions that it has opened."""
    if on and not _server(provider.settings):
        raise AccountError("provider_unfinished")
    if on and not EmailDomain.objects.filter(verified_at__isnull=False).exists():
        raise AccountError("provider_without_domain")
    IdentityProvider.objects.filter(pk=provider.pk).update(is_enabled=on)
    if not on:
        _sessions_end(provider)


@transaction.atomic
def provider_remove(*, provider: IdentityProvider) -> None:
    """Removes a provider, its links to people, and the sessions that it has opened. The people stay members."""
    _sessions_end(provider)
    _links(provider).delete()
    provider.delete()


def _links(provider: IdentityProvider) -> Any:
    return SocialAccount.objects.filter(provider=str(provider.pk))


def _sessions_end(provider: IdentityProvider, domain: str = "") -> None:
    people = _links(provider).values("user_id")
    for session in UserSession.objects.filter(user_id__in=people).select_related("user"):
        if domain and domain_of(session.user.email) != domain:
            continue
        # allauth's own way from its row to the session's data.
        data = session._session_store(session.session_key)  # noqa: SLF001
        if data.get(LOGIN_PROVIDER) == str(provider.pk):
            session.end()


@transaction.atomic
def person_enter(*, provider: IdentityProvider, claims: Claims, test: bool = False) -> User:
    """Whom these claims of the current brand's provider let in: a member, or a newcomer who becomes one.

    Raises ClaimsError for everybody else. A provider speaks only for domains that its brand has proved, and opens only
    its own brand; an account outside the brand is never entered, nor joined to the brand without an invitation.
    """
    # Locked, so that two first logins of one person come one after the other.
    provider = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
    if not (provider.is_enabled or test):
        raise ClaimsError("login_switched_off")
    email = _believed_address(claims)
    link = _links(provider).filter(uid=claims.uid).select_related("user").first()
    user = link.user if link else _person_of(email)
    if user is None:
        return _newcomer(provider, claims, email)
    if not user.is_active or not Membership.objects.filter(user=user).exists():
        raise ClaimsError("login_not_member", email)
    if link is None:
        if _links(provider).filter(user=user).exists():
            raise ClaimsError("login_other_identity", email)
        _link(provider, claims, user)
    return user


def _believed_address(claims: Claims) -> str:
    try:
        email = email_address(claims.email)
    except AccountError as error:
        raise ClaimsError("login_no_address", claims.email[:200]) from error
    domain = domain_of(email)
    if claims.email_verified is False:
        raise ClaimsError("login_unverified_address", email)
    if not EmailDomain.objects.filter(domain=domain, verified_at__isnull=False).exists():
        raise ClaimsError("login_other_domain", email)
    return email


def _person_of(email: str) -> User | None:
    proved = EmailAddress.objects.filter(email=email, verified=True).values("user_id")
    return User.objects.filter(email=email).first() or User.objects.filter(pk__in=proved).first()


def _newcomer(provider: IdentityProvider, claims: Claims, email: str) -> User:
    stand_in_line()
    role = invitation_take(email=email) or (provider.role if provider.settings.get("newcomers") else "")
    if not role:
        raise ClaimsError("login_no_newcomers", email)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, name=claims.name.strip()[:100])
    except IntegrityError as error:
        # Signed up at this very moment, another way.
        raise ClaimsError("login_stale", email) from error
    # The brand has proved the domain, and its provider the address.
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    membership_add(user=user, role=role)
    _link(provider, claims, user)
    audit_note(action="brand_login_newcomer", table="accounts_user", object_id=user.pk, person=user)
    return user


def _link(provider: IdentityProvider, claims: Claims, user: User) -> None:
    SocialAccount.objects.create(provider=str(provider.pk), uid=claims.uid, user=user, extra_data={})


def person_try(*, provider: IdentityProvider, claims: Claims) -> tuple[str, bool]:
    """What a login with these claims would do: the person's role, and whether they are new. Writes nothing."""
    with transaction.atomic():
        before = set(Membership.objects.values_list("user_id", flat=True))
        user = person_enter(provider=provider, claims=claims, test=True)
        role = Membership.objects.values_list("role", flat=True).get(user=user)
        transaction.set_rollback(True)
    return role, user.pk not in before


@transaction.atomic
def people_forget(*, provider: IdentityProvider) -> int:
    """Forgets which identity is which person, for addresses that now belong to somebody else. They are told anew."""
    _sessions_end(provider)
    return int(_links(provider).delete()[0])
