"""How a file is to be read: looked at, corrected by a person, and kept for the next file of the same source."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from ideation.base.errors import UserError
from ideation.jobs.child import ChildKilledError, Spec, run_child
from ideation.jobs.models import LIVE, Job
from ideation.reviews.models import DatasetImport, ReviewDataset, ReviewSource
from mlcore.errors import InputError
from mlcore.events import Event
from mlcore.reviewfiles import Recognised
from mlcore.reviewfiles.kept import applied, kept_of, structure_of, without_reuse
from mlcore.reviewfiles.rereading import Previewed
from mlcore.specs.reviewfiles import FileLayout, PreviewSpec, RecogniseAsSpec, layout_of

LOOK_MEGABYTES: Final = 700
"""Data memory of the process that looks at a file."""
LOOK_SECONDS: Final = 30
"""How long a person waits, at most, to see what a correction does."""
NEAR_DUPLICATES: Final = ("leave_out", "keep")
"""What an import does with a review that nearly repeats another one; `keep` flags it."""
BESIDE: Final = ("near_duplicates",)
"""What a person has confirmed beside the layout itself; kept in the same JSON."""


@transaction.atomic
def layout_change(*, dataset_import: DatasetImport, changes: Mapping[str, Any]) -> DatasetImport:
    """Reads a file's columns anew with what a person has set; what they leave open is recognised again.

    Takes fields of FileLayout by their names and `near_duplicates`. Raises UserError when a value can't be meant, when
    the file isn't one when read like that, and when its import has begun.
    """
    check_open(dataset_import)
    wanted = {name: value for name, value in changes.items() if name not in BESIDE}
    layout = layout_of(dataset_import.layout)
    if wanted:
        layout = _recognised_as(file_of(dataset_import), layout, wanted)
    beside = _beside(dataset_import.layout) | {name: changes[name] for name in BESIDE if name in changes}
    return _stored(dataset_import, layout, beside)


def check_open(dataset_import: DatasetImport) -> None:
    """Raises UserError when it is too late to change how a file is read."""
    live = Job.objects.filter(params__import=str(dataset_import.pk), state__in=LIVE)
    if dataset_import.finished_at or live.exists():
        raise UserError("import_started", status=409)


def file_of(dataset_import: DatasetImport) -> Path:
    """Where an import's file lies. Raises UserError when it has been deleted."""
    path = Path(dataset_import.file.path) if dataset_import.file else None
    if path is None or not path.is_file():
        raise UserError("file_gone", status=410)
    return path


def preview_of(dataset_import: DatasetImport) -> Previewed:
    """A file's first rows as they will be read, with what is wrong in them.

    Raises UserError when none can be read as the layout stands.
    """
    if dataset_import.finished_at:
        raise UserError("import_started", status=409)
    spec = PreviewSpec(path=file_of(dataset_import), layout=layout_of(dataset_import.layout))
    for event in _looked(spec):
        if isinstance(event, Previewed):
            return event
    raise AssertionError("a child ends with its event or an error")


@transaction.atomic
def layout_confirm(
    *, dataset_import: DatasetImport, changes: Mapping[str, Any], source: str | None = None
) -> DatasetImport:
    """The last word before an import begins: changes made, and kept for the source's next file if it has a name.

    Raises UserError as layout_change does, and without a text column.
    """
    if "text" not in changes.get("mapping", dataset_import.layout["mapping"]):
        raise UserError("no_text_column", field="text")
    check_open(dataset_import)
    if changes:
        layout_change(dataset_import=dataset_import, changes=changes)
    if source is not None:
        dataset_import.source = source_named(dataset_import.dataset, source)
        dataset_import.save(update_fields=["source"])
    if dataset_import.source:
        layout_keep(source=dataset_import.source, layout=dataset_import.layout)
    return dataset_import


def source_named(dataset: ReviewDataset, name: str) -> ReviewSource | None:
    """The dataset's source of this name, made where there is none; None for no name."""
    name = name.strip()[:100]
    return ReviewSource.objects.get_or_create(dataset=dataset, name=name)[0] if name else None


@transaction.atomic
def layout_keep(*, source: ReviewSource, layout: Mapping[str, Any]) -> None:
    """Keeps how a source's file was read, as an import has it, for the next one: columns by their names."""
    kept = kept_of(layout_of(layout)) | _beside(layout)
    if source.layout != kept:
        source.layout = kept
        source.save(update_fields=["layout"])


