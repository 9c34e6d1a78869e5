"""Turns what a customer said into what the customer wants: 'it leaks' into 'I want it not to leak'.

Rules, no model: they work in both languages, invent nothing, and say nothing where they do not fit.
"""

from collections.abc import Sequence

from mlcore.wishes.chinese import chinese_wishes
from mlcore.wishes.english import english_wishes
from mlcore.wishes.wish import Wish

__all__ = ["Wish", "quoted", "wishes"]


def wishes(sentence: str, language: str, sentiment: float) -> list[Wish]:
    """The wishes that can be read off one sentence (sentiment −1 to 1), none for a language without rules."""
    if language == "en":
        return english_wishes(sentence, sentiment)
    return chinese_wishes(sentence) if language == "zh" else []


def quoted(language: str, label: str, quotes: Sequence[str]) -> Wish:
    """The last resort: names the topic and lets the customer speak. `quotes`: best first, at least one."""
    short, long = (6, 28) if language in ("zh", "ja") else (20, 110)
    quote = next((q for q in quotes[:6] if short <= len(q) <= long), quotes[0]).strip(" ,.;，。；")
    if language == "zh":
        return Wish(text=f"我在意{label.replace(' ', '、')}：“{quote}”。", quality=0.0)
    if language == "en":
        return Wish(text=f"I care about {label}: “{quote}.”", quality=0.0)
    return Wish(text=f"“{quote}”", quality=0.0)
