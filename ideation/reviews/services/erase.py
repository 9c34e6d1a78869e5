"""Takes reviews out of a brand for good: their rows, the files that hold them, what rejected rows kept of those files.

What is left of each is its leaf. The rooms above have let go of the reviews before, in the same transaction.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from ideation.reviews.models import (
    DatasetImport,
    DatasetVersion,
    DuplicateRow,
    ErasedReview,
    RejectedRow,
    Review,
    ReviewDataset,
)
from ideation.reviews.querysets import files_near, review_exports_of
from ideation.reviews.services.exports import review_exports_delete


@transaction.atomic
def reviews_erase(*, reviews: Sequence[uuid.UUID]) -> dict[str, Any]:
    """Deletes these reviews and leaves a tombstone for each; returns what else was done.

    Every uploaded file of their datasets is deleted whole: the same words may stand in any of them again, and what was
    good in them is in the database. Counts of versions and imports say what is there now. Words and vectors go with
    their reviews; a row that repeated one is still accounted for, and no longer says which.
    """
    doomed = Review.objects.filter(pk__in=reviews)
    # A version that an import is just making counts what is there.
    list(ReviewDataset.objects.select_for_update(of=("self",)).filter(pk__in=doomed.values("dataset")).order_by("pk"))
    files = list(files_near(reviews))
    ErasedReview.objects.bulk_create(
        [
            ErasedReview(dataset_id=dataset, version_number=number, ended_in=ended, leaf_sha256=leaf)
            for dataset, number, ended, leaf in doomed.values_list(
                "dataset", "version_number", "ended_in", "leaf_sha256"
            )
        ],
        batch_size=2000,
        ignore_conflicts=True,
    )
    _counts_correct(reviews)
    rows = _rejected_clean(reviews)
    exports = list(review_exports_of(reviews))
    DuplicateRow.objects.filter(repeats__in=reviews).update(repeats=None)
    _all, tables = doomed.delete()
    erased = tables.get(Review._meta.label, 0)
    for found in files:
        _file_delete(found)
    review_exports_delete(exports=exports)
    return {"reviews": erased, "rejected_rows": rows, "files": len(files), "bytes": sum(f.file_bytes for f in files)}


def _counts_correct(reviews: Sequence[uuid.UUID]) -> None:
    doomed = Review.objects.filter(pk__in=reviews).order_by()
    places = doomed.values_list("dataset", "version_number", "ended_in").annotate(count=Count("pk"))
    for dataset, number, ended, count in places:
        held = DatasetVersion.objects.filter(dataset=dataset, number__gte=number)
        held = held.filter(number__lt=ended) if ended is not None else held
        held.update(reviews_count=F("reviews_count") - count)
    # A review that was corrected came in once: its last form stands for all.
    for found, count in doomed.filter(ended_in=None).values_list("dataset_import").annotate(count=Count("pk")):
        DatasetImport.objects.filter(pk=found).update(erased=F("erased") + count)


def _rejected_clean(reviews: Sequence[uuid.UUID]) -> int:
    """Rejected rows of the same datasets lose their values: nobody can say whose they were, and their files go too."""
    datasets = list(Review.objects.filter(pk__in=reviews).values_list("dataset", flat=True).order_by().distinct())
    rows = RejectedRow.objects.filter(dataset_import__dataset__in=datasets)
    return rows.exclude(value="", cells=[], raw="").update(value="", cells=[], raw="")


def _file_delete(found: DatasetImport) -> None:
    name = found.file.name
    # The file's hash goes too: it has no salt, and but for the erased rows what it was made of is known.
    gone = {"file": "", "file_sha256": "", "layout": {**found.layout, "sample": []}}
    DatasetImport.objects.filter(pk=found.pk).update(file_deleted_at=timezone.now(), **gone)
    # The row first: should the transaction be taken back, a missing file is better than words that somebody erased.
    default_storage.delete(str(name))
