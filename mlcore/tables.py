"""Reads a small table whole, every row accounted for, with the readers of review files; what it means is the
caller's.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Final

from mlcore.errors import InputError
from mlcore.events import Event
from mlcore.reviewfiles.columns import plain
from mlcore.reviewfiles.events import Rejected
from mlcore.reviewfiles.reading import blocks
from mlcore.reviewfiles.recognition import (
    Inside,
    Table,
    checked,
    delimited_table,
    inside_of,
    layout_from,
    sheet_table,
    table_of,
    text_inside,
)
from mlcore.reviewfiles.records import Dialect
from mlcore.specs.reviewfiles import ReadSpec
from mlcore.specs.tables import MOST_ROWS, ReadTableSpec

UNHEADED: Final = frozenset(("json", "jsonl", "parquet"))
"""Formats whose columns bear their names by themselves."""
ABOVE: Final = 10
"""Rows in which the columns' names are looked for."""


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A row that isn't empty: its line in the file, and its cells without outer spaces, one a column."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TableRead(Event):
    """The whole table."""

    columns: tuple[str, ...]
    rows: list[TableRow]
    rejected: list[Rejected]


def read_table(spec: ReadTableSpec) -> Iterator[Event]:
    """One TableRead event; for a process of its own.

    Raises InputError `table_too_long`, and what any file is refused for.
    """
    inside = inside_of(spec.path)
    layout = layout_from(inside, checked(inside, _table(inside, spec.names)))
    everything = replace(layout, mapping={}, attributes=tuple(range(len(layout.columns))))
    rows: list[TableRow] = []
    rejected: list[Rejected] = []
    with ExitStack() as stack:
        for block in blocks(ReadSpec(path=spec.path, layout=everything), stack):
            rejected += block.refused
            for row in block.cells.iter_rows(named=True):
                cells = tuple((row[f"c{index}"] or "").strip() for index in range(len(layout.columns)))
                if any(cells):
                    rows.append(TableRow(line=row["line"], cells=cells))
            if len(rows) > MOST_ROWS:
                raise InputError("table_too_long", limit=MOST_ROWS)
    yield TableRead(columns=tuple(layout.columns), rows=rows, rejected=rejected)


def _table(inside: Inside, names: Collection[str]) -> Table:
    """The table with the first row that names most of its columns; what is known of reviews' columns is no guide."""
    guessed = table_of(inside)
    found: dict[str, Any] = guessed.found
    if guessed.found.get("format") in UNHEADED:
        return guessed
    known = [table for place in range(ABOVE) if (table := _headed(inside, found, place)) is not None]
    return max(known, key=lambda table: sum(plain(name) in names for name in table.columns), default=guessed)


def _headed(inside: Inside, found: Mapping[str, Any], place: int) -> Table | None:
    """The table as if this row named its columns; None where there is no such row."""
    try:
        if "sheet" in found:
            return sheet_table(inside, found["format"], found["sheet"], place)
        text = text_inside(inside, found["encoding"])
        dialect = Dialect(found["delimiter"], found["quote"], found["escape"])
        return delimited_table(inside, found["encoding"], text, dialect, place)
    except InputError:
        return None


def fields_of(columns: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Field → index of the first column that is called by one of its names, however it is written."""
    called = [plain(column) for column in columns]
    found = {field: next((i for i, name in enumerate(called) if name in known), -1) for field, known in names.items()}
    return {field: index for field, index in found.items() if index >= 0}
