"""What the fast encoder learns from: the project's own sentences, and ever new ones composed of them.

Sentences are joined, shortened and have words exchanged for others of the encoder's vocabulary, so that the student
meets many thousand words that its authors never wrote; whether a composed sentence makes sense matters little, since
the teacher says what it takes it to mean.
"""

import csv
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlcore.embed.tokens import Tokens
from mlcore.text import is_han, sentences

DATA = Path(__file__).parents[1] / "data"
_WORD = re.compile(r"[A-Za-z]+|[\u4e00-\u9fff]{1,2}|\d+|\s+|.")
FRAMES = {
    "en": (
        "The {thing} is {feeling}",
        "The {thing} was {feeling} and the {other} is not",
        "I wish the {thing} were {feeling}",
        "not {feeling} at all, the {thing} {other}",
        "{feeling} {thing}, {feeling2} {other}",
        "My {other} says the {thing} is {feeling}",
        "Bought it for the {thing}, got {other}. {feeling}!",
        "It is {feeling} but the {thing} is {feeling2}",
    ),
    "zh": (
        "{thing}很{feeling}",
        "{thing}不{feeling}，{other}也一般",
        "{feeling}，就是{thing}太{feeling2}",
        "希望{thing}能{feeling}一点",
        "{other}说{thing}{feeling}",
        "买来给{other}用的，{thing}{feeling}",
        "{thing}{feeling}！{other}{feeling2}",
        "用了{other}，{thing}还是{feeling}",
    ),
}


def compose(count: int, *, more: Sequence[Path] = (), seed: int = 0) -> list[str]:
    """`count` texts: the project's own first, then composed ones. `more` names CSV files of own reviews."""
    draw = random.Random(seed)
    own = list(dict.fromkeys([*_seeds(DATA), *(text for path in more for text in _reviews(path))]))
    pools = {language: [text for text in own if is_han(text) == (language == "zh")] for language in ("en", "zh")}
    words, feelings = _vocabulary(), _feelings()
    made = own[:count]
    while len(made) < count:
        language = draw.choice(("en", "zh"))
        kind = draw.random()
        if kind < 0.3:
            made.append(_exchanged(draw.choice(pools[language]), words[language], draw))
        elif kind < 0.8:
            made.append(_joined(pools[language], words[language], language, draw))
        elif kind < 0.95:
            made.append(_framed(language, words[language], feelings[language], draw))
        else:
            made.append((" " if language == "en" else "").join(draw.choices(words[language], k=draw.randint(1, 5))))
    return made


def _seeds(folder: Path) -> Iterator[str]:
    """Every string that is a sentence in the data files of the package."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from _strings(json.loads(line))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and (" " in value or is_han(value)) and len(value) > 3:
        yield from (sentence.text for sentence in sentences(value, fallback="zh" if is_han(value) else "en"))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _reviews(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield from _strings(row.get("text") or "")


def _vocabulary() -> dict[str, list[str]]:
    pieces = Tokens().pieces()
    return {
        "en": [p[1:] for p in pieces if re.fullmatch("▁[a-z]{3,}", p)],
        "zh": [p for p in pieces if re.fullmatch("[\u4e00-\u9fff]{1,4}", p)],
    }


def _feelings() -> dict[str, list[str]]:
    lexicon = json.loads((DATA / "sentiment_lexicon.json").read_text(encoding="utf-8"))
    return {language: [*lexicon[language]["positive"], *lexicon[language]["negative"]] for language in ("en", "zh")}


def _exchanged(text: str, words: Sequence[str], draw: random.Random, share: float = 0.2) -> str:
    parts = _WORD.findall(text)
    if len(parts) > 8 and draw.random() < 0.3:
        start = draw.randrange(len(parts) - 4)
        parts = parts[start : start + draw.randint(4, len(parts))]
    return "".join(draw.choice(words) if p.isalnum() and draw.random() < share else p for p in parts).strip() or text


def _joined(pool: Sequence[str], words: Sequence[str], language: str, draw: random.Random) -> str:
    """A review of two to eight sentences, few of them changed."""
    said = draw.choices(pool, k=draw.choice((2, 2, 2, 3, 3, 4, 5, 6, 8)))
    glue = ". " if language == "en" else draw.choice("，，。！ ")
    return glue.join(_exchanged(text.rstrip(".。！!"), words, draw, 0.1) for text in said)


def _framed(language: str, words: Sequence[str], feelings: Sequence[str], draw: random.Random) -> str:
    thing, other = draw.choice(words), draw.choice(words)
    feeling, feeling2 = draw.choice(feelings), draw.choice(feelings)
    return draw.choice(FRAMES[language]).format(thing=thing, other=other, feeling=feeling, feeling2=feeling2)
