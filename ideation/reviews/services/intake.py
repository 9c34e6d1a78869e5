"""Takes a file's rows into the database: read by child processes, staged by COPY, made visible by one transaction.

Nothing of an import that is cut off stays: what was staged goes with the connection, and the next attempt begins again.
"""

import os
import time
import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.utils import timezone

from accounts.services.quotas import quota_take
from ideation.catalog.querysets import product_index
from ideation.jobs.runner import JobRun
from ideation.reviews.models import DatasetImport
from ideation.reviews.querysets import dataset_import as find_import
from ideation.reviews.services import staging
from ideation.reviews.services.indexing import index_start
from ideation.reviews.services.versions import version_grow, version_next
from mlcore.intake import PREFIX, SKETCHES, NearFound, Part
from mlcore.specs.intake import IntakeSpec, NearSpec
from mlcore.specs.reviewfiles import SHEETS, layout_of

READ_MEGABYTES: Final = 700
"""Data memory of each process that reads a file."""
COMPARE_MEGABYTES: Final = 2000
READERS: Final = max(1, min(4, os.cpu_count() or 1))
LEAF: Final = 64
"""Digits of a leaf."""
SHARED_FROM: Final = 8 * 2**20
"""Bytes from which several processes read a file; a smaller one is read before a second one has started."""
TOLD_EVERY: Final = 2.0
"""Seconds between two words on how many rows were read."""


