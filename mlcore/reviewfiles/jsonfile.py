"""Reads JSON Lines and JSON arrays object by object, never holding the whole: numbers stay as they are written, inner
objects become columns with a dot in their name, and what is broken costs its own object.
"""

import json
import re
from collections.abc import Iterable, Iterator
from json import JSONDecodeError
from typing import Any, Final

from mlcore.reviewfiles.cells import Row, block_of
from mlcore.reviewfiles.container import Stream
from mlcore.reviewfiles.encoding import text_of, utf8_chunks
from mlcore.reviewfiles.events import Block, Rejected
from mlcore.reviewfiles.limits import MAX_HELD, MAX_RECORD
from mlcore.reviewfiles.refusals import rejection
from mlcore.reviewfiles.turns import Turns
from mlcore.specs.reviewfiles import FileLayout

ROWS: Final = 5000
"""Objects a block, at most."""
WEIGHT: Final = 2**22
"""Bytes or characters a block, about; an object has some of its own."""
EACH: Final = 200
_DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)
_GAP: Final = re.compile(r"[\s,]*+")
_SCALAR: Final = r'(?:"[^"]*"|[-\d.eE+]+|true|false|null)'
OPENING: Final = re.compile(
    rf'\s*(?:\[|\{{(?:\s*"[^"]*"\s*:\s*{_SCALAR}\s*,){{0,50}}\s*"[^"]*"\s*:\s*\[(?=\s*(?:\{{|\])))'
)
"""What stands before the first object of an array: a bracket, or an object that holds the array after plain values."""
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\[\s\S])*+"|[{}\[\]]')
_NEXT: Final = re.compile(r"\}(?=\s*,\s*\{)")

Found = tuple[int, Any, str, str]
"""Line, value, the code of why there is none, and how it stands in the file."""


def json_blocks(stream: Stream, total: int, layout: FileLayout, turns: Turns) -> Iterator[Block]:
    """All objects of a file, in order, of the blocks whose turn it is."""
    chunks = utf8_chunks(stream, layout.encoding)
    for found in _line_groups(chunks, turns) if layout.format == "jsonl" else _value_groups(chunks, turns):
        rows: list[Row] = []
        refused: list[Rejected] = []
        for line, value, code, raw in found:
            if code or not isinstance(value, dict):
                refused.append(rejection(line, code or "json_not_object", value=raw[:500], raw=raw))
            else:
                rows.append((line, cells_of(value, layout.columns), raw))
        yield block_of(rows, layout, refused=refused, done=stream.packed, total=total)


def _line_groups(chunks: Iterator[bytes], turns: Turns) -> Iterator[Iterable[Found]]:
    """Lines a block; those of another's turn aren't even decoded."""
    lines = _lines(chunks)
    while group := _weighed(lines):
        if turns.take():
            yield _parsed(group)


