"""Files made to harm: each refused with its sentence, or read with an exact account, by a process of bounded memory
that
lives on to read the next.
"""

import gzip
import io
import resource
import struct
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest
import zstandard

from ideation.jobs.child import run_child
from mlcore.errors import InputError
from mlcore.reviewfiles import recognise
from mlcore.reviewfiles.events import ReadDone
from mlcore.specs.reviewfiles import FileLayout, ReadSpec, RecogniseSpec
from tests.mlcore.tables import content, ods, packed, read_all, xls_of, zipped

MEGABYTES = 700
PEAK = 650
"""Megabytes of the whole process, code and all."""
TABLE = [("review", "rating"), *((f"review number {n}", "4") for n in range(50))]
CSV = content(TABLE, "csv")
ZEROS = b"review\n" + b"x" * (48 * 2**20)


def xlsx(sheet: str, shared: str = "") -> bytes:
    buffer = io.BytesIO(content(TABLE[:2], "xlsx"))
    with zipfile.ZipFile(buffer) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    kind = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    files["xl/worksheets/sheet1.xml"] = f"<worksheet {kind}><sheetData>{sheet}</sheetData></worksheet>".encode()
    if shared:
        files["xl/sharedStrings.xml"] = f"<sst {kind}>{shared}</sst>".encode()
    return zipped(files)


def _inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _far(place: str) -> bytes:
    return xlsx(
        f'<row r="1">{_inline("A1", "review")}</row><row r="2">{_inline("A2", "text")}{_inline(place, "far")}</row>'
    )


def _shared_often() -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 60_000))
    return xlsx(rows, f"<si><t>{'long ' * 6000}</t></si>")


def _without_places() -> bytes:
    wide = "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>"
    return xlsx(wide + "<row/>" * 200_000 + "<row><c><v>1</v></c></row>")


