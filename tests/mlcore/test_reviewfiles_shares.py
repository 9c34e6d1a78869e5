"""Several processes read one file side by side, each its share of the blocks: together they read the whole of it."""

from functools import partial
from pathlib import Path

import pytest

from mlcore.reviewfiles import Batch, ReadDone, delimited, jsonfile, parquet, read, recognise, spreadsheet
from mlcore.reviewfiles.encoding import utf8_chunks
from mlcore.specs.reviewfiles import ReadSpec
from tests.mlcore.tables import FORMATS, content, packed, write

TABLE = [
    ("review", "rating", "author"),
    *(
        (
            f'review "{n}", in\ntwo lines 漏水' if n % 7 else f"plain review {n}",
            "x" if n % 11 == 3 else "4",
            f"user {n}",
        )
        for n in range(150)
    ),
    *(("系统默认好评", "5", ""), ("", "5", "nobody")) * 5,
    ("last of them all", "3", "Bo"),
]
STRAY = "".join(f'"stray "{n}" quote",2\nplain {n},3\n\n"never closed {n},1\n' for n in range(100))
FILES = {
    **{form: content(TABLE, form) for form in FORMATS},
    "packed": packed(content(TABLE, "csv"), "gzip"),
    "gb18030": content(TABLE, "csv").decode().encode("gb18030"),
    "utf-16": content(TABLE, "csv").decode().encode("utf-16"),
    "stray quotes": f"review,rating\n{STRAY}".encode(),
    "broken bytes": content(TABLE, "csv").replace("漏".encode(), b"\xff\x00", 9),
    "lone returns": content(TABLE, "csv").replace(b'"\n', b'"\r'),
    "broken objects": content(TABLE, "jsonl").replace(b'"review": "p', b'"review": p'),
}


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "utf8_chunks", partial(utf8_chunks, size=1500))
    monkeypatch.setattr(delimited, "STRETCH", 900)
    for module in (jsonfile, parquet, spreadsheet):
        monkeypatch.setattr(module, "ROWS", 23)


def told(path: Path, share: tuple[int, int] = (0, 1)) -> tuple[list[tuple[object, ...]], ReadDone]:
    rows: list[tuple[object, ...]] = []
    for event in read(ReadSpec(path=path, layout=recognise(path), masked=False, share=share)):
        if isinstance(event, Batch):
            rows += [("good", *row) for row in event.rows.rows()]
            rows += [(one.line, one.column, one.code, one.value, one.cells, one.raw) for one in event.rejected]
        else:
            done = event
    assert isinstance(done, ReadDone)
    assert done.rows == done.good + done.rejected + done.left_out
    return rows, done


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("count", [2, 3])
def test_all_shares_together_are_the_file(tmp_path: Path, name: str, count: int) -> None:
    path = write(tmp_path, FILES[name])
    whole, done = told(path)
    shares = [told(path, (one, count)) for one in range(count)]
    assert sorted(map(repr, whole)) == sorted(repr(row) for rows, _done in shares for row in rows)
    for figure in ("rows", "good", "rejected", "left_out", "added"):
        assert getattr(done, figure) == sum(getattr(share, figure) for _rows, share in shares)
    # None of them is left with nothing to do.
    assert min(share.rows for _rows, share in shares) > done.rows / count / 2


def test_a_share_that_is_none_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, FILES["csv"])
    for share in ((2, 2), (-1, 2), (0, 0)):
        with pytest.raises(ValueError, match="share"):
            ReadSpec(path=path, layout=recognise(path), share=share)
