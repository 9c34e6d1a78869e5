"""Reads a small table whole, every row accounted for, with the readers of review files; what it means is the
caller's.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from mlcore.errors import InputError
from mlcore.events import Event
from mlcore.reviewfiles.columns import plain
from mlcore.reviewfiles.events import Rejected
from mlcore.reviewfiles.reading import blocks
from mlcore.reviewfiles.recognition import recognise
from mlcore.specs.reviewfiles import ReadSpec
from mlcore.specs.tables import MOST_ROWS, ReadTableSpec


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
    layout = recognise(spec.path)
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


def fields_of(columns: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Field → index of the first column that is called by one of its names, however it is written."""
    called = [plain(column) for column in columns]
    found = {field: next((i for i, name in enumerate(called) if name in known), -1) for field, known in names.items()}
    return {field: index for field, index in found.items() if index >= 0}
