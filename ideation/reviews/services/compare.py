"""Compares two versions of a dataset: what came in between them, what was corrected, and how the numbers moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Round

from ideation.reviews.models import Correction, DatasetImport, DatasetVersion, Review
from ideation.reviews.querysets import erased_in, stood_in

SHOWN: Final = 50
"""Values of a kind that are told apart, and reviews that are listed."""
KINDS: Final[dict[str, tuple[str | Combinable, ...]]] = {
    "language": ("language",),
    "rating": (Round("rating"),),
    "product": ("product__name", "product__name_zh"),
    "source": ("source",),
}
"""Kind → the columns by which reviews are counted."""


class Row(NamedTuple):
    """One language, rating, product or source."""

    value: Any
    value_zh: str
    """Of a product, its Chinese name."""
    before: int
    after: int

    @property
    def difference(self) -> int:
        """How many more in the later version."""
        return self.after - self.before


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two versions of one dataset, the earlier first."""

    before: DatasetVersion
    after: DatasetVersion
    added: int
    replaced: int
    erased_before: int
    erased_after: int
    """Reviews of either version that were erased since it was made."""
    imports: QuerySet[DatasetImport]
    newest: QuerySet[Review]
    """The first of the added reviews."""
    corrections: QuerySet[Correction]
    kinds: dict[str, list[Row]]


def versions_compare(*, before: DatasetVersion, after: DatasetVersion) -> Compared:
    """What differs between an earlier and a later version of the same dataset."""
    assert before.dataset_id == after.dataset_id
    assert before.number <= after.number
    both = Review.objects.filter(dataset=before.dataset_id)
    gone = both.filter(stood_in(before.number), ended_in__lte=after.number)
    come = both.filter(stood_in(after.number), version_number__gt=before.number)
    corrections = Correction.objects.filter(
        before__dataset=before.dataset_id, after__version_number__gt=before.number,
        after__version_number__lte=after.number,
    )  # fmt: skip
    replaced = gone.count()
    again = corrections.filter(before__in=gone).values("original")
    between = {"version__number__gt": before.number, "version__number__lte": after.number}
    return Compared(
        before=before,
        after=after,
        added=come.count() - replaced,
        replaced=replaced,
        erased_before=erased_in(before).count(),
        erased_after=erased_in(after).count(),
        imports=DatasetImport.objects.filter(dataset=before.dataset_id, **between).select_related("version"),
        newest=come.exclude(corrected_from__original__in=again).select_related("product").order_by("pk")[:SHOWN],
        corrections=corrections.select_related("before", "after", "created_by")[:SHOWN],
        kinds={kind: list(_rows(both, before, after, columns)) for kind, columns in KINDS.items()},
    )


def _rows(
    both: QuerySet[Review], before: DatasetVersion, after: DatasetVersion, columns: tuple[str | Combinable, ...]
) -> Iterator[Row]:
    names = {f"value_{place}": F(one) if isinstance(one, str) else one for place, one in enumerate(columns)}
    held = both.filter(stood_in(before.number) | stood_in(after.number)).order_by().values(**names)
    counted: Any = held.annotate(
        before=Count("pk", filter=stood_in(before.number)), after=Count("pk", filter=stood_in(after.number))
    )
    for row in counted.order_by("-after", "-before", *names)[:SHOWN]:
        yield Row(row["value_0"], row.get("value_1") or "", row["before"], row["after"])


def versions_near(version: DatasetVersion) -> QuerySet[DatasetVersion]:
    """The other versions of its dataset, newest first."""
    return DatasetVersion.objects.filter(Q(dataset=version.dataset_id) & ~Q(pk=version.pk)).order_by("-number")
