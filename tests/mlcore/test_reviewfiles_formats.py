"""The same table in every format and container is the same reviews, row by row and to the last character."""

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcore.reviewfiles import read_reviews, recognise
from mlcore.specs.reviewfiles import FileLayout, layout_of
from tests.mlcore.tables import CONTAINERS, FORMATS, Table, content, packed, read_all, write, xls

HEADER = ("评论", "rating", "date", "author")
CELL = st.text(
    st.one_of(
        st.sampled_from(",;\t\"'|\n 漏水好评①éß★🙂\u202e#=+-@{}[]\\"),
        st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Cn")),
    ),
    max_size=24,
)
ROW = st.tuples(
    st.one_of(CELL, st.sampled_from(["系统默认好评", "此用户没有填写评价。"])),
    st.sampled_from(["", "1", "5", "4.5", "五星", "80%", "x", "★★★☆☆", "9"]),
    st.sampled_from(["", "2024-02-29", "2024年2月29日", "2023-02-29", "soon"]),
    CELL,
)


def account(table: Table, form: str, container: str, folder: Path) -> tuple[list[object], list[object], object]:
    path = write(folder, packed(content(table, form), container), name=f"{form}.{container}")
    layout = recognise(path)
    assert layout.container == container
    layout = FileLayout(
        **{**layout.__dict__, "mapping": {"text": 0, "rating": 1, "date": 2, "author": 3}, "rating_scale": (1.0, 5.0)}
    )
    rows, rejected, done = read_all(path, layout, batch=7)
    columns = ["text", "rating", "date", "author_sha256", "content_sha256", "bidi"]
    kept = rows.select(columns).rows() if rows.height else []
    return kept, [(one.code, one.column, one.cells) for one in rejected], done


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=st.lists(ROW, min_size=1, max_size=12))
def test_one_table_is_the_same_reviews_in_every_format(table: list[tuple[str, ...]]) -> None:
    # Two rows that every format recognises the table by; a workbook trims nothing else.
    rows = [
        HEADER,
        ("盖子漏水，包里全湿了，很失望", "2", "2024-01-31", "Ann"),
        *table,
        ("last of them all", "3", "", "Bo"),
    ]
    with TemporaryDirectory() as name:
        expected = account(rows, "csv", "plain", Path(name))
        for place, form in enumerate(FORMATS):
            container = CONTAINERS[(len(table) + place) % 4]
            got = account(rows, form, container, Path(name))
            assert got == expected, (form, container)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_in_every_container(tmp_path: Path, form: str, container: str) -> None:
    rows = [
        HEADER,
        ('two\nlines, one "review"', "5", "2024-01-31", "Ann"),
        ("bad one here", "77", "", ""),
        ("", "", "", ""),
    ]
    good, rejected, done = account(rows, form, container, tmp_path)
    assert [row[0] for row in good] == ['two\nlines, one "review"']  # type: ignore[index]
    assert [row[0] for row in rejected] == ["bad_rating"]  # type: ignore[index]
    assert done.rows == 2  # type: ignore[attr-defined]


def test_reviews_have_the_hashes_that_they_always_had(tmp_path: Path) -> None:
    path = write(tmp_path, "review,title,rating,date,product,author\n"
                 'It "leaks" yes,Bad,2,2026-01-31,Flask,Jane\n'
                 '"好, 用",,★★★★☆,,,\nplain words here,,4.5/5,2026-02-01,,\n')  # fmt: skip
    rows, _rejected, _done = read_all(path)
    assert rows["content_sha256"].to_list() == [
        "334d941ed6b6d3d5e4e401931ca14ff82a76a07e4821dcea8eb67eb29f63cbd8",
        "7176dff8c23d9f12e3431cae0a10947b718cec9761fdb091bf3dac2e8ed5a00f",
        "3000e1ea1e6ccc60c25f489f4e834633b431341d2031260a04d20d9f9017a896",
    ]
    assert rows["author_sha256"].to_list() == [hashlib.sha256(b"Jane").hexdigest(), "", ""]
    assert rows["line"].to_list() == [2, 3, 4]
    assert "Jane" not in repr(rows.rows())


