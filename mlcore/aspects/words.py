"""Words of a sentence with their places, and chains of words between full stops: what the taggers read."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import rjieba

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)*|[^\w\s]|_")
_PIECE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+|[^\u3400-\u4dbf\u4e00-\u9fff]+")
_STOP = frozenset(".!?。！？;；\n…")
MOST = 60
"""Words of a chain at most: a text without full stops is cut, so that one long paste cannot slow the others."""


class Word(NamedTuple):
    """A word as written, and its place in the text."""

    text: str
    start: int
    end: int


def is_chinese(text: str) -> bool:
    """Whether the text holds Chinese characters."""
    return _HAN.search(text) is not None


def words_of(text: str) -> list[Word]:
    """Words, numbers and single marks; Chinese by jieba's dictionary."""
    if not is_chinese(text):
        return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
    out: list[Word] = []
    for piece in _PIECE.finditer(text):
        start = piece.start()
        if not _HAN.match(piece.group()):
            out += [Word(m.group(), start + m.start(), start + m.end()) for m in _WORD.finditer(piece.group())]
            continue
        for word in rjieba.cut(piece.group()):
            out.append(Word(word, start, start + len(word)))
            start += len(word)
    return out


def characters_of(text: str) -> list[Word]:
    """Chinese characters one by one, everything else in words."""
    out: list[Word] = []
    for word in words_of(text):
        if _HAN.match(word.text):
            out += [Word(c, word.start + k, word.start + k + 1) for k, c in enumerate(word.text)]
        else:
            out.append(word)
    return out


def chains(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Ranges of words that end at a full stop or after `MOST` words, in order; nothing is left out."""
    out, start = [], 0
    for place, word in enumerate(words):
        if word.text in _STOP or place - start + 1 >= MOST:
            out.append((start, place + 1))
            start = place + 1
    return [*out, (start, len(words))] if start < len(words) else out
