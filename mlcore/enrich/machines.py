"""Reviews that look as if a language model had written them.

Some say so themselves, because what the model said around its answer was copied too. Of the others only those are
named that have the whole dress: a conclusion about 'this product', its connectives, its favourite words, in a long
text. Many people write one or two of these; who is a model can't be told by a word.
"""

import re
from typing import Final

WORDS: Final = (
    r"(?i)language model|as an a(?:i|rtificial)|(?:'|’)m (?:just |only )?an ai|am (?:just |only )?an ai|have personal "
    r"|regenerate response|here(?:'s| is| are) (?:a|an|your|the|some) .*review"
    r"|(?:in conclusion|in summary|to sum up|to summarize|overall),\s+(?:this|the|these|i )"
    r"|人工智能|语言模型|作为ai|是一[个款名]ai|以下是[为根一]|您的[要需]求"
    r"|(?:总的来说|总而言之|综上所述|总体而言|总体来说)[，,]?(?:这款|这个产品|该产品|这件|这一款|此款)"
)
"""What a text must have to be looked at. For polars."""

_MODEL = "(?:人工智能|AI|大?语言模型)"
_SAYS_SO: Final = re.compile(
    r"\bas an? (?:ai|artificial intelligence)(?: language)? model\b|\bas an? ai(?: assistant)?, i\b"
    r"|\bas a (?:large )?language model\b|\bregenerate response\b"
    r"|\bi(?:'m| am) (?:just |only )?an ai\b(?! (?:enthusiast|researcher|engineer|fan))"
    r"|\bi (?:do not|don't|cannot|can't) have personal (?:experiences?|opinions?|feelings)\b"
    r"|\b(?:sure|certainly|absolutely|of course)[!,.:] here(?:'s| is| are) (?:a|an|your|the|some)\b[^.!?\n]{0,60}?"
    r"\breviews?\b|\bhere(?:'s| is) (?:a|an|your) (?:\w+[ -]){0,4}review(?: for| of| based| that|:)"
    rf"|作为(?:一[个名款])?{_MODEL}(?:语言)?(?:模型|助手)?[，,]\s*我|我只?是一[个款名]{_MODEL}"
    r"|以下是(?:为您|根据您|一[篇条则段份])[^。！？\n]{0,20}(?:评价|评论|好评|文案)"
    r"|(?:根据|按照)您的(?:要求|需求)[^。！？\n]{0,12}(?:评价|评论|好评|文案)",
    re.IGNORECASE,
)
_CONCLUDES: Final = re.compile(
    r"\b(?:in conclusion|in summary|to sum up|to summarize|overall),\s+"
    r"(?:this|the|these|i (?:would |can )?(?:\w+ly )?recommend)\b"
    r"|(?:总的来说|总而言之|综上所述|总体而言|总体来说)[，,]?(?:这款|这个产品|该产品|这件|这一款|此款)",
    re.IGNORECASE,
)
_MANNERS: Final = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"\b(?:furthermore|moreover|additionally)\b", r"\b(?:firstly|secondly|thirdly|lastly)\b",
        r"\bstandout features?\b|\bstands out\b", r"\bnot only\b[^.!?]{5,80}\bbut (?:it )?also\b",
        r"\bwhether you(?:'re| are)\b", r"\bgame[- ]changer\b|\bmust-have\b|\blook no further\b", r"\btestament to\b",
        r"\bseamless(?:ly)?\b|\beffortless(?:ly)?\b", r"\belevat(?:e|es|ed|ing)\b|\benhanc(?:e|es|ed|ing)\b",
        r"\bboasts?\b|\bsleek\b|\bversatil\w+\b", r"\battention to detail\b|\bimpeccabl[ey]\b|\bcraftsmanship\b",
        r"\bexceed(?:s|ed)? (?:all )?(?:of )?my expectations\b", r"\*\*[^*\n]{2,40}\*\*", r"(?m)^#{1,4} \w",
        "首先|第一，", "其次|第二，", "此外|另外，|除此之外", "最后，", "不仅[^。！？]{2,30}(?:还|而且|更|也)",
        "无论是?[^。！？]{2,30}(?:还是|都)", "值得一提的是|令人(?:印象深刻|惊喜|赞叹)",
        "为[^。！？，]{1,12}(?:带来|增添|提供)了?", "完美(?:地)?(?:结合|融合|诠释|契合)",
        "不可多得|物超所值的选择|值得(?:推荐|信赖|拥有)的(?:产品|选择|好物)",
    )
)  # fmt: skip
MANNERS: Final = 4
"""Of these that a text must have, with a conclusion."""
LONG: Final = 120
"""Characters that it must have in Chinese; in English three times as many."""


def machine(text: str) -> str | None:
    """The words by which a text looks written by a machine; None where it doesn't."""
    match = _SAYS_SO.search(text)
    if match:
        return match.group()
    end = _CONCLUDES.search(text)
    if not end or len(text) < (3 * LONG if text.isascii() or end.group().isascii() else LONG):
        return None
    manners = sum(1 for manner in _MANNERS if manner.search(text))
    return text[end.start() :] if manners >= MANNERS else None
