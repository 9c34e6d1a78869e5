"""Reads a file of reviews (CSV or TSV) row by row, never holding it whole; every row comes out good or with a reason.

Encoding, delimiter, columns, rating scale and date format are recognised from the file itself. Personal data in texts
and titles is masked before anything else sees them; what the customer wrote comes along only where something was.
"""

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.personal import find, mask
from mlcore.specs.reviewfile import ROLES, FileLayout, ReadSpec

SAMPLE_ROWS = 20
SAMPLE_BYTES = 1 << 20
MAX_COLUMNS = 500
MAX_LINE = 4_000_000
MAX_TEXT = 20_000

BINARY_STARTS = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"PAR1",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
)
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y年%m月%d日", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y",
    "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m/%d/%y", "%d/%m/%y", "%Y%m%d",
)  # fmt: skip
NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "review", "review text", "reviewtext", "review body", "body", "content", "comment", "comments",
        "verbatim", "verified reviews", "feedback text", "评论", "评论内容", "评价", "评价内容", "内容", "正文", "评语",
    ),
    "title": ("title", "review title", "headline", "summary", "subject", "标题", "评论标题", "主题"),
    "rating": ("rating", "stars", "score", "star rating", "overall", "rate", "label", "评分", "星级", "打分", "评级"),
    "date": (
        "date", "review date", "time", "created", "created at", "timestamp", "submitted at", "时间", "日期", "评论时间",
        "评价时间",
    ),
    "product": (
        "product", "product name", "item", "variation", "model", "商品", "商品名称", "产品", "商品名", "款式",
        "product type", "class name", "category", "cat", "类别", "product id", "sku", "asin", "clothing id",
    ),
    "source": ("source", "channel", "platform", "site", "来源", "渠道", "平台"),
    "author": (
        "author", "user", "user name", "username", "reviewer", "reviewer name", "customer", "作者", "用户", "用户名",
        "昵称", "买家",
    ),
    "id": ("id", "review id", "reviewid", "uuid", "编号", "评论编号"),
}  # fmt: skip
"""role → what its column is called, in lower case, the most telling first."""
UNREADABLE = re.compile("[\ud800-\udfff]")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    """A good row. `rating` is on 1 to 5; `author_sha256` is all that is kept of the author.

    `content_sha256` is of what the customer wrote, so that a review that comes again is known whatever is masked.
    """

    line: int
    text: str
    title: str
    rating: float | None
    date: str | None
    product: str
    source: str
    author_sha256: str
    external_id: str
    content_sha256: str
    as_written: dict[str, str] | None = None
    """{"text", "title"} before masking, where something was masked."""
    personal: Mapping[str, int] = field(default_factory=dict)
    """Kind of personal data → how often it was masked."""


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A row that can't be used, with the column and the reason's code."""

    line: int
    column: str
    code: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Batch(Event):
    """Rows in the order of the file."""

    rows: list[ReviewRow]
    rejected: list[Rejected]


@dataclass(frozen=True, kw_only=True)
class ReadDone(Event):
    """All of the file has been read."""

    rows: int


class _RowError(Exception):
    def __init__(self, column: str, code: str, value: str) -> None:
        self.rejection = (column, code, value)


def recognise(path: Path) -> FileLayout:
    """How this file is to be read, with its first 20 rows.

    Raises InputError for an empty file, one without rows, a binary one, or one whose header can't be a header. A file
    in which no column looks like text has no "text" in its mapping.
    """
    if path.stat().st_size == 0:
        raise InputError("file_empty")
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    encoding = _encoding(path, head)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        header_line = text.readline(SAMPLE_BYTES)
        if len(header_line) >= SAMPLE_BYTES:
            raise InputError("file_header_too_long", limit=MAX_COLUMNS)
    delimiter = max(",\t;|", key=lambda mark: (_outside_quotes(header_line, mark), mark == ","))
    rows = _sample(path, encoding, delimiter)
    if not any(cell.strip() for row in rows for cell in row):
        raise InputError("file_empty")
    columns = tuple(name.strip().lstrip("\ufeff") for name in rows[0])
    if len(columns) > MAX_COLUMNS:
        raise InputError("file_too_many_columns", columns=len(columns), limit=MAX_COLUMNS)
    sample = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    if not sample:
        raise InputError("file_no_rows")
    mapping = _mapping(columns, sample)
    return FileLayout(
        encoding=encoding,
        delimiter=delimiter,
        columns=columns,
        mapping=mapping,
        rating_scale=_scale(_cells(sample, mapping.get("rating"))),
        date_format=_date_format(_cells(sample, mapping.get("date"))),
        sample=tuple(tuple(mask(cell) for cell in row) for row in sample[:SAMPLE_ROWS]),
    )


def _encoding(path: Path, head: bytes) -> str:
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if head.startswith(BINARY_STARTS) or b"\x00" in head:
        raise InputError("file_binary")
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "gb18030") and _is_chinese(head.decode("gb18030", errors="ignore")):
        return "gb18030"
    best = from_bytes(head[: 1 << 16]).best()
    if best is None:
        raise InputError("file_binary")
    return best.encoding


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _is_chinese(text: str) -> bool:
    foreign = [char for char in text if ord(char) > 127]
    return sum("\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef"
               for char in foreign) > len(foreign) / 2  # fmt: skip


def _outside_quotes(line: str, mark: str) -> int:
    return re.sub(r'"[^"]*"', "", line).count(mark)


def _sample(path: Path, encoding: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        # A sample that ends inside a row loses that row; a longer file has enough others.
        text = file.read(SAMPLE_BYTES).replace("\x00", "")
    csv.field_size_limit(MAX_LINE)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        rows.append(row)
        if len(rows) > 200:
            break
    return rows


def _mapping(columns: tuple[str, ...], sample: list[list[str]]) -> dict[str, int]:
    plain = [re.sub(r"[\s_\-]+", " ", name).strip().lower() for name in columns]
    mapping: dict[str, int] = {}
    for role in ROLES:
        for name in NAMES[role]:
            if name in plain and plain.index(name) not in mapping.values():
                mapping[role] = plain.index(name)
                break
    if "text" not in mapping:
        lengths = {
            index: sum(map(len, _cells(sample, index))) / len(sample)
            for index in range(len(columns))
            if index not in mapping.values() or mapping.get("title") == index
        }
        longest = max(lengths, key=lambda index: lengths[index], default=-1)
        if longest >= 0 and lengths[longest] >= 15:
            mapping = {role: index for role, index in mapping.items() if index != longest}
            mapping["text"] = longest
    return mapping


def _cells(rows: list[list[str]], index: int | None) -> list[str]:
    return [] if index is None else [row[index].strip() for row in rows if index < len(row)]


def _scale(cells: list[str]) -> tuple[float, float]:
    values = [value for cell in cells if (value := _number(cell)) is not None]
    if values and max(values) <= 1:
        return (0.0, 1.0)
    # A stray 9 among stars is a mistake in its row; a quarter above 5 is another scale.
    high = [value for value in values if value > 5]
    if len(high) < max(len(values), 1) / 4:
        return (1.0, 5.0)
    return (1.0, 10.0) if max(high) <= 10 else (0.0, 100.0)


def _number(cell: str) -> float | None:
    stars = cell.count("★")
    if stars:
        return float(stars)
    match = NUMBER.search(cell)
    return float(match.group().replace(",", ".")) if match else None


def _date_format(cells: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    return (
        max(DATE_FORMATS, key=lambda form: sum(_parses(cell, form) for cell in filled)) if filled else DATE_FORMATS[0]
    )


def _parses(cell: str, form: str) -> bool:
    try:
        datetime.strptime(cell, form)
    except ValueError:
        return False
    return True


def read(spec: ReadSpec) -> Iterator[Event]:
    """Batches of rows in file order, then ReadDone. Rows read = good + rejected, always.

    Raises InputError `no_text_column` when the layout maps none.
    """
    if "text" not in spec.layout.mapping:
        raise InputError("no_text_column")
    total, count = spec.path.stat().st_size, 0
    rows: list[ReviewRow] = []
    rejected: list[Rejected] = []
    with spec.path.open("rb") as raw:
        text = io.TextIOWrapper(raw, encoding=spec.layout.encoding, errors="surrogateescape", newline="")
        for line, cells in _records(text, spec.layout):
            count += 1
            try:
                rows.append(_row(line, cells, spec.layout))
            except _RowError as error:
                column, code, value = error.rejection
                rejected.append(Rejected(line=line, column=column, code=code, value=mask(value)[:500]))
            if len(rows) + len(rejected) >= spec.batch:
                yield Batch(rows=rows, rejected=rejected)
                yield Progress(step="importing", done=min(raw.tell(), total), total=total, unit="bytes")
                rows, rejected = [], []
    if rows or rejected:
        yield Batch(rows=rows, rejected=rejected)
    yield ReadDone(rows=count)


def _records(text: io.TextIOWrapper, layout: FileLayout) -> Iterator[tuple[int, list[str] | str]]:
    """(line, cells) a row; a row that can't be parsed comes as its error's code."""
    csv.field_size_limit(MAX_LINE)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=layout.delimiter)
    next(reader, None)
    while True:
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield start, "row_unreadable"
            continue
        if lines.too_long:
            lines.too_long = False
            yield start, "cell_too_long"
        elif any(cell.strip() for cell in cells):
            yield start, cells


class _Lines:
    """Physical lines, counted; one longer than MAX_LINE is dropped unread and noted, so that memory stays bounded."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.number = 0
        self.too_long = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.text.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= MAX_LINE and not line.endswith("\n"):
            self.too_long = True
            while line and not line.endswith("\n"):
                line = self.text.readline(MAX_LINE)
            return "\n"
        return line.replace("\x00", "")


