"""How far a sheet reaches is told before it is opened, however its tags are written; cells come as people see them."""

import datetime as dt
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from mlcore.errors import InputError
from mlcore.reviewfiles import sheetguard
from mlcore.reviewfiles.sheetguard import check_xlsx
from mlcore.reviewfiles.sheetplaces import SheetPart
from mlcore.specs.reviewfiles import FileLayout
from tests.mlcore.tables import read_all, write, zipped


@pytest.mark.parametrize(
    ("part", "reach"),
    [
        (b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="AB7"/></row>', (7, 28)),
        (b'<row r="1048576"></row>', (1048576, 0)),
        (b'<c r="xfd1048576"><is><t xml:space="preserve">x</t></is></c>', (1048576, 16384)),
        (b"</c></row>", (0, 0)),
        (b"", (0, 0)),
        (b'<c s="1" r="A1"><v>1</v></c>', None),
        (b"<c r='A1'><v>1</v></c>", None),
        (b'<x:c r="A1"/>', None),
        (b'<c r="A1"/><!-- <c r="B2"/> -->', None),
        (b'<c r="A"/>', None),
        (b'<c r="A12345678"/>', None),
        (b'<c r="A1 "/>', None),
        (b'<c r="A1', None),
        (b"<row><c/></row>", None),
    ],
)
def test_the_reach_of_a_part(part: bytes, reach: tuple[int, int] | None) -> None:
    assert SheetPart(part).reach() == reach


def test_the_shared_texts_of_a_part() -> None:
    part = SheetPart(b'<c r="A1" t="s"><v>12</v></c><c r="B1"><v>7</v></c><c r="C1" s="3" t="s"><v>0</v></c>')
    assert np.array_equal(part.shared(), [12, 0])  # type: ignore[arg-type]
    assert SheetPart(b'<c r="A1" t="s"><v>12').shared() is None


UNPLACED = {
    "rows": "<row>" + "<c/>" * 5000 + "</row>" + "<row/>" * 5000,
    "rows behind a placed one": '<row r="1"><c r="A1"/></row>' + "<row/>" * 9000 + '<row r="2"><c r="DZZ2"/></row>',
    "one row over many parts": "<row>" + "<x:c/>" * 400_000 + "</row>" + "<row/>" * 40,
    "rows behind the last placed": '<row r="9000"/>' + "<row><c/></row>" * 9000 + '<row r="1"><c r="ATA1"/></row>',
}


@pytest.mark.parametrize("name", UNPLACED)
def test_cells_without_places_count_over_all_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sheetguard, "_BLOCK", 2**12)
    whole = f"<worksheet><sheetData>{UNPLACED[name]}</sheetData></worksheet>".encode()
    path = write(tmp_path, zipped({"xl/worksheets/sheet1.xml": whole}))
    with pytest.raises(InputError) as caught:
        check_xlsx(path)
    assert caught.value.code == "workbook_too_large"


def test_many_rows_without_places_are_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheetguard, "_BLOCK", 2**12)
    cells = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in ("a fine review", "5", *"abcdefgh"))
    whole = f"<worksheet><sheetData>{f'<row>{cells}</row>' * 30_000}</sheetData></worksheet>".encode()
    check_xlsx(write(tmp_path, zipped({"xl/worksheets/sheet1.xml": whole})))


def test_columns_of_numbers_dates_and_blanks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["review", "rating", "helpful", "price", "date", "unread", "size"])
    sheet.append(["fine", 5.0, 3, 1.5, dt.date(2024, 2, 29), 1, 40])
    sheet.append(["bad", 2, 1e15, 0.1, dt.date(2024, 3, 1), None, "XL"])
    sheet.append([12.0, None, -0.0, 2**60, "2024-03-02", True, None])
    sheet.append([True, 3, "#N/A", None, None, None, None, "beyond"])
    book.save(tmp_path / "x.xlsx")
    columns = ("review", "rating", "helpful", "price", "date", "unread", "size")
    mapping = {"text": 0, "rating": 1, "helpful": 2, "price": 3, "date": 4}
    layout = FileLayout(columns=columns, mapping=mapping, attributes=(6,), format="xlsx", sheet="Sheet")
    rows, rejected, _done = read_all(tmp_path / "x.xlsx", layout)
    assert rows.select("line", "text", "rating", "helpful", "price", "attributes").rows() == [
        (2, "fine", 5.0, 3, 1.5, '{"size": "40"}'),
        (3, "bad", 2.0, None, 0.1, '{"size": "XL"}'),
        (4, "12", None, 0, None, None),
    ]
    assert rows["date"].to_list() == [dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(2024, 3, 2)]
    assert [(one.line, one.code, one.cells[-1]) for one in rejected] == [(5, "row_too_many_cells", "beyond")]
