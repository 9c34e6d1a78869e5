"""Files on their way in. What lies in the storage is the truth: a request may be cut off at any byte, and the next one
goes on where the file ends.

A body may take hours, so no transaction is open while it comes in: a lock on the file, not on the row, keeps two
requests from writing at once, and ends with the process that holds it.
"""

import fcntl
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from accounts.querysets import brand_folder
from accounts.services.quotas import quota_give, quota_take
from accounts.tenancy import brand_scope, system_ids
from ideation.base.errors import UserError, disk_full
from ideation.catalog.models import Project
from ideation.reviews.models import DatasetImport, ReviewDataset, ReviewSource, Upload
from ideation.reviews.services.imports import import_take, safe_name, space_check

PIECE = 131_072
LASTS = timedelta(hours=24)
"""How long an upload waits to be gone on with."""
Read = Callable[[int], bytes]
"""Reads up to so many bytes of a request's body; none at its end."""


@transaction.atomic
def upload_create(
    *,
    project: Project,
    file_name: str,
    size: int,
    dataset: ReviewDataset | None = None,
    source: ReviewSource | None = None,
    created_by: User | None = None,
) -> Upload:
    """Makes room for a file of this size, which is paid for by the brand's quota from now on.

    Raises UserError for a file that is too large, AccountError `quota_reached`.
    """
    space_check(size)
    quota_take(kind="storage_bytes", amount=size)
    return Upload.objects.create(
        project=project,
        file_name=plain_name(file_name),
        size=size,
        file=stored_name(file_name),
        dataset=dataset,
        source=source,
        created_by=created_by,
        expires_at=timezone.now() + LASTS,
    )


def plain_name(file_name: str) -> str:
    """A file's name as people may read it, whatever a client sent."""
    return "".join(letter for letter in file_name if letter.isprintable())[:200].strip() or "reviews"


def stored_name(file_name: str) -> str:
    """Where a new file of the current brand will lie."""
    try:
        name = safe_name(plain_name(file_name))
    except SuspiciousFileOperation:
        name = "reviews"
    return f"{brand_folder()}/{uuid.uuid4()}/{name}"


def upload_offset(upload: Upload) -> int:
    """How many bytes of it are there."""
    path = _path(upload)
    return path.stat().st_size if path is not None and path.is_file() else 0


def _path(upload: Upload) -> Path | None:
    return Path(default_storage.path(upload.file)) if upload.file else None


def upload_append(*, brand_id: uuid.UUID, upload_id: uuid.UUID, offset: int, length: int, read: Read) -> Upload:
    """Adds a request's body at this offset, as far as it comes in; returns the upload with what it has now.

    To be called outside of any transaction. Raises Http404, or UserError: not from where the file ends, more than the
    file's size, another request at it, expired, no space.
    """
    with brand_scope(brand_id):
        upload = _open(upload_id)
    path = _path(upload)
    assert path is not None
    with _appending(path) as file:
        there = file.seek(0, os.SEEK_END)
        if offset != there:
            raise UserError("upload_offset", status=409, offset=there)
        if offset + length > upload.size:
            raise UserError("upload_too_long", status=413)
        upload.received = there + _pour(read, file, min(length, upload.size - there))
    _note(brand_id, upload, path)
    return upload


def _open(upload_id: uuid.UUID) -> Upload:
    found = Upload.objects.filter(pk=upload_id).exclude(file="").first()
    if found is None:
        raise Http404
    if found.dataset_import_id or found.expires_at < timezone.now():
        raise UserError("upload_gone", status=410)
    return found


@contextmanager
def _appending(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError("upload_busy", status=423) from None
        yield file


def _pour(read: Read, file: BinaryIO, most: int) -> int:
    """Writes what comes in, down to the disk; returns how much. What a sender who is cut off has sent counts."""
    done = 0
    try:
        while piece := _read(read, min(PIECE, most - done)):
            done += file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        if disk_full(error):
            raise UserError("disk_full", status=507) from None
        raise
    return done


def _read(read: Read, most: int) -> bytes:
    try:
        return read(most) if most else b""
    except OSError:
        # The connection is gone, which Django calls an UnreadablePostError.
        return b""


def _note(brand_id: uuid.UUID, upload: Upload, path: Path) -> None:
    upload.expires_at = timezone.now() + LASTS
    with brand_scope(brand_id):
        rows = Upload.objects.filter(pk=upload.pk)
        kept = rows.update(received=upload.received, expires_at=upload.expires_at)
    if not kept:
        # Cancelled meanwhile: what came in after that goes too.
        _unlink(path)
        raise UserError("upload_gone", status=410)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()


def upload_finish(*, upload: Upload) -> DatasetImport:
    """Makes an import of a file that is whole, once: who asks again gets the same.

    Raises UserError `upload_unfinished` while bytes are missing; and with the cure when it can't be a review file: then
    nothing of it is left, in the transaction that this stands in.
    """
    refusal: UserError | None = None
    with transaction.atomic():
        found = Upload.objects.select_for_update().filter(pk=upload.pk).exclude(file="").first()
        if found is None:
            raise Http404
        made: DatasetImport | None = found.dataset_import
        if made is not None:
            return made
        if (there := upload_offset(found)) != found.size:
            raise UserError("upload_unfinished", status=409, received=there, size=found.size)
        try:
            made = _taken(found)
            Upload.objects.filter(pk=found.pk).update(dataset_import=made)
            return made
        except UserError as error:
            refusal = error
            _remove(found)
    raise refusal


def _taken(upload: Upload) -> DatasetImport:
    path = _path(upload)
    assert path is not None
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return import_take(
        project=upload.project,
        stored=upload.file,
        file_name=upload.file_name,
        dataset=upload.dataset,
        source=upload.source,
    )


def upload_close(*, brand_id: uuid.UUID, upload_id: uuid.UUID) -> DatasetImport:
    """The same from outside of any transaction: a refusal doesn't take back what it has removed."""
    with brand_scope(brand_id):
        found = Upload.objects.filter(pk=upload_id).first()
        if found is None:
            raise Http404
        try:
            return upload_finish(upload=found)
        except UserError as error:
            refusal = error
    raise refusal


@transaction.atomic
def upload_cancel(*, upload: Upload) -> None:
    """Nothing of it is left, and the quota is given back. Raises Http404 if it isn't there any more, UserError after
    its end.
    """
    found = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if found is None:
        raise Http404
    if found.dataset_import_id:
        raise UserError("upload_gone", status=410)
    _remove(found)


def _remove(upload: Upload) -> None:
    if upload.dataset_import_id is None:
        quota_give(kind="storage_bytes", amount=upload.size)
    path = _path(upload)
    upload.delete()
    # The row first: who is writing just now finds it gone, and removes what they have written.
    if path is not None and upload.dataset_import_id is None:
        transaction.on_commit(lambda: _unlink(path))


def uploads_expire() -> int:
    """Removes every brand's uploads that nobody went on with, and the notes of those that were finished long ago."""
    due = system_ids("uploads_expired")
    for brand_id, upload_id in due:
        with brand_scope(brand_id):
            rows = Upload.objects.select_for_update(skip_locked=True)
            found = rows.filter(pk=upload_id, expires_at__lt=timezone.now()).first()
            if found is not None:
                _remove(found)
    return len(due)
