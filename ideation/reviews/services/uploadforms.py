"""Forms by which somebody without a key sends one file in: signed, for a while, once."""

import os
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core import signing
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.quotas import quota_give, quota_take
from accounts.tenancy import acting, brand_scope, current_brand
from ideation.base.errors import UserError, disk_full
from ideation.catalog.models import Project
from ideation.reviews.models import DatasetImport, ReviewDataset, ReviewSource, Upload
from ideation.reviews.services.imports import space_check
from ideation.reviews.services.uploads import LASTS, plain_name, stored_name, upload_close

SALT = "reviews.upload-form"


@transaction.atomic
def form_create(
    *,
    project: Project,
    most_bytes: int,
    seconds: int,
    dataset: ReviewDataset | None = None,
    source: ReviewSource | None = None,
    created_by: User | None = None,
) -> tuple[Upload, str]:
    """A form for one file of up to so many bytes, and its token; the quota is set aside until then.

    Raises UserError for more than this installation takes, AccountError `quota_reached`.
    """
    space_check(most_bytes)
    quota_take(kind="storage_bytes", amount=most_bytes)
    made = Upload.objects.create(
        project=project,
        file_name="",
        size=most_bytes,
        dataset=dataset,
        source=source,
        created_by=created_by,
        expires_at=timezone.now() + timedelta(seconds=seconds),
    )
    return made, signing.dumps({"brand": str(current_brand()), "upload": str(made.pk)}, salt=SALT)


@dataclass(kw_only=True)
class FormFile:
    """The file of a form while it comes in: straight to its place, up to the form's size."""

    brand_id: uuid.UUID
    upload_id: uuid.UUID
    path: Path
    most: int
    created_by: User | None
    written: int = 0

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.file = self.path.open("xb")

    def write(self, piece: bytes) -> None:
        """Adds a piece. Raises UserError beyond the form's size, or without space."""
        self.written += len(piece)
        if self.written > self.most:
            raise UserError("form_too_large", status=413, limit=self.most)
        try:
            self.file.write(piece)
        except OSError as error:
            raise (UserError("disk_full", status=507) if disk_full(error) else error) from None


def form_open(*, token: str, file_name: str) -> FormFile:
    """Takes a form for a file that begins to come in. Raises UserError unless it stands and nobody else has it."""
    brand_id, upload_id = form_named(token)
    with brand_scope(brand_id):
        name = stored_name(file_name)
        waiting = Upload.objects.filter(pk=upload_id, file="", expires_at__gt=timezone.now())
        if not waiting.update(file=name, file_name=plain_name(file_name), expires_at=timezone.now() + LASTS):
            raise UserError("form_unknown", status=403)
        found = Upload.objects.select_related("created_by").get(pk=upload_id)
    return FormFile(
        brand_id=brand_id,
        upload_id=upload_id,
        path=Path(default_storage.path(name)),
        most=found.size,
        created_by=found.created_by,
    )


def form_named(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """The brand and the upload that a token speaks of. Raises UserError for one that we haven't signed."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT, max_age=LASTS)
        return uuid.UUID(said["brand"]), uuid.UUID(said["upload"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise UserError("form_unknown", status=403) from None


def form_finish(*, form: FormFile) -> DatasetImport:
    """Takes the whole file over, and gives back what it didn't need. Raises UserError if it can't be a review file."""
    form.file.flush()
    os.fsync(form.file.fileno())
    form.file.close()
    with acting(person=form.created_by):
        with brand_scope(form.brand_id):
            quota_give(kind="storage_bytes", amount=form.most - form.written)
            Upload.objects.filter(pk=form.upload_id).update(size=form.written, received=form.written)
        return upload_close(brand_id=form.brand_id, upload_id=form.upload_id)


def form_drop(*, form: FormFile) -> None:
    """Nothing is left of a file that was cut off; its form can be sent again until it expires."""
    form.file.close()
    form.path.unlink(missing_ok=True)
    if form.path.parent.is_dir() and not any(form.path.parent.iterdir()):
        form.path.parent.rmdir()
    with brand_scope(form.brand_id):
        Upload.objects.filter(pk=form.upload_id, dataset_import=None, received=0).update(file="", file_name="")
