"""What a text is found by, and what somebody means who searches.

Words between blanks are found by themselves (their stems are the caller's matter). Chinese has no blanks: it is found
by every word of rjieba's dictionary that stands in it, overlapping ones too, and by its characters. So a dictionary
word is found wherever it stands, however its surroundings would be segmented (of 308 reviews that say 不好, search
mode's segments find 274, these 308), and what is in no dictionary by its characters, which must then stand together.
Other scripts without blanks are found by characters and pairs.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

import rjieba

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
DENSE: Final = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3041-\u30ff\u3130-\u318f\uac00-\ud7af"
"""Kana, Hangul, Thai, Lao, Khmer, Burmese."""
LONGEST: Final = 64
"""Characters of a word that count."""
MOST_TERMS: Final = 16
_PIECES: Final = re.compile(rf"([{HAN}]+)|([{DENSE}]+)|([^\W_{HAN}{DENSE}]+)")
_PLAIN: Final = re.compile(r"[^\W_]+")
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))
_WRITTEN: Final = re.compile(r'([-－]?)(?:"([^"]*)"?|([^\s"]+))')
_OR: Final = frozenset({"OR", "或", "或者", "|", "｜"})


@dataclass(frozen=True, kw_only=True)
class Term:
    """One thing that a text may have: all of these words and lexemes, and `said` word for word."""

    words: frozenset[str] = frozenset()
    """Not stemmed."""
    lexemes: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()
    """What the lexemes alone don't prove."""


@dataclass(frozen=True, kw_only=True)
class Clause:
    """At least one of its terms must be there; negative: none may."""

    terms: tuple[Term, ...]
    negative: bool = False


def folded(text: str) -> str:
    """Without differences of case and width."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def found_by(text: str) -> tuple[set[str], set[str]]:
    """The words of a text, not stemmed, and its lexemes in scripts without blanks."""
    text = folded(text)
    if text.isascii():
        return {word[:LONGEST] for word in _PLAIN.findall(text)}, set()
    words: set[str] = set()
    lexemes: set[str] = set()
    for han, dense, word in _PIECES.findall(text):
        if han:
            lexemes.update(han, rjieba.cut_all(han))
        elif dense:
            lexemes.update(dense, map("".join, pairwise(dense)))
        else:
            words.add(word[:LONGEST])
    return words, lexemes


def read_query(text: str) -> list[Clause]:
    """What is sought: words (all of them), "a phrase" (word for word), -without, one OR another."""
    clauses: list[Clause] = []
    joined = False
    for minus, phrase, bare in _WRITTEN.findall(text.translate(_QUOTES)):
        if bare in _OR and not minus:
            joined = bool(clauses) and not clauses[-1].negative
            continue
        term = _phrase(phrase.strip()) if phrase.strip() else _bare(bare)
        if term is None:
            continue
        if joined and not minus:
            clauses[-1] = Clause(terms=(*clauses[-1].terms, term))
        else:
            clauses.append(Clause(terms=(term,), negative=bool(minus)))
        joined = False
    return clauses[:MOST_TERMS]


def _phrase(text: str) -> Term | None:
    words, lexemes = found_by(text)
    if not words and not lexemes:
        return None
    return Term(words=frozenset(words), lexemes=frozenset(lexemes), said=(text,))


def _bare(text: str) -> Term | None:
    words: set[str] = set()
    lexemes: set[str] = set()
    said: list[str] = []
    for han, dense, word in _PIECES.findall(folded(text)):
        if han:
            for piece in _segments(han):
                lexemes.update([piece] if rjieba.has_word(piece) else piece)
                said += [piece] if len(piece) > 1 and not rjieba.has_word(piece) else []
        elif dense:
            lexemes.update(map("".join, pairwise(dense)) if len(dense) > 1 else dense)
            said += [dense] if len(dense) > 2 else []
        else:
            words.add(word[:LONGEST])
    if not words and not lexemes:
        return None
    return Term(words=frozenset(words), lexemes=frozenset(lexemes), said=tuple(said))


def _segments(han: str) -> Iterator[str]:
    """Words of the dictionary; characters that belong to none stay together."""
    for single, pieces in groupby(rjieba.cut(han, False), key=lambda piece: len(piece) == 1):
        if single:
            yield "".join(pieces)
        else:
            yield from pieces
