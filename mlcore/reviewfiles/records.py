"""Splits delimited text into rows exactly, one row at a time: what the fast way can't vouch for comes here.

A quote opens a cell only at its beginning, and closes it only before a delimiter or the line's end; doubled it means
itself. One that stands elsewhere in a cell of one line means itself too ("5" screen"). A quote that nobody closes costs
its own line and no other: reading goes on with the next line as an editor shows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mlcore.reviewfiles.limits import MAX_HELD, MAX_RECORD


@dataclass(frozen=True)
class Dialect:
    """What stands between cells and around them. Each is one character of ASCII, or empty."""

    delimiter: str
    quote: str
    escape: str = ""

    @cached_property
    def bare(self) -> re.Pattern[str]:
        return re.compile(rf"[^{re.escape(self.delimiter)}\r\n]*+")

    @cached_property
    def quoted(self) -> re.Pattern[str]:
        """A cell in quotes, as the standard has it."""
        return re.compile(rf"{self._open}(?:{self._inner})*+{re.escape(self.quote)}(?=[{self._stop}]|\Z)")

    @cached_property
    def loose(self) -> re.Pattern[str]:
        """A cell in quotes on one line, with quotes inside that nobody doubled."""
        quote = re.escape(self.quote)
        inner = self._inner.replace("]++", r"\r\n]++", 1)
        return re.compile(rf"{quote}(?:{inner}|{quote}(?![{self._stop}]|\Z))*+{quote}(?=[{self._stop}]|\Z)")

    @cached_property
    def unclosed(self) -> re.Pattern[str]:
        """The beginning of a quoted cell whose end may be yet to come."""
        return re.compile(rf"{self._open}(?:{self._inner})*+{re.escape(self.quote)}?{re.escape(self.escape)}?\Z")

    @cached_property
    def _open(self) -> str:
        return re.escape(self.quote)

    @cached_property
    def _stop(self) -> str:
        return re.escape(self.delimiter) + r"\r\n"

    @cached_property
    def _inner(self) -> str:
        quote = re.escape(self.quote)
        if self.escape:
            return rf"[^{quote}\\]++|{quote}{quote}|\\[\s\S]"
        return rf"[^{quote}]++|{quote}{quote}"

    def plain(self, cell: str) -> str:
        """What a quoted cell means."""
        inner = cell[1:-1].replace(self.quote * 2, self.quote)
        return re.sub(r"\\([\\" + re.escape(self.quote) + "])", r"\1", inner) if self.escape else inner


@dataclass(frozen=True, slots=True)
class Record:
    """A row at text[start:end], its line end included: cells, or the code of why it has none."""

    start: int
    end: int
    lines: int
    """Lines that it takes in an editor."""
    cells: list[str]
    code: str = ""


LINE_END = re.compile(r"\r\n|\r|\n")


def records(text: str, dialect: Dialect, *, final: bool) -> Iterator[Record]:
    """The rows of a text, as far as they are whole; `final` when nothing comes after it."""
    at = 0
    while at < len(text):
        record = _record(text, at, dialect, final)
        if record is None:
            return
        yield record
        at = record.end


def _record(text: str, start: int, dialect: Dialect, final: bool) -> Record | None:
    cells: list[str] = []
    at = start
    while True:
        quoted = bool(dialect.quote) and text.startswith(dialect.quote, at)
        end = _cell_end(text, at, dialect.quoted, dialect.loose) if quoted else _cell_end(text, at, dialect.bare)
        if end < 0 or (end >= len(text) and not final):
            waiting = end >= 0 or dialect.unclosed.match(text, at) or _line_end(text, at) is None
            if waiting and not final and len(text) - start < MAX_HELD:
                return None
            if end < 0:
                return _given_up(text, start, "quote_unclosed")
        cells.append(dialect.plain(text[at:end]) if quoted else text[at:end])
        if not text.startswith(dialect.delimiter, end):
            break
        at = end + 1
    after = _after_line(text, end, final)
    if after is None:
        return None
    return _finished(text, start, after, cells)


def _line_end(text: str, at: int) -> int | None:
    """Where the line ends; None when it may go on, and be it with the LF of a CR."""
    found = LINE_END.search(text, at)
    return found.end() if found and (found.end() < len(text) or found.group() != "\r") else None


def _cell_end(text: str, at: int, *patterns: re.Pattern[str]) -> int:
    found = next((found for pattern in patterns if (found := pattern.match(text, at))), None)
    return found.end() if found else -1


def _after_line(text: str, end: int, final: bool) -> int | None:
    if end >= len(text):
        return end
    if text[end] == "\r" and end + 1 == len(text) and not final:
        return None
    return end + (2 if text.startswith("\r\n", end) else 1)


def _finished(text: str, start: int, end: int, cells: list[str]) -> Record:
    lines = len(LINE_END.findall(text, start, end)) or 1
    if end - start > MAX_RECORD:
        return Record(start, end, lines, [], "cell_too_long")
    return Record(start, end, lines, cells)


def _given_up(text: str, start: int, code: str) -> Record:
    end = _line_end(text, start) or len(text)
    return Record(start, end, 1, [], "cell_too_long" if end - start > MAX_RECORD else code)
