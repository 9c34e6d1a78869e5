"""From a review file to rows that a database copies in as they are: read, masked, enriched, hashed, numbered.

Everything that costs time per row happens here, in processes of their own, by columns; what hands the rows over to the
database never looks at one. Several processes may share a file: each reads all of it and makes every n-th block.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlcore.enrich import enriched, near_duplicates, unpacked
from mlcore.events import Event
from mlcore.folding import folded
from mlcore.merkle import all_keyed, leaves
from mlcore.reviewfiles import Batch, Rejected, read
from mlcore.specs.intake import IntakeSpec, NearSpec
from mlcore.specs.reviewfiles import ReadSpec

COLUMNS: Final = (
    "id", "line", "external_id", "text", "title", "rating", "rating_written", "date", "product_name", "product_id",
    "source", "author_sha256", "verified", "helpful", "price", "currency", "country", "attributes", "is_follow_up",
    "language", "characters", "tokens", "flags", "sketch", "as_written", "content_sha256", "salt", "leaf_sha256",
    "shared_id", "first_sha256",
)  # fmt: skip
"""Of the CSV files, which have no header. An empty cell is null, an empty text stands in quotes."""
PREFIX: Final = 8
MOST: Final = 2**31 - 1
"""Of votes: more than this nobody has cast."""
SKETCHES: Final = "sketches-*.parquet"
"""What is compared: id, source, product_name; beside each the sketches themselves, one after the other, as .bin."""


@dataclass(frozen=True, kw_only=True)
class Part(Event):
    """A stretch of the file that lies ready: `read` = its good rows (follow-ups of the same row apart) + rejected +
    left out.
    """

    path: Path
    rows: int
    contents: bytes
    """The first eight bytes of each row's content_sha256: enough to see that a million rows are all different."""
    leaves: str
    """All rows' leaf_sha256, one after the other."""
    later: int
    """Follow-ups among the rows."""
    read: int
    added: int
    left_out: int
    rejected: list[Rejected]
    personal: Mapping[str, int] = field(default_factory=dict)


def taking(spec: IntakeSpec) -> Iterator[Event]:
    """Parts in the order of the file, between them Progress, at last ReadDone."""
    numbers = iter(range(1_000_000_000))
    reading = ReadSpec(path=spec.path, layout=spec.layout, masked=spec.enriched, share=spec.share)
    for event in read(reading):
        if isinstance(event, Batch):
            yield _part(event, spec, f"{spec.share[0]}-{next(numbers)}")
        else:
            yield event


def _part(batch: Batch, spec: IntakeSpec, name: str) -> Part:
    rows = stored(batch.rows, spec)
    path = spec.folder / f"rows-{name}.csv"
    shown = pl.lit("\\x") + pl.col("sketch").bin.encode("hex")
    rows.with_columns(sketch=shown).select(COLUMNS).write_csv(path, include_header=False, quote_style="non_numeric")
    compared = rows.filter(pl.col("sketch").is_not_null())
    if compared.height:
        named = spec.folder / SKETCHES.replace("*", name)
        compared.select("id", "source", "product_name").write_parquet(named)
        named.with_suffix(".bin").write_bytes(b"".join(compared["sketch"].to_list()))
    return Part(
        path=path,
        rows=rows.height,
        contents=bytes.fromhex("".join(rows["content_sha256"].str.head(2 * PREFIX).to_list())),
        leaves="".join(rows["leaf_sha256"].to_list()),
        later=int(rows["is_follow_up"].sum()),
        read=batch.read,
        added=batch.added,
        left_out=batch.left_out,
        rejected=batch.rejected,
        personal=batch.personal,
    )


def stored(rows: pl.DataFrame, spec: IntakeSpec) -> pl.DataFrame:
    """A batch's rows as they are stored, and `shared_id`, `first_sha256` that tie follow-ups to their first review."""
    rows = enriched(rows) if spec.enriched else _bare(rows)
    ids, product_ids = _ids(rows, spec.started_ms), _products(rows["product"], spec.products)
    rows = rows.rename({"product": "product_name", "follow_up": "is_follow_up", "first_id": "shared_id"}).with_columns(
        *(_keyed(rows[name], spec.salt) for name in ("author_sha256", "content_sha256", "first_sha256")),
        ids,
        _texts("salt", secrets.token_bytes(16 * rows.height).hex()),
        product_id=product_ids,
        helpful=pl.col("helpful").clip(-MOST, MOST),
    )
    return rows.with_columns(pl.Series("leaf_sha256", leaves(rows), dtype=pl.String))


def _keyed(values: pl.Series, salt: str) -> pl.Series:
    return pl.Series(values.name, all_keyed(salt, values.to_list()), dtype=pl.String)


