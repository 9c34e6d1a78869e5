"""Computes what needs weigh, after an analysis and after every correction, and keeps every part of the formulas."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from ideation.needs.mentions import mentions_of
from ideation.needs.models import Analysis, Need, SurveyFigure
from mlcore.figures import NeedFigures, weigh
from mlcore.kano import KanoClass, classify
from mlcore.survey import SurveyAnswers, Weighed, merged

DRAWS, DRAWS_OF_MANY, MANY = 500, 200, 20_000
"""Resamples behind the intervals; fewer above as many reviews, where intervals are narrow anyway."""
SCALE = (0.0, 10.0)
WRITTEN = (
    "rank", "mentions", "net_sentiment", "importance", "satisfaction", "opportunity", "opportunity_low",
    "opportunity_high", "rank_low", "rank_high", "kano", "figures",
)  # fmt: skip


@transaction.atomic
def figures_set(analysis: Analysis) -> None:
    """Weighs and ranks an analysis's needs: by what surveys say, where they do, else by its reviews."""
    ground = mentions_of(analysis)
    if not ground.needs:
        return
    table = ground.table
    count, draws = len(ground.needs), DRAWS_OF_MANY if len(table) > MANY else DRAWS
    derived = weigh(ground.mentions, table, count, draws=draws)
    classes = classify(ground.mentions, table, count)
    asked = _surveys(ground.needs)
    for need, figures, kind in zip(ground.needs, derived, classes, strict=True):
        survey = asked.get(need.standing_id)
        _write(need, figures, kind, merged(figures, survey))
    ordered = sorted(ground.needs, key=lambda n: (-n.opportunity, -n.mentions, n.label))
    for rank, need in enumerate(ordered, start=1):
        need.rank = rank
    Need.objects.bulk_update(ordered, WRITTEN, batch_size=500)


def _surveys(needs: Sequence[Need]) -> dict[Any, SurveyAnswers]:
    found = SurveyFigure.objects.filter(standing__in=[need.standing_id for need in needs])
    return {
        row.standing_id: SurveyAnswers(
            lowest=SCALE[0], highest=SCALE[1], importance=row.importance, importance_base=row.answers,
            satisfaction=row.satisfaction, satisfaction_base=row.answers,
        )
        for row in found
    }  # fmt: skip


def _write(need: Need, derived: NeedFigures, kind: KanoClass, best: Weighed) -> None:
    need.mentions = derived.mentions.count
    need.net_sentiment = derived.net_sentiment.value if derived.net_sentiment else 0.0
    need.importance = best.importance.value
    need.satisfaction = best.satisfaction.value if best.satisfaction else SCALE[1] / 2
    need.opportunity = best.opportunity.value if best.opportunity else 0.0
    need.opportunity_low = best.opportunity.low if best.opportunity else None
    need.opportunity_high = best.opportunity.high if best.opportunity else None
    need.rank_low = derived.stability.low if derived.stability else None
    need.rank_high = derived.stability.high if derived.stability else None
    need.kano = kind.kind or ""
    need.figures = {"derived": asdict(derived), "kano": asdict(kind), "best": asdict(best)}
