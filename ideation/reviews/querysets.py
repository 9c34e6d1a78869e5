"""Reads of datasets, imports and reviews."""

import json
import uuid
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404

from ideation.catalog.models import Product, Project
from ideation.reviews.models import DatasetImport, DatasetVersion, RejectedRow, Review, ReviewDataset


def datasets_of(project: Project) -> QuerySet[ReviewDataset]:
    """A project's datasets, newest first."""
    return ReviewDataset.objects.filter(project=project)


def imports_of(project: Project) -> QuerySet[DatasetImport]:
    """A project's imported files, newest first."""
    return DatasetImport.objects.filter(dataset__project=project).select_related("dataset")


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
    """A project's reviews in the order of their files."""
    return Review.objects.filter(dataset__project=project).select_related("product")


def newest_version(project: Project) -> DatasetVersion | None:
    """The newest version of the project's newest dataset."""
    versions = DatasetVersion.objects.filter(dataset__project=project).select_related("dataset")
    return versions.order_by("-created_at").first()


def reviews_in(version: DatasetVersion) -> QuerySet[Review]:
    """Exactly the reviews of a dataset version."""
    return Review.objects.filter(dataset_id=version.dataset_id, version_number__lte=version.number)


def most_reviewed(project: Project) -> Product | None:
    """The project's own product that customers speak of most, None without a catalogue."""
    own = Product.objects.filter(project=project, is_competitor=False)
    return own.annotate(spoken=Count("reviews")).filter(spoken__gt=0).order_by("-spoken", "sku").first()


def write_reviews(version: DatasetVersion, path: Path) -> int:
    """Writes a version's reviews as JSON Lines for mlcore; returns how many. Holds only a batch at a time."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for review in reviews_in(version).select_related("product").iterator(chunk_size=2000):
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
