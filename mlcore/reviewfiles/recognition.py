"""Recognises how a file is to be read from its first rows, and of a plain file from some in its middle and at its
end. Its parts are open to `rereading`, which does the same with what a person has set.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from mlcore.errors import InputError
from mlcore.events import Event
from mlcore.personal import mask
from mlcore.reviewfiles.biff import MAGIC as XLS
from mlcore.reviewfiles.columns import attributes_of, cells_at, mapping_of, preset_of
from mlcore.reviewfiles.container import ZIP, container_of, entries, member_of, opened, spooled
from mlcore.reviewfiles.dates import format_of
from mlcore.reviewfiles.dialect import dialect_of, header_of
from mlcore.reviewfiles.encoding import encoding_of, text_of, utf8_chunks
from mlcore.reviewfiles.events import Recognised
from mlcore.reviewfiles.jsonfile import OPENING, Found, cells_of, flat, lines_found, values_found
from mlcore.reviewfiles.limits import CHUNK, HEAD, KNOWN_ROWS, MAX_COLUMNS, SAMPLE_ROWS
from mlcore.reviewfiles.parquet import columns_of, schema_of, texts_of
from mlcore.reviewfiles.parquetpages import MAGIC as PARQUET
from mlcore.reviewfiles.ratings import scale_of
from mlcore.reviewfiles.records import LINE_END, Dialect, records
from mlcore.reviewfiles.refusals import safe
from mlcore.reviewfiles.spreadsheet import sheet_head
from mlcore.specs.reviewfiles import FileLayout, RecogniseSpec

BINARY: Final = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x7fELF", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"PARE",
    b"SQLite format 3", b"\x00\x00\x00\x18ftyp", b"OggS", b"ID3", b"RIFF", b"MZ\x90", b"ORC", b"Obj\x01",
)  # fmt: skip
WINDOWS: Final = 12
WINDOW: Final = 2**16
"""Looks into the middle of a plain file, and the bytes of each."""
MAX_SHOWN: Final = 1000


@dataclass(frozen=True)
class Inside:
    """Where the table lies, once its container is known."""

    path: Path
    container: str
    member: str
    head: bytes
    ended: bool
    """Whether the head is all there is."""


@dataclass(frozen=True)
class Table:
    """How the cells are found, the names of their columns, and rows from which to tell what they are."""

    found: dict[str, object]
    columns: tuple[str, ...]
    first: Sequence[Sequence[str]]
    more: Sequence[Sequence[str]]
    notes: tuple[str, ...]


def recognising(spec: RecogniseSpec) -> Iterator[Event]:
    """One Recognised event; for a process of its own."""
    yield Recognised(layout=recognise(spec.path))


def recognise(path: Path) -> FileLayout:
    """How this file is to be read, with its first 20 rows.

    Raises InputError for an empty file, one without rows, a binary one, a bomb, or one whose header can't be a header.
    A file in which no column looks like text has no "text" in its mapping.
    """
    if path.stat().st_size == 0:
        raise InputError("file_empty")
    inside = inside_of(path)
    return layout_from(inside, checked(inside, table_of(inside)))


def checked(inside: Inside, table: Table) -> Table:
    """The table, if it is one. Raises InputError when it has too many columns or no row."""
    if len(table.columns) > MAX_COLUMNS:
        raise InputError("file_too_many_columns", columns=len(table.columns), limit=MAX_COLUMNS)
    if not table.first:
        raise InputError("file_no_rows" if inside.ended else "file_row_too_long", limit=HEAD >> 20)
    return table


def layout_from(inside: Inside, table: Table, chosen: Mapping[str, Any] | None = None) -> FileLayout:
    """What the columns of a table are; `chosen` are fields of the layout that are told and not recognised."""
    chosen = chosen or {}
    rows = [*table.first, *table.more]
    preset = chosen.get("preset", preset_of(table.columns))
    mapping = chosen.get("mapping", mapping_of(table.columns, table.first, preset))
    form, unsure = format_of(cells_at(rows, mapping.get("date")))
    notes = [*table.notes, *(["date_order_unsure"] if unsure and "date_format" not in chosen else [])]
    if len(set(filter(None, table.columns))) < len(list(filter(None, table.columns))):
        notes.append("columns_repeat")
    made: dict[str, Any] = {
        "rating_scale": scale_of(cells_at(rows, mapping.get("rating"))),
        "date_format": form,
        "attributes": attributes_of(table.columns, mapping),
        **table.found,
        **chosen,
        "mapping": mapping,
        "preset": preset,
    }
    return FileLayout(
        columns=table.columns,
        sample=tuple(tuple(shown(cell) for cell in row) for row in table.first[:SAMPLE_ROWS]),
        container=inside.container,
        member=inside.member,
        notes=tuple(notes),
        **made,
    )


def shown(cell: str) -> str:
    """A cell as it may be shown and kept: bounded, its personal data masked."""
    return mask(safe(cell[:MAX_SHOWN]))


def inside_of(path: Path) -> Inside:
    """Where a file's table lies, and its first bytes. Raises InputError for what is packed badly, or to do harm."""
    with path.open("rb") as file:
        container, member = container_of(file.read(8)), ""
        if container == "zip":
            listed = entries(file)
            if _workbook([info.filename for info in listed]):
                container = "plain"
            else:
                member = member_of(listed)
    with opened(path, container, member) as stream:
        head = b""
        while len(head) <= HEAD and (data := stream.read(HEAD + 1 - len(head))):
            head += data
    if not head:
        raise InputError("file_empty")
    if (
        container != "plain"
        and container_of(head) != "plain"
        and not _is_workbook_inside(path, container, member, head)
    ):
        raise InputError("file_nested")
    return Inside(path, container, member, head[:HEAD], len(head) <= HEAD)


