"""Rejected rows come back in the form they came in; mended and uploaded again, nothing is missing."""

from pathlib import Path

import pytest

from mlcore.reviewfiles import recognise
from mlcore.reviewfiles.mending import mending, mending_suffix
from tests.mlcore.tables import FORMATS, content, read_all, write

TABLE = (
    ("review", "rating", "colour"),
    ("the lid leaks, sadly", "2", "red"),
    ('two "bad" ones,\nin two lines', "wrong", "blue, dark"),
    ("another bad one here", "wrong", ""),
    ("keeps tea hot for hours", "5", "green"),
)


@pytest.mark.parametrize("form", FORMATS)
def test_rejected_rows_come_back_in_their_own_form(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, content(TABLE, form))
    layout = recognise(path)
    rows, rejected, _done = read_all(path, layout)
    assert (rows.height, len(rejected)) == (2, 2)
    assert [one.cells for one in rejected] == list(TABLE[2:4])
    text = "".join(mending(layout, rejected))
    assert mending_suffix(layout) == {"tsv": ".tsv", "json": ".json", "jsonl": ".jsonl"}.get(form, ".csv")
    mended = write(tmp_path, text.replace("wrong", "4"), name="mended")
    again, none, _done = read_all(mended)
    assert none == []
    assert again.select("text", "attributes").rows() == [
        (TABLE[2][0], '{"colour": "blue, dark"}'),
        (TABLE[3][0], None),
    ]


def test_an_unclosed_quote_comes_back_as_it_stood(tmp_path: Path) -> None:
    path = write(tmp_path, 'review,rating\n"fine, this one",5\n"never closed,5\n"fine, too",4\n')
    _rows, rejected, _done = read_all(path)
    assert "".join(mending(recognise(path), rejected)) == 'review,rating\n"never closed,5\n'
