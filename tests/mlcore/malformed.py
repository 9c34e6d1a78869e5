"""A corpus of files as they shouldn't be, made here: for each its name, its bytes, and where it is certain, what
becomes
of it: the texts that are read and the codes of the rows that aren't, or the code of its refusal.
"""

import io
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mlcore.tables import content, packed, zipped

FIRST, LAST = "the lid leaks in my bag", "keeps tea hot for hours"
ZH = ("盖子漏水，包里全湿了", "保温效果很好，冬天也够用")
TRADITIONAL = ("蓋子漏水，包裡全濕了", "保溫效果很好，這個價格值得買")
JA = ("蓋から水が漏れてしまいました", "とても保温性が高くて気に入っています")
FR = ("Le couvercle fuit, très déçu par la qualité", "Ça reste chaud toute la journée, génial")


@dataclass(frozen=True)
class Case:
    """A malformed file. `texts` and `codes` are None where only an exact account is asked for."""

    name: str
    data: bytes
    texts: tuple[str, ...] | None = None
    codes: tuple[str, ...] = ()
    refused: str = ""


def cases() -> Iterator[Case]:
    """All of the corpus."""
    yield from _encodings()
    yield from _broken_bytes()
    yield from _characters()
    yield from _lines()
    yield from _quotes()
    yield from _shapes()
    yield from _headers()
    yield from _values()
    yield from _workbooks()
    yield from _large()
    yield from _json()
    yield from _cut()
    yield from _flipped()
    yield from _noise()


def _csv(*lines: str, end: str = "\n") -> str:
    return end.join(("review,rating", f"{FIRST},2", *lines, f"{LAST},5")) + end


def _encodings() -> Iterator[Case]:
    for texts, names in (
        (ZH, "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 gb18030 gbk"),
        (TRADITIONAL, "utf-8 big5 cp950 utf-16"),
        (JA, "utf-8 shift_jis cp932 utf-16-be"),
        (FR, "utf-8 cp1252 latin-1 utf-16-le"),
    ):
        for name in names.split():
            for mark in "\t;":
                text = f"review{mark}rating\n{texts[0]}{mark}2\n{texts[1]}{mark}5\n" * 1
                yield Case(f"{name} {texts[0][:2]} {mark!r}", text.encode(name), texts)


def _broken_bytes() -> Iterator[Case]:
    sequences = (
        b"\xff", b"\xfe", b"\x80", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf0\x80\x80\xaf",
        b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xc3", b"\xe6\xbc", b"\xf0\x9f\x98", b"\xc3\x28", b"\xa0\xa1",
        "盖子漏水".encode("gb18030"),
    )  # fmt: skip
    head = _csv("漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水,1").encode()
    long = "漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水漏水"
    for data in sequences:
        body = head.replace(b"\nkeeps", b"\nbad " + data + b" one,1\nkeeps")
        yield Case(f"bytes {data.hex()}", body, (FIRST, long, LAST), ("bad_encoding",))
        body = head.replace(b"\nkeeps", b'\n"bad ' + data + b'",1\nkeeps')
        yield Case(f"bytes {data.hex()} in quotes", body, (FIRST, long, LAST), ("bad_encoding",))
    half = _csv("x\ud800y,3").encode("utf-16-le", "surrogatepass")
    yield Case("half a pair in UTF-16", b"\xff\xfe" + half, (FIRST, LAST), ("bad_encoding",))
    yield Case(
        "UTF-16 of an odd length", b"\xff\xfe" + _csv().encode("utf-16-le") + b"a", (FIRST, LAST), ("bad_encoding",)
    )