def _weighed(lines: Iterator[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    group, weight = [], 0
    for line in lines:
        group.append(line)
        weight += len(line[1]) + EACH
        if len(group) >= ROWS or weight > WEIGHT:
            break
    return group


def _value_groups(chunks: Iterator[bytes], turns: Turns) -> Iterator[Iterable[Found]]:
    """Values a block; where one ends can't be told without reading it."""
    group: list[Found] = []
    weight = 0
    for found in values_found(chunks):
        group.append(found)
        weight += len(found[3]) + EACH
        if len(group) >= ROWS or weight > WEIGHT:
            if turns.take():
                yield group
            group, weight = [], 0
    if group and turns.take():
        yield group


def cells_of(value: dict[str, Any], columns: tuple[str, ...]) -> list[str | None]:
    """An object's values under the names of columns, as text."""
    if any(type(inner) is dict for inner in value.values()):
        value = flat(value)
    return [_text(value.get(name)) for name in columns]


def _text(value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    if value is True or value is False:
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def flat(value: dict[str, Any]) -> dict[str, Any]:
    """An object without inner ones: {"author": {"name": …}} has the key "author.name"."""
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if type(inner) is dict and inner:
            found.update({f"{name}.{key}": one for key, one in inner.items()})
        else:
            found[name] = inner
    return found


def lines_found(chunks: Iterator[bytes]) -> Iterator[Found]:
    """One value a line; blank lines are none."""
    return _parsed(_lines(chunks))


def _parsed(lines: Iterable[tuple[int, bytes]]) -> Iterator[Found]:
    for line, data in lines:
        if len(data) > MAX_RECORD:
            yield line, None, "cell_too_long", ""
            continue
        text = text_of(data)
        if not text.strip():
            continue
        try:
            value, end = _DECODER.raw_decode(text, _GAP.match(text).end())  # type: ignore[union-attr]
        except (JSONDecodeError, RecursionError) as error:
            yield line, None, "json_too_deep" if isinstance(error, RecursionError) else "json_invalid", text
            continue
        # A comma after the object is how people cut lines out of an array.
        yield line, value, "" if _GAP.fullmatch(text, end) else "json_invalid", text


def _lines(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers; of one that is too long only as much as shows it."""
    number, held, size = 1, [], 0
    for chunk in chunks:
        pieces = chunk.split(b"\n")
        for piece in pieces[:-1]:
            if size <= MAX_RECORD:
                held.append(piece)
            yield number, b"".join(held)
            number, held, size = number + 1, [], 0
        if size <= MAX_RECORD:
            held.append(pieces[-1])
            size += len(pieces[-1])
    if held:
        yield number, b"".join(held)


def values_found(chunks: Iterator[bytes]) -> Iterator[Found]:
    """The values of an array, of an array in an object, or one after another."""
    return _Values(chunks).found()


class _Values:
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.text = ""
        self.at = 0
        self.line = 1
        self.final = False

    def found(self) -> Iterator[Found]:
        self._more()
        opening = OPENING.match(self.text)
        self._pass(opening.end() if opening else 0)
        while True:
            self._pass(_GAP.match(self.text, self.at).end())  # type: ignore[union-attr]
            if self.at >= len(self.text):
                if self.final:
                    return
                self._more()
            elif opening and self.text[self.at] == "]":
                return
            else:
                found = self._value()
                if found is None:
                    self._more()
                else:
                    yield found

    def _more(self) -> None:
        self.text, self.at = self.text[self.at :], 0
        # A value that doesn't end is looked at again only when there is a good deal more of it.
        wanted = 2 * len(self.text)
        while not self.final and len(self.text) <= wanted:
            piece = next(self.chunks, None)
            self.final = piece is None
            self.text += text_of(piece) if piece else ""

    def _pass(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def _value(self) -> Found | None:
        try:
            value, end = _DECODER.raw_decode(self.text, self.at)
        except (JSONDecodeError, RecursionError) as error:
            return self._broken(error)
        if end == len(self.text) and not self.final:
            return None
        return self._told(end, value, "cell_too_long" if end - self.at > MAX_RECORD else "")

    def _broken(self, error: JSONDecodeError | RecursionError) -> Found | None:
        code, left = "json_too_deep", len(self.text) - self.at
        if isinstance(error, JSONDecodeError):
            code = "json_invalid"
            cut = error.msg.startswith("Unterminated") or error.pos > len(self.text) - 16
            if cut and not self.final and left < MAX_HELD:
                return None
        end = self._end()
        if end < 0 and not self.final and left < MAX_HELD:
            return None
        if end < 0:
            # Nothing after it can be told from what is broken.
            found = self._told(len(self.text), None, "json_cut")
            for _rest in self.chunks:
                pass
            self.final = True
            return found
        return self._told(end, None, code)

    def _end(self) -> int:
        """Where a broken value ends: at its own bracket, or before the next object."""
        if self.text[self.at] not in "{[":
            found = re.compile(r"[,\]\n]").search(self.text, self.at + 1)
            return found.start() if found else len(self.text) if self.final else -1
        following = _NEXT.search(self.text, self.at)
        limit = following.end() if following else len(self.text)
        depth = 0
        for token in _TOKEN.finditer(self.text, self.at, limit):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
            if depth == 0:
                return token.end()
        return following.end() if following else -1

    def _told(self, end: int, value: Any, code: str) -> Found:
        line, raw = self.line, self.text[self.at : end]
        self._pass(end)
        return line, value, code, raw if len(raw) <= MAX_RECORD else ""
