"""Takes out of a text what it repeats of others: what a review says must not live on in a sentence that quoted it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
WEIGHT = 10
"""What a run must weigh to be a quote: five words, ten Chinese characters, or a mixture; a whole sentence of three."""
MARKS = {"en": "[evidence erased]", "zh": "[证据已删除]"}


class Quotes:
    """The runs of words of some texts, to be found again in others."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.runs: set[tuple[str, ...]] = set()
        self.whole: set[tuple[str, ...]] = set()
        for text in texts:
            words = [word for word, _start, _end in _tokens(text)]
            self.runs |= {run for _start, run in _runs(words)}
            if len(words) >= 3 and sum(map(_weight, words)) < WEIGHT:
                self.whole.add(tuple(words))

    def taken_out(self, text: str) -> tuple[str, int]:
        """The text with a mark in the place of each passage that repeats them, and how many passages there were."""
        tokens = list(_tokens(text))
        words = [word for word, _start, _end in tokens]
        hit = [False] * len(tokens)
        for start, run in self._found(words):
            hit[start : start + len(run)] = [True] * len(run)
        places = [place for place, is_hit in enumerate(hit) if is_hit]
        if not places:
            return text, 0
        breaks = [0, *(at for at, (one, other) in enumerate(pairwise(places), start=1) if other > one + 1), len(places)]
        passages = [(tokens[places[one]][1], tokens[places[other - 1]][2]) for one, other in pairwise(breaks)]
        mark = MARKS["zh" if re.search(r"[\u3400-\u9fff]", text) else "en"]
        for start, end in reversed(passages):
            text = text[:start] + mark + text[end:]
        return text, len(passages)

    def _found(self, words: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
        yield from ((start, run) for start, run in _runs(words) if run in self.runs)
        for length in {len(one) for one in self.whole}:
            for start in range(len(words) - length + 1):
                if (run := tuple(words[start : start + length])) in self.whole:
                    yield start, run


def _weight(word: str) -> int:
    return 1 if "\u3400" <= word[0] <= "\u9fff" else 2


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    return ((found.group().casefold(), found.start(), found.end()) for found in TOKEN.finditer(text))


def _runs(words: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """From each word on, the shortest run that weighs enough."""
    for start in range(len(words)):
        total = 0
        for end in range(start, min(start + WEIGHT, len(words))):
            total += _weight(words[end])
            if total >= WEIGHT:
                yield start, tuple(words[start : end + 1])
                break
