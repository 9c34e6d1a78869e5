"""Reads of what became of a file's rows: the reasons of rejection, the duplicates and what they repeat."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from ideation.reviews.models import DatasetImport, DuplicateKind, DuplicateRow, RejectedRow, Review


def reasons_of(dataset_import: DatasetImport) -> dict[str, int]:
    """Code of a reason → how many rows were rejected for it, the commonest first."""
    rows = RejectedRow.objects.filter(dataset_import=dataset_import).values_list("code")
    return dict(rows.annotate(count=Count("pk")).order_by("-count", "code"))


def duplicates_of(dataset_import: DatasetImport, kind: str = "") -> QuerySet[DuplicateRow]:
    """The rows that repeat a review, in the order of the file; of one kind where that is named."""
    found = DuplicateRow.objects.filter(dataset_import=dataset_import).order_by("line", "pk")
    return found.filter(kind=kind) if kind in DuplicateKind.values else found


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """A row of the file and the review that it repeats, as far as that is still there."""

    row: DuplicateRow
    review: Review | None

    @property
    def percent(self) -> int:
        """How alike they are; what isn't the same is never all alike."""
        return 100 if self.row.similarity >= 1 else min(99, round(100 * self.row.similarity))


def repeats(rows: Sequence[DuplicateRow]) -> list[Repeat]:
    """Each row with its review."""
    found = Review.objects.in_bulk([row.repeats for row in rows if row.repeats])
    return [Repeat(row=row, review=found.get(row.repeats)) for row in rows]


def unmatched_count(dataset_import: DatasetImport) -> int:
    """How many of a file's reviews name a product that the catalogue doesn't know."""
    return Review.objects.filter(dataset_import=dataset_import, product=None).exclude(product_name="").count()
