"""Writes reviews as CSV, XLSX or Parquet, row after row, in bounded memory."""

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl
import xlsxwriter

from ideation.base.cells import plain_cell

SHEET_ROWS: Final = 2**20 - 1
"""Rows of a sheet below its header."""
CELL: Final = 32_767
"""Characters of a sheet's cell."""
PART: Final = 50_000
"""Rows that are in memory at once."""

Row = Sequence[Any]


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula. Numbers, days and truths are none."""
    return plain_cell(value) if isinstance(value, str) else value


class Writer(Protocol):
    """Takes rows until it is full, and is closed."""

    def write(self, rows: Iterable[Row]) -> int:
        """Writes rows; returns how many had room."""
        ...

    def close(self) -> None:
        """Ends the file."""
        ...


class CsvWriter:
    """UTF-8 with the mark by which spreadsheets know it."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(columns)

    def write(self, rows: Iterable[Row]) -> int:
        count = 0
        for row in rows:
            self._csv.writerow([neutral(_plain(value)) for value in row])
            count += 1
        return count

    def close(self) -> None:
        self._file.close()


class XlsxWriter:
    """One sheet; each row goes to the disk before the next one."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        # Strings are strings: neither formulas nor links nor numbers are seen in them.
        plain = {"strings_to_formulas": False, "strings_to_urls": False}
        options = {"constant_memory": True, "tmpdir": str(path.parent), **plain}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet = self._book.add_worksheet("Reviews")
        self._sheet.write_row(0, 0, columns)
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._at = 0

    def write(self, rows: Iterable[Row]) -> int:
        count = 0
        for row in rows:
            if self._at >= SHEET_ROWS:
                break
            self._at, count = self._at + 1, count + 1
            for column, value in enumerate(row):
                self._cell(column, value)
        return count

    def _cell(self, column: int, value: Any) -> None:
        if isinstance(value, dt.date):
            self._sheet.write_datetime(self._at, column, dt.datetime(value.year, value.month, value.day), self._day)  # noqa: DTZ001  # a day, without a zone
        elif isinstance(value, str):
            self._sheet.write_string(self._at, column, neutral(value)[:CELL])
        elif value is not None:
            self._sheet.write(self._at, column, _plain(value))

    def close(self) -> None:
        self._book.close()


class ParquetWriter:
    """Typed columns, in row groups of what is written at a time. Words stay as they are: nothing computes them."""

    def __init__(self, path: Path, schema: pl.Schema) -> None:
        self._path, self._schema = path, schema

    def _part(self, rows: Sequence[Row]) -> pl.DataFrame:
        return pl.DataFrame(rows, schema=self._schema, orient="row")

    def write(self, rows: Iterable[Row]) -> int:
        # Each part lies on the disk until the end, since a file's row groups can't be added to.
        table, part = self._part(list(rows)), self._path.with_suffix(f".{len(self._files())}.part")
        table.write_parquet(part)
        return table.height

    def _files(self) -> list[Path]:
        return sorted(self._path.parent.glob(f"{self._path.stem}.*.part"), key=lambda one: int(one.suffixes[-2][1:]))

    def close(self) -> None:
        self.write([])
        files = self._files()
        pl.scan_parquet(files, glob=False).sink_parquet(self._path, row_group_size=PART)
        for file in files:
            file.unlink()


def open_writer(form: str, path: Path, schema: pl.Schema) -> Writer:
    """The writer of a form, its columns written."""
    if form == "parquet":
        return ParquetWriter(path, schema)
    return (XlsxWriter if form == "xlsx" else CsvWriter)(path, schema.names())


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, dt.date) else value
