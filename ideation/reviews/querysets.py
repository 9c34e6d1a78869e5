"""Reads of datasets, imports and reviews."""

import hashlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, Func, Q, QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Left
from django.http import Http404

from ideation.catalog.models import Product, Project
from ideation.reviews.models import (
    Correction,
    DatasetImport,
    DatasetVersion,
    ErasedReview,
    RejectedRow,
    Review,
    ReviewDataset,
    ReviewExport,
    SavedView,
)
from ideation.reviews.words import FLAG_WORDS
from mlcore.merkle import keyed


def datasets_of(project: Project) -> QuerySet[ReviewDataset]:
    """A project's datasets, newest first."""
    return ReviewDataset.objects.filter(project=project)


def imports_of(project: Project) -> QuerySet[DatasetImport]:
    """A project's imported files, newest first."""
    return DatasetImport.objects.filter(dataset__project=project).select_related("dataset", "source")


def dataset_import(import_id: uuid.UUID) -> DatasetImport:
    """One import. Raises Http404 if this brand has none with this id."""
    found = DatasetImport.objects.select_related("dataset__project").filter(pk=import_id).first()
    if found is None:
        raise Http404
    return found


def rejected_rows(dataset_import: DatasetImport) -> QuerySet[RejectedRow]:
    """The rows of an import that could not be used, in the order of the file."""
    return RejectedRow.objects.filter(dataset_import=dataset_import)


def reviews_of(project: Project) -> QuerySet[Review]:
    """A project's reviews in the order of their files, without those that corrections have replaced."""
    return Review.objects.filter(project_id=project.pk, ended_in=None).select_related("product")


def newest_version(project: Project) -> DatasetVersion | None:
    """The newest version of the project's newest dataset."""
    versions = DatasetVersion.objects.filter(dataset__project=project).select_related("dataset")
    return versions.order_by("-created_at").first()


def suspicions_of(project: Project) -> dict[str, int]:
    """Kind of suspicion → how many reviews of the project's newest dataset came with it."""
    version, counts = newest_version(project), Counter[str]()
    if version is not None:
        found = DatasetImport.objects.filter(dataset=version.dataset_id).exclude(flags={})
        for flags in found.values_list("flags", flat=True):
            counts.update(flags)
    return {kind: count for kind, count in counts.items() if kind in FLAG_WORDS}


def stood_in(number: int) -> Q:
    """Of a dataset's reviews, or of what is left of them: those of its version with this number."""
    return Q(version_number__lte=number) & (Q(ended_in=None) | Q(ended_in__gt=number))


def reviews_in(version: DatasetVersion) -> QuerySet[Review]:
    """Exactly the reviews of a dataset version."""
    return Review.objects.filter(stood_in(version.number), dataset_id=version.dataset_id)


def erased_in(version: DatasetVersion) -> QuerySet[ErasedReview]:
    """What is left of a dataset version's reviews that were erased."""
    return ErasedReview.objects.filter(stood_in(version.number), dataset_id=version.dataset_id)


def most_reviewed(project: Project) -> Product | None:
    """The project's own product that customers speak of most, None without a catalogue."""
    own = Product.objects.filter(project=project, is_competitor=False)
    spoken = Count("reviews", filter=Q(reviews__ended_in=None))
    return own.annotate(spoken=spoken).filter(spoken__gt=0).order_by("-spoken", "sku").first()


def write_reviews(found: QuerySet[Review], path: Path) -> int:
    """Writes reviews as JSON Lines for mlcore; returns how many. Holds only a batch at a time."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for review in found.select_related("product").iterator(chunk_size=2000):
            file.write(json.dumps(_plain(review), ensure_ascii=False) + "\n")
            count += 1
    return count


def _plain(review: Review) -> dict[str, Any]:
    return {
        "id": str(review.pk),
        "text": review.text,
        "title": review.title,
        "rating": review.rating,
        "date": review.date.isoformat() if review.date else None,
        "product": review.product.name if review.product else review.product_name or None,
        "source": review.source or None,
        "author": review.author_sha256 or None,
    }


def version(version_id: uuid.UUID) -> DatasetVersion:
    """One dataset version. Raises Http404 if this brand has none with this id."""
    found = DatasetVersion.objects.select_related("dataset").filter(pk=version_id).first()
    if found is None:
        raise Http404
    return found


def versions_pair(one: uuid.UUID, other: uuid.UUID) -> tuple[DatasetVersion, DatasetVersion]:
    """Two versions of one dataset, the earlier first. Raises Http404 if they aren't."""
    first, second = sorted((version(one), version(other)), key=lambda found: found.number)
    if first.dataset_id != second.dataset_id:
        raise Http404
    return first, second


def leaves_of(dataset_id: uuid.UUID, number: int) -> list[str]:
    """The leaves of a version, in pieces: those of its reviews, and those of its reviews that were erased.

    In one statement, since a review may be erased meanwhile; put together by Postgres, since a million rows take their
    time one by one.
    """
    there, erased = (
        model.objects.filter(stood_in(number), dataset=dataset_id)
        .order_by()
        .values(start=Left("leaf_sha256", 2))
        .annotate(leaves=StringAgg("leaf_sha256", delimiter=""))
        .values_list("leaves", flat=True)
        for model in (Review, ErasedReview)
    )
    return list(there.union(erased, all=True))


