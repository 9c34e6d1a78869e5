"""Reviews for the tests of lists: written straight into the tables, findable at once."""

import hashlib
import uuid
from datetime import date
from typing import Any

from ideation.catalog.models import Project
from ideation.reviews.models import DatasetImport, DatasetVersion, Review, ReviewDataset
from ideation.reviews.services.indexing import words_keep


def dataset_of(project: Project) -> tuple[ReviewDataset, DatasetImport]:
    """A dataset with one import, made at the first call."""
    dataset, _made = ReviewDataset.objects.get_or_create(project=project, name="Reviews")
    found, _made = DatasetImport.objects.get_or_create(
        dataset=dataset, file_name="reviews.csv", defaults={"file_bytes": 1, "file_sha256": ""}
    )
    return dataset, found


def review_of(project: Project, text: str, **fields: Any) -> Review:
    """A review; its words aren't noted."""
    dataset, found = dataset_of(project)
    line = Review.objects.count() + 2
    given = {"date": date(2026, 1, 1), "language": "en", "version_number": 1, "line": line, "tokens": 9, **fields}
    return Review.objects.create(
        project_id=project.pk,
        dataset=dataset,
        dataset_import=found,
        text=text,
        content_sha256=hashlib.sha256(f"{text}{line}".encode()).hexdigest(),
        salt=uuid.uuid4(),
        **given,
    )


def reviews_of(project: Project, *texts: str, **fields: Any) -> list[Review]:
    """Findable reviews, the first one the newest."""
    made = [review_of(project, text, **{"date": date(2026, 3, 28 - at), **fields}) for at, text in enumerate(texts)]
    words_keep(project, [(one.pk, one.date, one.title, one.text) for one in made], whole=True)
    dataset, _found = dataset_of(project)
    count = Review.objects.filter(dataset=dataset).count()
    DatasetVersion.objects.update_or_create(
        dataset=dataset, number=1, defaults={"reviews_count": count, "root_sha256": "0" * 64}
    )
    return made
