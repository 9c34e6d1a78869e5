"""Judges a sentence that a language model wrote, without a model: whether it is whole, plain, new and to the point.

Small models loop, break off, praise, copy what they were shown and wander off into the products they were tuned on.
Each of these leaves marks in the words, and every check here looks for one of them. Words are compared as stems in
English and as pairs of neighbouring characters in Chinese, where no blank parts them.
"""

import functools
import itertools
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from mlcore.frames import EXAMPLES_ZH, read_examples

_HAN = re.compile(r"[一-鿿]")
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*%?|[一-鿿]+")
_STOP = frozenset(
    """a about after again all also am an and any are as at away be because been before both but by can could did
    do does doing don't each even every for from get gets go goes had has have her here him his how i i'm if
    in into is it it's its itself just like made make makes many me more most much my need needs no nor not
    of off on once one only or other our out over own people person same she should so some such take takes
    than that the their them then there these they thing things this those through to too two under until up
    us use used using very want wants was we were what when where which while who will with without would
    you your 's""".split()
)
_DANGLING = frozenset(
    """a an and any as at because but by each for from has have if in into is its of on or so than that the their to two
    until up when where while who with without your""".split()
)
_DANGLING_OK = frozenset({"up", "in", "on", "off"})
"""'The zip clicks when it is in' ends well enough."""

_PRAISE = {
    "en": re.compile(
        r"\b(?:best|perfect\w*|ultimate|revolution\w*|amazing|incredibl\w*|unique\w*|luxur\w*|premium|"
        r"world[- ]class|state[- ]of[- ]the[- ]art|cutting[- ]edge|guarantee\w*|innovativ\w*|unmatched|superior|"
        r"effortless\w*|seamless\w*|heal(?:s|ing)?|cures?|treats?|treatment|medical\w*|clinical\w*|therap\w*|"
        r"anti-?ageing|prevents? (?:illness|disease)|"
        r"100 ?%|100 percent|number one|no\. ?1)(?!\w)",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"最(?:好|佳|强|先进|高级|安全|舒适|便宜)|第一(?!次)|顶级|极致|完美|革命|唯一|独一无二|绝对|百分之百|100%|治疗|治愈|疗效|医用|抗衰|奢华|尊享"
    ),
}
_SPEAKER = {"en": re.compile(r"\b(?:i|i'm|i've|my|me|mine|we|our|us)\b", re.IGNORECASE), "zh": re.compile("我|咱")}
_NEGATION = re.compile(
    r"\b(?:not|no|never|without|less|doesn't|don't|isn't|aren't|won't|can't|stops?|free|keeps? out|prevents?)\b"
)
_EMPTY = re.compile(r"\btakes? the place of\b|\binstead of\b")
_MARKUP = re.compile(r"[<>{}\[\]|\\_=]|https?:|[:：]\s*$|\?$|？$|…$|\.\.\.$")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long a value may be: English words or Chinese characters, both ends included."""

    en: tuple[int, int]
    zh: tuple[int, int]

    def fits(self, text: str, language: str) -> bool:
        low, high = self.zh if language == "zh" else self.en
        return low <= (len(re.sub(r"\s", "", text)) if language == "zh" else len(text.split())) <= high


FEATURE = Limits(en=(7, 30), zh=(10, 60))
COMPOSED = Limits(en=(4, 30), zh=(10, 60))
"""A means with the wish that it serves; some say it all in few words ('Two pockets in the side seams')."""
PLAIN_PITCH = Limits(en=(7, 40), zh=(10, 70))
PITCH = Limits(en=(7, 34), zh=(10, 70))
USER = Limits(en=(2, 18), zh=(3, 36))
NAME = Limits(en=(2, 4), zh=(2, 10))
STATEMENT = Limits(en=(4, 14), zh=(4, 26))


def tokens(text: str) -> list[str]:
    """Words in order: lower-case English words, numbers, and Chinese as pairs of neighbouring characters."""
    found: list[str] = []
    for token in _TOKEN.findall(text.lower().replace("’", "'")):
        found += _pairs(token) if _HAN.match(token) else [token]
    return found


def stems(text: str) -> set[str]:
    """The words that carry meaning, reduced so that 'leaks', 'leaking' and 'leak' are one."""
    return {stem(t) for t in tokens(text) if t not in _STOP}


def overlap(text: str, other: str) -> float:
    """Share of common stems (Jaccard index), 0 to 1."""
    one, two = stems(text), stems(other)
    return len(one & two) / len(one | two) if one and two else 0.0


def copied(text: str, sources: Collection[str], *, run: int = 6) -> bool:
    """Whether the text takes `run` words in a row (in Chinese half as many pairs more) or most of it from a source."""
    mine = tokens(text)
    length = run + run // 2 if _HAN.search(text) else run
    grams = {tuple(mine[i : i + length]) for i in range(len(mine) - length + 1)}
    return any(grams & _grams(s, length) or overlap(text, s) >= 0.75 for s in sources)


def flaws(text: str, language: str, limits: Limits) -> list[str]:
    """What is wrong with the words as such; empty if nothing. See the names below."""
    checks = {
        "length": not limits.fits(text, language),
        "language": _foreign_script(text, language),
        "cut": _breaks_off(text),
        "loop": _loops(text),
        "speaker": bool(_SPEAKER[language].search(text)),
        "praise": bool(_PRAISE[language].search(text)),
        "markup": bool(_MARKUP.search(text)),
    }
    return [name for name, wrong in checks.items() if wrong]


def speaks_of(text: str, phrase: str) -> bool:
    """Whether all of a phrase's meaning words stand in the text."""
    wanted = stems(phrase)
    return (bool(wanted) and wanted <= stems(text)) or phrase.strip().lower() in text.lower()


