"""What a text is found by, and what somebody means who searches.

Words between blanks are found by themselves (their stems are the caller's matter). Scripts without blanks are found by
pairs of neighbouring characters, so that any two characters are found wherever they stand, and Chinese also by every
longer word of rjieba's dictionary, overlapping ones too. Segments alone would lose what is segmented otherwise in its
surroundings: of 308 reviews that say 不好, rjieba's search mode finds 274, pairs find 308. A single character is the
beginning of a pair, or stands at an end.
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
    """One thing that a text may have: all of these words, lexemes and beginnings, and `said` word for word."""

    words: frozenset[str] = frozenset()
    """Not stemmed."""
    lexemes: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()
    """Characters with which a lexeme begins."""
    said: tuple[str, ...] = ()
    """What the others don't prove."""


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
        if word:
            words.add(word[:LONGEST])
            continue
        lexemes.update(_inside(han, dense))
        lexemes.add((han or dense)[-1])
    return words, lexemes


def _inside(han: str, dense: str) -> set[str]:
    """What stands in a run of characters, and so in any text that has the run in it."""
    found = set(map("".join, pairwise(han or dense)))
    if han:
        found.update(word for word in rjieba.cut_all(han) if len(word) > 2)
    return found


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
    words: set[str] = set()
    lexemes: set[str] = set()
    starts: set[str] = set()
    for han, dense, word in _PIECES.findall(folded(text)):
        run = han or dense
        words.update([word[:LONGEST]] if word else [])
        lexemes.update(_inside(han, dense))
        starts.update(run if len(run) == 1 else "")
    return _term(words, lexemes, starts, [text])


def _bare(text: str) -> Term | None:
    words: set[str] = set()
    lexemes: set[str] = set()
    starts: set[str] = set()
    said: list[str] = []
    for han, dense, word in _PIECES.findall(folded(text)):
        words.update([word[:LONGEST]] if word else [])
        for piece in _segments(han) if han else [dense] * bool(dense):
            if len(piece) == 1:
                starts.add(piece)
            elif han and len(piece) > 2 and rjieba.has_word(piece):
                lexemes.add(piece)
            else:
                lexemes.update(map("".join, pairwise(piece)))
                said += [piece] * (len(piece) > 2)
    return _term(words, lexemes, starts, said)


def _term(words: set[str], lexemes: set[str], starts: set[str], said: list[str]) -> Term | None:
    if not (words or lexemes or starts):
        return None
    return Term(words=frozenset(words), lexemes=frozenset(lexemes), starts=frozenset(starts), said=tuple(said))


def _segments(han: str) -> Iterator[str]:
    """Words of the dictionary; characters that belong to none stay together."""
    for single, pieces in groupby(rjieba.cut(han, False), key=lambda piece: len(piece) == 1):
        if single:
            yield "".join(pieces)
        else:
            yield from pieces
