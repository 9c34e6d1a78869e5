"""Ratings as anybody writes them, on 1 to 5: numbers on the file's scale, and what names its own ('8/10', '五星',
'80%').
"""

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

Scale = tuple[float, float]
LONGEST: Final = 60
"""Characters that a rating has at most."""

WORDS: Final[dict[str, float]] = {
    "好评": 5, "中评": 3, "差评": 1, "非常满意": 5, "很满意": 5, "满意": 4, "比较满意": 4, "一般": 3, "不满意": 2,
    "较不满意": 2, "非常不满意": 1, "很不满意": 1, "很差": 1, "差": 2, "好": 4, "很好": 5, "非常好": 5, "positive": 5,
    "neutral": 3, "negative": 1, "excellent": 5, "very good": 5, "good": 4, "average": 3, "fair": 3, "poor": 2,
    "terrible": 1, "bad": 2, "very bad": 1, "very satisfied": 5, "satisfied": 4, "dissatisfied": 2,
    "very dissatisfied": 1, "thumbs up": 5, "thumbs down": 1, "👍": 5, "👎": 1,
}  # fmt: skip
"""Words that are a rating, in lower case, on 1 to 5."""
_DIGITS: Final = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_NUMBER = r"([+-]?\d{1,6}(?:[.,]\d{1,6})?)"
_OF = re.compile(
    _NUMBER + r"\s*(?:/|out of|of|von|sur|de|分之)\s*" + r"(\d{1,4}(?:[.,]0+)?)(?:\s*(?:stars?|sterne|分|星|points?))?"
)
_PERCENT = re.compile(_NUMBER + r"\s*[%％]")
_ALONE = re.compile(
    r"(?:rating|rated|score|评分|打分)?[:：]?\s*"
    + _NUMBER
    + r"\s*(?:stars?|sterne|étoiles|points?|pts|分|星|颗星|星级)?"
)
_CHINESE = re.compile(r"([零一二两三四五六七八九十])(?:颗)?(?:星|分)(?:级)?(?:好评|评价)?(半)?")
_STARS = re.compile(r"([★⭐🌟✭✮✯]+)([☆✩✰⚝½]*)")
_PLAIN = str.maketrans("０１２３４５６７８９．／％：", "0123456789./%:", "\ufe0f")


def normalised(value: float, scale: Scale) -> float | None:
    """A value on its scale as one on 1 to 5; None when it isn't on the scale."""
    low, high = scale
    return round(1 + 4 * (value - low) / (high - low), 2) if low <= value <= high and high > low else None


def rating_of(cell: str, scale: Scale) -> float | None:
    """A cell as 1 to 5, by its own scale where it names one, else by the column's; None when it is no rating."""
    word = _word(cell)
    if word in WORDS:
        return float(WORDS[word])
    own = _own_scale(word)
    if own is not None:
        return normalised(own[0], own[1])
    value = _value(word)
    return None if value is None else normalised(value, scale)


def _word(cell: str) -> str:
    return cell.translate(_PLAIN).strip().lower() if len(cell) <= LONGEST else ""


def _own_scale(word: str) -> tuple[float, Scale] | None:
    if found := _OF.fullmatch(word):
        return _float(found[1]), scale_up_to(_float(found[2]))
    if found := _PERCENT.fullmatch(word):
        return _float(found[1]), (0.0, 100.0)
    if found := _STARS.fullmatch(word.replace(" ", "")):
        full, rest = len(found[1]), found[2]
        # Empty stars tell the scale; without them five is what everybody means.
        return full + rest.count("½") / 2, (1.0, float(max(5, full + len(rest))))
    return None


def _value(word: str) -> float | None:
    if found := _ALONE.fullmatch(word):
        return _float(found[1])
    if found := _CHINESE.fullmatch(word):
        return _DIGITS[found[1]] + (0.5 if found[2] else 0)
    return None


def _float(number: str) -> float:
    return float(number.replace(",", "."))


def scale_up_to(top: float) -> Scale:
    """The scale that people mean when they name only its best."""
    return (0.0, top) if top >= 20 or top <= 1 else (1.0, top)


def scale_of(cells: Sequence[str]) -> Scale:
    """The scale that a column's cells are on, those that name their own aside."""
    words = [_word(cell) for cell in cells]
    values = [value for word in words if _own_scale(word) is None and (value := _value(word)) is not None]
    if not values:
        return (1.0, 5.0)
    # A stray 9 among stars is a mistake in its row; a quarter above 5 is another scale.
    high = [value for value in values if value > 5]
    low = [value for value in values if value < 1]
    if len(high) >= len(values) / 4:
        top = 10.0 if max(high) <= 10 else 100.0 if max(high) <= 100 else 1000.0
        return (0.0 if top > 10 or len(low) >= max(1, len(values) / 200) else 1.0, top)
    if max(values) <= 1 and low:
        return (-1.0, 1.0) if min(values) < 0 else (0.0, 1.0)
    return (0.0, 5.0) if len(low) >= max(1, len(values) / 200) else (1.0, 5.0)


def ratings(cells: pl.Series, scale: Scale) -> pl.Series:
    """A column of ratings as Float64 on 1 to 5, null for what is none. Each distinct cell is read once."""
    distinct = cells.unique().drop_nulls()
    values = [rating_of(cell, scale) for cell in distinct.to_list()]
    return cells.replace_strict(distinct, pl.Series(values, dtype=pl.Float64), default=None, return_dtype=pl.Float64)
