"""Reads Parquet in slices of bounded memory, typed cells as the text a person would write for them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from mlcore.errors import InputError
from mlcore.reviewfiles.cells import block_of_table, columns_read
from mlcore.reviewfiles.events import Block, Rejected
from mlcore.reviewfiles.limits import MAX_TEXT
from mlcore.reviewfiles.panics import panics_refused
from mlcore.reviewfiles.parquetpages import Group, groups_of
from mlcore.reviewfiles.refusals import rejection
from mlcore.reviewfiles.turns import Turns
from mlcore.specs.reviewfiles import FileLayout

WEIGHT: Final = 4 * 2**20
"""Bytes of text a block, at most; a dictionary lets few bytes stand for many."""
ROWS: Final = 20_000
HELD: Final = 96 * 2**20
"""Bytes of a row group that are unpacked at once."""
MAX_CELL: Final = MAX_TEXT * 4
LINE: Final = "\x00line"
"""A name that no column has."""


def parquet_blocks(path: Path, layout: FileLayout, turns: Turns) -> Iterator[Block]:
    """All rows in order, of the blocks whose turn it is; `line` is the row's number from 1."""
    groups = groups_of(path)
    schema = schema_of(path)
    if columns_of(schema) != layout.columns:
        raise InputError("layout_unfit")
    names = list(layout.columns)
    total, at = path.stat().st_size, 0
    whole = max(1, sum(group.rows for group in groups))
    for group in groups:
        for start, count in _slices(at, group):
            table = _collected(pl.scan_parquet(path, glob=False).slice(start, count).select(_named(schema, names)))
            for part, first in _light(table, start):
                if turns.take():
                    yield _block(part, first, layout, done=total * (first + part.height) // whole, total=total)
        at += group.rows


def schema_of(path: Path) -> pl.Schema:
    """The file's columns. Raises InputError when it has none that can be read."""
    try:
        with panics_refused("parquet_unreadable"):
            return pl.scan_parquet(path, glob=False).collect_schema()
    except (pl.exceptions.PolarsError, OSError):
        raise InputError("parquet_unreadable") from None


def columns_of(schema: pl.Schema) -> tuple[str, ...]:
    """Names of the columns, those of inner structs after a dot."""
    names: list[str] = []
    for name, kind in schema.items():
        names += [f"{name}.{inner.name}" for inner in kind.fields] if isinstance(kind, pl.Struct) else [name]
    return tuple(names)


def texts_of(path: Path, columns: list[str], rows: int) -> list[list[str | None]]:
    """The first rows of some columns as text, for a look at them."""
    groups_of(path)
    query = pl.scan_parquet(path, glob=False).head(rows).select(_named(schema_of(path), columns))
    table = next((part for part, _first in _light(_collected(query), 0)), None)
    if table is None:
        return []
    short = [
        pl.col(name) if size is None else pl.when(size <= MAX_CELL).then(pl.col(name)).alias(name)
        for name, kind in table.schema.items()
        for size in [_size(name, kind)]
    ]
    return [list(row) for row in _as_texts(table.select(short)).iter_rows()]


def _slices(at: int, group: Group) -> Iterator[tuple[int, int]]:
    step = max(1000, group.rows // (sum(group.sizes.values()) // HELD + 1) + 1)
    for start in range(0, group.rows, step):
        yield at + start, min(step, group.rows - start)


def _named(schema: pl.Schema, columns: list[str]) -> list[pl.Expr]:
    """The columns by the names that a layout has for them."""
    expressions = []
    for column in columns:
        outer, _dot, inner = column.partition(".")
        own = column in schema and not isinstance(schema[column], pl.Struct)
        expressions.append(pl.col(column) if own else pl.col(outer).struct.field(inner).alias(column))
    return expressions


def _collected(query: pl.LazyFrame) -> pl.DataFrame:
    try:
        with panics_refused("parquet_unreadable"):
            return query.collect()
    except (pl.exceptions.PolarsError, OSError):
        raise InputError("parquet_unreadable") from None


def _size(name: str, kind: pl.DataType) -> pl.Expr | None:
    """Bytes of a column's texts, told without making them; None for a column that holds none."""
    if isinstance(kind, pl.String | pl.Binary):
        size = pl.col(name).cast(pl.Binary).bin.size()
    elif isinstance(kind, pl.Categorical | pl.Enum):
        size = pl.col(name).cat.len_bytes()
    else:
        return None
    return size.cast(pl.Int64).fill_null(0)


def _light(table: pl.DataFrame, start: int) -> Iterator[tuple[pl.DataFrame, int]]:
    """The table in parts of bounded weight, each with its first row's number from 0."""
    sizes = [size for name, kind in table.schema.items() if (size := _size(name, kind)) is not None]
    # A cell too long to be used weighs nothing more: it is cut before it is touched.
    weights = table.select(pl.sum_horizontal(pl.lit(64), *(size.clip(0, MAX_CELL) for size in sizes))).to_series()
    for chunk in range(0, table.height, ROWS):
        reach = weights.slice(chunk, ROWS) if sizes else pl.repeat(0, min(ROWS, table.height - chunk), eager=True)
        at = chunk
        for count in (reach.cum_sum() // WEIGHT).rle().struct.field("len").to_list():
            yield table.slice(at, count), start + at
            at += count


def _block(part: pl.DataFrame, first: int, layout: FileLayout, *, done: int, total: int) -> Block:
    table = part.with_columns(pl.int_range(first + 1, first + 1 + part.height, dtype=pl.Int64).alias(LINE))
    refused: list[Rejected] = []
    read = {layout.columns[index] for index in columns_read(layout)}
    for name, kind in part.schema.items():
        size = _size(name, kind)
        if size is None:
            continue
        if name in read:
            long = table.filter(size > MAX_CELL)
            refused += [rejection(line, "cell_too_long", column=name) for line in long[LINE].to_list()]
            table = table.filter(size <= MAX_CELL)
        else:
            table = table.with_columns(pl.when(size <= MAX_CELL).then(pl.col(name)).alias(name))
    lines = table[LINE]
    return block_of_table(_as_texts(table.drop(LINE)), lines, layout, refused=refused, done=done, total=total)


def _as_texts(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(_as_text(series) for series in table)


def _as_text(series: pl.Series) -> pl.Series:
    kind = series.dtype
    if kind.is_float():
        return _numbers(series)
    if kind == pl.Datetime:
        return series.dt.to_string("%Y-%m-%d %H:%M:%S")
    read = _binary if kind == pl.Binary else _json if kind.is_nested() else None
    if read is None:
        return series.cast(pl.String)
    return pl.Series(
        series.name, [None if value is None else read(value) for value in series.to_list()], dtype=pl.String
    )


def _binary(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        # It can't stand in a column of text; the zero makes its row refused.
        return "\x00" + value.decode("latin-1")


def _numbers(series: pl.Series) -> pl.Series:
    """Whole numbers without their zero, as in every other format; what is no number as nothing."""
    series = series.fill_nan(None)
    whole = (series == series.floor()) & (series.abs() < 2**53)
    return pl.select(
        pl.when(whole).then(series.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(series.cast(pl.String))
    ).to_series()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
