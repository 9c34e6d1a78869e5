"""Turns a customer's wish into an outcome: 'I want the lid to stay shut' → 'so that the lid stays shut'.

Used where a model has found a means but not the words for what it is good for: the customer's own words always fit.
English and Chinese, by the shape of the sentence; a wish of another shape gives nothing.
"""

import re

import rjieba

_WISH = re.compile(r"^I (?:want|need|would like|wish for)\s+(.+)$", re.IGNORECASE)
_TO_DO = re.compile(r"^to (\w.*)$")
_SUBJECT_TO_DO = re.compile(r"^((?:(?! to | that | which | who ).)+?) (not )?to (not )?(\w+)(.*)$")
_NONE = re.compile(r"^no (\w.*)$")
_OWN = {
    "i'm": "you are", "i've": "you have", "i'd": "you would", "i": "you", "me": "you", "my": "your", "mine": "yours",
    "myself": "yourself",
}  # fmt: skip
_THEIRS = {
    "i'm": "they are", "i've": "they have", "i'd": "they would", "i": "they", "me": "them", "my": "their",
    "mine": "theirs", "myself": "themselves",
}  # fmt: skip
_FIRST_PERSON = re.compile(r"\b(?:i'm|i've|i'd|i|me|my|mine|myself)\b", re.IGNORECASE)
_IRREGULAR = {"be": "is", "have": "has", "do": "does", "go": "goes"}
_PLURAL = {"be": "are"}


_WISH_ZH = re.compile("^我?(?:希望|想要|想|需要)(.+)$")
_ABLE_ZH = re.compile("^(?:单手|一只手|能|可以|一个人|自己|看|不用)")


def _bare(statement: str) -> str:
    """A wish without the reason that it gives itself: a second 'so that' would stumble."""
    return " ".join(statement.replace("’", "'").split()).partition(", so that ")[0].rstrip(".!")


def outcome(statement: str) -> str:
    """A clause to put behind a means ('so that …', 'for …', '好让…'); empty if the statement is no wish."""
    if chinese := _WISH_ZH.match(statement.strip().rstrip("。！")):
        wish = chinese.group(1)
        return f"好让{_subject_zh(wish)}{wish}"
    found = _WISH.match(_bare(statement))
    if not found:
        return ""
    wish = _FIRST_PERSON.sub(lambda m: _OWN[m.group().lower()], found.group(1))
    if deed := _TO_DO.match(wish):
        return f"so that you can {deed.group(1)}"
    if parts := _SUBJECT_TO_DO.match(wish):
        subject, before, after, deed_word, rest = parts.groups()
        done = _said(deed_word, plural=_is_plural(subject), banned=bool(before or after))
        return f"so that {subject} {done}{rest}"
    if absent := _NONE.match(wish):
        return f"so that there is no {absent.group(1)}"
    return f"for {wish}"


def _subject_zh(wish: str) -> str:
    """Who or what a wish without a subject speaks of: the product, or whoever uses it."""
    if wish.startswith(("不", "没")):
        return "它"
    return "人" if _ABLE_ZH.match(wish) or rjieba.tag(wish)[0][1].startswith("v") else ""


def wisher(statement: str) -> str:
    """Who has a wish: 'I want my lid to stay shut' → 'People who want their lid to stay shut'; empty if it is none."""
    if chinese := _WISH_ZH.match(statement.strip().rstrip("。！")):
        return f"希望{chinese.group(1)}的人"
    found = _WISH.match(_bare(statement))
    if not found:
        return ""
    return "People who want " + _FIRST_PERSON.sub(lambda m: _THEIRS[m.group().lower()], found.group(1))


def _said(verb: str, *, plural: bool, banned: bool) -> str:
    if banned:
        return ("are not" if plural else "is not") if verb == "be" else f"{'do' if plural else 'does'} not {verb}"
    if plural:
        return _PLURAL.get(verb, verb)
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z")):
        return verb + "es"
    return verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else verb + "s"


def _is_plural(subject: str) -> bool:
    last = subject.lower().split()[-1]
    return (
        last in ("they", "them", "people", "you", "children") or bool(re.search(r"[^s]s$", last)) or " and " in subject
    )
