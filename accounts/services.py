"""The only writer of people, brands, memberships and keys."""

import hashlib
import secrets
import uuid

from django.db import transaction
from django.utils.text import slugify

from accounts.models import ApiKey, Brand, Membership, Role, User
from accounts.querysets import KEY_START, brand_of_slug
from accounts.tenancy import brand_scope


@transaction.atomic
def brand_create(*, name: str, owner: User, language: str = "en", slug: str = "") -> Brand:
    """A new brand with its first owner. A taken slug gets a number."""
    brand = Brand(id=uuid.uuid4(), name=name, language=language, slug=_free_slug(slug or slugify(name) or "brand"))
    with brand_scope(brand.id):
        brand.save(force_insert=True)
        Membership.objects.create(user=owner, role=Role.OWNER)
    return brand


def _free_slug(wanted: str) -> str:
    slug, number = wanted[:50], 1
    while brand_of_slug(slug) is not None:
        number += 1
        slug = f"{wanted[:50]}-{number}"
    return slug


@transaction.atomic
def membership_add(*, user: User, role: str) -> Membership:
    """Puts a person into the current brand."""
    return Membership.objects.create(user=user, role=role)


@transaction.atomic
def key_create(*, name: str, scopes: list[str], created_by: User) -> tuple[ApiKey, str]:
    """A new key of the current brand, and its full text, which can't be read again."""
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        scopes=scopes,
        created_by=created_by,
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
    )
    return key, f"{KEY_START}_{prefix}_{secret}"


@transaction.atomic
def key_revoke(*, key: ApiKey, at: object) -> None:
    """Ends a key at once."""
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=at)


@transaction.atomic
def user_language_set(*, user: User, language: str) -> None:
    """Remembers the language of a person's pages."""
    User.objects.filter(pk=user.pk).update(language=language)
