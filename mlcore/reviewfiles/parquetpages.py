"""Looks through a Parquet file's own accounts (its footer and the header of each page) before anything unpacks it.

A few bytes of Parquet can name any amount of memory; the library that reads it would ask for that memory and die. The
accounts are in Thrift's compact protocol: https://parquet.apache.org/docs/file-format/metadata/
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from mlcore.errors import InputError
from mlcore.reviewfiles.limits import MAX_GROUP, MAX_PAGE

MAGIC: Final = b"PAR1"
MAX_FOOTER: Final = 4 * 2**20
MAX_HEADER: Final = 2**16
"""Bytes of a page's header; statistics may make it long."""
MAX_DEPTH: Final = 12
ROWS_PER_BYTE: Final = 8
"""More rows than this for each byte of the file are no reviews."""


@dataclass(frozen=True)
class Group:
    """A row group: its rows, and the bytes of each of its columns, unpacked."""

    rows: int
    sizes: dict[str, int]


def groups_of(path: Path) -> list[Group]:
    """The row groups of a file whose every page is of a size that can be read. Raises InputError for any other."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            footer = _footer(file, size)
            groups = [_group(file, group, size) for group in footer[4]]
        except InputError:
            raise
        except (KeyError, IndexError, TypeError, ValueError, struct.error, AttributeError):
            raise InputError("parquet_unreadable") from None
    if sum(group.rows for group in groups) > ROWS_PER_BYTE * size:
        raise InputError("file_bomb", ratio=ROWS_PER_BYTE)
    return groups


def _footer(file: IO[bytes], size: int) -> dict[int, Any]:
    file.seek(max(0, size - 8))
    length, magic = struct.unpack("<I4s", file.read(8))
    if magic != MAGIC or length > min(size, MAX_FOOTER):
        raise InputError("parquet_unreadable")
    file.seek(size - 8 - length)
    return _Thrift(file.read(length)).struct()


def _group(file: IO[bytes], group: dict[int, Any], size: int) -> Group:
    sizes: dict[str, int] = {}
    for column in group[1]:
        about = column[3]
        path = b".".join(about[3]).decode()
        unpacked = 0
        for page in _pages(file, about, size):
            if not 0 <= page <= MAX_PAGE:
                raise InputError("parquet_page_too_large", limit=MAX_PAGE >> 20)
            unpacked += page
        sizes[path] = unpacked
    if sum(sizes.values()) > MAX_GROUP or not 0 <= group[3] < 2**31:
        raise InputError("parquet_page_too_large", limit=MAX_GROUP >> 20)
    return Group(group[3], sizes)


def _pages(file: IO[bytes], about: dict[int, Any], size: int) -> Iterator[int]:
    """Unpacked bytes of each page of a column's chunk."""
    at = min(about.get(11) or about[9], about[9])
    end = at + about[7]
    if not 4 <= at <= end <= size:
        raise InputError("parquet_unreadable")
    while at < end:
        file.seek(at)
        reader = _Thrift(file.read(min(MAX_HEADER, end - at)))
        header = reader.struct()
        packed = header[3]
        if packed < 0:
            raise InputError("parquet_unreadable")
        yield header[2]
        at += reader.at + packed


class _Thrift:
    """Thrift's compact protocol, as much of it as Parquet uses; structs are dictionaries by field number."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        if depth > MAX_DEPTH:
            raise ValueError
        fields: dict[int, Any] = {}
        number = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            if byte == 0:
                return fields
            number = number + (byte >> 4) if byte >> 4 else self._zigzag()
            fields[number] = byte & 15 == 1 if byte & 15 in {1, 2} else self._value(byte & 15, depth)

    def _value(self, kind: int, depth: int) -> Any:
        if kind in {1, 2, 3}:
            self.at += 1
            return self.data[self.at - 1]
        if kind in {4, 5, 6}:
            return self._zigzag()
        if kind == 7:
            self.at += 8
            return None
        if kind == 8:
            length = self._varint()
            if self.at + length > len(self.data):
                raise ValueError
            self.at += length
            return self.data[self.at - length : self.at]
        if kind in {9, 10}:
            return self._list(depth)
        if kind == 12:
            return self.struct(depth + 1)
        raise ValueError

    def _list(self, depth: int) -> list[Any]:
        byte = self.data[self.at]
        self.at += 1
        count = byte >> 4 if byte >> 4 < 15 else self._varint()
        if count > len(self.data):
            raise ValueError
        return [self._value(byte & 15, depth + 1) for _one in range(count)]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise ValueError

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
