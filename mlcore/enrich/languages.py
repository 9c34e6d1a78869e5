"""Tells each review's language: by its scripts, then by English's own words, and asks a detector about the rest.

Scripts are exact and work on one word. Most of what is left is English, and English is full of words that no other
language has. Only what is neither goes to the detector, each distinct text once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlcore.enrich.characters import HAN, HANGUL, KANA, LATIN, NEITHER, OTHER, SCRIPTS
from mlcore.enrich.detector import detected
from mlcore.enrich.english import english
from mlcore.enrich.tokens import Tokens, tokens

UNKNOWN: Final = "und"
"""The language of a text that can't be told (ISO 639-2: undetermined)."""
MIXED: Final = "mixed"
"""The language of a text that two languages share."""

WORD: Final = 1.5
"""Chinese or Japanese characters that say as much as a word."""
SHARED: Final = 0.25
"""A script's part of a text, in words, from which the text is as much its own as the other's."""
SENTENCES: Final = 0.2
"""English words among the Latin ones from which these are sentences; brands and models have none."""
SURELY: Final = 0.3
"""English words among all from which no detector is asked."""
HALF: Final = 0.12
"""English words that each half of such a text must have."""
LONG: Final = 10
"""Words from which a text has halves."""
_ASK, _ENGLISH, _CHINESE, _JAPANESE, _KOREAN, _MIXED, _UNKNOWN = range(7)
_CODES: Final = np.array(("", "en", "zh", "ja", "ko", MIXED, UNKNOWN), dtype=object)


def languages(texts: pl.Series, parts: Iterable[Tokens] | None = None) -> pl.Series:
    """ISO 639-1 code of each text's language, MIXED or UNKNOWN. `parts`: the texts' tokens, where they are known."""
    texts = texts.fill_null("")
    told = [_told(part) for part in (tokens(texts) if parts is None else parts)]
    codes = _CODES[np.concatenate(told)] if told else np.empty(0, dtype=object)
    asked = np.flatnonzero(codes == "")
    codes[asked] = detected(texts.gather(asked), unknown=UNKNOWN, mixed=MIXED)
    return pl.Series(texts.name, codes.tolist(), dtype=pl.String)


@dataclass(frozen=True, slots=True)
class _Words:
    """What each text has of each script, in words, and of English."""

    chinese: NDArray[np.float64]
    kana: NDArray[np.float64]
    korean: NDArray[np.float64]
    latin: NDArray[np.float64]
    other: NDArray[np.float64]
    english: NDArray[np.float64]
    evenly: NDArray[np.bool_]
    """Whether both halves have English words, or the text is too short for halves."""


def _told(part: Tokens) -> NDArray[np.uint8]:
    words = _words(part)
    eastern = words.chinese + words.kana + words.korean
    letters = words.latin + words.other
    both = np.minimum(eastern, letters) >= SHARED * (eastern + letters)
    sentences = (words.english >= 2) & (words.english >= SENTENCES * words.latin)
    told = np.full(part.count, _ASK, dtype=np.uint8)
    told[(words.english >= SURELY * letters) & words.evenly] = _ENGLISH
    # Where Latin words are no sentences they are names, and what is said is said in the other script.
    named = (eastern > 0) & ((eastern >= letters) | (~sentences & (eastern + 8 >= letters)))
    told[named] = _CHINESE
    told[named & (words.kana > 0) & (8 * words.kana >= words.chinese)] = _JAPANESE
    told[named & (words.korean > words.chinese + words.kana)] = _KOREAN
    told[both & sentences & (eastern >= 3) & (letters >= 4)] = _MIXED
    told[eastern + letters == 0] = _UNKNOWN
    return told


def _words(part: Tokens) -> _Words:
    texts = part.texts()
    counts = np.bincount(texts * SCRIPTS + part.scripts, minlength=part.count * SCRIPTS).reshape(-1, SCRIPTS)
    kana, only = counts[:, KANA], counts[:, NEITHER]
    hits = np.concatenate(([0], np.cumsum(english(part))))
    lengths, begin, end = part.lengths(), part.bounds[:-1], part.bounds[1:]
    middle = begin + lengths // 2
    least = HALF * lengths / 2
    first, second = hits[middle] - hits[begin], hits[end] - hits[middle]
    return _Words(
        chinese=(counts[:, HAN] + np.where(kana > 0, 0, only)) / WORD,
        kana=(kana + np.where(kana > 0, only, 0)) / WORD,
        korean=counts[:, HANGUL].astype(float),
        latin=counts[:, LATIN].astype(float),
        other=counts[:, OTHER].astype(float),
        english=(first + second).astype(float),
        evenly=(lengths < LONG) | ((first >= least) & (second >= least)),
    )
