"""Rows of cells, wherever they come from, as one block of columns."""

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from mlcore.reviewfiles.events import Block, Rejected
from mlcore.reviewfiles.refusals import rejection, unfit
from mlcore.specs.reviewfiles import FileLayout

Row = tuple[int, list[str | None], str]
"""Line, cells, and the row as it stands in the file ("" where a file holds no text)."""
LINE: Final = {"line": pl.Int64(), "row": pl.Int64()}


def columns_read(layout: FileLayout) -> list[int]:
    """Indexes of the columns that anything is made of."""
    return sorted({*layout.mapping.values(), *layout.attributes})


def sieved(rows: Sequence[Row], layout: FileLayout) -> tuple[list[Row], list[Rejected]]:
    """The rows that can be cells of a table, and those that can't."""
    read, fit, refused = columns_read(layout), [], []
    for line, cells, raw in rows:
        if len(cells) > len(layout.columns) and any(cell and cell.strip() for cell in cells[len(layout.columns) :]):
            value = layout.delimiter.join(_but_author(cells, layout))
            refused.append(rejection(line, "row_too_many_cells", value=value, cells=cells, raw=raw))
            continue
        found = unfit(cells, read)
        if found:
            index, code = found
            column = layout.columns[index]
            refused.append(rejection(line, code, column=column, value=cells[index] or "", cells=cells, raw=raw))
            continue
        fit.append((line, cells, raw))
    return fit, refused


def _but_author(cells: Sequence[str | None], layout: FileLayout) -> list[str]:
    author = layout.mapping.get("author")
    return ["…" if place == author and cell else cell or "" for place, cell in enumerate(cells)]


def said(cells: Sequence[str], layout: FileLayout) -> str:
    """A whole row in one line, without its author: a name is shown nowhere."""
    return layout.delimiter.join(_but_author(cells, layout))


def frame_of(rows: Sequence[Row], layout: FileLayout) -> pl.DataFrame:
    """Rows as the cells of a block."""
    read = columns_read(layout)
    values = {
        "line": [line for line, _cells, _raw in rows],
        "row": list(range(len(rows))),
        **{
            f"c{index}": [cells[index] if index < len(cells) else None for _line, cells, _raw in rows] for index in read
        },
    }
    return pl.DataFrame(values, schema={**LINE, **{f"c{index}": pl.String() for index in read}})


def block_of(rows: Sequence[Row], layout: FileLayout, *, refused: list[Rejected], done: int, total: int) -> Block:
    """A block of rows that were split one at a time."""
    fit, unfitting = sieved(rows, layout)

    def whole(row: int) -> tuple[list[str], str]:
        _line, cells, raw = fit[row]
        return [cell or "" for cell in cells], raw

    return Block(cells=frame_of(fit, layout), whole=whole, refused=[*refused, *unfitting], done=done, total=total)


def block_of_table(
    table: pl.DataFrame, lines: pl.Series, layout: FileLayout, *, refused: list[Rejected], done: int, total: int
) -> Block:
    """A block of all columns of a file as text, none of which holds lone surrogates."""
    read = columns_read(layout)
    cells = table.select(
        lines.alias("line"),
        pl.int_range(table.height, dtype=pl.Int64).alias("row"),
        *(table.to_series(index).alias(f"c{index}") for index in read),
    )

    def whole(row: int) -> tuple[list[str], str]:
        return [cell or "" for cell in table.row(row)], ""

    return block_of_columns(cells, whole, layout, refused=refused, done=done, total=total)


def block_of_columns(
    cells: pl.DataFrame,
    whole: Callable[[int], tuple[list[str], str]],
    layout: FileLayout,
    *,
    refused: list[Rejected],
    done: int,
    total: int,
) -> Block:
    """A block of cells none of which holds lone surrogates."""
    refused = list(refused)
    marked = cells.select(pl.col(pl.String).str.contains("\x00", literal=True).any())
    for name in [one.name for one in marked if one.any()]:
        bad = pl.col(name).str.contains("\x00", literal=True).fill_null(value=False)
        column = layout.columns[int(name[1:])]
        for line, row, cell in cells.filter(bad).select("line", "row", name).iter_rows():
            refused.append(rejection(line, "row_has_nul", column=column, value=cell, cells=whole(row)[0]))
        cells = cells.filter(~bad)
    return Block(cells=cells, whole=whole, refused=refused, done=done, total=total)
