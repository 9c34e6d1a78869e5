"""Makes reviews of rows that passed: their identity, their hashes, what they come with, and their follow-ups."""

import hashlib
import json
from collections.abc import Sequence
from typing import Final

import polars as pl

from mlcore.reviewfiles.dates import days
from mlcore.reviewfiles.events import ROWS
from mlcore.reviewfiles.headers import PRESETS
from mlcore.reviewfiles.values import currency, each, price, votes, yes_or_no
from mlcore.specs.reviewfiles import FileLayout

SEPARATOR: Final = "\x1f"
BIDI: Final = ("\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)))
_LENGTHS: Final = {
    "title": 500, "product": 200, "source": 100, "id": 100, "language": 20, "country": 60, "first_id": 100,
}  # fmt: skip
_OPTIONAL: Final = (("verified", yes_or_no), ("helpful", votes), ("price", price))


def cell_of(rows: pl.DataFrame, role: str) -> pl.Expr:
    """A role's cells, cut to what is kept of them; empty where no column has the role."""
    if role not in rows.columns:
        return pl.lit("")
    return pl.col(role).str.head(_LENGTHS[role]) if role in _LENGTHS else pl.col(role)


def identities(rows: pl.DataFrame) -> pl.Series:
    """What tells a review that comes again: a hash of text, title, rating, day, product and author."""
    title = pl.col("title") if "title" in rows.columns else pl.lit("")
    identity = pl.concat_str(
        (
            pl.col("text"),
            title,
            pl.col("rating_read").cast(pl.String).fill_null("None"),
            pl.col("day").cast(pl.String).fill_null("None"),
            cell_of(rows, "product"),
            cell_of(rows, "author"),
        ),
        separator=SEPARATOR,
    )
    return hashes(rows.select(identity.cast(pl.Binary)).to_series())


def hashes(values: pl.Series) -> pl.Series:
    """SHA-256 of each, in hexadecimal; of the empty one, nothing."""
    sha256 = hashlib.sha256
    return pl.Series([sha256(value).hexdigest() if value else "" for value in values.to_list()], dtype=pl.String)


def output_of(rows: pl.DataFrame, layout: FileLayout) -> pl.DataFrame:
    """The rows as a batch has them."""
    values = {name: each(rows[name], read, ROWS[name]) for name, read in _OPTIONAL if name in rows.columns}
    author = hashes(rows["author"].cast(pl.Binary)) if "author" in rows.columns else pl.lit("")
    made = {
        "title": cell_of(rows, "title"),
        "rating": pl.col("rating_read"),
        "rating_written": pl.col("rating").str.head(40) if "rating" in rows.columns else pl.lit(""),
        "date": pl.col("day"),
        "product": cell_of(rows, "product"),
        "source": cell_of(rows, "source") if "source" in rows.columns else pl.lit(_source(layout)),
        "author_sha256": author,
        "external_id": cell_of(rows, "id"),
        **{name: pl.lit(None) for name, _read in _OPTIONAL},
        **values,
        "language": cell_of(rows, "language"),
        "currency": each(rows["price"], currency, pl.String()).fill_null("") if "price" in rows.columns else pl.lit(""),
        "country": cell_of(rows, "country"),
        "attributes": _attributes(rows, layout),
        "follow_up": pl.col("follows"),
        "first_id": cell_of(rows, "first_id"),
        "first_sha256": pl.lit(""),
        "bidi": pl.col("text").str.contains_any(list(BIDI)),
        "as_written": pl.lit(None),
    }
    return rows.select("line", "text", "content_sha256", **made).select(
        pl.col(name).cast(kind) for name, kind in ROWS.items()
    )


def _source(layout: FileLayout) -> str:
    return PRESETS[layout.preset].source if layout.preset in PRESETS else ""


def _attributes(rows: pl.DataFrame, layout: FileLayout) -> pl.Series | pl.Expr:
    """JSON of the columns kept under their own names."""
    if not layout.attributes:
        return pl.lit(None)
    names = [layout.columns[index] or f"#{index + 1}" for index in layout.attributes]
    table = rows.select(f"a{index}" for index in layout.attributes).iter_rows()
    return pl.Series([_json(names, cells) for cells in table], dtype=pl.String)


def _json(names: Sequence[str], cells: Sequence[str]) -> str | None:
    kept = {name: cell[:1000] for name, cell in zip(names, cells, strict=True) if cell}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else None


def follow_ups_of(rows: pl.DataFrame, layout: FileLayout) -> pl.DataFrame | None:
    """What customers added in the same row to a review, as rows that name their first one."""
    if "follow_up" not in rows.columns:
        return None
    later = rows.filter(pl.col("follow_up") != "")
    if not later.height:
        return None
    first = later["content_sha256"]
    later = later.with_columns(
        text=pl.col("follow_up"),
        title=pl.lit(""),
        id=pl.lit(""),
        follows=pl.lit(value=True),
        day=_later_days(later, layout),
    )
    later = later.with_columns(content_sha256=identities(later))
    return output_of(later, layout).with_columns(first_sha256=first)


def _later_days(later: pl.DataFrame, layout: FileLayout) -> pl.Series:
    """When a follow-up was written: a date, or so many days after the first review."""
    if "follow_up_date" not in later.columns:
        return pl.Series([None] * later.height, dtype=pl.Date)
    told = days(later["follow_up_date"], layout.date_format)
    after = pl.col("follow_up_date").str.extract(r"^\D{0,12}(\d{1,4})\s*(?:天|日|days?)?\D{0,12}$").cast(pl.Int64)
    return later.select(pl.coalesce(told, pl.col("day") + pl.duration(days=after))).to_series()
