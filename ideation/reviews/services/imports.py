"""Imports of review files. An import is visible whole or not at all; what it stores has personal data masked."""

import hashlib
import shutil
import time
import uuid
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from accounts.querysets import brand_folder
from accounts.services.quotas import quota_take
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.jobs.child import ChildKilledError, run_child
from ideation.jobs.models import Job
from ideation.jobs.services import job_start
from ideation.reviews.models import DatasetImport, ReviewDataset, ReviewSource
from ideation.reviews.services.layouts import layout_keep, layout_take
from mlcore.errors import InputError
from mlcore.reviewfiles import Recognised
from mlcore.specs.reviewfiles import FileLayout, RecogniseSpec

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
    """Takes over a file that lies in the storage already, paid for by the brand's quota: says how it would be read,
    as the last one of its source was if it is of the same form.

    Raises UserError with the cure when it can't be a review file; then it is deleted.
    """
    path = Path(default_storage.path(stored))
    try:
        layout = recognised(path)
    except InputError as error:
        default_storage.delete(stored)
        params: dict[str, Any] = error.params
        raise UserError(error.code, field="file", **params) from None
    made = DatasetImport.objects.create(
        dataset=dataset or ReviewDataset.objects.create(project=project, name=Path(file_name).stem[:200]),
        source=source,
        file=stored,
        file_name=file_name[:200],
        file_bytes=path.stat().st_size,
        file_sha256=_sha256(path),
        layout=asdict(layout),
    )
    return layout_take(dataset_import=made, source=source)


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
    """Queues the import with the columns as the person confirmed them, and keeps them for its source's next file.

    Raises UserError without a text column, AccountError `quota_reached` when its rows may be too many.
    """
    if "text" not in mapping:
        raise UserError("no_text_column", field="text")
    if dataset_import.finished_at:
        raise UserError("import_started", status=409)
    layout = {**dataset_import.layout, "mapping": mapping}
    DatasetImport.objects.filter(pk=dataset_import.pk).update(layout=layout)
    if dataset_import.source:
        layout_keep(source=dataset_import.source, layout=layout)
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
    """The most that an import may use of the brand's quotas, where it can be told: the lines of a plain text file.

    What a packed file, a workbook or a table of Parquet holds is charged when it is known, before it is kept.
    """
    layout = found.layout
    if layout.get("container", "plain") != "plain" or layout.get("format", "csv") not in {"csv", "jsonl"}:
        return {"reviews": 0}
    lines, last = 0, b"\n"
    with found.file.open("rb") as file:
        for chunk in iter(partial(file.read, 2**20), b""):
            lines, last = lines + chunk.count(b"\n"), chunk[-1:]
    return {"reviews": max(0, lines + (last != b"\n") - (layout.get("header_row", 0) >= 0))}
