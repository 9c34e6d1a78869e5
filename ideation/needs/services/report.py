"""What a report of needs says, as plain values in the language of who asks: for a page, and for paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ideation.base.templatetags.ui import language_word, product_name
from ideation.needs.mentions import mentions_of
from ideation.needs.models import Analysis, Evidence, Need
from ideation.needs.querysets import needs_of
from ideation.needs.services.compare import Comparison, Narrowed, own_and_others
from ideation.needs.services.trends import Movements, Moving, moved
from ideation.needs.services.watches import CHANGES
from mlcore.estimates import Estimate, wilson

MOST: Final = 40
"""Needs in a report; the files have all."""
QUOTES: Final = 5
CHANGING: Final = 8
"""Needs that change, each with a chart."""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A customer's sentence."""

    text: str
    language: str
    source: str
    """Review, stars, product, day in one line."""


@dataclass(frozen=True, kw_only=True)
class ReportNeed:
    """A need with what it stands on."""

    need: Need
    share: Estimate | None
    """Of the analysis's reviews."""
    moving: Moving
    quotes: list[Quote]


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that a report says."""

    analysis: Analysis
    made: str
    needs: list[ReportNeed]
    left_out: int
    movements: Movements
    comparison: Comparison

    @property
    def changing(self) -> list[Moving]:
        """The needs that change, the surest first."""
        return [one for one in self.movements.needs if one.trend.direction in CHANGES][:CHANGING]

    @property
    def languages(self) -> str:
        """The sentences' languages, the commonest first."""
        counts: dict[str, int] = self.analysis.languages
        return ", ".join(language_word(code) for code in sorted(counts, key=lambda code: -counts[code])[:5])


def report_of(analysis: Analysis) -> Report:
    """The report of an analysis."""
    ground = mentions_of(analysis)
    found = moved(ground)
    moving = {one.need.pk: one for one in found.needs}
    needs = list(needs_of(analysis).filter(standing__is_dismissed=False).select_related("standing__theme"))
    quotes = _quotes(needs[:MOST])
    base = len(ground.reviews)
    assert analysis.finished_at is not None
    return Report(
        analysis=analysis,
        made=date_format(analysis.finished_at.date()),
        needs=[
            ReportNeed(
                need=need, share=wilson(min(need.mentions / base, 1.0), base) if base else None,
                moving=moving[need.pk], quotes=quotes.get(need.pk, []),
            )
            for need in needs[:MOST]
        ],
        left_out=max(0, len(needs) - MOST),
        movements=found,
        comparison=own_and_others(ground, Narrowed()),
    )  # fmt: skip


def _quotes(needs: Sequence[Need]) -> dict[Any, list[Quote]]:
    shown = Evidence.objects.filter(need__in=[need.pk for need in needs], rank__lte=QUOTES).order_by("need", "rank")
    found: dict[Any, list[Quote]] = {}
    for piece in shown.select_related("sentence__review__product"):
        sentence = piece.sentence
        quote = Quote(text=sentence.text, language=sentence.language, source=_source(sentence.review))
        found.setdefault(piece.need_id, []).append(quote)
    return found


def _source(review: Any) -> str:
    parts = [review.label]
    if review.rating is not None:
        parts.append(_("%(n)s of 5") % {"n": f"{review.rating:g}"})
    parts += [product_name(review.product) if review.product else review.product_name, review.source]
    if review.date:
        parts.append(date_format(review.date))
    return " · ".join(part for part in parts if part)