def _row(line: int, cells: list[str] | str, layout: FileLayout) -> ReviewRow:
    if isinstance(cells, str):
        raise _RowError("", cells, "")
    if len(cells) > len(layout.columns):
        raise _RowError("", "row_too_many_cells", _said(cells, layout))
    value = {role: _cell(cells, index, layout) for role, index in layout.mapping.items()}
    text, text_column = value["text"], layout.columns[layout.mapping["text"]]
    if not text:
        raise _RowError(text_column, "text_empty", _said(cells, layout))
    if len(text) > MAX_TEXT:
        raise _RowError(text_column, "text_too_long", text)
    rating, day = _rating(value.get("rating", ""), layout), _date(value.get("date", ""), layout)
    author = value.get("author", "")
    title, product = value.get("title", ""), value.get("product", "")[:200]
    identity = "\x1f".join((text, title, str(rating), str(day), product, author))
    title = title[:500]
    in_text, in_title = find(text), find(title)
    return ReviewRow(
        line=line,
        text=mask(text, in_text),
        title=mask(title, in_title)[:500],
        rating=rating,
        date=day.isoformat() if day else None,
        product=product,
        source=value.get("source", "")[:100],
        author_sha256=hashlib.sha256(author.encode()).hexdigest() if author else "",
        external_id=value.get("id", "")[:100],
        content_sha256=hashlib.sha256(identity.encode()).hexdigest(),
        as_written={"text": text, "title": title} if in_text or in_title else None,
        personal=dict(Counter(span.kind for span in (*in_text, *in_title))),
    )


