"""What a concept says about customers, made by code from true counts and their own words.

A model's sentence about customers would have to be checked against the reviews; these need no check, since nothing
in them is written by a model: numbers are counted, quotes are verbatim, and each cites the sentences it stands on.
"""

from collections.abc import Sequence
from typing import Any

from mlcore.specs.concepts import EvidenceSpec, NeedSpec

MAX_QUOTE = {"en": 140, "zh": 60}
"""Characters of a quote that is preferred; the shortest stands in if all are longer."""

_SHARE = {
    "en": ("%(mentions)s of %(reviews)s reviews speak of this", "%(mentions)s of %(reviews)s reviews speaks of this"),
    "zh": ("%(reviews)s条评价中有%(mentions)s条提到这一点",) * 2,
}
_CLAIM = {"en": "%(share)s: %(statement)s. “%(quote)s”", "zh": "%(share)s：%(statement)s。“%(quote)s”"}
_INSIGHT = {
    "en": (
        "“%(quote)s” Behind it: %(statement)s. %(share)s%(more)s.",
        " and the concept answers %(count)s more",
        " needs",
        " need",
    ),
    "zh": ("“%(quote)s”背后的需求是：%(statement)s。%(share)s%(more)s。", "，本概念还回应另外%(count)s个需求", "", ""),
}


def claims(needs: Sequence[NeedSpec], language: str) -> list[dict[str, Any]]:
    """One claim a need: how many reviews speak of it, what they want, and a customer's words, with evidence ids."""
    return [_claim(need, language) for need in needs]


def insight(needs: Sequence[NeedSpec], language: str) -> str:
    """Where the concept starts: the lead need (the first), a customer's words behind it, and its count."""
    lead, count = needs[0], len(needs) - 1
    form, more, many, one = _INSIGHT[language]
    added = more % {"count": count} + (many if count > 1 else one) if count else ""
    return form % {
        "quote": sentence(quote(lead, language).text, language),
        "statement": _plain(lead.statement),
        "share": share(lead, language),
        "more": "," + added if added and language == "en" else added,
    }


def share(need: NeedSpec, language: str) -> str:
    """'12 of 320 reviews speak of this', in the language."""
    many, one = _SHARE[language]
    return (one if need.mentions == 1 else many) % {"mentions": need.mentions, "reviews": need.reviews}


def quote(need: NeedSpec, language: str) -> EvidenceSpec:
    """The best evidence that is short enough to quote, and says more than the statement does."""
    said = [e for e in need.evidence if e.text.strip()]
    fitting = [e for e in said if len(e.text) <= MAX_QUOTE[language]]
    fresh = [e for e in fitting if _plain(e.text).lower() != _plain(need.statement).lower()]
    return (fresh or fitting or [min(said, key=lambda e: len(e.text))])[0]


def sentence(text: str, language: str) -> str:
    """A customer's words with an end mark, otherwise untouched."""
    text = " ".join(text.split())
    return text if text[-1] in ".!?…。！？～~)" else text + ("。" if language == "zh" else ".")


def _claim(need: NeedSpec, language: str) -> dict[str, Any]:
    cited = quote(need, language)
    text = _CLAIM[language] % {
        "share": share(need, language),
        "statement": _plain(need.statement),
        "quote": sentence(cited.text, language),
    }
    return {"text": text, "evidence": [cited.id]}


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".。!！ ")
