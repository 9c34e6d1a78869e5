"""Sorts the rows of a block, by columns: each is a good review, rejected for one of its cells, or left out."""

import re
from dataclasses import dataclass, field

import polars as pl

from mlcore.reviewfiles.cells import said
from mlcore.reviewfiles.dates import days
from mlcore.reviewfiles.events import Batch, Block, Rejected
from mlcore.reviewfiles.limits import MAX_TEXT
from mlcore.reviewfiles.output import follow_ups_of, identities, output_of
from mlcore.reviewfiles.platforms import DEFAULT_PRAISE, FOLLOW_UP_KINDS, YES
from mlcore.reviewfiles.ratings import ratings
from mlcore.reviewfiles.refusals import rejection
from mlcore.reviewfiles.values import EXCEL_ERRORS
from mlcore.specs.reviewfiles import FileLayout


@dataclass
class _Sorting:
    """Where the rows of a block go."""

    block: Block
    layout: FileLayout
    rejected: list[Rejected] = field(default_factory=list)

    def reject(self, rows: pl.DataFrame, role: str, code: str, *, whole_row: bool = False) -> None:
        """Rejects rows for their cell of a role."""
        column = self.layout.columns[self.layout.mapping[role]]
        for line, row, cell in rows.select("line", "row", role).iter_rows():
            cells, raw = self.block.whole(row)
            value = said(cells, self.layout) if whole_row else cell
            self.rejected.append(rejection(line, code, column=column, value=value, cells=cells, raw=raw))


def batch_of(block: Block, layout: FileLayout) -> Batch:
    """The reviews of a block, and what became of its other rows."""
    sorting = _Sorting(block, layout)
    rows = _with_text(_roles(block.cells, layout), sorting)
    read = rows.height + len(sorting.rejected) + len(block.refused)
    if layout.default_praise:
        rows = rows.filter(~pl.col("text").str.contains(DEFAULT_PRAISE))
    left_out = read - rows.height - len(sorting.rejected) - len(block.refused)
    rows = _valued(rows, sorting)
    rows = rows.with_columns(content_sha256=identities(rows))
    good = output_of(rows, layout)
    added = follow_ups_of(rows, layout)
    return Batch(
        rows=good if added is None else pl.concat((good, added)).sort("line", maintain_order=True),
        rejected=sorted([*block.refused, *sorting.rejected], key=lambda one: one.line),
        read=read,
        left_out=left_out,
        added=0 if added is None else added.height,
    )


def _roles(cells: pl.DataFrame, layout: FileLayout) -> pl.DataFrame:
    """The cells under the names of what they are, without blanks around them."""
    rows = cells.select(
        "line",
        "row",
        *(_trimmed(f"c{index}").alias(role) for role, index in layout.mapping.items()),
        *(_trimmed(f"c{index}").alias(f"a{index}") for index in layout.attributes),
    )
    odd = rows.select((pl.col(pl.String).str.starts_with("\ufeff") | pl.col(pl.String).str.starts_with("#")).any())
    return rows.with_columns(_mended(one.name) for one in odd if one.any())


def _mended(name: str) -> pl.Expr:
    # A mark of byte order in the middle of a file is what joining files leaves behind.
    cell = pl.col(name).str.strip_prefix("\ufeff")
    if name in {"rating", "date"}:
        return cell
    # The library that opens workbooks has nothing for these either.
    return pl.when(cell.is_in(EXCEL_ERRORS)).then(pl.lit("")).otherwise(cell).alias(name)


def _trimmed(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.strip_chars()


def _with_text(rows: pl.DataFrame, sorting: _Sorting) -> pl.DataFrame:
    """The rows that hold a text; one whose only words are a follow-up's is that follow-up."""
    rows = rows.with_columns(follows=_is_follow_up(sorting.layout))
    if "follow_up" in rows.columns:
        silent = (pl.col("text") == "") | pl.col("text").str.contains(DEFAULT_PRAISE)
        alone = silent & (pl.col("follow_up") != "")
        rows = rows.with_columns(
            text=pl.when(alone).then("follow_up").otherwise("text"),
            follow_up=pl.when(alone).then(pl.lit("")).otherwise("follow_up"),
            follows=pl.col("follows") | alone,
        )
    empty = rows.filter(pl.col("text") == "")
    if empty.height:
        said_something = [any(cell.strip() for cell in sorting.block.whole(row)[0]) for row in empty["row"]]
        sorting.reject(empty.filter(pl.Series(said_something)), "text", "text_empty", whole_row=True)
        rows = rows.filter(pl.col("text") != "")
    for role in ("text", "follow_up"):
        if role in rows.columns:
            rows = _without(rows, pl.col(role).str.len_chars() > MAX_TEXT, sorting, role, "text_too_long")
    return rows


def _is_follow_up(layout: FileLayout) -> pl.Expr:
    if "kind" not in layout.mapping:
        return pl.lit(value=False)
    told = pl.col("kind").str.contains(FOLLOW_UP_KINDS)
    asked = re.search(FOLLOW_UP_KINDS, layout.columns[layout.mapping["kind"]])
    return told | pl.col("kind").is_in(YES) if asked else told


def _without(rows: pl.DataFrame, bad: pl.Expr, sorting: _Sorting, role: str, code: str) -> pl.DataFrame:
    found = rows.filter(bad)
    if not found.height:
        return rows
    sorting.reject(found, role, code)
    return rows.filter(~bad)


def _valued(rows: pl.DataFrame, sorting: _Sorting) -> pl.DataFrame:
    """The rows with their ratings and dates read; a row whose rating or date is none is rejected."""
    layout = sorting.layout
    none = pl.lit(None)
    rows = rows.with_columns(
        rating_read=ratings(rows["rating"], layout.rating_scale) if "rating" in rows.columns else none.cast(pl.Float64),
        day=days(rows["date"], layout.date_format) if "date" in rows.columns else none.cast(pl.Date),
    )
    if "rating" in rows.columns:
        bad = (pl.col("rating") != "") & pl.col("rating_read").is_null()
        rows = _without(rows, bad, sorting, "rating", "bad_rating")
    if "date" in rows.columns:
        bad = (pl.col("date") != "") & pl.col("day").is_null()
        rows = _without(rows, bad, sorting, "date", "bad_date")
    return rows
