"""Says whether a dataset version is what it was when it was pinned, apart from what was erased since."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.tenancy import brand_scope
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.reviews.models import DatasetVersion, Review
from ideation.reviews.querysets import erased_in, reviews_in
from ideation.reviews.querysets import version as find_version
from mlcore.merkle import LEAF_FIELDS, leaves_of_stored, merkle_root

NAMED: Final = 20
"""Reviews that are named where they differ; the others are counted."""
AT_ONCE: Final = 100_000
"""Reviews that are looked at while the person waits; more become a job."""
BATCH: Final = 20_000


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


@dataclass
class Leaves:
    """What has been computed so far: the leaves, and the first few reviews whose leaf isn't the stored one."""

    found: set[str] = field(default_factory=set)
    differing: list[uuid.UUID] = field(default_factory=list)
    changed: int = 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Computes the leaves of reviews from what is stored of them."""
        computed = leaves_of_stored(rows)
        self.found.update(computed)
        different = [row["pk"] for row, leaf in zip(rows, computed, strict=True) if leaf != row["leaf_sha256"]]
        self.changed += len(different)
        self.differing = (self.differing + different)[:NAMED]


def version_verify(*, version: DatasetVersion) -> Verified:
    """Computes each leaf from what is stored, takes those of erased reviews as they are, and compares the root."""
    leaves = Leaves()
    for rows in _batches(version):
        leaves.add(rows)
    return _compared(version, leaves)


@transaction.atomic
def verify_start(*, version: DatasetVersion, created_by: User | None = None) -> Job:
    """Queues the verifying of a large version."""
    return job_start(
        kind="version_verify",
        params={"version": str(version.pk)},
        subject_id=version.pk,
        project_id=version.dataset.project_id,
        created_by=created_by,
    )


def verify_run(run: JobRun) -> dict[str, Any]:
    """The job: batch after batch, each in a transaction of its own, so that nothing waits for it."""
    scope = partial(brand_scope, run.job.brand_id)
    with scope():
        version = find_version(uuid.UUID(run.params["version"]))
    leaves, last = Leaves(), None
    while True:
        with scope():
            rows = _batch(version, last)
        if not rows:
            break
        last = rows[-1]["pk"]
        leaves.add(rows)
        run.progress("verifying", min(len(leaves.found), version.reviews_count), version.reviews_count, "reviews")
    with scope():
        return verified_plain(_compared(find_version(version.pk), leaves))


def verified_plain(found: Verified) -> dict[str, Any]:
    """What was found out, as a job keeps it."""
    return {
        "version": str(found.version.pk),
        "intact": found.intact,
        "reviews": found.reviews,
        "erased": found.erased,
        "differing": [str(one.pk) for one in found.differing],
        "differing_count": found.differing_count,
        "missing": found.missing,
        "root_fits": found.root_fits,
    }


def _batches(version: DatasetVersion) -> Iterator[list[dict[str, Any]]]:
    last = None
    while rows := _batch(version, last):
        yield rows
        last = rows[-1]["pk"]


def _batch(version: DatasetVersion, last: uuid.UUID | None) -> list[dict[str, Any]]:
    """The next rows in the order of their ids, as plain values: a million of them are read in little time."""
    after = Q(pk__gt=last) if last else Q()
    stored = reviews_in(version).filter(after).order_by("pk")
    return list(stored.values("pk", "leaf_sha256", *LEAF_FIELDS)[:BATCH])


def _compared(version: DatasetVersion, leaves: Leaves) -> Verified:
    # What is erased while it is being looked at is among both; a leaf, being salted, is never that of two reviews.
    tombstones = set(erased_in(version).values_list("leaf_sha256", flat=True))
    reviews = len(leaves.found - tombstones)
    return Verified(
        version=version,
        reviews=reviews,
        erased=len(tombstones),
        differing=list(Review.objects.filter(pk__in=leaves.differing)),
        differing_count=leaves.changed,
        missing=version.reviews_count - reviews,
        root_fits=merkle_root(leaves.found | tombstones) == version.root_sha256,
    )
