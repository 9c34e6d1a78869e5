"""What pins a dataset version: a leaf a review, salted, and one root over the leaves in the order of their own values.

That order doesn't depend on anything an erasure takes away: the leaf of an erased review stays where it was, and the
root with it. A leaf says nothing about its review once the review's salt is gone.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

LEAF_FIELDS: Final = (
    "text", "title", "as_written", "rating", "product_name", "source", "author_sha256", "external_id", "content_sha256",
)  # fmt: skip
"""What a leaf holds besides the date and the salt: all that was stored when the review came, and never changes."""
MORE_FIELDS: Final = (
    "rating_written", "verified", "helpful", "price", "currency", "country", "attributes", "is_follow_up",
)  # fmt: skip
"""What it holds too where there is any of it."""
_encoded = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def keyed(salt: str, value: str) -> str:
    """A hash that can't be found by trying values without knowing the dataset's salt. Empty stays empty."""
    return hmac.digest(salt.encode(), value.encode(), "sha256").hex() if value else ""


def leaf(stored: Mapping[str, Any], salt: object) -> str:
    """The leaf of a review: of its LEAF_FIELDS and MORE_FIELDS, its date (ISO or None) and its own salt."""
    values: list[Any] = [str(salt), stored["date"], *(stored[name] for name in LEAF_FIELDS)]
    more = {name: stored[name] for name in MORE_FIELDS if _is_said(stored.get(name))}
    return hashlib.sha256(_encoded([*values, more] if more else values).encode()).hexdigest()


def _is_said(value: object) -> bool:
    return value is not None and value is not False and value != ""


def merkle_root(leaves: Iterable[str]) -> str:
    """The root over leaves in the order of their values; an odd one is carried up. Empty for no leaves."""
    level = sorted(map(bytes.fromhex, leaves))
    while len(level) > 1:
        pairs = [hashlib.sha256(left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex() if level else ""
