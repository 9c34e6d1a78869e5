"""Files that are fetched: from an address, or, new ones only, from a source. They come in pieces and go to the storage.

Each file is taken over in a transaction of its own, together with the note that it was seen, so that a worker may die
between two of them.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now

from accounts import outgoing
from accounts.errors import AccountError
from accounts.models import User
from accounts.outgoing import TooLargeError, TooSlowError, url_allowed
from accounts.quotas import limit_of, used_of
from accounts.sealed import unseal
from accounts.services.quotas import quota_take
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.reviews.models import DatasetImport, ReviewDataset, ReviewSource, SourceKind
from ideation.reviews.querysets import datasets_of
from ideation.reviews.services.buckets import Bucket
from ideation.reviews.services.imports import import_start, import_take, space_check
from ideation.reviews.services.uploads import plain_name, stored_name


@transaction.atomic
def fetch_start(
    *, project: Project, address: str, dataset: ReviewDataset | None = None, created_by: User | None = None
) -> Job:
    """Queues the fetching of one file. Raises UserError for an address that is never asked."""
    if not url_allowed(address):
        raise UserError("address_not_https", field="address")
    return job_start(
        kind="reviews_fetch",
        params={"project": str(project.pk), "address": address, "dataset": str(dataset.pk) if dataset else ""},
        project_id=project.pk,
        created_by=created_by,
    )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file to be fetched: what it is called, where it lies now, and by what it is known when it was seen."""

    name: str
    url: str
    headers: dict[str, str]
    mark: str = ""
    """Of a bucket's object, its ETag; of an address its server tells it with the answer."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A file that lies in the storage, still paid for by nobody."""

    stored: str
    file_name: str
    size: int
    marks: dict[str, str]


def fetch_run(run: JobRun) -> dict[str, Any]:
    """Fetches what the job names: a source's new files, or the file at an address."""
    return _source_run(run) if run.params.get("source") else _address_run(run)


def _address_run(run: JobRun) -> dict[str, Any]:
    with run.scope():
        project = find_project(uuid.UUID(run.params["project"]))
        named = run.params["dataset"]
        known = datasets_of(project).filter(pk=named).first() if named else None
    url = run.params["address"]
    fetched = _fetch(run, Wanted(name="", url=url, headers={}))
    assert fetched is not None, "nothing was asked for on a condition"
    with _kept(run, fetched):
        found = _take(fetched, project=project, dataset=known, source=None)
    return {"files": 1, "import": str(found.pk)}


def _source_run(run: JobRun) -> dict[str, Any]:
    source_id = uuid.UUID(run.params["source"])
    with run.scope():
        source = ReviewSource.objects.select_related("dataset__project").filter(pk=source_id).first()
    if source is None:
        # Removed meanwhile, so that nobody waits for its files.
        return {"files": 0}
    count, spoilt = 0, None
    try:
        for wanted in _wanted(source):
            try:
                count += _source_file(run, source, wanted)
            except UserError as error:
                if not error.code.startswith(SPOILT):
                    raise
                # One file that is none doesn't keep the others out; it is looked at again when it changes.
                spoilt = spoilt or error
    except AccountError as error:
        _ended(run, source_id, error)
        raise
    _ended(run, source_id, spoilt, files=count)
    if spoilt is not None and not count:
        raise spoilt
    return {"files": count, "source": str(source_id)}


SPOILT = ("file_", "workbook_", "parquet_", "out_of_memory", "sheet_")
"""How the codes begin that say that a file is no file of reviews."""


CHANGED = ("not_as_last_time", "column_gone")
"""How the notes of a layout begin that say that a file isn't as its source's last one."""


def _ended(run: JobRun, source_id: uuid.UUID, error: AccountError | None, files: int = 0) -> None:
    params = _plain(error) if error else {"files": files}
    with run.scope():
        ReviewSource.objects.filter(pk=source_id).update(
            last_at=Now(), last_code=error.code if error else "", last_params=params
        )


def _plain(error: AccountError) -> dict[str, Any]:
    return {name: value if isinstance(value, int | float) else str(value) for name, value in error.params.items()}


def _wanted(source: ReviewSource) -> Iterator[Wanted]:
    """What there is to fetch, what was seen already left out."""
    if source.kind == SourceKind.UPLOAD:
        raise UserError("source_by_hand", status=409)
    if source.kind == SourceKind.URL:
        secret = unseal(source.secret)
        headers = {"Authorization": secret} if secret else {}
        for mark, header in (("etag", "If-None-Match"), ("modified", "If-Modified-Since")):
            if known := source.seen.get(mark):
                headers[header] = known
        yield Wanted(name="", url=source.address, headers=headers)
        return
    bucket = Bucket.of(source)
    for entry in bucket.files():
        if source.seen.get(entry.key) != entry.mark:
            yield Wanted(name=entry.key, url=bucket.signed(entry.key), headers={}, mark=entry.mark)


