"""Says whether a dataset version is what it was when it was pinned, apart from what was erased since."""

import uuid
from dataclasses import dataclass, field
from itertools import islice

from ideation.reviews.models import DatasetVersion, ErasedReview, Review
from ideation.reviews.querysets import reviews_in
from mlcore.merkle import LEAF_FIELDS, leaves_of_stored, merkle_root

CHUNK = 10_000
NAMED = 20
"""Reviews that are named where they differ; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was found out about a version."""

    version: DatasetVersion
    reviews: int
    erased: int
    differing: list[Review] = field(default_factory=list)
    """The first few of the reviews that aren't what they were."""
    differing_count: int = 0
    missing: int = 0
    """How many reviews are gone without having been erased; negative: how many have come in from elsewhere."""
    root_fits: bool = True

    @property
    def intact(self) -> bool:
        """Whether nothing differs."""
        return self.root_fits and not self.differing_count and not self.missing


def version_verify(*, version: DatasetVersion) -> Verified:
    """Computes each leaf from what is stored, takes those of erased reviews as they are, and compares the root."""
    leaves: list[str] = []
    differing: list[uuid.UUID] = []
    changed = 0
    stored = reviews_in(version).order_by("pk").values("pk", "leaf_sha256", *LEAF_FIELDS).iterator(CHUNK)
    while rows := list(islice(stored, CHUNK)):
        now = leaves_of_stored(rows)
        leaves += now
        different = [row["pk"] for row, leaf in zip(rows, now, strict=True) if leaf != row["leaf_sha256"]]
        changed += len(different)
        differing = (differing + different)[:NAMED]
    erased = ErasedReview.objects.filter(dataset_id=version.dataset_id, version_number__lte=version.number)
    tombstones = list(erased.values_list("leaf_sha256", flat=True))
    return Verified(
        version=version,
        reviews=len(leaves),
        erased=len(tombstones),
        differing=list(Review.objects.filter(pk__in=differing)),
        differing_count=changed,
        missing=version.reviews_count - len(leaves),
        root_fits=merkle_root([*leaves, *tombstones]) == version.root_sha256,
    )
