"""What pins a dataset version: a leaf a review, salted, and one root over the leaves in the order of their own values.

That order doesn't depend on anything an erasure takes away: the leaf of an erased review stays where it was, and the
root with it. A leaf says nothing about its review once the review's salt is gone.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

LEAF_FIELDS: Final[Mapping[str, pl.DataType]] = {
    "salt": pl.String(), "date": pl.Date(), "text": pl.String(), "title": pl.String(), "as_written": pl.String(),
    "rating": pl.Float64(), "rating_written": pl.String(), "product_name": pl.String(), "source": pl.String(),
    "author_sha256": pl.String(), "external_id": pl.String(), "content_sha256": pl.String(), "verified": pl.Boolean(),
    "helpful": pl.Int64(), "price": pl.Float64(), "currency": pl.String(), "country": pl.String(),
    "attributes": pl.String(), "is_follow_up": pl.Boolean(),
}  # fmt: skip
"""What a leaf holds: all that was stored when the review came, and never changes. The salt comes as 32 digits, what is
JSON as text with its keys in order.
"""
SEPARATOR: Final = "\x00"
"""The one character that no stored text has."""
BLOCK: Final = 64
"""Bytes that SHA-256 takes at a time."""
_encoded = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def keyed(salt: str, value: str) -> str:
    """A hash that can't be found by trying values without knowing the dataset's salt. Empty stays empty."""
    return all_keyed(salt, [value])[0]


def all_keyed(salt: str, values: Iterable[str]) -> list[str]:
    """The same of many values (HMAC-SHA-256, RFC 2104): the key, most of the work for short ones, is taken in once."""
    key = salt.encode().ljust(BLOCK, b"\x00")
    assert len(key) == BLOCK, "a salt is no longer than a block"
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))
    return [_keyed(inner, outer, value.encode()) if value else "" for value in values]


def _keyed(inner: "hashlib._Hash", outer: "hashlib._Hash", value: bytes) -> str:
    first, second = inner.copy(), outer.copy()
    first.update(value)
    second.update(first.digest())
    return second.hexdigest()


def leaves(rows: pl.DataFrame) -> list[str]:
    """The leaves of reviews, given as their LEAF_FIELDS."""
    fields = [pl.col(name).cast(kind).cast(pl.String).fill_null("") for name, kind in LEAF_FIELDS.items()]
    joined = rows.select(pl.concat_str(fields, separator=SEPARATOR).cast(pl.Binary)).to_series()
    sha256 = hashlib.sha256
    return [sha256(value).hexdigest() for value in joined.to_list()]


def leaves_of_stored(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The leaves of reviews as the database holds them: salts as UUIDs, JSON as objects."""
    plain = [{name: _plain(name, row[name]) for name in LEAF_FIELDS} for row in rows]
    return leaves(pl.DataFrame(plain, schema=dict(LEAF_FIELDS)))


def _plain(name: str, value: Any) -> Any:
    if name == "salt":
        return value.hex
    return _encoded(value) if isinstance(value, dict) else value


def merkle_root(leaves: Iterable[str]) -> str:
    """The root over leaves in the order of their values; an odd one is carried up. Empty for no leaves.

    `leaves`: hexadecimal digits, a leaf each or in longer pieces of whole leaves, with or without spaces between them.
    """
    sha256 = hashlib.sha256
    whole = bytes.fromhex("".join(leaves))
    level = sorted(whole[start : start + 32] for start in range(0, len(whole), 32))
    while len(level) > 1:
        pairs = [sha256(left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex() if level else ""
