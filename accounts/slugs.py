"""A brand's address: what it may look like, and which words the product keeps for itself."""

import re
from typing import Final

from django.utils.text import slugify
from pypinyin import lazy_pinyin

from accounts.errors import AccountError

LONGEST: Final = 50
# Plain letters only: a Cyrillic а in an address would make a brand look like another one.
FORM: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])")

RESERVED: Final = frozenset(
    """
    about account accounts admin administrator api app assets auth b billing blog brand brands contact dashboard design
    docs download downloads en error export favicon files health help home ideation import index invitation invitations
    invite jobs keys language legal live login logout mail me media members metrics mcp new null oauth oidc
    p page platform policy pricing privacy profile project projects public register reset reviews roles root saml
    schema search security self session sessions settings setup sign-in sign-up signin signout signup staff static
    status support system team terms test theme undefined usage user users v1 v2 webhook webhooks well-known www zh
    zh-hans
    """.split()
)
"""Words that stand or may come to stand in the product's own addresses, and names that a stranger could pose with."""


def slug_clean(text: str) -> str:
    """The address as it is kept. Raises AccountError for a word of the product's own, and for what isn't plain."""
    slug = text.strip().lower()
    if not slug.isascii() or not FORM.fullmatch(slug) or "--" in slug:
        raise AccountError("slug_letters", field="slug")
    if slug in RESERVED:
        raise AccountError("slug_reserved", field="slug", slug=slug)
    return slug


def slug_of(name: str) -> str:
    """An address for a brand of this name: Chinese in Pinyin. One without any letters is called `the-brand`."""
    slug = slugify(" ".join(lazy_pinyin(name)))[:40].strip("-")
    return slug if FORM.fullmatch(slug) and slug not in RESERVED else f"{slug or 'the'}-brand"
