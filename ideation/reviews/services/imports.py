"""Imports of review files. An import is visible whole or not at all; what it stores has personal data masked."""

import hashlib
import json
import shutil
import time
import uuid
from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.querysets import brand_folder
from accounts.services.quotas import quota_take
from ideation.base.copying import copy_rows
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import folded, product_index
from ideation.jobs.child import ChildKilledError, run_child
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.reviews.models import DatasetImport, DatasetVersion, RejectedRow, Review, ReviewDataset, ReviewSource
from ideation.reviews.querysets import dataset_import as find_import
from ideation.reviews.services.versions import version_create
from mlcore.errors import InputError
from mlcore.merkle import keyed, leaf
from mlcore.reviewfiles import Batch, ReadDone, Recognised, Rejected
from mlcore.specs.reviewfiles import FileLayout, ReadSpec, RecogniseSpec, layout_of

READ_MEGABYTES = 700
"""Data memory of the process that reads a file."""
RECOGNISE_SECONDS = 40
"""How long a person waits, at most, to be told how a file is read."""
SPARE_BYTES = 200 * 2**20
"""Kept free, so that a large file doesn't take the database's last space."""


@transaction.atomic
def import_prepare(
    *,
    project: Project,
    file: "File[bytes]",
    file_name: str,
    dataset: ReviewDataset | None = None,
    source: ReviewSource | None = None,
) -> DatasetImport:
    """Stores an uploaded file and says how it would be read; imports nothing yet.

    Raises UserError with the cure when it can't be a review file, AccountError `quota_reached` when it is too large for
    the brand's storage; then nothing is kept.
    """
    size = file.size or 0
    space_check(size)
    quota_take(kind="storage_bytes", amount=size)
    stored = default_storage.save(f"{brand_folder()}/{uuid.uuid4()}/{safe_name(file_name)}", file)
    return import_take(project=project, stored=stored, file_name=file_name, dataset=dataset, source=source)


def space_check(size: int) -> None:
    """Raises UserError for a file larger than this installation takes, or than its disk has room for."""
    limit = settings.UPLOAD_MEGABYTES
    if size > limit * 2**20:
        raise UserError("file_too_large", status=413, megabytes=size >> 20, limit=limit)
    if size + SPARE_BYTES > shutil.disk_usage(settings.VAR).free:
        raise UserError("disk_full", status=507)


@transaction.atomic
def import_take(
    *,
    project: Project,
    stored: str,
    file_name: str,
    dataset: ReviewDataset | None = None,
    source: ReviewSource | None = None,
) -> DatasetImport:
    """Takes over a file that lies in the storage already, paid for by the brand's quota: says how it would be read.

    Raises UserError with the cure when it can't be a review file; then it is deleted.
    """
    path = Path(default_storage.path(stored))
    try:
        layout = recognised(path)
    except InputError as error:
        default_storage.delete(stored)
        params: dict[str, Any] = error.params
        raise UserError(error.code, field="file", **params) from None
    return DatasetImport.objects.create(
        dataset=dataset or ReviewDataset.objects.create(project=project, name=Path(file_name).stem[:200]),
        source=source,
        file=stored,
        file_name=file_name[:200],
        file_bytes=path.stat().st_size,
        file_sha256=_sha256(path),
        layout=asdict(layout),
    )


def recognised(path: Path) -> FileLayout:
    """How a file is to be read, found out in a process of its own: a file made to harm dies with that.

    Raises InputError when it can't be a review file.
    """
    late = time.monotonic() + RECOGNISE_SECONDS

    def beat() -> None:
        if time.monotonic() > late:
            raise InputError("file_slow", seconds=RECOGNISE_SECONDS)

    try:
        for event in run_child(RecogniseSpec(path=path), megabytes=READ_MEGABYTES, beat=beat):
            if isinstance(event, Recognised):
                return event.layout
    except ChildKilledError:
        raise InputError("out_of_memory", megabytes=READ_MEGABYTES) from None
    raise AssertionError("a child ends with a layout or an error")


def safe_name(file_name: str) -> str:
    """A file's name as it may stand in the storage."""
    return default_storage.get_valid_name(Path(file_name).name)[-100:]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@transaction.atomic
def import_start(
    *,
    dataset_import: DatasetImport,
    mapping: dict[str, int],
    created_by: User | None = None,
    parent: Job | None = None,
) -> Job:
    """Queues the import with the columns as the person confirmed them.

    Raises UserError without a text column, AccountError `quota_reached` when its rows may be too many.
    """
    if "text" not in mapping:
        raise UserError("no_text_column", field="text")
    if dataset_import.finished_at:
        raise UserError("import_started", status=409)
    DatasetImport.objects.filter(pk=dataset_import.pk).update(layout={**dataset_import.layout, "mapping": mapping})
    return job_start(
        kind="dataset_import",
        params={"import": str(dataset_import.pk)},
        subject_id=dataset_import.pk,
        project_id=dataset_import.dataset.project_id,
        parent=parent,
        created_by=created_by,
        holds=import_holds(dataset_import),
    )


