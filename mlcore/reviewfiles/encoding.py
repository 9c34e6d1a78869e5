"""Recognises in which encoding a text is written, and turns any into UTF-8 in which what didn't fit stays visible.

Bytes that the encoding doesn't know never become other characters: they leave a mark that is no UTF-8, so that the row
which holds them, and no other, is refused.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

import numpy as np
from charset_normalizer import from_bytes

from mlcore.errors import InputError
from mlcore.reviewfiles.container import Stream
from mlcore.reviewfiles.limits import CHUNK

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LEGACY: Final = ("gb18030", "big5", "cp932", "cp1252")
"""Tried by the characters they give, in this order; Shift-JIS and Big5 are read with Microsoft's additions."""
_CODECS: Final = {"big5": "cp950", "shift_jis": "cp932", "utf-8-sig": "utf-8", "utf-16": "utf-16-le"}
"""Where Python's codec of that name is too narrow, or would swallow the mark at the beginning itself."""
_SIMPLIFIED: Final = frozenset(
    "的一是不了我有在用很好这就都个也到没还可以买说质量东西快送货感觉非常喜欢满意评价收宝贝物流客服价格包装问题"
    "看来大小多少下次会给人要真差没有时间使手机衣服颜色合适产品正推荐值得发现后天点得比较样为什么样错误开能"
    "水电商品内容日期间户名称星分级漏盖保温防滑边坏退换货店家卖"
)
_TRADITIONAL: Final = frozenset(
    "的一是不了我有在用很好這就都個也到沒還可以買說質量東西快送貨感覺非常喜歡滿意評價收寶貝物流客服價格包裝問題"
    "看來大小多少下次會給人要真差沒有時間使手機衣服顏色合適產品正推薦值得發現後天點得比較樣為什麼錯誤開能"
    "水電商品內容日期間戶名稱星分級漏蓋保溫防滑邊壞退換貨店家賣"
)
_LATIN: Final = frozenset("áàâäãåæçéèêëíìîïñóòôöõøœßúùûüÿýÁÀÂÄÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜ’‘“”–—…€£°®™©´«»·½")
ENOUGH: Final = 2**25
"""Bytes of pieces with something wrong in them, after which a text that isn't UTF-8 so far won't become it."""
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_MARKS: Final = frozenset("，。！？、；：“”（）《》　")


def encoding_of(head: bytes, whole: Iterator[bytes]) -> str:
    """The encoding of a text by its first bytes and, where they leave it open, all of it.

    Raises InputError `file_binary` when it is none.
    """
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if b"\x00" in head:
        return _wide(head)
    if _is_utf8(whole):
        return "utf-8"
    best = max(LEGACY, key=lambda name: _likeness(head, name))
    if _likeness(head, best) > 0.3:
        return best
    guess = from_bytes(head[: 1 << 16]).best()
    if guess is None:
        raise InputError("file_binary")
    return guess.encoding


def _wide(head: bytes) -> str:
    # Text in UTF-16 without a mark has its zeros on one side; a few zeros elsewhere are damage to single rows.
    even, odd, half = head[::2].count(0), head[1::2].count(0), len(head) / 2
    if odd > half / 10 and even < odd / 20:
        return "utf-16-le"
    if even > half / 10 and odd < even / 20:
        return "utf-16-be"
    if head.count(0) > max(8, len(head) / 500) or _controls(head) > len(head) / 50:
        raise InputError("file_binary")
    return "utf-8"


def _controls(head: bytes) -> int:
    return len(head) - len(head.translate(None, bytes(set(range(32)) - {9, 10, 13})))


