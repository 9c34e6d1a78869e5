"""Small tables of files: whatever stands in them, the row that names the columns is found by the names asked for."""

from pathlib import Path

import pytest
import xlsxwriter

from mlcore.errors import InputError
from mlcore.specs.tables import ReadTableSpec
from mlcore.tables import TableRead, fields_of, read_table

NAMES = {"need": ("need", "需求"), "importance": ("importance", "重要性")}
SPEC = frozenset(("need", "需求", "importance", "重要性"))


def read(path: Path) -> TableRead:
    [found] = read_table(ReadTableSpec(path=path, names=SPEC))
    assert isinstance(found, TableRead)
    return found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        # "price" and "colour" name columns of reviews: here they are needs.
        ("need,importance\nlid,4\nprice,9\n", [2, 3]),
        ("Need;Importance\nlid;4,5\n\ncolour;3\n", [2, 4]),
        ("Survey of spring\n\nneed,importance\nlid,4\n", [4]),
        ("需求,重要性\n价格,4\n", [2]),
        ("need\nlid\nprice\n", [2, 3]),
        ('{"need": "lid", "importance": 4}\n', [1]),
    ],
)
def test_the_header_is_known_by_the_names_that_are_asked_for(tmp_path: Path, text: str, lines: list[int]) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    found = read(path)
    assert [row.line for row in found.rows] == lines
    assert fields_of(found.columns, NAMES)["need"] == 0


def test_a_workbook_with_a_title_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate((["Survey"], [], ["need", "importance"], ["price", "4.5"])):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    found = read(path)
    assert (found.columns, [row.cells for row in found.rows]) == (("need", "importance"), [("price", "4.5")])


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("")
    with pytest.raises(InputError, match="empty"):
        read(path)
