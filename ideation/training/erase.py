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
    for dataset, number in _oldest(reviews).items():
        taught |= Q(run__version__dataset=dataset, run__version__number__gte=number)
    return ModelVersion.objects.filter(taught)


def _oldest(reviews: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Dataset → the first of its versions that contains one of the reviews."""
    pairs = Review.objects.filter(pk__in=reviews).order_by("-version_number").values_list("dataset", "version_number")
    return dict(pairs)


@transaction.atomic
def models_mark(*, reviews: Sequence[uuid.UUID], quotes: Quotes) -> int:
    """Counts the erased reviews on each model that was trained with them, and drops samples that recite them."""
    doomed = Counter(Review.objects.filter(pk__in=reviews).values_list("dataset", "version_number"))
    models = list(models_taught(reviews).select_related("run__version"))
    for model in models:
        version = model.run.version
        count = sum(
            n for (dataset, number), n in doomed.items() if dataset == version.dataset_id and number <= version.number
        )
        # A hash without a salt, of texts that but for the erased ones are known, could be tried until it fits.
        ModelVersion.objects.filter(pk=model.pk).update(erased_reviews=F("erased_reviews") + count, corpus_sha256="")
    # Whichever model wrote them: a base model may know the words from elsewhere, and they are still the customer's.
    for evaluation in Evaluation.objects.exclude(samples=[]):
        kept = [one for one in evaluation.samples if not any(quotes.taken_out(str(text))[1] for text in one.values())]
        if len(kept) < len(evaluation.samples):
            Evaluation.objects.filter(pk=evaluation.pk).update(samples=kept)
    return len(models)
