"""Hands out the rows of a file that could not be used, and takes them in again once they are mended."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, NamedTuple

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.audit import audit_note
from ideation.base.cells import plain_cell
from ideation.base.errors import UserError, sentence
from ideation.reviews.models import DatasetImport, RejectedRow
from ideation.reviews.querysets import rejected_rows
from ideation.reviews.services.imports import import_prepare
from ideation.reviews.services.layouts import layout_copy
from mlcore.reviewfiles import Rejected
from mlcore.reviewfiles.mending import mending, mending_suffix
from mlcore.specs.reviewfiles import layout_of

BATCH: Final = 2000
MARK: Final = "\ufeff"
"""Excel takes a file for UTF-8 only with this at its beginning."""


class RejectedFile(NamedTuple):
    """A file of rejected rows, gone when it is closed, and what it is called."""

    file: IO[bytes]
    name: str


@transaction.atomic
def rejected_take(*, dataset_import: DatasetImport) -> RejectedFile:
    """The rejected rows in the form they came in, as they were written; noted in the audit.

    For who may see personal data. Raises UserError when none is kept (any more).
    """
    rows = rejected_rows(dataset_import)
    if not rows.exclude(cells=[], raw="").exists():
        raise UserError("rejected_gone", status=410)
    audit_note(action="rejected_downloaded", table=RejectedRow._meta.db_table, object_id=dataset_import.pk)
    layout = layout_of(dataset_import.layout)
    suffix = mending_suffix(layout)
    # Columns without names get their numbers as such: so they are found again, be it in a single row.
    pieces = mending(replace(layout, header_row=0), map(_as_read, rows.iterator(BATCH)))
    stem = Path(dataset_import.file_name).name.partition(".")[0][:80] or "reviews"
    return RejectedFile(_on_disk(pieces, MARK if suffix in {".csv", ".tsv"} else ""), f"{stem}-rejected{suffix}")


def _as_read(row: RejectedRow) -> Rejected:
    return Rejected(line=row.line, column=row.column, code=row.code, cells=tuple(row.cells), raw=row.raw)


def _on_disk(pieces: Iterable[str], mark: str) -> IO[bytes]:
    # Not in memory: all of a file's rows may have been rejected.
    file = TemporaryFile()  # noqa: SIM115  # closed by who hands it over
    file.write(mark.encode())
    for piece in pieces:
        file.write(piece.encode())
    file.seek(0)
    return file


def rejected_list(*, dataset_import: DatasetImport) -> RejectedFile:
    """The rejected rows and their reasons, personal data masked, as a CSV file that a spreadsheet opens."""
    file = TemporaryFile()  # noqa: SIM115  # closed by who hands it over
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    text.write(MARK)
    writer = csv.writer(text)
    writer.writerow([_("Line"), _("Column"), _("Reason"), _("Value")])
    for row in rejected_rows(dataset_import).iterator(BATCH):
        writer.writerow([row.line, plain_cell(row.column), sentence(row.code), plain_cell(row.value)])
    text.detach()
    file.seek(0)
    return RejectedFile(file, f"rejected-{dataset_import.pk}.csv")


@transaction.atomic
def rows_mended(*, dataset_import: DatasetImport, file: "File[bytes]", file_name: str) -> DatasetImport:
    """Takes in the mended rows of a file: into its dataset, of its source, read as it was read.

    What was imported already is recognised as a duplicate. Raises UserError as import_prepare does.
    """
    project = dataset_import.dataset.project
    made = import_prepare(
        project=project,
        file=file,
        file_name=file_name,
        dataset=dataset_import.dataset,
        source=dataset_import.source,
    )
    return layout_copy(dataset_import=made, like=dataset_import)
