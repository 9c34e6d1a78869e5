"""Unpacks gzip, zip and zstd as a stream of bounded memory; a bomb, a cut file or a file inside a file is refused.

What a zip says about its sizes is not believed: its bytes are inflated here and counted as they come.
"""

import gzip
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

import zstandard

from mlcore.errors import InputError
from mlcore.reviewfiles.limits import MAX_MEMBERS, MAX_RATIO, MAX_SPOOLED, MAX_UNPACKED, RATIO_FROM

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_BLOCK: Final = 2**16
_DAMAGE: Final = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError, zipfile.BadZipFile, struct.error)


class Stream:
    """Bytes of a file as they are inside its container. `packed` is how far the container is read."""

    def __init__(self, file: IO[bytes], source: IO[bytes] | "_Inflated", limit: int) -> None:
        self._file = file
        self._source = source
        self._limit = limit
        self._produced = 0
        self._plain = source is file

    @property
    def packed(self) -> int:
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """At most `size` bytes, none at the end. Raises InputError for a bomb and for a container that is cut."""
        try:
            data = self._source.read(size)
        except _DAMAGE:
            raise InputError("file_damaged") from None
        self._produced += len(data)
        if not self._plain:
            self._check()
        return data

    def _check(self) -> None:
        if self._produced > self._limit:
            raise InputError("file_unpacked_too_large", limit=self._limit >> 20)
        if self._produced > RATIO_FROM and self._produced > MAX_RATIO * self.packed:
            raise InputError("file_bomb", ratio=MAX_RATIO)


class _Inflated:
    """One member of a zip, inflated from its own bytes and checked against its sum."""

    def __init__(self, file: IO[bytes], info: zipfile.ZipInfo) -> None:
        if info.header_offset < 0:
            raise EOFError
        file.seek(info.header_offset)
        header = file.read(30)
        if header[:4] != ZIP[0]:
            raise EOFError
        names = struct.unpack("<HH", header[26:30])
        file.seek(sum(names), 1)
        self._file, self._info = file, info
        self._left = info.compress_size
        self._inflater = zlib.decompressobj(-15) if info.compress_type else None
        self._tail = b""
        self._crc = 0

    def read(self, size: int) -> bytes:
        data = self._inflate(size) if self._inflater else self._take(size)
        self._crc = zlib.crc32(data, self._crc)
        if not data and size and self._crc != self._info.CRC:
            raise EOFError
        return data

    def _inflate(self, size: int) -> bytes:
        inflater = self._inflater
        assert inflater is not None
        while not inflater.eof:
            packed = self._tail or self._take(_BLOCK)
            data = inflater.decompress(packed, size)
            self._tail = inflater.unconsumed_tail
            if data:
                return data
            if not packed:
                raise EOFError
        return b""

    def _take(self, size: int) -> bytes:
        data = self._file.read(min(size, self._left))
        if not data and self._left and size:
            raise EOFError
        self._left -= len(data)
        return data


def container_of(head: bytes) -> str:
    """The container that a file's first bytes tell of; a workbook, which is a zip too, must be told apart after."""
    if head.startswith(GZIP):
        return "gzip"
    if head.startswith(ZSTD):
        return "zstd"
    return "zip" if head.startswith(ZIP) else "plain"


@contextmanager
def opened(path: Path, container: str, member: str = "", limit: int = MAX_UNPACKED) -> Iterator[Stream]:
    """The bytes inside a container, as a stream."""
    with path.open("rb") as file:
        try:
            yield Stream(file, _source(file, container, member), limit)
        except _DAMAGE:
            raise InputError("file_damaged") from None


def _source(file: IO[bytes], container: str, member: str) -> IO[bytes] | _Inflated:
    if container == "gzip":
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]
    if container == "zstd":
        _zstd_whole(file)
        return zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(file, read_across_frames=True)
    if container == "zip":
        chosen = [info for info in entries(file) if info.filename == member]
        if not chosen:
            raise InputError("file_zip_empty")
        return _Inflated(file, chosen[0])
    return file


@contextmanager
def spooled(path: Path, container: str, member: str = "") -> Iterator[Path]:
    """A file that can be read from anywhere within: the file itself, or what its container holds, on disk for now."""
    if container == "plain":
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="reviews-") as spool:
        with opened(path, container, member, limit=MAX_SPOOLED) as stream:
            while data := stream.read(_BLOCK):
                spool.write(data)
        spool.flush()
        yield Path(spool.name)


def entries(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    """What a zip lists. Raises InputError when the list itself is the attack."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (*_DAMAGE, NotImplementedError, ValueError, UnicodeDecodeError):
        raise InputError("file_damaged") from None


def _check_directory(file: IO[bytes]) -> None:
    file.seek(0, 2)
    file.seek(-min(file.tell(), 2**16 + 22 + 76), 2)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise InputError("file_damaged")
    count, size = struct.unpack("<HI", tail[at + 10 : at + 16])
    large = tail.rfind(b"PK\x06\x06", 0, at)
    if large >= 0 and len(tail) >= large + 48:
        count, size = struct.unpack("<QQ", tail[large + 32 : large + 48])
    if count > MAX_MEMBERS or size > MAX_MEMBERS * 400:
        raise InputError("file_zip_several", files=count)


def member_of(listed: list[zipfile.ZipInfo]) -> str:
    """The one file in a zip. Raises InputError for none, several, an encrypted one or a name that leads elsewhere."""
    files = [info for info in listed if not info.is_dir() and not _is_litter(info.filename)]
    for info in files:
        name = info.orig_filename
        if "\\" in name or "\x00" in name or name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name:
            raise InputError("file_zip_path")
    if not files:
        raise InputError("file_zip_empty")
    if len(files) > 1:
        raise InputError("file_zip_several", files=len(files))
    if files[0].flag_bits & 1:
        raise InputError("file_encrypted")
    if files[0].compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise InputError("file_zip_method")
    return files[0].filename


def _is_litter(name: str) -> bool:
    # What macOS and Windows leave in every zip.
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in {".DS_Store", "Thumbs.db", "desktop.ini"}


def _zstd_whole(file: IO[bytes]) -> None:
    """Raises EOFError when the last frame is cut short, which the library's reader takes for an end."""
    size = file.seek(0, 2)
    at = 0
    while at < size:
        file.seek(at)
        header = file.read(18)
        if header[1:4] == b"\x2a\x4d\x18" and header[0] & 0xF0 == 0x50:
            at += 8 + int(struct.unpack("<I", header[4:8])[0])
            continue
        checksum = zstandard.get_frame_parameters(header).has_checksum
        at += zstandard.frame_header_size(header)
        at = _blocks_end(file, at) + (4 if checksum else 0)
    if at > size or size == 0:
        raise EOFError
    file.seek(0)


def _blocks_end(file: IO[bytes], at: int) -> int:
    while True:
        file.seek(at)
        word = file.read(3)
        if len(word) < 3:
            raise EOFError
        block = int.from_bytes(word, "little")
        # An RLE block (type 1) is one byte, however often it stands for itself.
        at += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
        if block & 1:
            return at
