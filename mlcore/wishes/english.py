"""English: patterns from complaint or praise to a wish."""

import re
from collections.abc import Callable

from mlcore.wishes.nounphrase import noun_phrase, ours, shortened, topic, with_article
from mlcore.wishes.wish import Wish
from mlcore.wishes.words_en import BETTER, FAULTS, POSITIVE

_LEAD = re.compile(
    r"^(?:(?:and|but|so|however|also|plus|although|though|because|then|yet|unfortunately|sadly|honestly|overall|now|"
    r"well|except|while|since|luckily|thankfully|basically|that|just)\b[, ]*|[-–•*\"“'(]+\s*)+",
    re.IGNORECASE,
)
_ADVERB = (
    r"(?:(?:so|very|really|just|super|quite|pretty|extremely|still|always|also|actually|incredibly|absolutely|"
    r"surprisingly|even|rather|fairly|perfectly|nice and|way|much|far|a bit|a little|a tad|slightly|somewhat|"
    r"kind of|kinda|constantly|already|totally|completely|often|sometimes|both|all|definitely|certainly|truly|too|"
    r"such a|easily|usually|quickly|simply|honestly|clearly|only)\s+)*"
)
_SUBJECT = (
    r"(?P<subject>(?:(?:the|my|its|their|this|that|these|those|our|his|her|your|both)\s+)?"
    r"[a-z][a-z'-]*(?:\s+[a-z][a-z'-]*){0,2}?)"
)
_BE = (
    r"(?:is|are|was|were|feels?|felt|looks?|looked|seems?|seemed|runs?|ran|'s|gets?|got|became|sounds?|tastes?|"
    r"smells?|stays?|has been)"
)
_WORD_LIMIT = 14

_FAULT = "|".join(sorted((re.escape(f).replace(r"\ ", r"\s+") for f in FAULTS), key=len, reverse=True))
_ADJECTIVE = r"(?P<adj>[a-z]+(?:-[a-z]+)?)"


def english_wishes(sentence: str, sentiment: float) -> list[Wish]:
    """All wishes that a pattern reads off the sentence; most sentences give none or one.

    The sentiment decides what a negation means: 'does not gape' is praise, 'does not close' a complaint.
    """
    clause = _LEAD.sub("", sentence.lower().replace("’", "'").strip()).strip(" .!?…,;:\"”'~*)")
    clause = re.sub(r"[^\x00-\x7f]+", "", clause).strip(" .!?")
    clause = re.sub(r"\b(it|that|there|he|she|what)'s\b", r"\1 is", clause).replace("they're", "they are")
    found = [
        w
        for pattern, make, fits in _PATTERNS
        if fits[0] <= sentiment <= fits[1]
        for w in (_try(pattern, make, clause),)
        if w
    ]
    return [w for w in found if 4 <= len(w.text.split()) <= _WORD_LIMIT]


def _try(pattern: re.Pattern[str], make: "Maker", clause: str) -> Wish | None:
    match = pattern.search(clause)
    made = make(match) if match else None
    if not made:
        return None
    text, quality = made
    text = re.sub(r"\s+", " ", text).strip(" .,!?")
    if re.search(r"n't\b|\bto (?:[a-z]+s)\b(?<!ss)|\bto came\b", text):
        return None
    text = re.sub(r"\bi\b", "I", text)
    return Wish(text=text[0].upper() + text[1:] + ".", quality=quality)


Made = tuple[str, float] | None
Maker = Callable[[re.Match[str]], Made]


def _wished(match: re.Match[str]) -> Made:
    who, verb, rest = match["who"], match["verb"], ours(shortened(match["rest"], 8))
    if not rest:
        return None
    if who == "i":
        return (f"i want to be able to {rest}", 0.05) if verb == "could" else None
    if who == "there":
        return f"i want there to be {rest}", 0.05
    thing = topic(who)
    verb = {"had": "have", "was": "be", "were": "be", "came": "come", "would": "", "could": "", "fit": "fit"}[verb]
    return (f"i want {thing} to {verb} {rest}", 0.08) if thing else None


