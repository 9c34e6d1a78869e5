"""The only writer of brands."""

import uuid

from django.db import IntegrityError, transaction

from accounts.errors import AccountError
from accounts.models import Brand, Membership, Role, User
from accounts.querysets import brand_of_slug
from accounts.slugs import slug_clean, slug_of
from accounts.tenancy import acting, brand_scope

TRIES = 20
"""How often two brands of one name, made in the same moment, may meet."""


@transaction.atomic
def brand_create(*, name: str, owner: User, language: str = "en", slug: str = "") -> Brand:
    """A new brand with its first owner. A taken or reserved slug gets a number or another word."""
    wanted = slug_of(slug or name)
    for _try in range(TRIES):
        brand = Brand(id=uuid.uuid4(), name=name, language=language, slug=_free_slug(wanted))
        try:
            with brand_scope(brand.id), acting(person=owner):
                brand.save(force_insert=True)
                Membership.objects.create(user=owner, role=Role.OWNER)
        except IntegrityError:
            # Somebody has taken the slug since it was looked for.
            continue
        return brand
    raise AccountError("slug_taken", status=409, field="slug", slug=wanted)


@transaction.atomic
def brand_change(*, brand: Brand, name: str, language: str, slug: str) -> Brand:
    """Another name, language or address; links to the old address end. Raises AccountError for a slug it can't have."""
    slug = brand.slug if slug == brand.slug else slug_clean(slug)
    if slug != brand.slug and brand_of_slug(slug) is not None:
        raise AccountError("slug_taken", status=409, field="slug", slug=slug)
    try:
        with transaction.atomic():
            Brand.objects.filter(pk=brand.pk).update(name=name, language=language, slug=slug)
    except IntegrityError:
        raise AccountError("slug_taken", status=409, field="slug", slug=slug) from None
    return Brand.objects.get(pk=brand.pk)


def _free_slug(wanted: str) -> str:
    slug, number = wanted, 1
    while brand_of_slug(slug) is not None:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
