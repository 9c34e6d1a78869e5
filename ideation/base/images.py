"""Tells by its bytes what an image is, and how large: what a browser may be shown of a file that a person has sent.

Nothing is decoded here: the first bytes must be those of one of four formats, and its size must be one that a browser
can draw. What follows is a browser's business; it is told the kind, and not to guess.
"""

import struct
from typing import Final, NamedTuple

KINDS: Final = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}
"""Kind → its media type."""
SIDE: Final = 8000
"""Pixels of a side, at most."""
_SIZED: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of JPEG that carry the size."""


class Image(NamedTuple):
    """What a file is."""

    kind: str
    width: int
    height: int


def image_of(data: bytes) -> Image | None:
    """The image that these bytes are, None if they are none that is known, or one without a sensible size."""
    found = _png(data) or _gif(data) or _webp(data) or _jpeg(data)
    return found if found and 0 < found.width <= SIDE and 0 < found.height <= SIDE else None


def _png(data: bytes) -> Image | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 45:
        return None
    return Image("png", *struct.unpack(">II", data[16:24]))


def _gif(data: bytes) -> Image | None:
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < 26:
        return None
    return Image("gif", *struct.unpack("<HH", data[6:10]))


def _webp(data: bytes) -> Image | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    form, body = data[12:16], data[20:30]
    if form == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return Image("webp", width, height)
    if form == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return Image("webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if form == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return Image("webp", width & 0x3FFF, height & 0x3FFF)
    return None


def _jpeg(data: bytes) -> Image | None:
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _SIZED:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Image("jpeg", width, height)
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
