"""Computes what needs weigh."""

from ideation.needs.models import Analysis, Need


def figures_set(analysis: Analysis) -> None:
    """Ranks an analysis's needs."""
    needs = sorted(Need.objects.filter(analysis=analysis), key=lambda n: (-n.opportunity, -n.mentions, n.label))
    for rank, need in enumerate(needs, start=1):
        need.rank = rank
    Need.objects.bulk_update(needs, ["rank"])