def versions_of(project: Project) -> QuerySet[DatasetVersion]:
    """A project's dataset versions, newest first."""
    return DatasetVersion.objects.filter(dataset__project=project).select_related("dataset").order_by("-created_at")


def reviews_by_author(author: str) -> QuerySet[Review]:
    """The brand's reviews by somebody, called as the source called them: the name is hashed as it was at the import."""
    name = hashlib.sha256(author.strip().encode()).hexdigest()
    hashes = [keyed(salt, name) for salt in ReviewDataset.objects.values_list("salt", flat=True)]
    return Review.objects.filter(author_sha256__in=hashes)


class OnlyDigits(Func):
    """The digits of a text, fullwidth ones too."""

    template = "regexp_replace(translate(%(expressions)s, '０１２３４５６７８９', '0123456789'), '[^0-9]', '', 'g')"
    output_field = TextField()


DIGITS = 7
"""Digits from which a text that is sought is taken for a number, however it is written in a review."""


def reviews_saying(text: str) -> QuerySet[Review]:
    """The brand's reviews in which a text stands: an email, a phone number in whatever form, any words.

    Looked for in what the customer wrote, so that what is masked is found too.
    """
    text = text.strip()
    found = Q(text__icontains=text) | Q(title__icontains=text) | Q(written__icontains=text) | Q(headed__icontains=text)
    whole = Review.objects.annotate(written=KT("as_written__text"), headed=KT("as_written__title"))
    digits = re.sub(r"\D", "", text)
    if len(digits) >= DIGITS and not re.search(r"[^\W\d_]", text):
        whole = whole.annotate(number=OnlyDigits(Cast("as_written", TextField())))
        found |= Q(number__contains=digits)
    return whole.filter(found)


def reviews_named(names: Sequence[str]) -> QuerySet[Review]:
    """The brand's reviews with these ids: the system's own, or those of the source."""
    return Review.objects.filter(Q(pk__in=uuids(names)) | Q(external_id__in=names))


def uuids(names: Iterable[object]) -> list[uuid.UUID]:
    """Those of the names that are ids."""
    found = []
    for name in names:
        with suppress(ValueError):
            found.append(uuid.UUID(str(name)))
    return found


def files_near(reviews: Sequence[uuid.UUID]) -> QuerySet[DatasetImport]:
    """The uploads that are still there of the datasets to which these reviews belong."""
    datasets = Review.objects.filter(pk__in=reviews).values("dataset")
    return DatasetImport.objects.filter(dataset__in=datasets).exclude(file="")


def review(review_id: uuid.UUID) -> Review:
    """One review, also one that a correction has replaced. Raises Http404 if this brand has none with this id."""
    found = Review.objects.select_related("dataset__project", "product").filter(pk=review_id).first()
    if found is None:
        raise Http404
    return found


def corrections_of(review: Review) -> QuerySet[Correction]:
    """All corrections of a review, whichever of its forms this is, the first one first."""
    known = Correction.objects.filter(Q(before=review) | Q(after=review)).values("original")
    return Correction.objects.filter(original__in=known).select_related("before", "after", "created_by")


def forms_of(reviews: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """These reviews with all their earlier and later forms."""
    ids = list(reviews)
    known = Correction.objects.filter(Q(before__in=ids) | Q(after__in=ids)).values("original")
    pairs = Correction.objects.filter(original__in=known).values_list("before", "after")
    return list(dict.fromkeys([*ids, *chain.from_iterable(pairs)]))


def review_exports(project: Project) -> QuerySet[ReviewExport]:
    """The project's files that are there, newest first."""
    return ReviewExport.objects.filter(project=project).exclude(file="").select_related("created_by")


def review_export(export_id: uuid.UUID) -> ReviewExport:
    """One file. Raises Http404 if this brand has none with this id."""
    found = ReviewExport.objects.select_related("project").filter(pk=export_id).first()
    if found is None:
        raise Http404
    return found


def review_exports_of(reviews: Iterable[uuid.UUID]) -> QuerySet[ReviewExport]:
    """Files that may hold one of these reviews: all of their projects."""
    return ReviewExport.objects.filter(project__datasets__reviews__in=list(reviews)).exclude(file="").distinct()


def saved_view(view_id: uuid.UUID) -> SavedView:
    """One view. Raises Http404 if this brand has none with this id."""
    found = SavedView.objects.select_related("project").filter(pk=view_id).first()
    if found is None:
        raise Http404
    return found


def views_of(project: Project) -> QuerySet[SavedView]:
    """A project's saved views, by name."""
    return SavedView.objects.filter(project=project)


def count_of(project: Project) -> int:
    """How many reviews the newest versions of a project's datasets have: no counting of rows."""
    versions = DatasetVersion.objects.filter(dataset__project=project)
    newest = versions.order_by("dataset_id", "-number").distinct("dataset_id")
    return sum(newest.values_list("reviews_count", flat=True))
