"""Rejected rows as they are handed on: bounded, and of characters that any database can keep."""

from collections.abc import Iterable, Sequence
from typing import Final

from mlcore.reviewfiles.events import Rejected

MAX_VALUE: Final = 500
MAX_RAW: Final = 2**16
"""Characters of a rejected row that are kept; a longer one can't be mended by hand."""


def safe(text: str) -> str:
    """The text with a visible mark for zeros and for what is no character."""
    text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def rejection(
    line: int, code: str, *, column: str = "", value: str = "", cells: Iterable[str | None] = (), raw: str = ""
) -> Rejected:
    """A rejected row, bounded."""
    kept = [cell or "" for cell in cells]
    if sum(map(len, kept)) > MAX_RAW:
        kept = []
    return Rejected(
        line=line,
        column=safe(column[:200]),
        code=code,
        value=safe(value[:MAX_VALUE]),
        cells=tuple(map(safe, kept)),
        raw=safe(raw) if len(raw) <= MAX_RAW else "",
    )


def _is_text(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def unfit(cells: Sequence[str | None], read: Iterable[int]) -> tuple[int, str] | None:
    """Index and code of the first cell that is read and can't be a text."""
    for index in read:
        cell = cells[index] if index < len(cells) else None
        if not cell:
            continue
        if "\x00" in cell:
            return index, "row_has_nul"
        if not cell.isascii() and not _is_text(cell):
            return index, "bad_encoding"
    return None
