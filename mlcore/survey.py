"""What customers answered when asked takes precedence over what is derived from their reviews."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mlcore.estimates import Estimate
from mlcore.figures import NeedFigures, opportunity_of

Source = Literal["survey", "reviews", "both"]


@dataclass(frozen=True, kw_only=True)
class SurveyAnswers:
    """Mean answers on one need, on the survey's own scale. Raises ValueError if they don't fit it."""

    lowest: float
    highest: float
    """Ends of the scale, e.g. 1 and 7; the better end is `highest`."""
    importance: float | None = None
    importance_base: int = 0
    satisfaction: float | None = None
    satisfaction_base: int = 0
    """How many people answered; an answer of nobody counts as none."""

    def __post_init__(self) -> None:
        if not self.lowest < self.highest:
            raise ValueError("the highest end of the survey's scale lies above its lowest")
        for value, base in ((self.importance, self.importance_base), (self.satisfaction, self.satisfaction_base)):
            if base < 0 or (value is not None and not self.lowest <= value <= self.highest):
                raise ValueError("a survey's answers lie on its scale, and nobody fewer than none gave them")

    def rescaled(self, value: float) -> float:
        """10 · (value − lowest) / (highest − lowest)."""
        return 10 * (value - self.lowest) / (self.highest - self.lowest)


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """A figure and where it is from."""

    value: float
    source: Source
    base: int
    """People asked, or reviews that speak of the need; of 'both', the smaller."""
    low: float | None = None
    high: float | None = None
    """Of figures from reviews."""


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A need's figures from the best source of each."""

    importance: Sourced
    satisfaction: Sourced | None
    opportunity: Sourced | None


def merged(derived: NeedFigures, asked: SurveyAnswers | None) -> Weighed:
    """Survey figures where there are any, those of the reviews elsewhere; the opportunity follows from the two.

    importance and satisfaction are rescaled to 0 to 10; opportunity = importance + max(importance − satisfaction, 0).
    """
    importance = asked and _asked(asked, asked.importance, asked.importance_base)
    satisfaction = asked and _asked(asked, asked.satisfaction, asked.satisfaction_base)
    if not importance and not satisfaction:
        return _derived(derived)
    return _joined(importance or _derived(derived).importance, satisfaction or _derived(derived).satisfaction)


def _asked(survey: SurveyAnswers, value: float | None, base: int) -> Sourced | None:
    return None if value is None or not base else Sourced(value=survey.rescaled(value), source="survey", base=base)


def _derived(derived: NeedFigures) -> Weighed:
    base = derived.mentions.count

    def sourced(figure: Estimate) -> Sourced:
        return Sourced(value=figure.value, low=figure.low, high=figure.high, source="reviews", base=base)

    return Weighed(
        importance=sourced(derived.importance),
        satisfaction=sourced(derived.satisfaction) if derived.satisfaction else None,
        opportunity=sourced(derived.opportunity) if derived.opportunity else None,
    )


def _joined(importance: Sourced, satisfaction: Sourced | None) -> Weighed:
    if satisfaction is None:
        return Weighed(importance=importance, satisfaction=None, opportunity=None)
    value = float(opportunity_of(np.array(importance.value), np.array(satisfaction.value)))
    source: Source = importance.source if importance.source == satisfaction.source else "both"
    base = min(importance.base, satisfaction.base)
    return Weighed(
        importance=importance, satisfaction=satisfaction, opportunity=Sourced(value=value, source=source, base=base)
    )
