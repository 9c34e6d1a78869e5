"""Delimited text: the fast way and the exact one agree on anything, lines are those of an editor, quotes cost no more
than their own line.
"""

import csv
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlcore.reviewfiles import delimited, recognise
from mlcore.reviewfiles.encoding import utf8_chunks
from mlcore.reviewfiles.limits import MAX_HELD, MAX_RECORD
from mlcore.reviewfiles.quotes import Vouched
from mlcore.reviewfiles.records import Dialect, records
from mlcore.specs.reviewfiles import FileLayout
from tests.mlcore.tables import read_all, write

LAYOUT = FileLayout(columns=("text", "b", "c"), mapping={"text": 0, "title": 1}, default_praise=False)
NOTHING = np.empty(0, np.int64)


def nothing_vouched(_text: bytes, _dialect: Dialect, *, final: bool) -> Vouched:
    return Vouched(np.empty(0, np.uint8), NOTHING, NOTHING, NOTHING, 0, NOTHING, np.empty(0, bool))


def told(path: Path, layout: FileLayout = LAYOUT) -> tuple[object, ...]:
    rows, rejected, done = read_all(path, layout)
    good = rows.select("line", "text", "title").rows() if rows.height else []
    return sorted(good), sorted((one.line, one.code, one.cells, one.raw) for one in rejected), done


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"a", b",", b'"', b"\n", b"\r\n", b"\r", b'""', b'","', "漏".encode(), b"\x00", b"\xff", b" ", b"\xe6"]
        ),
        max_size=40,
    )
)
@example([b'"', b"a", b"\n", b'"', b'"', b"\n"])
@example([b'"a', b"\r", b'b"', b"\r", b"c"])
def test_the_fast_and_the_exact_way_agree_on_anything(parts: list[bytes]) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        path = write(Path(name), b"text,b,c\n" + b"".join(parts))
        fast = told(path)
        patch.setattr(delimited, "utf8_chunks", partial(utf8_chunks, size=5))
        assert told(path) == fast
        patch.setattr(delimited, "vouch", nothing_vouched)
        assert told(path) == fast


CELLS = st.text(st.sampled_from("ab,;\"\n\r\t漏★'\\ "), min_size=1, max_size=8).filter(str.strip)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8),
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_a_library_writes_comes_back_to_the_letter(rows: list[tuple[str, ...]], mark: str, end: str) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "b", "c"), *rows])
    dialect = Dialect(mark, '"')
    assert [tuple(one.cells) for one in records(buffer.getvalue(), dialect, final=True)][1:] == rows
    with TemporaryDirectory() as name:
        layout = FileLayout(columns=("text", "b", "c"), mapping={"text": 0, "title": 1}, delimiter=mark)
        good, rejected, _done = read_all(write(Path(name), buffer.getvalue().encode()), layout)
        assert rejected == []
        if rows:
            assert good.select("text", "title").rows() == [(row[0].strip(), row[1].strip()) for row in rows]


@pytest.mark.parametrize(
    ("line", "kept", "code"),
    [
        ('"never closed,1,2', None, "quote_unclosed"),
        ('"5" screen is great",1,2', '5" screen is great', ""),
        ('12" pan,1,2', '12" pan', ""),
        ('a "quoted" word,1,2', 'a "quoted" word', ""),
        ('"say ""hi""",1,2', 'say "hi"', ""),
        ('"two\nlines",1,2', "two\nlines", ""),
        ('"x"\n', "x", ""),
        ("too,many,cells,here", None, "row_too_many_cells"),
        ("trailing,commas,only,,,", "trailing", ""),
        ("short", "short", ""),
    ],
)
def test_quotes_cost_no_more_than_their_own_line(tmp_path: Path, line: str, kept: str | None, code: str) -> None:
    before, after = "first one here,1,2\n", '"next, one",3,4\n"last ""one""",5,6\n'
    rows, rejected, _done = read_all(write(tmp_path, f"text,b,c\n{before}{line}\n{after}"), LAYOUT)
    expected = ["first one here", *([kept] if kept else []), "next, one", 'last "one"']
    assert rows["text"].to_list() == expected
    assert [one.code for one in rejected] == ([code] if code else [])
    first = 4 + line.count("\n")
    assert rows["line"].to_list()[-2:] == [first, first + 1]
    for one in rejected:
        assert (one.line, one.raw) == (3, line)


def test_backslashes_before_quotes_are_recognised(tmp_path: Path) -> None:
    path = write(
        tmp_path, 'review,rating\n"she said \\"never, again\\" twice",1\n"plain, text here",5\n"more \\"of, it\\"",4\n'
    )
    assert recognise(path).escape == "\\"
    assert read_all(path)[0]["text"].to_list() == ['she said "never, again" twice', "plain, text here", 'more "of, it"']


def test_quotes_without_meaning_are_recognised(tmp_path: Path) -> None:
    body = "".join(f'"tis number {n}\t{n % 5 + 1}\nit\'s "fine\t4\n' for n in range(20))
    layout = recognise(write(tmp_path, "review\tstars\n" + body))
    assert (layout.quote, layout.notes) == ("", ("quotes_literal",))
    rows, rejected, _done = read_all(tmp_path / "reviews.csv")
    assert (rows.height, rejected, rows["text"][0]) == (40, [], '"tis number 0')


def test_prose_alone_is_one_column(tmp_path: Path) -> None:
    rows, rejected, _done = read_all(write(tmp_path, "review\nNice, good, cheap\nBad\nGood; bad, ugly\n"))
    assert (rows["text"].to_list(), rejected) == (["Nice, good, cheap", "Bad", "Good; bad, ugly"], [])


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("size", [MAX_RECORD + 1, 10 * 2**20, MAX_HELD + 2**20])
def test_an_enormous_cell_costs_its_row(tmp_path: Path, size: int, quote: str) -> None:
    path = write(tmp_path, f"text,b,c\nfirst,1,2\n{quote}{'x' * size}{quote},1,2\nlast,3,4\n")
    rows, rejected, _done = read_all(path, LAYOUT)
    assert rows.select("line", "text").rows() == [(2, "first"), (4, "last")]
    assert [(one.line, one.code) for one in rejected] == [(3, "cell_too_long")]


def test_ten_megabytes_of_lines_in_quotes_are_one_row(tmp_path: Path) -> None:
    path = write(tmp_path, 'text,b,c\nfirst,1,2\n"' + "some line\n" * 2**20 + '",1,2\nlast,3,4\n')
    rows, rejected, _done = read_all(path, LAYOUT)
    assert rows.select("line", "text").rows() == [(2, "first"), (2**20 + 4, "last")]
    assert [(one.line, one.code) for one in rejected] == [(3, "cell_too_long")]


def test_lines_are_counted_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: Iterator[str] = (f'"row\n{n}",1\r\n' if n % 3 else f"row {n},2\r" for n in range(500))
    path = write(tmp_path, "text,b\n" + "".join(lines))
    monkeypatch.setattr(delimited, "utf8_chunks", partial(utf8_chunks, size=101))
    rows, rejected, _done = read_all(path, FileLayout(columns=("text", "b"), mapping={"text": 0}))
    assert (rows.height, rejected) == (500, [])
    assert rows["line"].to_list() == [2 + n + (n - (n + 2) // 3) for n in range(500)]