def _source_file(run: JobRun, source: ReviewSource, wanted: Wanted) -> int:
    """Takes over one file of a source, or notes that it is none; returns how many came in."""
    fetched = _fetch(run, wanted)
    if fetched is None:
        return 0
    seen = {wanted.name: wanted.mark} if wanted.name else fetched.marks
    try:
        with _kept(run, fetched):
            now = _seen(source, seen)
            found = _take(fetched, project=now.dataset.project, dataset=now.dataset, source=now)
            _begin(found, now, run.created_by)
    except UserError as error:
        if error.code.startswith(SPOILT):
            with run.scope():
                _seen(source, seen)
        raise
    return 1


def _seen(source: ReviewSource, marks: dict[str, str]) -> ReviewSource:
    now = ReviewSource.objects.select_for_update(of=("self",)).select_related("dataset__project").get(pk=source.pk)
    now.seen = {**now.seen, **marks} if source.kind == SourceKind.BUCKET else marks
    now.save(update_fields=["seen"])
    return now


def _begin(found: DatasetImport, source: ReviewSource, created_by: User | None) -> None:
    """Starts the import where a person has said before how this source's files are read; else it waits for one.

    It waits too where the file isn't of the form that the last one had.
    """
    mapping = found.layout["mapping"]
    other = any(str(note).startswith(CHANGED) for note in found.layout.get("notes", ()))
    if source.layout and "text" in mapping and not other:
        import_start(dataset_import=found, mapping=mapping, created_by=created_by)


@contextmanager
def _kept(run: JobRun, fetched: Fetched) -> Iterator[None]:
    """A transaction that pays for a fetched file and takes it over; if it fails nothing is left of the file."""
    run.progress("looking", fetched.size, fetched.size, "bytes")
    try:
        with run.scope():
            quota_take(kind="storage_bytes", amount=fetched.size)
            yield
            # To look at a file may take as long as a lease lasts: renewed with what was found, it can't be found twice.
            run.progress("looking", fetched.size, fetched.size, "bytes")
    except BaseException:
        _discard(fetched.stored)
        raise


def _take(
    fetched: Fetched, *, project: Project, dataset: ReviewDataset | None, source: ReviewSource | None
) -> DatasetImport:
    return import_take(
        project=project, stored=fetched.stored, file_name=fetched.file_name, dataset=dataset, source=source
    )


def _fetch(run: JobRun, wanted: Wanted) -> Fetched | None:
    """The file in the storage; None where its server says that it is the one of the last time."""
    with run.scope():
        most = _room()
        stored = stored_name("reviews")
    host = urlsplit(wanted.url).hostname or wanted.url
    try:
        with outgoing.download(wanted.url, headers=wanted.headers) as response:
            if response.status_code == 304:
                return None
            _status_check(response, host)
            size = _pour(run, response, stored, most)
            name = PurePosixPath(wanted.name).name or name_of(response, wanted.url)
    except TooLargeError:
        raise UserError("fetch_too_large", limit=most >> 20) from None
    except TooSlowError:
        raise UserError("fetch_slow", host=host, minutes=outgoing.FILE_SECONDS // 60) from None
    except requests.RequestException:
        # Its text holds the address, which may hold a key.
        raise UserError("fetch_unreachable", host=host) from None
    marks = {"etag": response.headers.get("ETag", ""), "modified": response.headers.get("Last-Modified", "")}
    return Fetched(stored=stored, file_name=plain_name(name), size=size, marks=marks)


def _room() -> int:
    """How many bytes a file may have: by this installation's limit and by what is left of the brand's storage."""
    space_check(0)
    limit = limit_of("storage_bytes")
    left: int = settings.UPLOAD_MEGABYTES * 2**20
    return left if limit is None else max(0, min(left, limit - used_of("storage_bytes")))


def _status_check(response: requests.Response, host: str) -> None:
    status = response.status_code
    if status in (401, 403):
        raise UserError("fetch_refused", host=host, answered=status)
    if status != 200:
        raise UserError("fetch_status", host=host, answered=status)


def _pour(run: JobRun, response: requests.Response, stored: str, most: int) -> int:
    path = Path(default_storage.path(stored))
    path.parent.mkdir(parents=True, exist_ok=True)
    length = response.headers.get("Content-Length", "")
    total, done = int(length) if length.isdecimal() else 0, 0
    try:
        with path.open("xb") as file:
            for piece in outgoing.pieces(response, most_bytes=most):
                done += file.write(piece)
                run.progress("fetching", done, total, "bytes") if total else run.beat()
    except BaseException:
        _discard(stored)
        raise
    return done


def _discard(stored: str) -> None:
    path = Path(default_storage.path(stored))
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()


def name_of(response: requests.Response, url: str) -> str:
    """What a fetched file is called: as its server says, else as its address does."""
    said = Message()
    said["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    return PurePosixPath(said.get_filename() or unquote(urlsplit(url).path)).name
