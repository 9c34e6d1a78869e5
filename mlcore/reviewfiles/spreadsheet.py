"""Reads a sheet of an XLSX, XLS or ODS workbook, each cell as the text that a person would write for it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mlcore.errors import InputError
from mlcore.reviewfiles.biff import check_xls
from mlcore.reviewfiles.cells import block_of, block_of_columns, columns_read
from mlcore.reviewfiles.events import Block
from mlcore.reviewfiles.panics import panics_refused
from mlcore.reviewfiles.sheetguard import check_ods, check_xlsx
from mlcore.reviewfiles.turns import Turns
from mlcore.specs.reviewfiles import FileLayout

ROWS: Final = 5000
Numbered = tuple[int, list[Any]]
"""A row's number in the sheet, and its cells as the library gives them."""
CHECKS: Final = {"xlsx": check_xlsx, "ods": check_ods, "xls": check_xls}


def sheet_blocks(path: Path, layout: FileLayout, turns: Turns) -> Iterator[Block]:
    """All rows below the header, of the blocks whose turn it is; `line` is the row's number in the sheet."""
    with _workbook(path, layout.format) as book:
        if layout.sheet not in book.sheet_names:
            raise InputError("sheet_missing", sheet=layout.sheet)
        sheet = book.get_sheet_by_name(layout.sheet)
        rows = _filled(sheet)
        _pass_header(rows, layout)
        total = path.stat().st_size
        while part := list(islice(rows, ROWS)):
            if turns.take():
                done = total * part[-1][0] // max(1, sheet.total_height)
                yield _block(part, layout, done=done, total=total)


def _pass_header(rows: Iterator[Numbered], layout: FileLayout) -> None:
    above = layout.header_row + 1
    while above and (row := next(rows, None)):
        above -= any(cell and cell.strip() for cell in _texts(row[1]))


def _block(part: list[Numbered], layout: FileLayout, *, done: int, total: int) -> Block:
    """A block of a sheet's rows, made column by column; of the columns nobody reads nothing is made."""
    columns = list(zip(*(cells for _number, cells in part), strict=True))
    columns += [("",) * len(part)] * (len(layout.columns) - len(columns))
    if any(cell != "" for column in columns[len(layout.columns) :] for cell in column):
        rows = [(number, _texts(cells), "") for number, cells in part]
        return block_of(rows, layout, refused=[], done=done, total=total)
    cells = pl.DataFrame([
        pl.Series("line", [number for number, _cells in part], pl.Int64()),
        pl.int_range(len(part), dtype=pl.Int64(), eager=True).alias("row"),
        *(_column(f"c{index}", columns[index]) for index in columns_read(layout)),
    ])  # fmt: skip

    def whole(row: int) -> tuple[list[str], str]:
        return [cell or "" for cell in _texts(part[row][1])], ""

    return block_of_columns(cells, whole, layout, refused=[], done=done, total=total)


def _column(name: str, cells: Sequence[Any]) -> pl.Series:
    """A column of cells as text."""
    kinds = set(map(type, cells))
    if kinds == {float}:
        numbers = pl.Series(name, cells, pl.Float64())
        if ((numbers == numbers.floor()) & (numbers.abs() < 2**53)).all():
            return numbers.cast(pl.Int64).cast(pl.String)
    return pl.Series(name, cells if kinds == {str} else _texts(cells), pl.String())


@contextmanager
def _workbook(path: Path, form: str) -> Iterator[CalamineWorkbook]:
    CHECKS[form](path)
    try:
        with panics_refused("workbook_unreadable"), CalamineWorkbook.from_path(str(path)) as book:
            yield book
    except PasswordError:
        raise InputError("file_encrypted") from None
    except (CalamineError, OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("workbook_unreadable") from None


def _filled(sheet: CalamineSheet) -> Iterator[Numbered]:
    """Rows that hold anything, with their numbers from 1."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cells) or any(cell != "" for cell in cells):
            yield number, cells


def _texts(cells: Sequence[Any]) -> list[str | None]:
    return [cell if type(cell) is str else _text(cell) for cell in cells]


def sheet_head(path: Path, form: str, count: int, wanted: str = "") -> tuple[str, list[list[str]], tuple[str, ...]]:
    """A sheet's name, its first rows that hold anything, and the names of all sheets: of the sheet that is wanted, else
    of the first one that holds anything.
    """
    with _workbook(path, form) as book:
        names = tuple(
            one.name
            for one in book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
        )
        if wanted and wanted not in names:
            raise InputError("sheet_missing", sheet=wanted)
        for name in (wanted,) if wanted else names:
            rows = (_without_end(_texts(cells)) for _line, cells in _filled(book.get_sheet_by_name(name)))
            head = list(islice((row for row in rows if any(cell.strip() for cell in row)), count))
            if head:
                return name, head, names
    raise InputError("file_empty")


def _without_end(cells: list[str | None]) -> list[str]:
    """A row up to its last cell that holds anything; a sheet is as wide as its widest row."""
    filled = [place for place, cell in enumerate(cells, start=1) if cell]
    return [cell or "" for cell in cells[: max(filled, default=0)]]


def _text(cell: Any) -> str | None:
    if type(cell) is float:
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if cell is True or cell is False:
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "seconds")
    return None if cell is None else str(cell)