def turns(text: str, asked: str, evidence: Sequence[str]) -> bool:
    """Whether words about a means turn the wish round: they bring about what is complained of, or banned in the wish.

    Words that only the complaint has ('jet', 'mid-air') and words behind a wish's 'not' ('rust') may stand in a
    feature only behind a negation of its own. An empty phrase of the worked examples counts as turning, too.
    """
    if _EMPTY.search(text):
        return True
    wish = asked.lower()
    negation = _NEGATION.search(wish)
    banned = stems(wish[negation.end() :]) if negation else set()
    complained = set().union(*(stems(s) for s in evidence)) - stems(asked)
    return bool(stems(text) & (banned | complained)) and not _NEGATION.search(text.lower())


def strays(text: str, ground: str) -> bool:
    """Whether the text names a product of the worked examples that the ground (product, needs, evidence) does not."""
    return bool((stems(text) & _example_heads()) - stems(ground))


def concreteness(text: str) -> float:
    """0 to 1: numbers with units, and words that stand for parts, materials and motions in the worked examples."""
    own = stems(text)
    if not own:
        return 0.0
    physical = len(own & _physical_words()) / len(own)
    return min(1.0, 0.8 * physical + (0.2 if re.search(r"\d", text) else 0.0))


def similar_example(text: str) -> bool:
    """Whether the text repeats a value of the worked examples."""
    return copied(text, _example_values(), run=7)


def stem(word: str) -> str:
    """A word without its English ending; Chinese pairs stay as they are."""
    for ending in ("ingly", "edly", "ing", "ies", "ied", "ed", "es", "s", "ly", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    # 'stopping' and 'stop', 'zipped' and 'zip'
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word


def _pairs(han: str) -> list[str]:
    return [han[i : i + 2] for i in range(len(han) - 1)] or [han]


@functools.lru_cache(maxsize=4096)
def _grams(text: str, length: int) -> frozenset[tuple[str, ...]]:
    words = tokens(text)
    return frozenset(tuple(words[i : i + length]) for i in range(len(words) - length + 1))


def _foreign_script(text: str, language: str) -> bool:
    han, letters = len(_HAN.findall(text)), len(re.findall(r"[^\W\d_]", text))
    return not letters or (han < 0.6 * letters if language == "zh" else han > 0) or bool(re.search(r"[؀-ۿЀ-ӿ]", text))


def _breaks_off(text: str) -> bool:
    words = re.findall(r"[\w'-]+", text.lower())
    if not words or text.rstrip()[-1] in ",;，；、(（-–":
        return True
    return text.count("(") != text.count(")") or (words[-1] in _DANGLING and words[-1] not in _DANGLING_OK)


def _loops(text: str) -> bool:
    words = tokens(text)
    trigrams = Counter(zip(words, words[1:], words[2:], strict=False))
    meaning = Counter(stem(w) for w in words if w not in _STOP)
    doubled = any(a == b for a, b in itertools.pairwise(words))
    return doubled or max(trigrams.values(), default=0) > 1 or max(meaning.values(), default=0) > 3


@functools.cache
def _example_heads() -> frozenset[str]:
    """Last words of the worked examples' products ('mug', 'pan'): what a tuned model wanders off to."""
    return frozenset(stem(e["product"].split()[-1].lower()) for e in read_examples(split=None)) - _PARTS


_PARTS = frozenset(
    {
        stem(word)
        for word in (
            "band bag bank bar bath block board bottle box brush cable call case children cover delivery flat frame "
            "gel glass head lead lid light lock machine maker mat mount oil paper peg plug press pump roller scale "
            "seat service set sheet spoon stick strap strainer tap vest watch"
        ).split()
    }
)
"""Products that are as often a part, a pack or a material of another product."""


@functools.cache
def _physical_words() -> frozenset[str]:
    features = [f for e in _concepts() for f in e["features"]]
    return frozenset(s for f in features for s in stems(f) if not s[0].isdigit())


@functools.cache
def _example_values() -> tuple[str, ...]:
    return tuple(value for e in _concepts() for value in [*e["features"], e["pitch"], e["target_user"]])


@functools.cache
def _concepts() -> tuple[dict[str, Any], ...]:
    examples = [*read_examples(), *read_examples(EXAMPLES_ZH)]
    return tuple(e for e in examples if e["kind"] == "concept")