def _workbook(names: list[str]) -> str:
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return "xlsx"
    return "ods" if "content.xml" in names and "mimetype" in names else ""


def _is_workbook_inside(path: Path, container: str, member: str, head: bytes) -> bool:
    return head.startswith(ZIP) and bool(_zipped_format(path, container, member))


def _zipped_format(path: Path, container: str, member: str) -> str:
    with spooled(path, container, member) as inner, inner.open("rb") as file:
        return _workbook([info.filename for info in entries(file)])


def table_of(inside: Inside) -> Table:
    """The table's first rows, everything about them found out."""
    head = inside.head
    if head.startswith(PARQUET):
        return parquet_table(inside)
    if head.startswith(XLS):
        return sheet_table(inside, "xls")
    if head.startswith(ZIP):
        form = _zipped_format(inside.path, inside.container, inside.member)
        return sheet_table(inside, form)
    if head.startswith(BINARY):
        raise InputError("file_binary")
    encoding = encoding_of(head, _whole(inside))
    text = text_inside(inside, encoding)
    if not text.strip("\x00\ufeff \t\r\n"):
        raise InputError("file_empty")
    form = _json_format(text, inside.ended)
    return json_table(inside, encoding, form) if form else _delimited(inside, encoding, text)


def _whole(inside: Inside) -> Iterator[bytes]:
    with opened(inside.path, inside.container, inside.member) as stream:
        while data := stream.read(CHUNK):
            yield data


def text_inside(inside: Inside, encoding: str) -> str:
    """The first characters of a text."""
    with opened(inside.path, inside.container, inside.member) as stream:
        return text_of(b"".join(islice(utf8_chunks(stream, encoding, len(inside.head)), 1)))


def parquet_table(inside: Inside) -> Table:
    """The first rows of a Parquet file."""
    with spooled(inside.path, inside.container, inside.member) as path:
        columns = columns_of(schema_of(path))
        if any(safe(name) != name for name in columns):
            raise InputError("parquet_unreadable")
        if len(columns) > MAX_COLUMNS:
            raise InputError("file_too_many_columns", columns=len(columns), limit=MAX_COLUMNS)
        rows = [[cell or "" for cell in row] for row in texts_of(path, list(columns), KNOWN_ROWS)]
    return Table({"format": "parquet", "header_row": -1}, columns, _filled(rows), [], ())


def sheet_table(inside: Inside, form: str, sheet: str = "", place: int | None = None) -> Table:
    """The rows of a workbook's sheet; of the first one that holds anything unless another is told."""
    if not form:
        raise InputError("file_binary")
    with spooled(inside.path, inside.container, inside.member) as path:
        name, rows, sheets = sheet_head(path, form, KNOWN_ROWS, sheet)
    found: dict[str, object] = {"format": form, "sheet": name, "sheets": sheets}
    return headed(found, rows, [], ("several_sheets",) if len(sheets) > 1 else (), place)


def _json_format(text: str, ended: bool) -> str:
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start not in {"{", "["}:
        return ""
    sight = [text.encode("utf-8", "surrogatepass")]
    if start == "{" and not OPENING.match(text):
        lines = list(islice(lines_found(iter(sight)), 4))
        checked = lines if ended or len(lines) == 4 else lines[:-1]
        if checked and sum(type(value) is dict for _line, value, _code, _raw in checked) * 2 >= len(checked):
            return "jsonl"
    first = next(values_found(iter(sight)), None)
    if first is not None and type(first[1]) is dict:
        return "json"
    # Brackets begin prose as well; only what holds an object is JSON.
    return "json" if start == "[" and text.lstrip("\ufeff \t\r\n")[1:].lstrip()[:1] in {"{", "]"} else ""


