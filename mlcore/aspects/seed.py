"""The sentences that the shipped models learn from: written for this project with marked terms, and made from patterns.

In the seed files `[battery|-]` is a judged term with its feeling (+, - or 0) and, where the lexicon does not name it,
its category; `{dies fast}` are the words that judge.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mlcore.aspects.lexicon import DATA, categories, category_of, taxonomy

SEEDS = {language: DATA / f"aspects_seed.{language}.txt" for language in ("en", "zh")}
_MARK = re.compile(r"\[([^|\]]+)\|([+\-0])(?:\|(\w+))?\]|\{([^}]+)\}")
_SIGN = {"+": 1, "-": -1, "0": 0}


@dataclass(frozen=True)
class Marked:
    """A stretch of a text."""

    start: int
    end: int
    polarity: int = 0
    category: str | None = None


@dataclass(frozen=True)
class Labelled:
    """A sentence with its judged terms and the words that judge them."""

    text: str
    terms: list[Marked] = field(default_factory=list)
    opinions: list[Marked] = field(default_factory=list)
    weight: float = 1.0


def parse(line: str, weight: float = 1.0) -> Labelled:
    """A marked line → the sentence. Raises ValueError for a category that the taxonomy lacks."""
    text, terms, opinions, at = "", [], [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        at = mark.end()
        term, sign, category, opinion = mark.groups()
        start = len(text)
        text += opinion or term
        if opinion:
            opinions.append(Marked(start, len(text)))
            continue
        if category and category not in taxonomy():
            raise ValueError(f"{category} is no category: {line}")
        terms.append(Marked(start, len(text), _SIGN[sign], category or category_of(term)))
    return Labelled(text + line[at:], terms, opinions, weight)


def written(path: Path) -> list[Labelled]:
    """The sentences of a seed file."""
    return [parse(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def seed(made: int = 1500, weight: float = 0.3) -> list[Labelled]:
    """All sentences in both languages; of patterns `made` in each, which count less."""
    chance = random.Random(0)
    out = [s for path in SEEDS.values() for s in written(path)]
    for language in SEEDS:
        lines = _patterns(language, chance)
        out += [parse(next(lines), weight) for _ in range(made)]
    return out


_GOOD = {
    "en": "great|excellent|good|very good|fantastic|amazing|really nice|perfect|superb|decent enough|"
    "better than expected|impressive|outstanding|top notch|lovely|wonderful|brilliant|pretty good|solid|not bad at all",
    "zh": "很好|不错|非常好|很棒|挺好的|没话说|很满意|好极了|超级好|很给力|很赞|比预期好|很不错|相当好|可以的|没毛病",
}
_BAD = {
    "en": "terrible|bad|poor|awful|disappointing|really bad|a joke|horrible|not great|not good|useless|below average|"
    "worse than expected|mediocre at best|a letdown|not what I expected|pathetic|annoying|unacceptable|not worth it",
    "zh": "很差|不好|太差了|不行|一般般|让人失望|不满意|差劲|糟糕|不怎么样|真不行|差评|不敢恭维|比预期差|太烂了|有问题",
}
_EVEN = {"en": "okay|average|fine|so-so|acceptable|nothing special", "zh": "一般|还行|还可以|凑合|过得去|马马虎虎"}
_ADJECTIVES = {
    1: "great good excellent nice amazing fantastic perfect lovely superb awesome decent beautiful".split(),
    -1: "terrible bad poor awful horrible cheap lousy disappointing dreadful crappy".split(),
}
_FRAMES = {
    "en": (
        "The [T|S] is {O}.",
        "[T|S] is {O}",
        "The [T|S] was {O}, I must say",
        "I think the [T|S] is {O}.",
        "The [T|S] is {O} and the [U|S] is {O}.",
        "The [T|S] is {O} but the [U|R] is {P}.",
        "{A} [T|S]!",
        "{A} [T|S] and {B} [U|S].",
        "It has a {A} [T|S].",
        "[T|S] could be {better} ,-",
        "The [T|S] {let me down} ,-",
        "I {love} the [T|S] ,+",
        "{Happy} with the [T|S] and the [U|S] ,+",
        "{Not happy} with the [T|S] ,-",
        "I have a {problem} with the [T|S] ,-",
        "{Disappointed} in the [T|S]. ,-",
        "[T|S] and [U|S] are {O}",
        "{Impressed} by the [T|S] ,+",
        "The [T|S] on this one {does not work} ,-",
        "The [T|S] {stopped working} after two months ,-",
        "The {A} [T|S] is what sold me",
        "With such {A} [T|S] I expected more",
        "I {hate} the [T|S] ,-",
        "We talked about the weather and the [T|S] , which is {O}.",
        "The [T|S] {works well} ,+",
        "[T|S], [U|S]: {O}",
        "The [T|S] {exceeded} my expectations ,+",
        "[T|S] {broke} ,-",
    ),
    "zh": (
        "[T|S]{O}",
        "[T|S]{O}，[U|S]也{O}",
        "[T|S]{O}，但是[U|R]{P}",
        "这个[T|S]{O}。",
        "[T|S]真的{O}！",
        "我觉得[T|S]{O}",
        "[T|S]方面{O}",
        "{喜欢}它的[T|S] ,+",
        "对[T|S]{不满意} ,-",
        "对[T|S]{很满意} ,+",
        "就是[T|S]{O}",
        "[T|S]和[U|S]都{O}",
        "[T|S]{坏了} ,-",
        "[T|S]{出问题了} ,-",
        "[T|S]{没得说} ,+",
        "收到了，[T|S]{O}，会再来",
        "用了一段时间，[T|S]{O}",
        "[T|S]有待{改进} ,-",
        "[T|S]、[U|S]都{O}",
        "老婆说[T|S]{O}",
        "除了[T|S]{P}，其他都好 ,*-",
        "唯一不足是[T|S]{P} ,*-",
    ),
}


def _patterns(language: str, chance: random.Random) -> Iterator[str]:
    """Endless lines of known terms in frames; a frame with a fixed feeling ends in ' ,+' or ' ,-'."""
    terms = _terms(language)
    while True:
        frame = chance.choice(_FRAMES[language])
        sign = chance.choice((1, 1, -1, -1, 0))
        if frame[-3:-1] == " ,":
            frame, sign = frame[:-3], 1 if frame[-1] == "+" else -1
        elif frame.endswith(" ,*-"):
            frame, sign = frame[:-4], -1
        if "{A}" in frame:
            sign = sign or 1
        other = -sign or 1
        (term, category), (second, another) = chance.sample(terms, 2)
        adjectives = _ADJECTIVES[sign or 1]
        phrase = frame.replace("{O}", _said(_opinion(language, sign, chance)))
        phrase = phrase.replace("{P}", _said(_opinion(language, other if "|R]" in frame else sign, chance)))
        phrase = phrase.replace("{A}", _said(chance.choice(adjectives)))
        phrase = phrase.replace("{B}", _said(chance.choice(adjectives)))
        phrase = phrase.replace("[T|S]", f"[{term}|{'-0+'[sign + 1]}|{category}]")
        phrase = phrase.replace("[U|S]", f"[{second}|{'-0+'[sign + 1]}|{another}]")
        yield phrase.replace("[U|R]", f"[{second}|{'-0+'[other + 1]}|{another}]")


def _said(opinion: str) -> str:
    return "{" + opinion + "}"


def _terms(language: str) -> list[tuple[str, str]]:
    """Terms of the lexicon in one language, each with its category; short Chinese ones would be ambiguous."""
    chinese = language == "zh"
    return sorted((t, c) for t, c in categories().items() if (t[0] >= "\u3400") == chinese and (len(t) > 1))


def _opinion(language: str, sign: int, chance: random.Random) -> str:
    return chance.choice({1: _GOOD, -1: _BAD, 0: _EVEN}[sign][language].split("|"))