def _claiming_little() -> bytes:
    data = bytearray(zipped({"a.csv": ZEROS}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(data)


def _zip_entry(**changes: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", int(str(changes.get("method", zipfile.ZIP_DEFLATED)))) as archive:
        archive.writestr(str(changes.get("name", "a.csv")), CSV)
    data = bytearray(buffer.getvalue())
    if changes.get("locked"):
        data[6] |= 1
        data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _dictionary(text: str, count: int) -> bytes:
    """A column of one text that stands there once and is named many times."""
    words = pl.Series("review", ["a fine review", text]).cast(pl.Categorical)
    return _parquet(pl.DataFrame([words.gather([0] + [1] * count)]))


def _page_of_gigabytes() -> bytes:
    data = bytearray(content(TABLE, "parquet"))
    # The first page's header begins behind the magic: field 1, then field 2, the unpacked size, as a varint.
    at = data.index(b"\x15", 6)
    end = next(place for place in range(at + 1, at + 6) if data[place] < 128)
    return bytes(data[: at + 1]) + b"\xfe\xff\xff\xff\x0f" + bytes(data[end + 1 :])


ROWS, COLUMNS = "number-rows-repeated", "number-columns-repeated"
ODS_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
ODS_WIDE = f'<table:table-cell office:value-type="float" office:value="1" table:{COLUMNS}="16384"/>'
XLS_FAR = struct.pack("<HHHHHd", 0x203, 14, 65_535, 20_000, 0, 1.0) + struct.pack("<HHHHHd", 0x203, 14, 0, 0, 0, 1.0)
HEAD = f'<row r="1">{_inline("A1", "review")}</row>'
ODD = f"{HEAD}<row r='2'>{_inline('A2', ' r=&quot;B2&quot;')}<c s='>' r = 'XFD1048576'><v>1</v></c></row>"
BOMBS: dict[str, tuple[Callable[[], bytes], str | int]] = {
    "gzip": (lambda: gzip.compress(ZEROS, 6), "file_bomb"),
    "gzip of many members": (lambda: gzip.compress(ZEROS[: 2**23]) * 12, "file_bomb"),
    "zstd": (lambda: zstandard.compress(ZEROS * 8), "file_bomb"),
    "zstd with a giant window": (lambda: b"\x28\xb5\x2f\xfd\x00\xf8" + b"\x03\xff\xff" + bytes(9), "file_damaged"),
    "zip": (lambda: zipped({"a.csv": ZEROS}), "file_bomb"),
    "zip that claims little": (_claiming_little, "file_bomb"),
    "zip in zip": (lambda: zipped({"a.zip": zipped({"a.csv": CSV})}), "file_nested"),
    "zip in gzip": (lambda: gzip.compress(zipped({"a.csv": CSV})), "file_nested"),
    "gzip in gzip": (lambda: gzip.compress(gzip.compress(ZEROS)), "file_nested"),
    "zstd in zip": (lambda: zipped({"a": zstandard.compress(CSV)}), "file_nested"),
    "zip of two": (lambda: zipped({"a.csv": CSV, "b.csv": CSV}), "file_zip_several"),
    "zip of many": (lambda: zipped({f"{n}.csv": b"" for n in range(10_500)}), "file_zip_several"),
    "zip of nothing": (lambda: zipped({"folder/": b""}), "file_zip_empty"),
    "zip that leads up": (lambda: _zip_entry(name="../../etc/cron.d/a.csv"), "file_zip_path"),
    "zip that leads to the root": (lambda: _zip_entry(name="/etc/passwd"), "file_zip_path"),
    "zip that leads to a drive": (lambda: _zip_entry(name="C:\\windows\\a.csv"), "file_zip_path"),
    "zip with a password": (lambda: _zip_entry(locked=True), "file_encrypted"),
    "zip by another method": (lambda: _zip_entry(method=zipfile.ZIP_LZMA), "file_zip_method"),
    "zip with litter": (lambda: zipped({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "a.csv": CSV}), 50),
    "workbook in zip": (lambda: zipped({"a.xlsx": content(TABLE, "xlsx")}), 50),
    "far cell": (lambda: _far("XFD1048576"), "workbook_too_large"),
    "far cell in a zip": (lambda: packed(_far("XFD1048576"), "zip"), "workbook_too_large"),
    "far cell in small letters": (lambda: _far("xfd1048576"), "workbook_too_large"),
    "far cell written otherwise": (lambda: xlsx(ODD), "workbook_too_large"),
    "far row": (lambda: _far("A1048576"), 2),
    "far cell in XLS": (lambda: xls_of(XLS_FAR), "workbook_too_large"),
    "repeated rows": (
        lambda: ods(f'<table:table-row table:{ROWS}="1048576">{ODS_CELL * 500}</table:table-row>'),
        "workbook_too_large",
    ),
    "repeated cells": (
        lambda: ods(f'<table:table-row table:{ROWS}="900000">{ODS_WIDE}</table:table-row>'),
        "workbook_too_large",
    ),
    "huge shared texts": (lambda: xlsx(HEAD, "<si><t>" + "x" * (48 * 2**20) + "</t></si>"), "file_bomb"),
    "one text for many cells": (_shared_often, "workbook_too_large"),
    "cells without places": (_without_places, "workbook_too_large"),
    "a sheet of blanks": (lambda: xlsx(HEAD + " " * (48 * 2**20)), "file_bomb"),
    "parquet dictionary": (lambda: _dictionary("x" * 2**20, 8000), 8001),
    "parquet dictionary of reviews": (lambda: _dictionary("word " * 3999, 7900), 7901),
    "parquet of more rows than bytes": (lambda: _dictionary("x", 10**6), "file_bomb"),
    "parquet page of gigabytes": (_page_of_gigabytes, "parquet_page_too_large"),
    "one line of 48 MB": (lambda: ZEROS[7:], "file_header_too_long"),
    "a first cell of 48 MB": (lambda: ZEROS + b"\nlast one\n", "file_row_too_long"),
    "one cell of 48 MB": (lambda: CSV + ZEROS[7:] + b",5\nlast one,5\n", 52),
    "one JSON text of 48 MB": (lambda: b'{"text": "first"}\n{"text": "' + ZEROS + b'"}\n{"text": "last"}\n', 4),
    "one JSON text of 48 MB in an array": (lambda: b'[{"text": "first"},\n{"text": "' + ZEROS + b'"}]', 2),
    "deep JSON": (lambda: b"[" * 10**6, 1),
    "two million columns": (lambda: b"c," * 2 * 10**6 + b"\n1\n", "file_header_too_long"),
    "quotes": (lambda: b"review,rating\n" + b'"' * 10**6 + b"\n", 1),
    "a quote a line": (lambda: b'review,rating\n"fine",1\n' + b'"a,1\n' * 100_000, 100_001),
}  # fmt: skip


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES * 2**20, MEGABYTES * 2**20))


def outcome(path: Path) -> tuple[str | int, float]:
    """The refusal's code or how many rows were read, and the process's peak in megabytes."""
    try:
        result: str | int = read_all(path)[2].rows
    except InputError as error:
        result = error.code
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return result, int(peak.split()[1]) / 1024


@pytest.fixture(scope="module")
def reader() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_limit) as pool:
        yield pool


def test_there_are_bombs_of_every_kind() -> None:
    assert len(BOMBS) >= 40
    assert sum(isinstance(expected, str) for _make, expected in BOMBS.values()) >= 20


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_read_within_bounds(reader: ProcessPoolExecutor, tmp_path: Path, name: str) -> None:
    make, expected = BOMBS[name]
    path = tmp_path / "bomb"
    path.write_bytes(make())
    result, peak = reader.submit(outcome, path).result(timeout=60)
    path.unlink()
    assert result == expected
    assert peak < PEAK


def test_a_bomb_in_the_products_own_child(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(_far("XFD1048576"))
    with pytest.raises(InputError) as caught:
        list(run_child(RecogniseSpec(path=path), megabytes=MEGABYTES, beat=lambda: None))
    assert caught.value.code == "workbook_too_large"
    # A layout that was chosen for a harmless file opens no door.
    layout = FileLayout(columns=("review",), mapping={"text": 0}, format="xlsx", sheet="Sheet")
    with pytest.raises(InputError):
        list(run_child(ReadSpec(path=path, layout=layout), megabytes=MEGABYTES, beat=lambda: None))
    path.write_bytes(CSV)
    events = list(run_child(ReadSpec(path=path, layout=recognise(path)), megabytes=MEGABYTES, beat=lambda: None))
    assert events[-1] == ReadDone(rows=50, good=50, rejected=0, left_out=0, added=0)
