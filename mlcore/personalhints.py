"""Which of many texts may hold personal data at all: told for a whole column at once, so that only these are read.

Each pattern is one of `mlcore.personal`'s without what makes it sure (checks, and what must not stand before or after),
and takes a full-width character for the plain one: what isn't hinted at here, `find` can't find.
"""

from typing import Final

import polars as pl

_S: Final = r"[\s\x1c-\x1f]"
"""What Python takes for a blank."""
_DASH: Final = r"\-‐-―−﹣－"
_OPEN, _SHUT = r"[(\[{（［｛]", r"[)\]}）］｝]"
_COMMA: Final = "[,，]?"
_HAN: Final = r"[\x{4e00}-\x{9fff}]"
_NUMBER: Final = "[0-9０-９一二三四五六七八九十百零〇]"
_STREETS: Final = (
    "(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Terrace|Square|Parkway|Pkwy|Highway|Hwy"
    "|Circle|Crescent|Close|Way|Trail|Alley)"
)

_SIGNS: Final = "[@＠ıİＡ-Ｚａ-ｚ]"
"""A sign of an address; letters that Python folds to others than polars does; letters in full width."""
_MESSENGER: Final = "(?i)微信|薇信|威信|v信|weixin|wechat|vx|wx|加v|qq|扣扣|telegram|skype|line id"
_AT: Final = rf"(?:{_OPEN}{_S}*(?:at|艾特){_S}*{_SHUT}|艾特|{_S}[#＃]at[#＃]{_S}|{_S}at{_S})"
_DOT: Final = rf"{_S}*(?:{_OPEN}{_S}*(?:dot|点|[.．]){_S}*{_SHUT}|{_S}dot{_S}|点|[.．]){_S}*"
_NAMES: Final = f"[a-z0-9{_DASH}]+"
_EMAIL_IN_WORDS: Final = (
    rf"(?i){_AT}{_S}*{_NAMES}(?:{_DOT}{_NAMES})*{_DOT}(?:com|net|org|edu|gov|cn|de|uk|co|io|fr|jp|ru|me|info)"
)
_LONG_NUMBER: Final = r"\d(?:[^\dA-Za-z\x{4e00}-\x{9fff}]{0,3}\d){5}"
_STREET: Final = (
    rf"\d[A-Za-z]?{_COMMA}{_S}+(?:(?:[NSEW][.．]?|North|South|East|West){_S}+)?"
    rf"(?:(?:[A-Z][a-z'＇’{_DASH}]+|\d(?:st|nd|rd|th)){_S}+)+{_STREETS}|P[.．]?{_S}?O[.．]?{_S}?Box{_S}+\d"
)
_NAMED_STREET: Final = (
    rf"(?i)(?:at|is|to|[:：]){_S}+\d{{1,5}}[a-z]?{_COMMA}{_S}+(?:[\w'＇’{_DASH}]+{_S}+){{1,3}}"
    r"(?:st|ave|road|rd|boulevard|blvd|lane|drive|court|place|terrace|square|way)"
)
_CHINESE_STREET: Final = (
    rf"(?:大道|大街|胡同|[路街巷弄里])(?:{_HAN}{{1,2}}[路街段])?{_S}?(?:{_NUMBER}+(?:[{_DASH}]\d+)?{_S}?号|\d+{_S}?[弄巷#＃])"
    rf"|(?:小区|花园|新村|公寓|家园|大厦|新城|[苑村]){_S}?{_NUMBER}+{_S}?(?:栋|幢|座|单元|号)"
)
_HINTS: Final = (_SIGNS, _MESSENGER, _EMAIL_IN_WORDS, _LONG_NUMBER, _STREET, _NAMED_STREET, _CHINESE_STREET)


def hinted(texts: pl.Series) -> pl.Series:
    """For each text whether there may be something personal in it; false means that there is nothing."""
    told = pl.repeat(value=False, n=len(texts), eager=True)
    for hint in _HINTS:
        told |= texts.str.contains(hint).fill_null(value=False)
    return told
