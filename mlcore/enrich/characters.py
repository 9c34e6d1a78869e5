"""What each character is worth to the enrichment: the one it folds to, and the script it tells.

Texts are looked at as UTF-16, so that a table of 65,536 entries answers for every character at once. What lies beyond
(emoji, rare Han characters) parts words and says nothing.
"""

import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

PARTS: Final = 0
"""What stands between words: blanks, marks, symbols."""
DROPPED: Final = 1
"""What goes as if it had never been there: apostrophes, combining accents, characters that can't be seen."""
ENDS: Final = 2
"""The end of a text in a row of texts: written as U+FFFF, which stands for no character."""
FIRST_CJK, LAST_CJK = 0x3005, 0x9FFF
"""Han characters, kana, bopomofo: each is a token of its own. After folding they all lie between these."""

DIGIT, LATIN, OTHER, HANGUL, HAN, KANA, NEITHER = range(7)
"""Scripts. NEITHER is what Japanese and Chinese reviews both hold: の as an ornament, ー as a dash."""
SCRIPTS: Final = 7

_APOSTROPHES: Final = frozenset("'’‘ʼ´`＇")
_ACCENTS: Final = ((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F))
_SELVES: Final = ((0x3400, 0x9FFF), (0xAC00, 0xD7A3))
"""Han and Hangul fold to themselves."""
_LATIN: Final = ((0x41, 0x24F), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF))
_HANGUL: Final = ((0x1100, 0x11FF), (0xA960, 0xA97C), (0xAC00, 0xD7FB))
_KANA: Final = ((0x3041, 0x3096), (0x30A1, 0x30FA), (0x31F0, 0x31FF))
_BOTH: Final = "のノー々ゝゞヽヾ"


@cache
def folds() -> NDArray[np.uint16]:
    """Character → the letter or digit it folds to (case, width, Latin accents), or PARTS, DROPPED, ENDS."""
    table = np.arange(0x10000, dtype=np.uint16)
    settled = np.zeros(0x10000, dtype=bool)
    for low, high in _SELVES:
        settled[low : high + 1] = True
    for code in np.flatnonzero(~settled).tolist():
        table[code] = _fold(code)
    table[0xFFFF] = ENDS
    return table


def _fold(code: int) -> int:
    char = chr(code)
    category = unicodedata.category(char)
    if char in _APOSTROPHES or category == "Cf" or any(low <= code <= high for low, high in _ACCENTS):
        return DROPPED
    if category[0] not in "LNM":
        return PARTS
    latin = any(low <= code <= high for low, high in _LATIN)
    small = char.lower()
    folded = ord((unicodedata.normalize("NFKD", small) if latin else unicodedata.normalize("NFKC", small))[0])
    return folded if folded < 0xFFFF and unicodedata.category(chr(folded))[0] in "LNM" else PARTS


@cache
def scripts() -> NDArray[np.uint8]:
    """Folded letter or digit → its script."""
    table = np.full(0x10000, OTHER, dtype=np.uint8)
    ranges = {LATIN: _LATIN, HANGUL: _HANGUL, HAN: ((FIRST_CJK, LAST_CJK),), KANA: _KANA}
    for script, places in ranges.items():
        for low, high in places:
            table[low : high + 1] = script
    table[[ord(char) for char in _BOTH]] = NEITHER
    table[0x30:0x3A] = DIGIT
    return table
