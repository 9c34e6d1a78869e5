"""Writes one table in every format and container that files of reviews come in; the formats that no library here writes
(ODS, XLS) by hand, as small as they can be.
"""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import polars as pl
import zstandard

from mlcore.reviewfiles import Batch, ReadDone, Rejected, read, recognise
from mlcore.specs.reviewfiles import FileLayout, ReadSpec

Table = Sequence[Sequence[str]]
FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "xlsx", "ods", "xls")
CONTAINERS = ("plain", "gzip", "zip", "zstd")


def content(table: Table, form: str) -> bytes:
    """The file of a table whose first row is the header."""
    header, rows = table[0], table[1:]
    if form in {"csv", "tsv"}:
        mark = "," if form == "csv" else "\t"
        return "".join(mark.join(_quoted(cell) for cell in row) + "\n" for row in table).encode()
    if form == "jsonl":
        return "".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows).encode()
    if form == "json":
        return json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False, indent=1).encode()
    if form == "parquet":
        buffer = io.BytesIO()
        pl.DataFrame(list(map(list, rows)), schema=dict.fromkeys(header, pl.String), orient="row").write_parquet(buffer)
        return buffer.getvalue()
    return {"xlsx": _xlsx, "ods": _ods, "xls": xls}[form](table)


def packed(data: bytes, container: str, name: str = "reviews") -> bytes:
    """A file inside a container."""
    if container == "gzip":
        return gzip.compress(data)
    if container == "zstd":
        return zstandard.compress(data)
    if container == "zip":
        return zipped({name: data})
    return data


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _quoted(cell: str) -> str:
    # Always in quotes: an empty line would be a row of one empty cell.
    return '"' + cell.replace('"', '""') + '"'


def _xlsx(table: Table) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate(table, start=1):
        for place, cell in enumerate(row, start=1):
            if cell:
                one = sheet.cell(number, place)
                one.value, one.data_type = cell, "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ods(inside: str) -> bytes:
    """A workbook with one sheet of these rows in XML."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    sheet = f'<office:spreadsheet><table:table table:name="S">{inside}</table:table></office:spreadsheet>'
    whole = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {spaces}>"
        f"<office:body>{sheet}</office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type={quoteattr(kind.decode())}/></m:manifest>'
    ).encode()
    return zipped({"mimetype": kind, "content.xml": whole.encode(), "META-INF/manifest.xml": manifest})


def _ods(table: Table) -> bytes:
    rows = []
    for row in table:
        cells = []
        for cell in row:
            lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
            cells.append(f'<table:table-cell office:value-type="string">{lines}</table:table-cell>')
        rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return ods("".join(rows))


def xls(table: Table) -> bytes:
    """A workbook of Excel 97 with one sheet of labels."""
    cells = [(row, column, cell) for row, line in enumerate(table) for column, cell in enumerate(line) if cell]
    return xls_of(b"".join(_label(*cell) for cell in cells))


def _label(row: int, column: int, text: str) -> bytes:
    units = text.encode("utf-16-le")
    return _record(0x204, struct.pack("<HHHHB", row, column, 0, len(units) // 2, 1) + units)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def xls_of(cells: bytes) -> bytes:
    """A compound file whose workbook has one sheet of these records."""
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + _record(0x42, struct.pack("<H", 1200))
    place = len(start) + 4 + 8 + 1 + 4
    about = _record(0x85, struct.pack("<IHBB", place, 0, 1, 0) + b"S") + _record(0x0A, b"")
    place = len(start + about)
    about = _record(0x85, struct.pack("<IHBB", place, 0, 1, 0) + b"S") + _record(0x0A, b"")
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + _record(0x0A, b"")
    stream = (start + about + sheet).ljust(4096, b"\x00")
    sectors = -(-len(stream) // 512)
    tables = -(-(sectors + 2) // 127)
    links = [*range(1, sectors), 0xFFFFFFFE, 0xFFFFFFFE, *([0xFFFFFFFD] * tables)]
    links += [0xFFFFFFFF] * (tables * 128 - len(links))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    difat = [sectors + 1 + number for number in range(tables)]
    header += struct.pack("<109I", *difat, *([0xFFFFFFFF] * (109 - tables)))
    directory = (
        _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 0, len(stream)) + bytes(256)
    )
    return header + stream.ljust(sectors * 512, b"\x00") + directory + struct.pack(f"<{len(links)}I", *links)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    units = (name + "\x00").encode("utf-16-le")
    return (
        units.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(units), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def write(folder: Path, data: str | bytes, encoding: str = "utf-8", name: str = "reviews.csv") -> Path:
    """A file of this content."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def read_all(
    path: Path, layout: FileLayout | None = None, *, batch: int = 10_000, masked: bool = False
) -> tuple[pl.DataFrame, list[Rejected], ReadDone]:
    """Good rows, rejected ones and the final account of a file; the account must be exact."""
    batches: list[Batch] = []
    done: ReadDone | None = None
    for event in read(ReadSpec(path=path, layout=layout or recognise(path), batch=batch, masked=masked)):
        if isinstance(event, Batch):
            assert event.read == event.rows.height - event.added + len(event.rejected) + event.left_out
            batches.append(event)
        elif isinstance(event, ReadDone):
            done = event
    assert done is not None
    rejected = [one for one_batch in batches for one in one_batch.rejected]
    rows = pl.concat([one.rows for one in batches]) if batches else pl.DataFrame(schema={"text": pl.String})
    assert done.rows == done.good + done.rejected + done.left_out
    assert (done.good + done.added, done.rejected) == (rows.height, len(rejected))
    return rows, rejected, done
