"""Review files as they come: recognised, read row by row, and never lost without a reason."""

from pathlib import Path

import pytest

from mlcore.errors import InputError
from mlcore.reviewfile import MAX_LINE, Batch, ReadDone, Rejected, ReviewRow, read, read_reviews, recognise
from mlcore.specs.reviewfile import FileLayout, ReadSpec

EN = "review,rating,date\nThe lid leaks in my bag every day,2,2026-01-31\nKeeps tea hot for hours,5,2026-02-01\n"
ZH = (
    "评论,评分,时间\n盖子漏水,包里全湿了,2,2026-01-31\n".replace("盖子漏水,", "盖子漏水，")
    + "保温很好，喜欢,5,2026-02-01\n"
)


def read_all(path: Path, layout: FileLayout | None = None) -> tuple[list[ReviewRow], list[Rejected], int]:
    rows: list[ReviewRow] = []
    rejected: list[Rejected] = []
    count = 0
    for event in read(ReadSpec(path=path, layout=layout or recognise(path), batch=2)):
        if isinstance(event, Batch):
            rows += event.rows
            rejected += event.rejected
        elif isinstance(event, ReadDone):
            count = event.rows
    assert count == len(rows) + len(rejected)
    return rows, rejected, count


def write(folder: Path, content: str | bytes, encoding: str = "utf-8", name: str = "reviews.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_files_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, ZH, encoding)
    rows, rejected, _count = read_all(path)
    assert [row.text for row in rows] == ["盖子漏水，包里全湿了", "保温很好，喜欢"]
    assert [row.rating for row in rows] == [2, 5]
    assert rejected == []


def test_columns_are_recognised_by_name_and_by_content(tmp_path: Path) -> None:
    layout = recognise(write(tmp_path, EN))
    assert layout.mapping == {"text": 0, "rating": 1, "date": 2}
    unnamed = recognise(write(tmp_path, "a;b\n5;I would buy this kettle again\n1;The cord is much too short\n"))
    assert (unnamed.delimiter, unnamed.mapping) == (";", {"text": 1})


def test_tab_separated_with_quotes_and_line_breaks(tmp_path: Path) -> None:
    path = write(tmp_path, 'rating\treview\n4\t"two\nlines, one review"\n5\tplain enough\n')
    rows, _rejected, _count = read_all(path)
    assert [(row.line, row.text) for row in rows] == [(2, "two\nlines, one review"), (4, "plain enough")]


@pytest.mark.parametrize(
    ("cells", "normalised"),
    [(["0", "1"], [1, 5]), (["10", "1"], [5, 1]), (["4.5/5", "1/5"], [4.5, 1]), (["★★★★☆", "★"], [4, 1])],
)
def test_ratings_on_any_scale_become_one_to_five(tmp_path: Path, cells: list[str], normalised: list[float]) -> None:
    lines = "".join(f"a review long enough to read,{cell}\n" for cell in cells)
    rows, _rejected, _count = read_all(write(tmp_path, "review,rating\n" + lines))
    assert [row.rating for row in rows] == normalised


def test_a_bad_row_is_rejected_with_line_column_and_reason(tmp_path: Path) -> None:
    path = write(tmp_path, EN + ",3,2026-02-02\nfine,9,2026-02-02\nfine too,3,yesterday\na,b,c,d\n")
    rows, rejected, _count = read_all(path)
    assert len(rows) == 2
    assert [(row.line, row.column, row.code) for row in rejected] == [
        (4, "review", "text_empty"),
        (5, "rating", "bad_rating"),
        (6, "date", "bad_date"),
        (7, "", "row_too_many_cells"),
    ]


def test_bytes_of_another_encoding_are_rejected_and_never_garbled(tmp_path: Path) -> None:
    layout = recognise(write(tmp_path, EN))
    path = write(tmp_path, EN.encode() + "盖子漏水得厉害,1,2026-02-02\n".encode("gb18030"))
    rows, rejected, _count = read_all(path, layout)
    assert len(rows) == 2
    assert [row.code for row in rejected] == ["bad_encoding"]


def test_one_enormous_cell_costs_one_row(tmp_path: Path) -> None:
    path = write(tmp_path, EN + "x" * (MAX_LINE * 3) + ",1,2026-02-02\nstill read after it,4,2026-02-03\n")
    rows, rejected, _count = read_all(path)
    assert [row.code for row in rejected] == ["cell_too_long"]
    assert rows[-1].text == "still read after it"


def test_the_author_is_kept_as_a_hash_only(tmp_path: Path) -> None:
    [row] = read_all(write(tmp_path, "review,author\nThe handle gets hot,Jane Roe\n"))[0]
    assert "Jane" not in repr(row)
    assert len(row.author_sha256) == 64


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"review,rating\n", "file_no_rows"),
        (b"PK\x03\x04rest of a workbook", "file_binary"),
        (b"\x89PNG\r\n\x1a\n0000", "file_binary"),
        (b"review,rating\n\x00\x01\x02,3\n", "file_binary"),
        (b"a" + b",a" * 600 + b"\n" + b"1" + b",1" * 600 + b"\n", "file_too_many_columns"),
        (b"c," * 2_000_000 + b"\n1,2\n", "file_header_too_long"),
    ],
)
def test_what_is_no_review_file_is_refused_with_its_reason(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        recognise(write(tmp_path, content))
    assert caught.value.code == code


def test_a_file_without_text_is_refused_when_read(tmp_path: Path) -> None:
    path = write(tmp_path, "sku,stars\nA1,5\nB2,4\n")
    assert "text" not in recognise(path).mapping
    with pytest.raises(InputError) as caught:
        read_all(path)
    assert caught.value.code == "no_text_column"


def test_reviews_as_plain_objects(tmp_path: Path) -> None:
    first = read_reviews(write(tmp_path, EN))[0]
    assert first == {
        "id": "2",
        "text": "The lid leaks in my bag every day",
        "title": "",
        "rating": 2,
        "date": "2026-01-31",
        "product": "",
        "source": "",
    }
