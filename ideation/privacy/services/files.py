"""Files that a person takes away: each look-up asks what it needs, and each taking is noted."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from accounts.services.audit import audit_note
from ideation.base.errors import UserError
from ideation.base.images import KINDS as KINDS_SHOWN
from ideation.base.images import image_of
from ideation.catalog.querysets import product
from ideation.privacy import querysets
from ideation.reviews.querysets import dataset_import, review_export
from ideation.training.querysets import version as find_model
from ideation.training.services import model_folder


class Taken(NamedTuple):
    """A file and what it is called outside."""

    path: Path
    name: str
    shown_as: str = ""
    """The media type of what a page shows; empty for a download."""


def _upload(import_id: uuid.UUID) -> Taken:
    found = dataset_import(import_id)
    if not found.file:
        raise Http404
    return Taken(Path(found.file.path), Path(found.file_name).name)


def _export(export_id: uuid.UUID) -> Taken:
    found = querysets.export(export_id)
    if not found.is_ready:
        raise UserError("export_expired", status=410)
    return Taken(Path(found.file.path), Path(found.file.path).name)


def _reviews(export_id: uuid.UUID) -> Taken:
    found = review_export(export_id)
    if not found.file or (found.expires_at and found.expires_at < timezone.now()):
        raise UserError("export_expired", status=410)
    return Taken(Path(found.file.path), Path(found.file.path).name)


def _weights(model_id: uuid.UUID) -> Taken:
    found = find_model(model_id)
    name = next((one for one in sorted(found.files_sha256) if one.endswith(".safetensors")), None)
    if name is None:
        raise Http404
    return Taken(model_folder(found) / Path(name).name, f"{found.project.name}-v{found.number}.safetensors")


def _image(product_id: uuid.UUID) -> Taken:
    found = product(product_id)
    if not found.image:
        raise Http404
    path = Path(found.image.path)
    # What is shown is what the file is, not what its name says.
    with path.open("rb") as file:
        image = image_of(file.read())
    if image is None:
        raise Http404
    return Taken(path, f"{found.sku}.{image.kind}", KINDS_SHOWN[image.kind])


class Kind(NamedTuple):
    """A kind of file that is handed over."""

    capability: str
    find: Callable[[uuid.UUID], Taken]
    noted: bool = True
    """Whether each taking stands in the audit."""


KINDS = {
    # As the customers wrote it, names included.
    "upload": Kind("see_personal_data", _upload),
    "export": Kind("export_brand", _export),
    "reviews": Kind("run_analysis", _reviews),
    "weights": Kind("train_models", _weights),
    # Part of pages, like the product's name.
    "image": Kind("see", _image, noted=False),
}


@transaction.atomic
def file_take(*, kind: str, object_id: uuid.UUID) -> Taken:
    """The file, with a note in the audit that it was taken. Raises Http404 where this brand has none."""
    taken = KINDS[kind].find(object_id)
    if KINDS[kind].noted:
        audit_note(action=f"{kind}_downloaded", object_id=object_id)
    return taken