def _characters() -> Iterator[Case]:
    for code in [*range(9), 11, 12, *range(14, 28), 0x7F, 0x80, 0xAD, 0xFEFF, 0xFFFD, 0xFFFF, 0x10FFFF, 0xE000, 0x0301]:
        text = f"a{chr(code)}b cd"
        if code:
            yield Case(f"character {code:x}", _csv(f"{text},3").encode(), (FIRST, text, LAST))
        else:
            yield Case("character 0", _csv(f"{text},3").encode(), (FIRST, LAST), ("row_has_nul",))
    for code in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)):
        text = f"turned {chr(code)}txet"
        yield Case(f"bidi {code:x}", _csv(f"{text},3").encode(), (FIRST, text, LAST))


def _lines() -> Iterator[Case]:
    for name, end in (("LF", "\n"), ("CRLF", "\r\n"), ("CR", "\r")):
        yield Case(f"{name}", _csv("x y,3", end=end).encode(), (FIRST, "x y", LAST))
        yield Case(f"{name}, no end", _csv("x y,3", end=end).strip().encode(), (FIRST, "x y", LAST))
        yield Case(f"{name}, blank lines", _csv("", "x y,3", "", "", end=end).encode(), (FIRST, "x y", LAST))
        yield Case(f"{name}, lines of blanks", _csv("  ", "x y,3", ",", end=end).encode(), (FIRST, "x y", LAST))
        quoted = f'"x{end}y",3'
        yield Case(f"{name} in quotes", _csv(quoted, end=end).encode(), (FIRST, f"x{end}y", LAST))
    yield Case(
        "mixed ends", b"review,rating\nab cd,1\r\nef gh,2\rij kl,3\n\rmn op,4", ("ab cd", "ef gh", "ij kl", "mn op")
    )
    yield Case("blank lines before the header", b"\n\r\n  \n" + _csv().encode(), (FIRST, LAST))


def _quotes() -> Iterator[Case]:
    for name, line, texts, codes in (
        ("unclosed", '"x y,3', (), ("quote_unclosed",)),
        ("unclosed in the last cell", 'x y,"3', (), ("quote_unclosed",)),
        ("stray after", '"x y" z,3', (), ("quote_unclosed",)),
        ("stray inside", '"x "y" z",3', ('x "y" z',), ()),
        ("in the middle", 'x "y" z,3', ('x "y" z',), ()),
        ("one in the middle", 'x"y,3', ('x"y',), ()),
        ("doubled", '"x ""y"" z",3', ('x "y" z',), ()),
        ("only quotes", '"""",3', ('"',), ()),
        ("empty quotes", '"",3', (), ("text_empty",)),
        ("four and unclosed", '""""",3', (), ("quote_unclosed",)),
        ("curly", "“x y”,3", ("“x y”",), ()),
        ("single", "'x y',3", ("'x y'",), ()),
        ("blank before", 'x, "3"', (), ("bad_rating",)),
        ("unclosed twice", '"x y,3\n"z w,4', (), ("quote_unclosed", "quote_unclosed")),
    ):
        well = '"well, quoted",4'
        yield Case(f"quote {name}", _csv(line, well).encode(), (FIRST, *texts, "well, quoted", LAST), codes)
    yield Case("quote unclosed in the header", b'"review,rating\nab cd,1\nef gh,2\n')
    yield Case("quote alone", b'"')
    yield Case("quotes alone", b'"""\n""\n"')