@dataclass
class Account:
    """What became of the rows of the file before they met those of the dataset."""

    read: int = 0
    left_out: int = 0
    later: int = 0
    """Follow-ups."""
    personal: Counter[str] = field(default_factory=Counter)
    contents: list[bytes] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Counts a stretch of the file."""
        self.read += part.read
        self.left_out += part.left_out
        self.later += part.later
        self.personal.update(part.personal)
        self.contents.append(part.contents)
        self.leaves.append(part.leaves)

    def repeated(self) -> list[str]:
        """What the content_sha256 of rows that may repeat each other begin with."""
        prefixes = np.sort(np.frombuffer(b"".join(self.contents), f">u{PREFIX}"))
        again = np.unique(prefixes[1:][prefixes[1:] == prefixes[:-1]])
        return [f"{prefix:0{2 * PREFIX}x}" for prefix in again.tolist()]

    def leaves_but(self, gone: Collection[str]) -> list[str]:
        """The leaves of all rows but those, in pieces."""
        if not gone:
            return self.leaves
        every = (piece[at : at + LEAF] for piece in self.leaves for at in range(0, len(piece), LEAF))
        parted = set(gone)
        return [leaf for leaf in every if leaf not in parted]


def import_run(run: JobRun, *, enriched: bool = True) -> dict[str, Any]:
    """Reads the file in bounded batches, then makes all of it visible at once."""
    with run.scope():
        found = find_import(uuid.UUID(run.params["import"]))
        if found.finished_at:
            return counts_of(found)
        _cut_off_noted(found)
        spec = _spec(found, run.folder, enriched)
    with staging.tables():
        account = _staged(run, found, spec)
        near = _compared(run, found)
        run.progress("saving", 0, 1, "stage")
        with run.long_scope():
            found.refresh_from_db()
            kept = _kept(found, account, near, enriched)
            # Before the quota's row, which whoever ends a job locks after the job's.
            run.hold()
            _quota_used(run, kept.imported + kept.follow_ups)
            if kept.version:
                index_start(project=kept.dataset.project, created_by=run.created_by)
            return counts_of(kept)


def _cut_off_noted(found: DatasetImport) -> None:
    """What an attempt before this one has read was not kept: the report says so."""
    if found.rows_read:
        found.rolled_back, found.rows_read = found.rolled_back + found.rows_read, 0
        found.save(update_fields=["rolled_back", "rows_read"])


def _spec(found: DatasetImport, folder: Path, enriched: bool) -> IntakeSpec:
    return IntakeSpec(
        path=Path(found.file.path),
        layout=layout_of(found.layout),
        folder=folder,
        salt=found.dataset.salt,
        started_ms=time.time_ns() // 1_000_000,
        products={name: str(product) for name, product in product_index(found.dataset.project).items()},
        enriched=enriched,
    )


def _staged(run: JobRun, found: DatasetImport, spec: IntakeSpec) -> Account:
    """Reads the file; each part is copied in while the next ones are being made."""
    # A workbook can only be opened whole: each reader would open all of it.
    shared = found.file_bytes > SHARED_FROM and spec.layout.format not in SHEETS
    readers = READERS if shared else 1
    specs = [replace(spec, share=(place, readers)) for place in range(readers)]
    account, told = Account(), -TOLD_EVERY
    for event in run.children(specs, megabytes=READ_MEGABYTES):
        if isinstance(event, Part):
            account.add(event)
            staging.rows_copy(event.path)
            staging.rejected_copy(event.rejected)
            event.path.unlink()
        if time.monotonic() - told > TOLD_EVERY:
            told = time.monotonic()
            with run.scope():
                DatasetImport.objects.filter(pk=found.pk).update(rows_read=account.read)
    return account


def _compared(run: JobRun, found: DatasetImport) -> bool:
    """Finds what nearly repeats an earlier review; returns whether that is left out."""
    if not any(run.folder.glob(SKETCHES)):
        return True
    known = run.folder / "known.csv"
    with run.scope():
        some = staging.sketches_write(found.dataset, known)
    for event in run.child(NearSpec(folder=run.folder, known=known if some else None), megabytes=COMPARE_MEGABYTES):
        if isinstance(event, NearFound):
            staging.near_copy(event.path)
    return bool(found.layout.get("near_duplicates", "leave_out") == "leave_out")


def _kept(found: DatasetImport, account: Account, leave_out: bool, enriched: bool) -> DatasetImport:
    # One after another: of two imports of the same file, the second finds the first one's reviews.
    dataset, number = found.dataset, version_next(found.dataset)
    parted = staging.duplicates_part(
        dataset, found, follow_ups=account.later > 0, again=account.repeated(), near=leave_out
    )
    if enriched:
        staging.suspicions_add()
    kept = staging.kept()
    found.rejected = staging.rejected_insert(found)
    found.languages, found.flags = kept.languages, kept.flags
    found.rows_read, found.left_out, found.personal = account.read, account.left_out, dict(account.personal)
    found.imported, found.follow_ups = kept.imported, kept.follow_ups
    found.duplicates, found.duplicates_by = sum(parted.kinds.values()), parted.kinds
    ended = found.imported + found.duplicates + found.rejected + found.left_out
    assert found.rows_read == ended, "every row ends somewhere"
    if kept.imported or kept.follow_ups:
        found.version = version_grow(
            dataset,
            number,
            leaves=account.leaves_but(parted.leaves),
            count=kept.imported + kept.follow_ups,
            add=lambda: staging.reviews_insert(dataset, found, number),
        )
    found.finished_at = timezone.now()
    # The first rows were there to be looked at before the import; from now on only reviews hold what was written.
    found.layout = {**found.layout, "sample": []}
    found.save()
    return found


def _quota_used(run: JobRun, reviews: int) -> None:
    """Charges the new reviews: first to what was set aside, then, where a packed file held more, to what is left."""
    held = run.job.holds.get("reviews", 0)
    if reviews > held:
        quota_take(kind="reviews", amount=reviews - held)
    run.spend(reviews=min(reviews, held))


def counts_of(found: DatasetImport) -> dict[str, Any]:
    """The import's account, as its job tells it."""
    return {
        "import": str(found.pk),
        "rows": found.rows_read,
        "imported": found.imported,
        "duplicates": found.duplicates,
        "rejected": found.rejected,
        "left_out": found.left_out,
        "follow_ups": found.follow_ups,
    }
