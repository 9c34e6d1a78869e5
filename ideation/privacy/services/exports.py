"""Everything that is a brand's as one archive: JSON Lines, a list of files with their hashes, and a page that explains.

Rows are read in short transactions, some thousands at a time, and go straight into the archive, whatever its size.
"""

import hashlib
import json
import shutil
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.querysets import brand_folder
from accounts.services.audit import audit_note
from accounts.tenancy import brand_scope, current_brand
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.privacy import querysets
from ideation.privacy.contents import README, Part, parts
from ideation.privacy.models import BrandExport

BATCH = 2000


@transaction.atomic
def export_start(*, as_written: bool, created_by: User | None) -> tuple[BrandExport, Job]:
    """Queues an archive. Raises UserError `job_running` while another one is being made."""
    export = BrandExport.objects.create(as_written=as_written, created_by=created_by)
    job = job_start(
        kind="brand_export",
        params={"export": str(export.pk)},
        subject_id=current_brand(),
        created_by=created_by,
    )
    audit_note(
        action="export_started",
        table=BrandExport._meta.db_table,
        object_id=export.pk,
        after={"as_written": as_written},
    )
    return export, job


def export_run(run: JobRun) -> dict[str, Any]:
    """Writes the archive beside, then puts it in its place in the transaction that says so."""
    with run.scope():
        export = querysets.export(uuid.UUID(run.params["export"]))
        name = f"{brand_folder()}/{uuid.uuid4()}/export-{export.created_at:%Y-%m-%d}.zip"
    path = run.folder / "export.zip"
    rows = _write(run, export, path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with run.scope():
        BrandExport.objects.filter(pk=export.pk).update(
            file=name,
            file_bytes=path.stat().st_size,
            file_sha256=digest,
            rows=rows,
            finished_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=settings.EXPORT_DAYS),
        )
        target = Path(default_storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
    return {"export": str(export.pk), "rows": sum(rows.values())}


def _write(run: JobRun, export: BrandExport, path: Path) -> dict[str, int]:
    """The archive's files, its README and its manifest; returns file → rows."""
    manifest: dict[str, dict[str, Any]] = {}
    chosen = parts(as_written=export.as_written)
    with run.scope():
        total = sum(part.rows().count() for part in chosen)
    done = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        _text(archive, "README.md", README)
        for part in chosen:
            digest, count, size = hashlib.sha256(), 0, 0
            with archive.open(part.name, "w", force_zip64=True) as file:
                for line in _lines(run, part):
                    digest.update(line)
                    size += file.write(line)
                    count += 1
                    if count % BATCH == 0:
                        run.progress("exporting", done + count, total, "rows")
            done += count
            run.progress("exporting", min(done, total), max(total, 1), "rows")
            manifest[part.name] = {"rows": count, "bytes": size, "sha256": digest.hexdigest()}
        about = {"brand": str(run.job.brand_id), "made_at": timezone.now(), "as_written": export.as_written}
        _text(archive, "manifest.json", json.dumps({**about, "files": manifest}, cls=DjangoJSONEncoder, indent=1))
    return {name: entry["rows"] for name, entry in manifest.items()}


def _text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(name, text + "\n")


def _lines(run: JobRun, part: Part) -> Iterator[bytes]:
    last = None
    while True:
        with brand_scope(run.job.brand_id):
            rows = part.rows().order_by("pk")
            batch = list((rows.filter(pk__gt=last) if last else rows)[:BATCH])
        for row in batch:
            yield (json.dumps(part.plain(row), cls=DjangoJSONEncoder, ensure_ascii=False) + "\n").encode()
        if len(batch) < BATCH:
            return
        last = batch[-1]["pk"]
        run.beat()


def exports_delete(*, exports: Iterable[BrandExport]) -> int:
    """Deletes archives; their rows stay as a record that they were made. Returns how many."""
    count = 0
    for export in list(exports):
        BrandExport.objects.filter(pk=export.pk).update(file="")
        default_storage.delete(str(export.file.name))
        count += 1
    return count


def exports_expire() -> int:
    """Deletes every brand's archives whose days are over."""
    count = 0
    for brand_id in querysets.brands_with_old_exports():
        with brand_scope(brand_id):
            count += exports_delete(exports=querysets.exports_old())
    return count
