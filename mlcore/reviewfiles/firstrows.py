"""The first rows of a file as an import reads them, each with what becomes of it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from mlcore.reviewfiles.events import Batch, Rejected
from mlcore.reviewfiles.platforms import DEFAULT_PRAISE
from mlcore.reviewfiles.reading import read
from mlcore.reviewfiles.recognition import shown
from mlcore.specs.reviewfiles import FileLayout, ReadSpec

NAMED: Final = {"id": "external_id", "author": "author_sha256"}
"""Role → what a batch calls what is read of it, where it isn't called the same."""
HIDDEN: Final = "…"
"""In the place of a name: of authors only a hash is kept."""


@dataclass(frozen=True, kw_only=True)
class FirstRow:
    """A row of the file, or the follow-up that stands in it."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    """Role → what is read; of a row that can't be used, what stands there. Personal data is masked."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    """Why it can't be used."""
    role: str = ""
    """Whose cell is wrong; empty for the row as a whole."""
    left_out: bool = False
    """Praise that a platform wrote for a silent customer."""
    follow_up: bool = False


def first_rows(path: Path, layout: FileLayout, count: int) -> list[FirstRow]:
    """So many rows, in the order of the file. Raises InputError as `read` does."""
    # What would be left out is read, so that it can be shown as left out.
    spec = ReadSpec(path=path, layout=replace(layout, default_praise=False), batch=count)
    rows: list[FirstRow] = []
    for event in read(spec):
        if isinstance(event, Batch):
            rows += _rows(event, layout)
        if len({row.line for row in rows}) >= count:
            break
    lines = sorted({row.line for row in rows})[:count]
    return sorted((row for row in rows if row.line in lines), key=lambda row: row.line)


def _rows(batch: Batch, layout: FileLayout) -> Iterator[FirstRow]:
    for one in batch.rows.to_dicts():
        yield _good(one, layout)
    for refused in batch.rejected:
        yield _rejected(refused, layout)


def _good(row: dict[str, Any], layout: FileLayout) -> FirstRow:
    cells = {role: text for role in layout.mapping if (text := _read(row, role))}
    kept = json.loads(row["attributes"] or "{}")
    return FirstRow(
        line=row["line"],
        cells=cells,
        attributes={name: shown(cell) for name, cell in kept.items()},
        left_out=layout.default_praise and _is_default(row["text"]),
        follow_up=row["follow_up"],
    )


def _read(row: dict[str, Any], role: str) -> str:
    value = row.get(NAMED.get(role, role))
    if value is None or value == "" or role in {"follow_up", "follow_up_date", "kind"}:
        return ""
    if role == "author":
        return HIDDEN
    if role == "price":
        return f"{value:g} {row['currency']}".strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else shown(str(value))


def _rejected(refused: Rejected, layout: FileLayout) -> FirstRow:
    cells = refused.cells
    found = {
        role: HIDDEN if role == "author" else shown(cells[place])
        for role, place in layout.mapping.items()
        if place < len(cells) and cells[place].strip()
    }
    role = next((role for role, place in layout.mapping.items() if layout.columns[place] == refused.column), "")
    text = cells[layout.mapping["text"]].strip() if layout.mapping["text"] < len(cells) else ""
    if layout.default_praise and _is_default(text):
        return FirstRow(line=refused.line, cells=found, left_out=True)
    return FirstRow(line=refused.line, cells=found or {"text": refused.value}, code=refused.code, role=role)


def _is_default(text: str) -> bool:
    return re.search(DEFAULT_PRAISE, text) is not None