def _lacking(match: re.Match[str]) -> Made:
    rest = shortened(match["rest"], 5)
    return (f"i want it to have {rest}", 0.04) if rest and rest.split()[0] not in ("to", "be", "more") else None


def _should(match: re.Match[str]) -> Made:
    rest, thing = shortened(match["rest"], 7), topic(match["subject"])
    return (f"i want {thing} to {ours(rest)}", 0.05) if rest and thing and not rest.startswith("have been") else None


def _easier(match: re.Match[str]) -> Made:
    rest = ours(shortened(match["rest"], 4))
    subject = topic(match["subject"]) if match["subject"] else "it"
    if not rest or rest.split()[0] in (
        "find",
        "say",
        "believe",
        "tell",
        "know",
        "imagine",
        "describe",
        "explain",
        "beat",
        "be",
        "see",
        "do",
        "get",
        "have",
        "make",
        "go",
        "take",
        "give",
        "keep",
        "come",
        "please",
        "love",
    ):
        return None
    return (
        f"i want {subject or 'it'} to be easy to {re.sub(r'^(?:it|them)$', '', rest)}",
        0.06 if subject else 0.02,
    )


def _too(match: re.Match[str]) -> Made:
    adjective, thing = match["adj"], topic(match["subject"])
    return (f"i want {thing} to be {BETTER[adjective]}", _worth(thing)) if adjective in BETTER and thing else None


def _be_good(match: re.Match[str]) -> Made:
    adjective, thing = match["adj"], topic(match["subject"])
    return (f"i want {thing} to be {adjective}", _worth(thing)) if adjective in POSITIVE and thing else None


def _be_bad(match: re.Match[str]) -> Made:
    adjective, thing = match["adj"], topic(match["subject"])
    if not thing or adjective in POSITIVE or adjective in _RELATIVE or adjective not in BETTER:
        return None
    return f"i want {thing} to be {BETTER[adjective]}", _worth(thing)


_RELATIVE = frozenset("hard short long hot cold big soft low high dark large small cheap firm".split())


def _be_not(match: re.Match[str]) -> Made:
    adjective, thing = match["adj"], topic(match["subject"])
    if not thing:
        return None
    if adjective in POSITIVE or adjective in (
        "dishwasher-safe",
        "rechargeable",
        "machine-washable",
        "big",
        "large",
        "loud",
    ):
        return f"i want {thing} to be {adjective}", _worth(thing)
    return (f"i want {thing} to be {BETTER[adjective]}", _worth(thing)) if adjective in BETTER else None


def _worth(thing: str) -> float:
    return 0.05 if thing != "it" else -0.02


def _faulty(match: re.Match[str]) -> Made:
    fault = FAULTS[re.sub(r"\s+", " ", match["fault"])]
    if match["subject"] in ("it", "this", "they", "these"):
        return f"i want it not to {fault}", 0.0
    noun = noun_phrase(match["subject"])
    if not noun:
        return None
    plural = noun[1].endswith("s") and not noun[1].endswith("ss")
    return f"i want {with_article(noun[1])} that {'do' if plural else 'does'} not {fault}", 0.07


def _refrains(match: re.Match[str]) -> Made:
    rest, thing = ours(shortened(match["rest"], 5)), topic(match["subject"])
    fault = any(rest == f or rest.startswith(f + " ") for f in FAULTS)
    return (f"i want {thing} not to {rest}", 0.05) if thing and fault else None


def _refuses(match: re.Match[str]) -> Made:
    rest = ours(shortened(match["rest"], 6))
    if not rest:
        return None
    fault = any(rest == f or rest.startswith(f + " ") for f in FAULTS)
    who = match["subject"]
    if who in ("i", "you", "we"):
        able = match["aux"] in ("can't", "cannot", "couldn't", "could not", "can not")
        return (f"i want to be able to {rest}", -0.02) if able and rest.split()[0] not in _HELPLESS else None
    thing = topic(who)
    if not thing or rest.split()[0] in (
        "be",
        "have",
        "a",
        "the",
        "even",
        "seem",
        "look",
        "feel",
        "like",
        "mind",
    ):
        return None
    return (f"i want {thing} not to {rest}" if fault else f"i want {thing} to {rest}"), 0.04


