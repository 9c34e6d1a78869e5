"""Finds the brand behind a URL or a key, and a person's place in it."""

import hashlib
import secrets
import uuid

from django.utils import timezone

from accounts.models import ApiKey, Brand, Membership
from accounts.tenancy import brand_scope, system_ids

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
    """The key in the current brand's scope if its secret is right and it stands; notes when it was used."""
    _start, prefix, secret = key.split("_", 2)
    found = ApiKey.objects.filter(prefix=prefix, revoked_at=None).first()
    if found is None or not secrets.compare_digest(found.secret_sha256, hashlib.sha256(secret.encode()).hexdigest()):
        return None
    now = timezone.now()
    # Once a minute is enough to know whether a key is in use, and spares a write for each request.
    if found.last_used_at is None or (now - found.last_used_at).total_seconds() > 60:
        ApiKey.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def brands_of(user_id: uuid.UUID) -> list[Brand]:
    """The brands that a person belongs to, by name."""
    brands = []
    for (brand_id,) in system_ids("brands_of_person", user_id):
        with brand_scope(brand_id):
            brands.append(Brand.objects.get(pk=brand_id))
    return sorted(brands, key=lambda brand: brand.name.lower())


def membership(user_id: uuid.UUID) -> Membership | None:
    """The person's membership in the current brand."""
    return Membership.objects.filter(user_id=user_id).first()