def _is_utf8(whole: Iterator[bytes]) -> bool:
    """Whether it is UTF-8, but for few bytes: one row in another encoding makes no other file of it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    wrong = known = seen = 0
    for data in whole:
        try:
            decoder.decode(data)
            known += int(np.count_nonzero(np.frombuffer(data, np.uint8) >= 0xC0))
        except UnicodeDecodeError:
            decoder.reset()
            more_known, more_wrong = sequences(data)
            known, wrong, seen = known + more_known, wrong + more_wrong, seen + len(data)
            if seen > ENOUGH and wrong * 5 >= known:
                return False
    return wrong == 0 or wrong * 5 < known


def sequences(data: bytes) -> tuple[int, int]:
    """How many characters beyond ASCII a text has as UTF-8, and how many stretches of bytes that are none."""
    padded = np.frombuffer(data + bytes(3), np.uint8)
    first, second = padded[:-3], padded[1:-2]
    follows = padded & 0xC0 == 0x80
    after, third, fourth = follows[1:-2], follows[2:-1], follows[3:]
    two = (first >= 0xC2) & (first <= 0xDF) & after
    three = (first & 0xF0 == 0xE0) & after & third
    three &= ((first != 0xE0) | (second >= 0xA0)) & ((first != 0xED) | (second <= 0x9F))
    four = (first >= 0xF0) & (first <= 0xF4) & after & third & fourth
    four &= ((first != 0xF0) | (second >= 0x90)) & ((first != 0xF4) | (second <= 0x8F))
    stray = first >= 0x80
    begins = two | three | four
    for back, starts in enumerate((begins, begins, three | four, four)):
        stray[back:] &= ~starts[: len(starts) - back]
    stretches = np.count_nonzero(stray[1:] & ~stray[:-1]) + np.count_nonzero(stray[:1])
    return int(np.count_nonzero(begins)), int(stretches)


def _likeness(head: bytes, name: str) -> float:
    """How much of what isn't ASCII reads like text in this encoding, 0 to 1."""
    text = head[: 1 << 18].decode(_CODECS.get(name, name), errors="replace")
    foreign = [char for char in text if ord(char) > 127]
    if not foreign or foreign.count("\ufffd") > len(foreign) / 20 + 1:
        return 0.0
    if name == "cp1252":
        # In Latin text foreign letters stand alone; rows of them are some other text's bytes.
        return sum(len(run) for run in _FOREIGN.findall(text) if len(run) < 3 and _LATIN.issuperset(run)) / len(foreign)
    return sum(_is_usual(char, name) for char in foreign) / len(foreign)


def _is_usual(char: str, name: str) -> bool:
    if name == "cp932":
        # Half-width katakana are what Chinese bytes look like in this encoding.
        return "\u3040" <= char <= "\u30ff" or char in "。、ー！？「」　"
    return char in (_SIMPLIFIED if name == "gb18030" else _TRADITIONAL) or char in _MARKS


# UTF-32 has no bytes that could be kept as surrogates.
codecs.register_error("mark", lambda error: ("\udc80", getattr(error, "end", 0)))


def utf8_chunks(stream: Stream, encoding: str, size: int = CHUNK) -> Iterator[bytes]:
    """The text in pieces of whole characters, as UTF-8 without a mark at the beginning."""
    name = _CODECS.get(encoding, encoding)
    pieces = _native(stream, size) if name == "utf-8" else _turned(stream, name, size)
    first = True
    for piece in pieces:
        yield piece.removeprefix(codecs.BOM_UTF8) if first else piece
        first = False


def _native(stream: Stream, size: int) -> Iterator[bytes]:
    carry = b""
    while data := stream.read(size):
        data = carry + data
        end = _last_whole(data)
        carry = data[end:]
        if end:
            yield data[:end]
    if carry:
        yield carry


def _last_whole(data: bytes) -> int:
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte & 0xC0 == 0xC0:
            width = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if width > back else len(data)
        if byte < 0x80:
            break
    return len(data)


def _turned(stream: Stream, name: str, size: int) -> Iterator[bytes]:
    wide = name.startswith(("utf-16", "utf-32"))
    errors = {"utf-16": "surrogatepass", "utf-32": "mark"}.get(name[:6], "surrogateescape")
    decoder = codecs.getincrementaldecoder(name)(errors)
    unit = 4 if name.startswith("utf-32") else 2
    carry = b""
    while data := stream.read(size):
        data = carry + data
        cut = len(data) - len(data) % unit if wide else len(data)
        carry = data[cut:]
        yield _passed(decoder.decode(data[:cut]))
    try:
        rest = decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        rest = "\udc80"
    rest += "\udc80" if carry else ""
    if rest:
        yield _passed(rest)


def _passed(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes) -> str:
    """The characters of a piece of UTF-8; what is none comes as lone surrogates."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")