def layout_reuse(*, source: ReviewSource, layout: FileLayout, path: Path | None = None) -> FileLayout | None:
    """A newly recognised file's layout as the source's last file was read; None when it doesn't fit.

    Its notes say so, and what didn't fit. With a path, a file whose columns aren't found is looked at again with the
    delimiter, quote, encoding, header or sheet of then: what a person had to correct once comes out right again.
    """
    return _applied(source.layout, layout, path)


def _applied(kept: Mapping[str, Any], layout: FileLayout, path: Path | None) -> FileLayout | None:
    found = applied(kept, layout) if kept.get("mapping") else None
    if found is not None or path is None or not kept.get("mapping"):
        return found
    structure = structure_of(kept, layout)
    try:
        return applied(kept, _recognised_as(path, layout, structure)) if structure else None
    except UserError:
        return None


@transaction.atomic
def layout_take(*, dataset_import: DatasetImport, source: ReviewSource | None = None) -> DatasetImport:
    """Reads a file that has just come in as the last one of its source; without one, of a source with these columns."""
    layout = _as_seen(dataset_import)
    source = source or _source_like(dataset_import.dataset, layout)
    if source is None:
        return dataset_import
    found = layout_reuse(source=source, layout=layout, path=file_of(dataset_import))
    dataset_import.source = source
    if found is None:
        if source.layout.get("mapping"):
            return _stored(dataset_import, layout, {}, note="not_as_last_time")
        return _stored(dataset_import, layout, {})
    return _stored(dataset_import, found, _beside(source.layout))


def layout_copy(*, dataset_import: DatasetImport, like: DatasetImport) -> DatasetImport:
    """Reads a file as another one, whose mended rows it holds."""
    layout = _as_seen(dataset_import)
    found = _applied(kept_of(layout_of(like.layout)), layout, file_of(dataset_import))
    dataset_import.source = like.source
    if found is None:
        return _stored(dataset_import, layout, {}, note="not_as_last_time")
    return _stored(dataset_import, found, _beside(like.layout))


def _as_seen(found: DatasetImport) -> FileLayout:
    """How the file itself looks: recognised anew where it is read as another one already."""
    layout = layout_of(found.layout)
    if without_reuse(layout.notes) == list(layout.notes):
        return layout
    return _recognised_as(file_of(found), layout, {"header_row": layout.header_row})


def _source_like(dataset: ReviewDataset, layout: FileLayout) -> ReviewSource | None:
    """The source whose last file had exactly these columns; of several, the one that had a file last."""
    latest = ReviewSource.objects.filter(dataset=dataset, layout__columns=list(layout.columns))
    return latest.order_by("-imports__created_at", "-created_at").first()


def _beside(layout: Mapping[str, Any]) -> dict[str, Any]:
    return {name: layout[name] for name in BESIDE if name in layout}


def _stored(found: DatasetImport, layout: FileLayout, beside: dict[str, Any], *, note: str = "") -> DatasetImport:
    values = asdict(layout) | beside
    values["notes"] = [note, *without_reuse(layout.notes)] if note else list(layout.notes)
    found.layout = values
    found.save(update_fields=["layout", "source"])
    return found


def _recognised_as(path: Path, layout: FileLayout, changes: Mapping[str, Any]) -> FileLayout:
    for event in _looked(RecogniseAsSpec(path=path, layout=layout, changes=dict(changes))):
        if isinstance(event, Recognised):
            return event.layout
    raise AssertionError("a child ends with its event or an error")


def _looked(spec: Spec) -> Iterator[Event]:
    """What a process of its own finds out about a file. Raises UserError when it is too much, or wrong."""
    late = time.monotonic() + LOOK_SECONDS

    def beat() -> None:
        if time.monotonic() > late:
            raise InputError("file_slow", seconds=LOOK_SECONDS)

    try:
        yield from run_child(spec, megabytes=LOOK_MEGABYTES, beat=beat)
    except ChildKilledError:
        raise UserError("out_of_memory", megabytes=LOOK_MEGABYTES) from None
    except InputError as error:
        params: dict[str, Any] = error.params
        raise UserError(error.code, **params) from None