_HELPLESS = frozenset(
    "wait believe say imagine recommend complain ask tell be stop remember decide speak go live beat".split()
)


_ANY, _PRAISE, _COMPLAINT = (-1.0, 1.0), (0.2, 1.0), (-1.0, 0.1)
_REFUSAL = (
    rf"^{_SUBJECT}\s+(?P<aux>does not|doesn't|do not|don't|did not|didn't|will not|won't|would not|wouldn't|"
    rf"can't|cannot|can not|couldn't|could not|never|barely|hardly)\s+{_ADVERB}(?P<rest>[a-z].+)"
)

_PATTERNS: list[tuple[re.Pattern[str], Maker, tuple[float, float]]] = [
    (re.compile(pattern), make, fits)
    for pattern, make, fits in (
        (
            (
                r"\b(?:wish|if only|hope|be (?:nice|better|great|perfect|helpful) if)\s+(?:that\s+)?"
                r"(?P<who>it|they|there|this|i|the [a-z]+(?: [a-z]+)?)\s+(?P<verb>had|was|were|came|would|could|fit)\s+"
                r"(?P<rest>(?!been|have|not|never)[a-z].+)"
            ),
            _wished,
            _ANY,
        ),
        (
            r"\b(?:it|this)\s+(?:really\s+)?(?:needs|lacks|is missing|could use)\s+(?P<rest>.+)",
            _lacking,
            (-1.0, 0.5),
        ),
        (
            (
                r"\b(?:there is|there's|has|comes with)\s+no\s+"
                r"(?P<rest>(?!way|doubt|question|problem|issue|reason|complaint|smell|odou?r|leak|noise|drip|mess)[a-z].+)"
            ),
            _lacking,
            (-1.0, 0.0),
        ),
        (
            rf"^{_SUBJECT}\s+(?:should|needs to|ought to)\s+(?P<rest>(?!not|have)[a-z].+)",
            _should,
            (-1.0, 0.5),
        ),
        (
            (
                rf"(?:^{_SUBJECT}\s+{_BE}\s+)?{_ADVERB}(?:hard|difficult|impossible|tricky|tough|easy|easier|simple|"
                r"a pain|awkward|a nightmare|a struggle|a breeze)\s+to\s+(?P<rest>[a-z].+)"
            ),
            _easier,
            _ANY,
        ),
        (rf"^{_SUBJECT}\s+{_BE}\s+(?:[a-z]+\s+)?too\s+{_ADJECTIVE}", _too, (-1.0, 0.6)),
        (
            rf"^{_SUBJECT}\s+(?:is|are|was|were)(?:\s+not|n't)\s+{_ADVERB}(?:as\s+)?{_ADJECTIVE}",
            _be_not,
            _ANY,
        ),
        (rf"^{_SUBJECT}\s+{_BE}\s+{_ADVERB}{_ADJECTIVE}\b", _be_good, (-0.2, 1.0)),
        (rf"^{_SUBJECT}\s+{_BE}\s+{_ADVERB}{_ADJECTIVE}\b", _be_bad, (-1.0, 0.2)),
        (
            (
                rf"^{_SUBJECT}\s+(?:(?:always|constantly|keeps?|kept|started|starts|began|has|have|is|are|was|were|had|"
                rf"already|completely|just|easily|quickly|will|to|gets?|got|also)\s+)*"
                rf"(?P<fault>{_FAULT})(?:s|es|ed|ped|ked|ing|ping|ning|ging)?\b"
            ),
            _faulty,
            _COMPLAINT,
        ),
        (_REFUSAL, _refuses, _COMPLAINT),
        (_REFUSAL, _refrains, _PRAISE),
    )
]