def _shapes() -> Iterator[Case]:
    for name, line, texts, codes in (
        ("short", "x y", ("x y",), ()),
        ("long", "x y,3,z", (), ("row_too_many_cells",)),
        ("very long", "x y,3" + ",z" * 3000, (), ("row_too_many_cells",)),
        ("long of blanks", "x y,3,, ,", ("x y",), ()),
        ("without text", ",3", (), ("text_empty",)),
        ("long text", "x" * 20_001 + ",3", (), ("text_too_long",)),
        ("longest text", "x" * 20_000 + ",3", ("x" * 20_000,), ()),
        ("Excel error", "#REF!,3", (), ("text_empty",)),
        ("Excel error as a rating", "x y,#DIV/0!", (), ("bad_rating",)),
        ("a word after a cross", "#REF,3", ("#REF",), ()),
        ("formula", "=1+1,3", ("=1+1",), ()),
        ("emoji", "👨‍👩‍👧‍👦🇨🇳,3", ("👨‍👩‍👧‍👦🇨🇳",), ()),
        ("combining", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢,3", ("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",), ()),
        ("default praise", "系统默认好评,5", (), ()),
    ):
        yield Case(f"row {name}", _csv(line).encode(), (FIRST, *texts, LAST), codes)
    many = ",".join(f"c{n}" for n in range(5000))
    yield Case("5,000 columns", f"{many}\n{many}\n".encode(), refused="file_too_many_columns")
    yield Case("2,000,000 columns", b"c," * 2_000_000 + b"\n1,2\n", refused="file_header_too_long")
    yield Case("nothing", b"", refused="file_empty")
    yield Case("a mark and nothing", b"\xef\xbb\xbf", refused="file_empty")
    yield Case("blank lines only", b"\n \n\t\n\r\n", refused="file_empty")
    yield Case("a header only", b"review,rating\n", refused="file_no_rows")
    yield Case("a header and blanks", b"review,rating\n,\n\n , \n", refused="file_no_rows")
    yield Case("zeros only", bytes(5000), refused="file_binary")
    for name, head in (
        ("pdf", b"%PDF-1.7\n"), ("png", b"\x89PNG\r\n\x1a\n"), ("jpeg", b"\xff\xd8\xff\xe0"), ("gif", b"GIF89a"),
        ("7z", b"7z\xbc\xaf\x27\x1c"), ("rar", b"Rar!\x1a\x07"), ("elf", b"\x7fELF"),
        ("sqlite", b"SQLite format 3\x00"),
    ):  # fmt: skip
        yield Case(f"a {name}", head + bytes(range(256)) * 4, refused="file_binary")
    yield Case(
        "a document", zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), refused="file_zip_several"
    )
    yield Case("no text column", b"sku,stars\nA1,5\nB2,4\n", refused="no_text_column")


def _headers() -> Iterator[Case]:
    body = f"{FIRST},2\n{LAST},5\n"
    for name, head in (
        ("repeated", "review,review"), ("blank", ","), ("half blank", "review,"), ("of other case", "REVIEW,Rating"),
        ("in quotes", '"review","rating"'), ("with blanks", "  review  , rating "),
        ("with a mark", "\ufeffreview,rating"),
        ("Chinese", "评论,评分"), ("with units", "评论（必填）,评分(1-5)"), ("with a colon", "评论:,评分："),
    ):  # fmt: skip
        yield Case(f"header {name}", f"{head}\n{body}".encode(), None if name == "blank" else (FIRST, LAST))
    yield Case("no header", body.encode(), (FIRST, LAST))
    mark = "\ufeff"
    yield Case("files with marks joined", f"{mark}review,rating\n{FIRST},2\n{mark}{LAST},5\n".encode(), (FIRST, LAST))
    yield Case("lines above the header", f"Export of 2024\n\nreview,rating\n{body}".encode(), (FIRST, LAST))


def _values() -> Iterator[Case]:
    """Dates in five orders, and ratings in anybody's words, each with what can't be one."""
    for name, form in (
        ("year first", "{0}-{1:02}-{2:02}"), ("day first", "{2}/{1}/{0}"), ("month first", "{1:02}/{2:02}/{0}"),
        ("day first with dots", "{2}.{1}.{0}"), ("day in the middle", "{0}-{2:02}-{1:02}"),
        ("in Chinese", "{0}年{1}月{2}日"),
    ):  # fmt: skip
        days = [form.format(2023, month, day) for month, day in ((1, 31), (2, 13), (12, 25), (11, 9))]
        rows = "".join(f"review number {n},{day}\n" for n, day in enumerate(days))
        texts = tuple(f"review number {n}" for n in range(4))
        yield Case(f"dates {name}", f"review,date\n{rows}bad one,45/45/2023\n".encode(), texts, ("bad_date",))
    words = ("4.5/5", "五星", "★★★★☆", "8/10", "80%", "4 out of 5 stars", "好评", "４", "⭐⭐⭐", "4,5", "Rating: 3")
    rows = "".join(f'review number {n},"{word}"\n' for n, word in enumerate(words))
    texts = tuple(f"review number {n}" for n in range(len(words)))
    data = f"review,rating\n{rows}bad one,six\nbad two,9 stars\nbad three,☆\n".encode()
    yield Case("ratings in words", data, texts, ("bad_rating",) * 3)


