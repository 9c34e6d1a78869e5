"""Finds how far the cells of an old workbook (XLS) reach, without opening it: the compound file's stream is followed
and its records are walked. Formats: [MS-CFB] and [MS-XLS].
"""

import struct
from pathlib import Path
from typing import Final

from mlcore.errors import InputError
from mlcore.reviewfiles.limits import CELL_BYTES, MAX_SHEET_BYTES

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELLS: Final = frozenset((0x06, 0xBD, 0xBE, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E, 0x406, 0x206))
_BEGIN: Final = frozenset((0x09, 0x209, 0x409, 0x809))
_FREE: Final = 0xFFFFFFFA
"""Sector numbers from here on are no sectors."""


def check_xls(path: Path) -> None:
    """Raises InputError when a sheet can't be opened within bounds."""
    if path.stat().st_size > MAX_SHEET_BYTES // 4:
        raise InputError("workbook_too_large", limit=MAX_SHEET_BYTES >> 20)
    try:
        _walk(_stream(path.read_bytes()))
    except InputError:
        raise
    except (struct.error, IndexError, ValueError, KeyError):
        raise InputError("workbook_unreadable") from None


def _walk(data: bytes) -> None:
    at = rows = width = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        if kind in _BEGIN:
            rows = width = 0
        elif kind in _CELLS and length >= 4:
            row, column = struct.unpack_from("<HH", data, at + 4)
            if kind in {0xBD, 0xBE}:
                column = struct.unpack_from("<H", data, at + 2 + length)[0]
            rows, width = max(rows, row + 1), max(width, column + 1)
        at += 4 + length
        if rows * width * CELL_BYTES > MAX_SHEET_BYTES:
            raise InputError("workbook_too_large", limit=MAX_SHEET_BYTES >> 20)


def _stream(data: bytes) -> bytes:
    """The workbook's stream out of the compound file."""
    shift = struct.unpack_from("<H", data, 30)[0]
    if data[:8] != MAGIC or shift not in {9, 12}:
        raise ValueError
    size = 1 << shift
    table = _table(data, size)
    directory = _chain(data, size, table, struct.unpack_from("<I", data, 48)[0])
    entries = [directory[at : at + 128] for at in range(0, len(directory), 128)]
    named = {
        entry[: struct.unpack_from("<H", entry, 64)[0]].decode("utf-16-le").rstrip("\x00"): entry for entry in entries
    }
    book = named.get("Workbook") or named["Book"]
    start, length = struct.unpack_from("<II", book, 116)
    if length >= 4096:
        return _chain(data, size, table, start)[:length]
    small = _chain(data, size, table, struct.unpack_from("<I", entries[0], 116)[0])
    links = _chain(data, size, table, struct.unpack_from("<I", data, 60)[0])
    return _chain(b"\x00" * 64 + small, 64, list(struct.unpack(f"<{len(links) // 4}I", links)), start)[:length]


def _table(data: bytes, size: int) -> list[int]:
    """Which sector follows which."""
    sectors = list(struct.unpack_from("<109I", data, 76))
    following = struct.unpack_from("<I", data, 68)[0]
    while following < _FREE and len(sectors) * size < len(data) + size:
        more = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        sectors += more[:-1]
        following = more[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < _FREE:
            table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return table


def _chain(data: bytes, size: int, table: list[int], start: int) -> bytes:
    parts: list[bytes] = []
    sector = start
    while sector < _FREE:
        if len(parts) * size > len(data):
            raise ValueError
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)