def test_a_layout_stored_before_there_were_formats_still_reads(tmp_path: Path) -> None:
    path = write(tmp_path, "review;rating;date\nThe lid leaks daily;2;31/01/2026\n")
    stored = {
        "encoding": "utf-8",
        "delimiter": ";",
        "columns": ["review", "rating", "date"],
        "mapping": {"text": 0, "rating": 1, "date": 2},
        "rating_scale": [1.0, 5.0],
        "date_format": "%d/%m/%Y",
        "sample": [["The lid leaks daily", "2", "31/01/2026"]],
    }
    rows, _rejected, _done = read_all(path, layout_of(stored))
    assert rows.select("text", "rating", pl.col("date").cast(pl.String)).rows() == [
        ("The lid leaks daily", 2.0, "2026-01-31")
    ]
    new = recognise(path)
    assert layout_of(json.loads(json.dumps(new.__dict__))) == new


def test_a_workbook_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B2"] = "Export of 2024-05-01"
    for place, row in enumerate(
        [["review", "rating", "date"], ["The lid leaks", 2.0, None], [None] * 3, ["Fine", True, 3]], start=4
    ):
        for column, cell in enumerate(row, start=2):
            sheet.cell(place, column).value = cell
    sheet["D5"].value, sheet["D5"].number_format = 45322.5, "yyyy-mm-dd"
    buffer = io.BytesIO()
    book.save(buffer)
    path = write(tmp_path, buffer.getvalue())
    layout = recognise(path)
    assert (layout.format, layout.header_row, layout.notes) == ("xlsx", 1, ("rows_above_header",))
    rows, rejected, _done = read_all(path)
    assert rows.select("line", "text", "rating", pl.col("date").cast(pl.String)).rows() == [
        (5, "The lid leaks", 2.0, "2024-01-31")
    ]
    assert [(one.line, one.column, one.code) for one in rejected] == [(7, "rating", "bad_rating")]


def test_parquet_with_types_and_inner_columns(tmp_path: Path) -> None:
    frame = pl.DataFrame({
        "review": ["The lid leaks", "Keeps hot", None], "rating": [2.0, 4.5, None],
        "who": [{"name": "Ann"}, {"name": None}, None],
        "date": [None, "2024-01-31", None], "tags": [["a", "b"], None, None], "raw": [b"x", b"\xff", None],
    }).with_columns(pl.col("date").str.to_datetime("%Y-%m-%d"))  # fmt: skip
    frame.write_parquet(tmp_path / "x.parquet", row_group_size=2)
    layout = recognise(tmp_path / "x.parquet")
    assert layout.columns == ("review", "rating", "who.name", "date", "tags", "raw")
    rows, rejected, done = read_all(tmp_path / "x.parquet", layout)
    assert rows.select("line", "text", "rating", pl.col("date").cast(pl.String)).rows() == [
        (1, "The lid leaks", 2.0, None),
        (2, "Keeps hot", 4.5, "2024-01-31"),
    ]
    assert (rejected, done.rows) == ([], 2)


def test_json_nests_streams_and_survives_broken_objects(tmp_path: Path) -> None:
    objects = [
        {"text": f"review number {n}", "score": {"value": n % 5 + 1}, "when": 1699660800 + n} for n in range(3000)
    ]
    body = ",\n".join(json.dumps(one) for one in objects)
    path = write(
        tmp_path, f'{{"count": 3, "reviews": [{body},\n{{"text": broken}}, 7, {{"text": "last one"}}], "more": 1}}'
    )
    layout = recognise(path)
    assert (layout.format, layout.columns, layout.date_format) == ("json", ("text", "score.value", "when"), "ymd")
    rows, rejected, _done = read_all(path)
    assert rows.height == 3001
    assert [(one.line, one.code, one.raw) for one in rejected] == [
        (3001, "json_invalid", '{"text": broken}'),
        (3001, "json_not_object", "7"),
    ]


def test_an_old_workbook_of_many_rows(tmp_path: Path) -> None:
    table = [("review", "rating"), *((f"review number {n} 很好", str(n % 5 + 1)) for n in range(3000))]
    rows, _rejected, _done = read_all(write(tmp_path, xls(table)))
    assert rows["text"][2999] == "review number 2999 很好"
    assert rows["line"][2999] == 3001


def test_reviews_as_plain_objects(tmp_path: Path) -> None:
    path = write(tmp_path, "review,rating,date\nThe lid leaks in my bag every day,2,2026-01-31\n")
    first = {"text": "The lid leaks in my bag every day", "title": "", "rating": 2.0, "date": "2026-01-31"}
    assert read_reviews(path) == [{"id": "2", **first, "product": "", "source": ""}]


def test_neither_torch_nor_django_is_loaded() -> None:
    code = "import sys, mlcore.reviewfiles; sys.exit(bool({'torch', 'django'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
