"""Counts what a workbook would unfold to before it is opened: its library makes room for every cell between the first
and the last and for every use of a shared text, so that one cell at XFD1048576 would ask for hundreds of gigabytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import ZipInfo

import numpy as np
from numpy.typing import NDArray

from mlcore.errors import InputError
from mlcore.reviewfiles.container import entries, opened
from mlcore.reviewfiles.limits import CELL_BYTES, MAX_SHEET_BYTES
from mlcore.reviewfiles.sheetplaces import SheetPart

_BLOCK: Final = 2**20
_REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})["']""")
_ROW_UNPLACED: Final = re.compile(rb"<(?:\w+:)?row(?=[\s/>])(?![^>]*\sr\s*=)")
_CELL_UNPLACED: Final = re.compile(rb"<(?:\w+:)?c(?=[\s/>])(?![^>]*\sr\s*=)")
_SHARED_USE: Final = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d{1,9})""")
_SHARED_END: Final = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_ODS_TAG: Final = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)\b([^>]*)>")
_ODS_REPEATED: Final = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d{1,9})""")


def check_xlsx(path: Path) -> None:
    """Raises InputError when a sheet of an XLSX workbook can't be opened within bounds."""
    with path.open("rb") as file:
        listed = entries(file)
    texts: NDArray[np.int64] = np.empty(0, np.int64)
    for info in listed:
        if info.filename.lower().endswith("sharedstrings.xml"):
            texts = _shared(path, info)
    for info in listed:
        name = info.filename.lower()
        if "worksheets/" in name and name.endswith(".xml"):
            _check_sheet(path, info, texts)
        elif not name.endswith("sharedstrings.xml"):
            _drain(path, info)


def _parts(path: Path, info: ZipInfo, opening: bytes) -> Iterator[bytes]:
    """A member in parts, each of which ends before an opening tag."""
    tail = b""
    with opened(path, "zip", info.filename) as stream:
        while data := stream.read(_BLOCK):
            tail += data
            cut = tail.rfind(opening)
            if cut > 0:
                yield tail[:cut]
                tail = tail[cut:]
            elif len(tail) > 64 * _BLOCK:
                raise InputError("workbook_too_large", limit=MAX_SHEET_BYTES >> 20)
    yield tail


def _drain(path: Path, info: ZipInfo) -> None:
    total = 0
    with opened(path, "zip", info.filename) as stream:
        while data := stream.read(_BLOCK):
            total += len(data)
            _afford(total if info.filename.lower().endswith((".xml", ".rels")) else 0)


def _afford(size: int) -> None:
    if size > MAX_SHEET_BYTES:
        raise InputError("workbook_too_large", limit=MAX_SHEET_BYTES >> 20)


def _shared(path: Path, info: ZipInfo) -> NDArray[np.int64]:
    """Bytes of each shared text."""
    ends, at = [], 0
    for part in _parts(path, info, b"<"):
        ends += [at + found.end() for found in _SHARED_END.finditer(part)]
        at += len(part)
        _afford(at + 64 * len(ends))
    places = np.array([0, *ends], np.int64)
    return places[1:] - places[:-1]


def _check_sheet(path: Path, info: ZipInfo, texts: NDArray[np.int64]) -> None:
    reach, size = _Reach(), 0
    for part in _parts(path, info, b"<c"):
        seen = SheetPart(part)
        reach.add(part, seen.reach())
        size += len(part) // 4 + (_shared_bytes(part, seen, texts) if len(texts) else 0)
        _afford(reach.rows * reach.width * CELL_BYTES + size + int(texts.sum()))


@dataclass
class _Reach:
    """The last row and column of a sheet, at least."""

    rows: int = 0
    named: int = 0
    """The last column that is named."""
    unnamed: int = 0
    """The most cells without a place that a row has; they stand behind others."""
    cells: int = 0
    """Cells without a place since the last row began."""

    @property
    def width(self) -> int:
        return self.named + self.unnamed

    def add(self, part: bytes, named: tuple[int, int] | None) -> None:
        """What a part adds, of which all tags are usual, or None is named."""
        if named is not None:
            self.rows, self.named, self.cells = max(self.rows, named[0]), max(self.named, named[1]), 0
            return
        found = _REFERENCE.findall(part)
        self.named = max(self.named, *(_column(letters) for letters in {letters for letters, _row in found}), 0)
        rows = max((int(row) for row in {row for _letters, row in found}), default=0)
        self.rows = max(self.rows, rows) + len(_ROW_UNPLACED.findall(part))
        self._count(part)

    def _count(self, part: bytes) -> None:
        """Cells without a place, row by row; the first may go on from the part before."""
        counts = [len(_CELL_UNPLACED.findall(row)) for row in part.split(b"<row")]
        counts[0] += self.cells
        self.cells = counts[-1]
        self.unnamed = max(self.unnamed, *counts)


def _shared_bytes(part: bytes, seen: SheetPart, texts: NDArray[np.int64]) -> int:
    """Bytes of the shared texts that the cells of a part name; of one whose place isn't plain, the longest's."""
    marks, uses = part.count(b't="s"'), seen.shared()
    if uses is None or len(uses) < marks or b"'s'" in part or b"= " in part or b" =" in part:
        uses = np.array(_SHARED_USE.findall(part), dtype="S9").astype(np.int64)
        marks = max(marks, part.count(b"'s'"))
    return int(texts[uses[uses < len(texts)]].sum()) + max(0, marks - len(uses)) * int(texts.max())


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - 64
    return place


def check_ods(path: Path) -> None:
    """Raises InputError when a sheet of an OpenDocument workbook can't be opened within bounds."""
    with path.open("rb") as file:
        listed = entries(file)
    for info in listed:
        if info.filename == "content.xml":
            _check_content(path, info)
        else:
            _drain(path, info)


def _check_content(path: Path, info: ZipInfo) -> None:
    row = column = rows = width = size = 0
    repeated = 1
    for part in _parts(path, info, b"<table:table-"):
        tags = list(_ODS_TAG.finditer(part))
        for place, tag in enumerate(tags):
            found = _ODS_REPEATED.search(tag[2])
            times = int(found[1]) if found else 1
            if tag[1] == b"table":
                row = column = rows = width = size = 0
            elif tag[1] == b"table-row":
                row, column, repeated = row + times, 0, times
            else:
                column += times
                if not tag[2].endswith(b"/") or b"value" in tag[2]:
                    rows, width = max(rows, row), max(width, column)
                    end = tags[place + 1].start() if place + 1 < len(tags) else len(part)
                    size += (end - tag.end()) * times * repeated
                    _afford(rows * width * CELL_BYTES + size)