def _said(cells: list[str], layout: FileLayout) -> str:
    """The whole row as it stands, without its author: a name is kept nowhere."""
    author = layout.mapping.get("author")
    return layout.delimiter.join("…" if place == author and cell else cell for place, cell in enumerate(cells))


def _cell(cells: list[str], index: int, layout: FileLayout) -> str:
    cell = cells[index].strip().lstrip("\ufeff") if index < len(cells) else ""
    if UNREADABLE.search(cell):
        raise _RowError(layout.columns[index], "bad_encoding", cell.encode("utf-8", "replace").decode())
    return cell


def _rating(cell: str, layout: FileLayout) -> float | None:
    if not cell:
        return None
    low, high = layout.rating_scale
    value = _number(cell)
    if value is None or not low <= value <= high:
        raise _RowError(layout.columns[layout.mapping["rating"]], "bad_rating", cell)
    return round(1 + 4 * (value - low) / (high - low), 2)


def _date(cell: str, layout: FileLayout) -> date | None:
    if not cell:
        return None
    try:
        day = datetime.strptime(cell, layout.date_format).date()
    except ValueError:
        raise _RowError(layout.columns[layout.mapping["date"]], "bad_date", cell) from None
    return day


def read_reviews(path: Path) -> list[dict[str, Any]]:
    """All good rows of a file as review objects ({"id", "text", "title", "rating", "date", "product", "source"})."""
    events = read(ReadSpec(path=path, layout=recognise(path)))
    return [_plain(row) for event in events if isinstance(event, Batch) for row in event.rows]


def _plain(row: ReviewRow) -> dict[str, Any]:
    return {
        "id": row.external_id or str(row.line),
        "text": row.text,
        "title": row.title,
        "rating": row.rating,
        "date": row.date,
        "product": row.product,
        "source": row.source,
    }
