"""Finds the brand behind a URL or a key, and a person's place in it."""

import hashlib
import secrets
import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import formats, timezone

from accounts.domains import domain_of
from accounts.errors import AccountError
from accounts.models import ApiKey, Brand, EmailDomain, IdentityProvider, Invitation, Membership, Role, User
from accounts.tenancy import brand_scope, current_brand, system_ids

KEY_START = "idn"


def brand_of_slug(slug: str) -> uuid.UUID | None:
    """The id of the brand with this slug, None if there is none."""
    return next((row[0] for row in system_ids("brand_of_slug", slug)), None)


def brand_of_key(key: str) -> uuid.UUID | None:
    """The id of the brand that a key such as `idn_PREFIX_SECRET` belongs to; the secret is not looked at yet."""
    parts = key.split("_", 2)
    if len(parts) != 3 or parts[0] != KEY_START:
        return None
    return next((row[0] for row in system_ids("brand_of_api_key", parts[1])), None)


def api_key(key: str) -> ApiKey | None:
    """The key in the current brand's scope if its secret is right and it stands; notes when it was used.

    Raises AccountError, for who has the secret, when it has expired.
    """
    _start, prefix, secret = key.split("_", 2)
    found = ApiKey.objects.filter(prefix=prefix, revoked_at=None).first()
    if found is None or not secrets.compare_digest(found.secret_sha256, hashlib.sha256(secret.encode()).hexdigest()):
        return None
    now = timezone.now()
    if found.expires_at is not None and found.expires_at <= now:
        raise AccountError("key_expired", status=401, date=formats.date_format(found.expires_at))
    # Once a minute is enough to know whether a key is in use, and spares a write for each request.
    if found.last_used_at is None or (now - found.last_used_at).total_seconds() > 60:
        ApiKey.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def brand_folder() -> str:
    """Under which unguessable name the current brand's files lie."""
    return Brand.objects.values_list("folder", flat=True).get(pk=current_brand())


def brands_of(user_id: uuid.UUID, only: str = "") -> list[Brand]:
    """The brands that a person belongs to, by name; `only` that one, for who came in through its login."""
    brands = []
    for (brand_id,) in system_ids("brands_of_person", user_id):
        if only in ("", str(brand_id)):
            with brand_scope(brand_id):
                brands.append(Brand.objects.get(pk=brand_id))
    return sorted(brands, key=lambda brand: brand.name.lower())


def membership(user_id: uuid.UUID) -> Membership | None:
    """The person's membership in the current brand."""
    return Membership.objects.filter(user_id=user_id).first()


def members() -> QuerySet[Membership]:
    """The brand's members by when they joined, each with `last_seen` and `two_factors`."""
    sessions = UserSession.objects.filter(user=OuterRef("user")).order_by("-last_seen_at")
    factors = Authenticator.objects.filter(
        user=OuterRef("user"), type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    return (
        Membership.objects.select_related("user")
        .annotate(
            # Postgres's GREATEST passes over what is null.
            last_seen=Greatest("user__last_login", Subquery(sessions.values("last_seen_at")[:1])),
            two_factors=Exists(factors),
        )
        .order_by("created_at", "pk")
    )


def token_hash(token: str) -> str:
    """What is kept of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def brand_of_invitation(token: str) -> uuid.UUID | None:
    """The brand that an invitation's token opens, whatever has become of the invitation."""
    return next((row[0] for row in system_ids("brand_of_invitation", token_hash(token))), None)


def invited(token: str) -> Invitation | None:
    """The open invitation of this token, None if it doesn't open anything (any more); for sign-up, outside a brand."""
    brand_id = brand_of_invitation(token)
    if brand_id is None:
        return None
    with brand_scope(brand_id):
        found = invitations_open().filter(token_sha256=token_hash(token)).first()
        return None if found is None or found.expires_at <= timezone.now() else found


def invitations_open() -> QuerySet[Invitation]:
    """The brand's invitations that wait for an answer, also in vain: expired ones can be sent again."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("invited_by", "brand")


def has_address(user: User, email: str) -> bool:
    """Whether this address is the person's, and proved."""
    return bool(EmailAddress.objects.filter(user=user, verified=True, email__iexact=email).exists())


def keys() -> QuerySet[ApiKey]:
    """The brand's keys, newest first."""
    return ApiKey.objects.select_related("created_by")


def provider_of(provider_id: str) -> IdentityProvider | None:
    """An identity provider of whichever brand by its id, in the one spelling that an id has."""
    try:
        wanted = uuid.UUID(provider_id)
    except ValueError:
        return None
    brand_id = next((row[0] for row in system_ids("brand_of_provider", wanted)), None)
    if brand_id is None or str(wanted) != provider_id:
        return None
    with brand_scope(brand_id):
        return IdentityProvider.objects.get(pk=wanted)


def providers_for(email: str) -> list[IdentityProvider]:
    """The providers that may let somebody with this address in; outside of any brand."""
    domain = domain_of(email)
    brand_id = next((row[0] for row in system_ids("brand_of_domain", domain)), None) if domain else None
    if brand_id is None:
        return []
    with brand_scope(brand_id):
        return list(IdentityProvider.objects.filter(is_enabled=True))


def own_login_needed(member: Membership) -> bool:
    """Whether this member may come in through the brand's own login only. Owners never, or they could be locked out."""
    if member.role == Role.OWNER:
        return False
    return IdentityProvider.objects.filter(is_enabled=True, settings__only=True).exists()


def email_domains() -> QuerySet[EmailDomain]:
    """The brand's domains, the proved ones first."""
    return EmailDomain.objects.order_by(F("verified_at").asc(nulls_last=True), "domain")
