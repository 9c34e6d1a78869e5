"""English noun phrases without a tagger: which words of a sentence can be named again in a wish."""

import re

from mlcore.wishes.words_en import MASS, VAGUE

_STOP = re.compile(
    r"\s+(?:but|and|because|so|although|though|which|when|if|after|since|while|even|unless|until|as|than|like|or|"
    r"before|whenever|where|who|i|it|they|you|we|the first|yet|except|despite)\b.*|[,;:(].*| - .*",
    re.IGNORECASE,
)


def noun_phrase(phrase: str) -> tuple[str, str] | None:
    """Determiner and noun of a subject; None if it names nothing ('everyone', 'the only thing').

    Without a tagger only short phrases are safe: at most two words, three after a determiner.
    """
    words = [w for w in phrase.split() if w not in ("really", "also", "just", "whole", "actual", "always", "still")]
    lead = words[0] if words and words[0] in DETERMINERS else ""
    noun = words[1:] if lead else words
    if not noun or len(noun) > (3 if lead else 2) or any(w in VAGUE or w in NOT_NOUN for w in noun):
        return None
    if any(w.endswith(("n't", "'s", "'ve", "'d", "'ll", "'re", "ly")) for w in noun):
        return None
    if (not lead and any(w.endswith(("ed", "ing")) for w in noun)) or noun[-1].endswith("ed"):
        return None
    return lead, " ".join(noun)


DETERMINERS = frozenset("the my its their this that these those our his her your both".split())
NOT_NOUN = frozenset(
    """
    is are was were be been has have had do does did will would can could should may might must and or but
    if when as of for in on at to from with by not no never i've i'm it's after before since because while
    which who very so too am pm up out off down over under again once twice than then well keeps kept
    started began love like think feel a an own got get makes made makes gave give came come goes going took
    take told said says replaced bought little good great bad nice best worst better one two three four
    first second being able want wanted need needed used using every each no tried same such whole only sure
    how why what these something day days last years quite almost sometimes however instead anything please
    yes ok oh wow fits looks feels works comes seems sits runs stays
    """.split()
)


def topic(phrase: str) -> str | None:
    """'the lid' for a subject, 'it' for a pronoun, None for what cannot be a product's part."""
    if phrase in ("it", "this", "they", "these", "this one", "this thing"):
        return "it"
    noun = noun_phrase(phrase)
    return f"the {noun[1]}" if noun else None


def with_article(noun: str) -> str:
    """'a lid', 'an app', 'straps', 'water'."""
    head = noun.rsplit(maxsplit=1)[-1]
    plural = head.endswith("s") and not head.endswith(("ss", "us", "is"))
    if plural or head in MASS:
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def shortened(rest: str, limit: int = 6) -> str:
    """The rest of a sentence up to where another thought begins; empty if that is more than `limit` words."""
    kept = _STOP.sub("", " " + rest.strip()).strip()
    words = kept.split()
    while words and words[-1] in (
        "at",
        "all",
        "very",
        "well",
        "to",
        "of",
        "the",
        "a",
        "with",
        "for",
        "either",
        "in",
        "on",
        "my",
    ):
        if words[-2:] == ["as", "well"] or words[-1] != "well":
            words.pop()
        else:
            break
    return " ".join(words) if len(words) <= limit else ""


def ours(text: str) -> str:
    """In the customer's own person: 'your bag' is 'my bag'."""
    return re.sub(r"\b(?:your|his|her|their|our)\b", "my", re.sub(r"\byou\b", "I", text))