def _ids(rows: pl.DataFrame, started_ms: int) -> pl.Series:
    """UUIDs of version 7 whose order is that of import, line, and first review before follow-up."""
    line, later = rows["line"].to_numpy().astype(np.uint64), rows["follow_up"].to_numpy().astype(np.uint64)
    chance = np.frombuffer(secrets.token_bytes(8 * rows.height), np.uint64) >> np.uint64(23)
    parts: NDArray[np.uint64] = np.empty((rows.height, 2), np.uint64)
    parts[:, 0] = np.uint64(started_ms << 16 | 7 << 12) | (line >> np.uint64(20) & np.uint64(0xFFF))
    low = (line & np.uint64(0xFFFFF)) << np.uint64(42) | later << np.uint64(41) | chance
    parts[:, 1] = np.uint64(0b10 << 62) | low
    return _texts("id", parts.astype(">u8").tobytes().hex())


def _texts(name: str, digits: str) -> pl.Series:
    """Ids of 32 digits, from all their digits in a row."""
    return pl.Series(name, [digits[start : start + 32] for start in range(0, len(digits), 32)], dtype=pl.String)


def _products(names: pl.Series, products: Mapping[str, str]) -> pl.Series:
    if not products:
        return pl.Series([None] * len(names), dtype=pl.String)
    distinct = names.unique()
    found = pl.Series([products.get(folded(name)) for name in distinct.to_list()], dtype=pl.String)
    return names.replace_strict(distinct, found, return_dtype=pl.String)


def _bare(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        language=pl.lit(""),
        characters=pl.col("text").str.len_chars(),
        tokens=pl.lit(0),
        flags=pl.lit(None, dtype=pl.String),
        sketch=pl.lit(None, dtype=pl.Binary),
    )


@dataclass(frozen=True, kw_only=True)
class NearFound(Event):
    """A CSV file of what nearly repeats an earlier review: id, kind, id of that review, similarity."""

    path: Path
    rows: int


def comparing(spec: NearSpec) -> Iterator[Event]:
    """One NearFound event."""
    paths = sorted(spec.folder.glob(SKETCHES))
    new = pl.concat(pl.read_parquet(path) for path in paths)
    order = new["id"].arg_sort()
    sketches = unpacked(b"".join(path.with_suffix(".bin").read_bytes() for path in paths))[order.to_numpy()]
    new, (known, known_sketches) = new[order], _known(spec.known)
    found = near_duplicates(sketches, known_sketches, spec.threshold)
    pairs = pl.DataFrame({"new": found.new, "known": found.known, "of": found.of, "similarity": found.similarity})
    pairs = _beside(pairs, new, known)
    path = spec.folder / "near.csv"
    pairs.select("id", "kind", "repeats", "similarity").write_csv(path, include_header=False)
    yield NearFound(path=path, rows=pairs.height)


def _known(path: Path | None) -> tuple[pl.DataFrame, NDArray[np.uint32]]:
    schema = {"id": pl.String, "source": pl.String, "product_name": pl.String, "sketch": pl.String}
    if path is None:
        return pl.DataFrame(schema=schema).drop("sketch"), unpacked(b"")
    rows = pl.read_csv(path, has_header=False, schema=schema)
    sketches = unpacked(bytes.fromhex("".join(rows["sketch"].to_list())))
    return rows.drop("sketch").with_columns(pl.col("source", "product_name").fill_null("")), sketches


def _beside(pairs: pl.DataFrame, new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The pairs with ids and kinds: the same words from another source are syndicated; about another product, in the
    same source, they are a review of its own.
    """
    other = pl.concat((_taken(known, pairs.filter("known")), _taken(new, pairs.filter(~pl.col("known")))))
    order = pl.concat((pairs.filter("known"), pairs.filter(~pl.col("known"))))
    mine = new[order["new"]].select("id", "source", "product_name")
    both = pl.concat((mine, other, order.select("similarity")), how="horizontal")
    elsewhere = (pl.col("source") != "") & (pl.col("its_source") != "") & (pl.col("source") != pl.col("its_source"))
    unnamed = (pl.col("product_name") == "") | (pl.col("its_product") == "")
    same = unnamed | (pl.col("product_name") == pl.col("its_product"))
    kinds = pl.when(elsewhere).then(pl.lit("syndicated")).otherwise(pl.lit("near"))
    return both.filter(elsewhere | same).with_columns(kind=kinds)


def _taken(rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    taken = rows[pairs["of"]]
    return taken.select(
        pl.col("id").alias("repeats"), pl.col("source").alias("its_source"), pl.col("product_name").alias("its_product")
    )