def import_holds(found: DatasetImport) -> dict[str, int]:
    """The most that an import may use of the brand's quotas: its file's lines, but for the header."""
    lines, last = 0, b"\n"
    with found.file.open("rb") as file:
        for chunk in iter(partial(file.read, 2**20), b""):
            lines, last = lines + chunk.count(b"\n"), chunk[-1:]
    return {"reviews": max(0, lines + (last != b"\n") - 1)}


def import_run(run: JobRun) -> dict[str, Any]:
    """Reads the file in a child process, in batches, then makes all of it visible in one transaction."""
    with run.scope():
        found = find_import(uuid.UUID(run.params["import"]))
        if found.finished_at:
            return _counts(found)
    spec = ReadSpec(path=Path(found.file.path), layout=layout_of(found.layout))
    spool = run.folder / "rows.jsonl"
    rejected: list[Rejected] = []
    personal: Counter[str] = Counter()
    rows = 0
    with spool.open("w", encoding="utf-8") as file:
        for event in run.child(spec, megabytes=READ_MEGABYTES):
            if isinstance(event, Batch):
                file.writelines(
                    json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in event.rows.to_dicts()
                )
                rejected += event.rejected
                personal.update(event.personal)
            elif isinstance(event, ReadDone):
                rows = event.rows
    with run.scope():
        kept = _keep(found, spool, rejected, rows, personal)
        run.spend(reviews=kept.imported)
        return _counts(kept)


def _counts(found: DatasetImport) -> dict[str, Any]:
    return {
        "import": str(found.pk),
        "rows": found.rows_read,
        "imported": found.imported,
        "duplicates": found.duplicates,
        "rejected": found.rejected,
    }


def _keep(
    found: DatasetImport, spool: Path, rejected: list[Rejected], rows: int, personal: Counter[str]
) -> DatasetImport:
    dataset = ReviewDataset.objects.select_for_update().get(pk=found.dataset_id)
    newest = DatasetVersion.objects.filter(dataset=dataset).first()
    number = newest.number + 1 if newest else 1
    good = _copy_reviews(found, number, spool)
    imported = Review.objects.filter(dataset_import=found).count()
    RejectedRow.objects.bulk_create(
        [RejectedRow(dataset_import=found, **vars(row)) for row in rejected], batch_size=1000
    )
    if imported:
        found.version = version_create(dataset, number)
    found.rows_read, found.imported, found.duplicates = rows, imported, good - imported
    found.rejected, found.finished_at, found.personal = len(rejected), timezone.now(), dict(personal)
    # The first rows were there to be looked at before the import; from now on only reviews hold what was written.
    found.layout = {**found.layout, "sample": []}
    found.save()
    return found


COLUMNS = (
    "id", "brand_id", "created_at", "dataset_id", "dataset_import_id", "product_id", "version_number", "line",
    "external_id", "text", "title", "rating", "date", "product_name", "source", "author_sha256", "language",
    "as_written", "content_sha256", "salt", "leaf_sha256", "project_id", "rating_written", "verified", "helpful",
    "price", "currency", "country", "attributes", "is_follow_up", "characters", "tokens",
)  # fmt: skip


def _copy_reviews(found: DatasetImport, number: int, spool: Path) -> int:
    """Keeps what the dataset doesn't have yet; returns how many good rows the file had."""
    products = product_index(found.dataset.project)
    with spool.open(encoding="utf-8") as file:
        rows = (json.loads(line) for line in file)
        return copy_rows(
            Review._meta.db_table,
            COLUMNS,
            (_review_values(row, found, number, products.get(folded(row["product"]))) for row in rows),
            unique=("brand_id", "dataset_id", "content_sha256"),
        )


def _review_values(
    row: dict[str, Any], found: DatasetImport, number: int, product: uuid.UUID | None
) -> tuple[Any, ...]:
    written = row["as_written"]
    stored = row | {
        "product_name": row["product"],
        "author_sha256": keyed(found.dataset.salt, row["author_sha256"]),
        "content_sha256": keyed(found.dataset.salt, row["content_sha256"]),
        "as_written": json.loads(written) if written else None,
        "attributes": json.loads(row["attributes"]) if row["attributes"] else None,
        "is_follow_up": row["follow_up"],
    }
    salt = uuid.uuid4()
    return (
        uuid.uuid4(), found.brand_id, timezone.now(), found.dataset_id, found.pk, product,
        number, row["line"], row["external_id"], row["text"], row["title"], row["rating"], row["date"], row["product"],
        row["source"], stored["author_sha256"], "", written, stored["content_sha256"], salt, leaf(stored, salt),
        found.dataset.project_id, row["rating_written"], row["verified"], row["helpful"], row["price"], row["currency"],
        row["country"], row["attributes"], row["follow_up"], len(row["text"]), 0,
    )  # fmt: skip
