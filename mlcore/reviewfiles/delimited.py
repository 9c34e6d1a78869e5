"""Reads CSV and its like in pieces: what can be vouched for is split by polars, the rest exactly, row by row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlcore.errors import InputError
from mlcore.reviewfiles.cells import Row, block_of, columns_read
from mlcore.reviewfiles.container import Stream
from mlcore.reviewfiles.encoding import text_of, utf8_chunks
from mlcore.reviewfiles.events import Block, Rejected
from mlcore.reviewfiles.panics import panics_refused
from mlcore.reviewfiles.quotes import Places, Vouched, reach, vouch
from mlcore.reviewfiles.records import Dialect, Record, records
from mlcore.reviewfiles.refusals import rejection
from mlcore.reviewfiles.turns import Turns
from mlcore.specs.reviewfiles import FileLayout

STRETCH = 2**16
"""Characters that are read exactly, at least, before the fast way is tried again."""


def delimited_blocks(stream: Stream, total: int, layout: FileLayout, turns: Turns) -> Iterator[Block]:
    """All rows below the header, in order, of the blocks whose turn it is."""
    yield from _Reader(stream, total, layout, turns).blocks()


@dataclass
class _Reader:
    stream: Stream
    total: int
    layout: FileLayout
    turns: Turns
    line: int = 1
    stretch: int = STRETCH
    skipping: bool = False
    """Whether the rest of an endless line is still to be passed over."""
    above: int = field(init=False)
    """Rows still to be passed over, the header the last of them."""
    dialect: Dialect = field(init=False)

    def __post_init__(self) -> None:
        self.above = self.layout.header_row + 1
        self.dialect = Dialect(self.layout.delimiter, self.layout.quote, self.layout.escape)

    def blocks(self) -> Iterator[Block]:
        buffer, wanted = b"", 0
        for chunk, final in _with_last(utf8_chunks(self.stream, self.layout.encoding)):
            buffer += chunk
            while buffer and (final or len(buffer) >= wanted):
                taken, block = self._step(buffer, final)
                if block is not None:
                    yield block
                buffer = buffer[taken:]
                # A row that doesn't end is looked at again only when there is a good deal more of it.
                wanted = 0 if taken else 2 * len(buffer)
                if not taken:
                    break

    def _step(self, buffer: bytes, final: bool) -> tuple[int, Block | None]:
        if self.skipping:
            return self._skip(buffer), None
        if not self.above and not (self.dialect.escape and self.dialect.escape.encode() in buffer):
            length, block = self._vouched(buffer, final) if self.turns.mine else (self._passed(buffer, final), None)
            if length:
                self.stretch = STRETCH
                self.turns.take()
                return min(length, len(buffer)), block
        return self._exact(buffer, final)

    def _vouched(self, buffer: bytes, final: bool) -> tuple[int, Block | None]:
        found = vouch(buffer, self.dialect, final=final)
        return found.length, self._fast(found) if found.length else None

    def _passed(self, buffer: bytes, final: bool) -> int:
        length, lines = reach(buffer, self.dialect, final=final)
        self.line += lines
        return length

    def _skip(self, buffer: bytes) -> int:
        found = min((at for at in (buffer.find(b"\n"), buffer.find(b"\r")) if at >= 0), default=-1)
        if found < 0:
            return len(buffer)
        self.skipping = False
        return found + (2 if buffer[found : found + 2] == b"\r\n" else 1)

    def _exact(self, buffer: bytes, final: bool) -> tuple[int, Block | None]:
        text = text_of(buffer)
        rows: list[Row] = []
        refused: list[Rejected] = []
        end = 0
        for record in records(text, self.dialect, final=final):
            raw = _bare(text[record.start : record.end])
            above = self.above
            self._sort(record, raw, rows, refused)
            self.line += record.lines
            end = record.end
            if record.code and end == len(text) and not final and text[end - 1] not in "\r\n":
                self.skipping = True
            if end >= self.stretch or self.above < above:
                break
        self.stretch = min(self.stretch * 2, 2**20)
        length = len(text[:end].encode("utf-8", "surrogateescape"))
        if not (rows or refused) or not self.turns.take():
            return length, None
        return length, block_of(rows, self.layout, refused=refused, done=self.stream.packed, total=self.total)

    def _sort(self, record: Record, raw: str, rows: list[Row], refused: list[Rejected]) -> None:
        blank = not record.code and not any(cell.strip() for cell in record.cells)
        if self.above:
            self.above -= not blank
        elif record.code:
            refused.append(rejection(self.line, record.code, value=raw[:500], raw=raw))
        elif not blank:
            rows.append((self.line, list(record.cells), raw))

    def _fast(self, found: Vouched) -> Block:
        content = found.data[: found.length].tobytes()
        odd = found.cells != len(self.layout.columns)
        if b"\x00" in content:
            odd |= _holding(found, lambda row: b"\x00" in row)
        plain, table = self._plain(found, content, odd)
        if table is None and not _is_utf8(content):
            odd |= _holding(found, lambda row: not _is_utf8(row))
            plain, table = self._plain(found, content, odd)
        strange = np.flatnonzero(~found.blank) if table is None else np.flatnonzero(odd & ~found.blank)
        rows = [self._row(found, int(at)) for at in strange]
        exact = block_of(rows, self.layout, refused=[], done=self.stream.packed, total=self.total)
        block = exact if table is None else self._joined(found, table, plain, exact)
        self.line += found.line_count
        return block

    def _plain(self, found: Vouched, content: bytes, odd: NDArray[np.bool_]) -> tuple[Places, pl.DataFrame | None]:
        """The rows that are neither odd nor blank, and the table they are; none when only the exact way is right."""
        plain = np.flatnonzero(~(odd | found.blank))
        if not len(plain):
            return plain, None
        table = self._table(content if len(plain) == len(found.starts) else _picked(found, plain))
        return plain, table if table is not None and table.height == len(plain) else None

    def _row(self, found: Vouched, at: int) -> Row:
        raw = _bare(text_of(found.data[found.starts[at] : found.ends[at]].tobytes()))
        cells = next(records(raw, self.dialect, final=True)).cells
        return self.line + int(found.lines[at]), list(cells), raw

    def _table(self, content: bytes) -> pl.DataFrame | None:
        read = columns_read(self.layout)
        try:
            with panics_refused("file_damaged"):
                table = pl.read_csv(
                    content,
                    has_header=False,
                    schema={f"column_{index}": pl.String() for index in range(len(self.layout.columns))},
                    columns=[f"column_{index}" for index in read],
                    separator=self.layout.delimiter,
                    quote_char=self.layout.quote or None,
                    empty_string_is_null=False,
                )
        except (pl.exceptions.PolarsError, InputError):
            return None
        return table.select(pl.col(f"column_{index}").alias(f"c{index}") for index in read)

    def _joined(self, found: Vouched, table: pl.DataFrame, plain: Places, exact: Block) -> Block:
        lines = self.line + found.lines[plain]
        count = table.height
        cells = table.select(
            pl.Series("line", lines, pl.Int64()), pl.int_range(count, dtype=pl.Int64()).alias("row"), pl.all()
        )
        if exact.cells.height:
            cells = pl.concat((cells, exact.cells.with_columns(pl.col("row") + count))).sort("line")

        def whole(row: int) -> tuple[list[str], str]:
            if row >= count:
                return exact.whole(row - count)
            _line, split, raw = self._row(found, int(plain[row]))
            return [cell or "" for cell in split], raw

        return Block(cells=cells, whole=whole, refused=exact.refused, done=exact.done, total=exact.total)


def _bare(row: str) -> str:
    """A row without its line end."""
    return row[:-2] if row.endswith("\r\n") else row[:-1] if row.endswith(("\r", "\n")) else row


def _holding(found: Vouched, test: Callable[[bytes], bool]) -> NDArray[np.bool_]:
    rows = zip(found.starts, found.ends, strict=True)
    return np.fromiter((test(found.data[start:end].tobytes()) for start, end in rows), bool, len(found.starts))


def _is_utf8(row: bytes) -> bool:
    try:
        row.decode()
    except UnicodeDecodeError:
        return False
    return True


def _picked(found: Vouched, rows: Places) -> bytes:
    wanted = np.zeros(len(found.starts), bool)
    wanted[rows] = True
    content: NDArray[np.uint8] = found.data[: found.length][np.repeat(wanted, found.ends - found.starts)]
    return content.tobytes()


def _with_last(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = next(chunks, b"")
    for chunk in chunks:
        yield held, False
        held = chunk
    yield held, True
