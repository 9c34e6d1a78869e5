"""Lists of reviews narrowed by what an analysis has found out: the mood of their sentences, the need they show."""

from typing import Any

from django.db.models import Avg, Max, Min, QuerySet

from ideation.catalog.models import Project
from ideation.needs.models import Evidence, Sentence
from ideation.reviews.browse import Listing
from ideation.reviews.filters import Wanted

MOOD = 0.15
"""From here on a sentence is good or bad."""


def listing(project: Project, wanted: Wanted, *, firsts: bool = False) -> Listing:
    """The list that the filters ask for, those of this room among them."""
    return Listing(project=project, wanted=wanted, within=_within(project, wanted), firsts=firsts)


def _within(project: Project, wanted: Wanted) -> QuerySet[Any] | None:
    """Ids of the reviews that fit the filters of this room, None where none is set."""
    within: QuerySet[Any] | None = None
    if mood := wanted.get("sentiment"):
        within = _in_mood(project, mood)
    if need := wanted.get("need"):
        showing = Evidence.objects.filter(need=need, need__analysis__project=project).values("sentence__review")
        within = showing if within is None else within.filter(review__in=showing)
    return within


def _in_mood(project: Project, mood: str) -> QuerySet[Any]:
    """Good or bad as a whole, or with sentences of both kinds, as their sentences were read."""
    sentences = Sentence.objects.filter(project=project).order_by().values("review")
    if mood == "mixed":
        both = sentences.annotate(best=Max("sentiment"), worst=Min("sentiment"))
        return both.filter(best__gt=MOOD, worst__lt=-MOOD).values("review")
    whole = sentences.annotate(mood=Avg("sentiment"))
    return (whole.filter(mood__gt=MOOD) if mood == "good" else whole.filter(mood__lt=-MOOD)).values("review")