def _workbooks() -> Iterator[Case]:
    for error in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"):
        failed = f't="e"><v>{error}</v></c>'
        text, rating = f'<c r="A3" {failed}<c r="B3"><v>3</v></c>', _text("A3", "x y") + f'<c r="B3" {failed}'
        yield Case(f"cell {error}", _sheet(text), (FIRST, LAST), ("text_empty",))
        yield Case(f"rating {error}", _sheet(rating), (FIRST, "x y", LAST))
    yield Case("a cell of no kind", _sheet(_text("A3", "x y") + '<c r="B3" t="q"><v>3</v></c>'))
    yield Case("a shared text that isn't there", _sheet('<c r="A3" t="s"><v>99</v></c>'))
    yield Case("a place that is none", _sheet('<c r="3A"><v>3</v></c>'))
    yield Case("a sheet that ends early", _sheet('<c r="A3"><v>3', end=""))


def _large() -> Iterator[Case]:
    """Cells of 10 MB: each costs its row."""
    cell = "x" * (10 * 2**20)
    yield Case("10 MB", _csv(f"{cell},3").encode(), (FIRST, LAST), ("cell_too_long",))
    yield Case("10 MB in quotes", _csv(f'"{cell}",3').encode(), (FIRST, LAST), ("cell_too_long",))
    yield Case("10 MB as a rating", _csv(f"x y,{cell}").encode(), (FIRST, LAST), ("cell_too_long",))
    lines = [json.dumps({"text": text}) + "\n" for text in (FIRST, cell, LAST)]
    yield Case("10 MB in JSON Lines", "".join(lines).encode(), (FIRST, LAST), ("cell_too_long",))
    yield Case("10 MB in JSON", f"[{','.join(lines)}]".encode(), (FIRST, LAST), ("cell_too_long",))
    table = [("review", "rating"), (FIRST, "2"), (cell, "3"), (LAST, "5")]
    yield Case("10 MB in Parquet", content(table, "parquet"), (FIRST, LAST), ("cell_too_long",))
    yield Case("10 MB in a workbook", _sheet(_text("A3", cell)), (FIRST, LAST), ("text_too_long",))


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _sheet(third: str, end: str = "</sheetData></worksheet>") -> bytes:
    """A workbook whose third row is this."""
    buffer = io.BytesIO(content([("review", "rating"), (FIRST, "2")], "xlsx"))
    with zipfile.ZipFile(buffer) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    rows = (_text("A1", "review") + _text("B1", "rating"), _text("A2", FIRST), third, _text("A4", LAST))
    data = "".join(
        f'<row r="{number}">{cells}</row>' for number, cells in enumerate(rows if end else rows[:2], start=1)
    )
    kind = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f"<worksheet {kind}><sheetData>{data}{'' if end else third}{end}"
    return zipped({**files, "xl/worksheets/sheet1.xml": sheet.encode()})


