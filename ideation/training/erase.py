"""Marks the models that may have learnt from reviews which are to be erased: what a model learnt can't be taken out."""

import uuid
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet

from ideation.base.quotes import Quotes
from ideation.reviews.models import Review
from ideation.training.models import Evaluation, ModelVersion


def models_taught(reviews: Sequence[uuid.UUID]) -> QuerySet[ModelVersion]:
    """Model versions trained on a dataset version that contains one of these reviews."""
    taught = Q(pk__in=[])
    for dataset, first, ended in _places(reviews):
        held = Q(run__version__dataset=dataset, run__version__number__gte=first)
        taught |= held & Q(run__version__number__lt=ended) if ended is not None else held
    return ModelVersion.objects.filter(taught)


def _places(reviews: Sequence[uuid.UUID]) -> "Counter[tuple[uuid.UUID, int, int | None]]":
    """(dataset, the version that a review came with, the one in which a correction took its place) → how many."""
    return Counter(Review.objects.filter(pk__in=reviews).values_list("dataset", "version_number", "ended_in"))


@transaction.atomic
def models_mark(*, reviews: Sequence[uuid.UUID], quotes: Quotes) -> int:
    """Counts the erased reviews on each model that was trained with them, and drops samples that recite them."""
    doomed = _places(reviews)
    models = list(models_taught(reviews).select_related("run__version"))
    for model in models:
        version = model.run.version
        count = sum(
            n
            for (dataset, first, ended), n in doomed.items()
            if dataset == version.dataset_id and first <= version.number and (ended is None or version.number < ended)
        )
        # A hash without a salt, of texts that but for the erased ones are known, could be tried until it fits.
        ModelVersion.objects.filter(pk=model.pk).update(erased_reviews=F("erased_reviews") + count, corpus_sha256="")
    # Whichever model wrote them: a base model may know the words from elsewhere, and they are still the customer's.
    for evaluation in Evaluation.objects.exclude(samples=[]):
        kept = [one for one in evaluation.samples if not any(quotes.taken_out(str(text))[1] for text in one.values())]
        if len(kept) < len(evaluation.samples):
            Evaluation.objects.filter(pk=evaluation.pk).update(samples=kept)
    return len(models)