def json_table(inside: Inside, encoding: str, form: str) -> Table:
    """The first objects of a JSON file."""
    find = lines_found if form == "jsonl" else values_found
    with opened(inside.path, inside.container, inside.member) as stream:
        found: list[Found] = list(islice(find(utf8_chunks(stream, encoding)), KNOWN_ROWS))
    objects = [flat(value) for _line, value, code, _raw in found if not code and isinstance(value, dict)]
    # A name that no database can keep names nothing that a person could choose.
    columns = tuple(name for name in dict.fromkeys(chain.from_iterable(objects)) if safe(name) == name)
    rows = [[_shown(cell) for cell in cells_of(one, columns)] for one in objects]
    return Table({"format": form, "encoding": encoding, "header_row": -1}, columns, _filled(rows), [], ())


def _shown(cell: str | None) -> str:
    return (cell or "").encode("utf-8", "replace").decode()


def _delimited(inside: Inside, encoding: str, text: str) -> Table:
    return delimited_table(inside, encoding, text, guessed_dialect(inside, text))


def guessed_dialect(inside: Inside, text: str) -> Dialect:
    """How the cells of a text are most likely set apart."""
    clean = text.replace("\x00", "")
    return dialect_of(clean[: HEAD // 4], final=inside.ended and len(clean) <= HEAD // 4)


def delimited_table(inside: Inside, encoding: str, text: str, dialect: Dialect, place: int | None = None) -> Table:
    """The rows of a delimited text; `place` is the header's where it is told."""
    first_line = LINE_END.search(text)
    if not inside.ended and (first_line is None or first_line.start() >= len(text) - 2):
        raise InputError("file_header_too_long", limit=MAX_COLUMNS)
    # What can't be a text is no reason against the rest.
    rows = _rows(text.replace("\x00", ""), dialect, final=inside.ended)
    if not rows:
        raise InputError("file_empty")
    found: dict[str, object] = {
        "encoding": encoding,
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "escape": dialect.escape,
    }
    notes = () if dialect.quote == '"' else ("quotes_literal",)
    return headed(found, rows, list(_middle(inside, encoding, dialect)), notes, place)


def _rows(text: str, dialect: Dialect, *, final: bool) -> list[list[str]]:
    found = ([_shown(cell) for cell in one.cells] for one in records(text, dialect, final=final) if not one.code)
    return list(islice((row for row in found if any(cell.strip() for cell in row)), KNOWN_ROWS))


def headed(
    found: dict[str, object],
    rows: Sequence[Sequence[str]],
    more: Sequence[Sequence[str]],
    notes: tuple[str, ...],
    place: int | None = None,
) -> Table:
    """A table of these rows, one of which names the columns; which one is found out unless it is told."""
    if place is None:
        place = header_of([row[: MAX_COLUMNS + 1] for row in rows])
    if not -1 <= place < len(rows):
        raise InputError("layout_unfit")
    width = max(len(row) for row in rows[: place + 1]) if place >= 0 else max(map(len, rows))
    names = [safe(name).strip().lstrip("\ufeff") for name in rows[place]] if place >= 0 else []
    columns = tuple(names + [""] * (width - len(names))) if place >= 0 else tuple(f"#{n + 1}" for n in range(width))
    marks = (*notes, *(("rows_above_header",) if place > 0 else ()), *(("no_header",) if place < 0 else ()))
    fitting = [row for row in more if len(row) == width]
    return Table({**found, "header_row": place}, columns, _filled(rows[place + 1 :]), fitting, marks)


def _filled(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [row for row in rows if any(cell.strip() for cell in row)]


def _middle(inside: Inside, encoding: str, dialect: Dialect) -> Iterator[list[str]]:
    """Rows from all over a plain file; the first and last of each look may be cut and are left out."""
    size = inside.path.stat().st_size
    if inside.container != "plain" or inside.ended or encoding.startswith(("utf-16", "utf-32")):
        return
    with inside.path.open("rb") as file:
        for look in range(1, WINDOWS + 1):
            file.seek((size - WINDOW) * look // WINDOWS)
            text = file.read(WINDOW).decode("utf-8" if encoding.startswith("utf-8") else encoding, "replace")
            start = LINE_END.search(text)
            if start:
                yield from _rows(text[start.end() :], dialect, final=False)[:200]
