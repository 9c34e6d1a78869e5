"""Turns what a customer said into what the customer wants: 'it leaks' into 'I want it not to leak'.

Rules, no model: they work in both languages, invent nothing, and say nothing where they do not fit.
"""

from collections.abc import Sequence

from mlcore.wishes.chinese import chinese_wishes
from mlcore.wishes.english import english_wishes
from mlcore.wishes.wish import Wish

__all__ = ["Wish", "plain", "wishes"]


def wishes(sentence: str, language: str, sentiment: float) -> list[Wish]:
    """The wishes that can be read off one sentence (sentiment −1 to 1), none for a language without rules."""
    if language == "en":
        return english_wishes(sentence, sentiment)
    return chinese_wishes(sentence) if language == "zh" else []


def plain(language: str, label: str, quotes: Sequence[str]) -> Wish:
    """The last resort: wishes that the topic be right; in a language without a form for that, quotes a customer.

    `quotes`: best first, at least one.
    """
    if language == "zh":
        return Wish(text=f"希望{label.replace(' ', '、')}让人满意。", quality=0.0)
    if language == "en":
        return Wish(text=f"I want the {label} to be right.", quality=0.0)
    return Wish(text=f"“{quotes[0].strip(' ,.;')}”", quality=0.0)