def _json() -> Iterator[Case]:
    first, last = ('{"text": "' + one + '"}' for one in (FIRST, LAST))
    for name, line, texts, codes in (
        ("broken", '{"text": "x y', (), ("json_invalid",)),
        ("not an object", "[1, 2]", (), ("json_not_object",)),
        ("a number", "7", (), ("json_not_object",)),
        ("null", "null", (), ("json_not_object",)),
        ("a text", '"x y"', (), ("json_not_object",)),
        ("half a pair", '{"text": "x\\ud800y"}', (), ("bad_encoding",)),
        ("a pair", '{"text": "x\\ud83d\\ude00y"}', ("x😀y",), ()),
        ("a zero", '{"text": "x\\u0000y"}', (), ("row_has_nul",)),
        ("no text", '{"stars": 3}', (), ("text_empty",)),
        ("null text", '{"text": null, "stars": 3}', (), ("text_empty",)),
        ("empty", "{}", (), ()),
        ("twice", '{"text": "x", "text": "y"}', ("y",), ()),
        ("a number's text", '{"text": 12345678901234567890.10}', ("12345678901234567890.10",), ()),
        ("a list", '{"text": ["x", 1]}', ('["x", "1"]',), ()),
        ("deep", "[" * 100_000 + "]" * 100_000, (), ("json_too_deep",)),
        ("deep object", '{"text": ' * 5000 + "1" + "}" * 5000, (), ("json_too_deep",)),
        ("a digit bomb", '{"text": ' + "9" * 10_000 + "}", ("9" * 10_000,), ()),
        ("NaN", '{"text": NaN}', ("NaN",), ()),
        ("a comment", "// x y", (), ("json_invalid",)),
        ("two on a line", '{"text": "x"} {"text": "y"}', (), ("json_invalid",)),
        ("a comma after", '{"text": "x y"},', ("x y",), ()),
        ("single quotes", "{'text': 'x y'}", (), ("json_invalid",)),
        ("a tab inside", '{"text": "x\ty"}', ("x\ty",), ()),
    ):
        yield Case(f"JSON line {name}", f"{first}\n{line}\n{last}\n".encode(), (FIRST, *texts, LAST), codes)
        if name in {"two on a line", "a comma after", "a comment", "empty"}:
            continue
        if name == "broken":
            yield Case("JSON array broken", f"[{first},\n{line},\n{last}]".encode())
            continue
        yield Case(f"JSON array {name}", f"[{first},\n{line},\n{last}]".encode(), (FIRST, *texts, LAST), codes)
    yield Case("JSON array empty", b"[]", refused="file_no_rows")
    yield Case("JSON array cut", f"[{first},\n{last},\n{{'text': \"x".encode(), (FIRST, LAST), ("json_cut",))
    yield Case("JSON array without end", f"[{first},\n{last}".encode(), (FIRST, LAST))
    yield Case("JSON array and more", f"[{first},\n{last}] tail".encode(), (FIRST, LAST))
    pretty = "\n".join(json.dumps({"text": one}, indent=2) for one in (FIRST, LAST))
    yield Case("JSON objects on several lines", pretty.encode(), (FIRST, LAST))


def _wholes() -> Iterator[tuple[str, bytes]]:
    table = [("review", "rating"), *((f"review number {n} 漏水 {n * 7919}", str(n % 5 + 1)) for n in range(40))]
    for form in ("csv", "jsonl", "json", "parquet", "xlsx", "ods", "xls"):
        yield form, content(table, form)
    for container in ("gzip", "zip", "zstd"):
        yield container, packed(content(table, "csv"), container)


def _cut() -> Iterator[Case]:
    for name, data in _wholes():
        for tenth in (1, 3, 5, 7, 9):
            yield Case(f"{name} cut at {tenth}/10", data[: len(data) * tenth // 10])
        yield Case(f"{name} without its last byte", data[:-1])
        yield Case(f"{name} and more", data + b"\x00more")


def _flipped() -> Iterator[Case]:
    chance = random.Random(11)
    for name, data in _wholes():
        for number in range(12):
            changed = bytearray(data)
            for _one in range(1 + number % 4):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            yield Case(f"{name} with other bytes, {number}", bytes(changed))


def _noise() -> Iterator[Case]:
    chance = random.Random(12)
    for number in range(40):
        letters = b',"\n\r\t;{}[]:\\ \x00\xff\xe6ab5' if number % 2 else bytes(range(256))
        yield Case(f"noise {number}", bytes(chance.choice(letters) for _one in range(chance.randrange(1, 400))))
