"""Takes out of briefs and concepts what repeats reviews which are to be erased. Called before the reviews go."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, QuerySet

from ideation.base.quotes import Quotes
from ideation.concepts.models import Brief, Concept, Feature
from ideation.needs.erase import words_clean

WORDS = ("name", "pitch", "insight", "target_user")


def concepts_citing(reviews: Sequence[uuid.UUID]) -> QuerySet[Concept]:
    """Concepts of which a claim cites these reviews."""
    return Concept.objects.filter(concept_claims__claim__citations__evidence__sentence__review__in=reviews).distinct()


@transaction.atomic
def quotes_erase(*, quotes: Quotes) -> int:
    """Takes quotes out of every brief, concept and feature of the brand, marks the concepts; returns how many."""
    words_clean(Brief, ("title", "audience", "must_have", "must_avoid"), quotes)
    total = 0
    for concept in Concept.objects.prefetch_related("features").iterator(500):
        changes: dict[str, object] = {}
        passages = 0
        for name in WORDS:
            text, found = quotes.taken_out(getattr(concept, name))
            passages += found
            if found:
                changes[name] = text[:200] if name == "name" else text
        for feature in concept.features.all():
            text, found = quotes.taken_out(feature.text)
            passages += found
            if found:
                Feature.objects.filter(pk=feature.pk).update(text=text)
        if passages:
            Concept.objects.filter(pk=concept.pk).update(erased_quotes=F("erased_quotes") + passages, **changes)
            total += passages
    return total
