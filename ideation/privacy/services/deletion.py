"""The end of a brand: asked for, taken back, or carried out when its days of grace are over."""

import shutil
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Brand, IdentityProvider
from accounts.services.audit import audit_note
from accounts.tenancy import brand_scope, system_ids
from ideation.base.errors import UserError
from ideation.jobs.models import LIVE, Job, JobState
from ideation.jobs.services import job_cancel
from ideation.privacy import erasurelog, querysets
from ideation.privacy.tables import deletion_order

BATCH = 20_000
"""Rows of a table that one transaction deletes."""


@transaction.atomic
def deletion_ask(*, brand: Brand, name: str) -> None:
    """The brand will be deleted after the days of grace. Raises UserError unless its name is typed exactly."""
    if name.strip() != brand.name:
        raise UserError("name_differs", field="name")
    when = timezone.now() + timedelta(days=settings.BRAND_GRACE_DAYS)
    Brand.objects.filter(pk=brand.pk, delete_after=None).update(delete_after=when)
    audit_note(
        action="deletion_asked", table=Brand._meta.db_table, object_id=brand.pk, after={"delete_after": str(when)}
    )


@transaction.atomic
def deletion_take_back(*, brand: Brand) -> None:
    """The brand stays. Raises UserError if nobody wanted it gone."""
    if not Brand.objects.filter(pk=brand.pk, delete_after__isnull=False).update(delete_after=None):
        raise UserError("brand_not_leaving", status=409)
    audit_note(action="deletion_taken_back", table=Brand._meta.db_table, object_id=brand.pk)


def brands_delete() -> int:
    """Deletes the brands whose days of grace are over; returns how many are gone."""
    return sum(brand_delete(brand_id=brand_id) for brand_id in querysets.brands_to_delete())


def brand_delete(*, brand_id: uuid.UUID, force: bool = False) -> bool:
    """Deletes all that is a brand's: files, weights, results, archives, rows, audit, the brand itself.

    Work under way is cancelled first; False while a worker is still to let go of it, then the next call goes on.
    Without `force` only a brand whose days of grace are over. What stays is one line of the platform's own audit.
    """
    with brand_scope(brand_id):
        brand = Brand.objects.select_for_update().filter(pk=brand_id).first()
        if brand is None or not (force or (brand.delete_after and brand.delete_after <= timezone.now())):
            return False
        if not _work_ended():
            return False
        jobs = [str(one) for one in Job.objects.values_list("pk", flat=True)]
        providers = [str(one) for one in IdentityProvider.objects.values_list("pk", flat=True)]
    erasurelog.note_brand(brand_id)
    counts = _rows_delete(brand_id)
    _files_delete(brand, jobs)
    SocialAccount.objects.filter(provider__in=providers).delete()
    _brand_end(brand_id)
    audit_note(action="brand_deleted", table=Brand._meta.db_table, object_id=brand_id, after={"rows": dict(counts)})
    return True


def _brand_end(brand_id: uuid.UUID) -> None:
    """Forgets the audit, then the brand; nameless, since the database's own note of it goes to the platform's audit."""
    with brand_scope(brand_id):
        past = timezone.now() - timedelta(seconds=1)
        Brand.objects.filter(pk=brand_id).update(name="", slug=brand_id.hex, limits={}, delete_after=past)
        system_ids("audit_forget", brand_id)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_brand WHERE id = %s", [brand_id])


def _work_ended() -> bool:
    """Whether no worker holds a job any more; asks those that do to let go."""
    for job in Job.objects.filter(state__in=LIVE, parent=None, cancel_requested=False):
        job_cancel(job=job)
    held = Job.objects.filter(state=JobState.RUNNING, lease_until__gt=timezone.now())
    return not held.exists()


def _rows_delete(brand_id: uuid.UUID) -> Counter[str]:
    """Every row of every table, in short transactions, those first that others don't refer to."""
    counts: Counter[str] = Counter()
    for model in deletion_order():
        table = model._meta.db_table
        whole = any(field.related_model is model for field in model._meta.concrete_fields if field.is_relation)
        while deleted := _some_delete(brand_id, table, whole):
            counts[table] += deleted
    return counts


def _some_delete(brand_id: uuid.UUID, table: str, whole: bool) -> int:
    # A table that refers to itself goes in one piece: a parent must not outlive, or leave, its parts.
    some = "" if whole else f"AND id IN (SELECT id FROM {table} WHERE brand_id = %(brand)s LIMIT {BATCH})"
    with brand_scope(brand_id), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE brand_id = %(brand)s {some}", {"brand": brand_id})
        return int(cursor.rowcount)


def _files_delete(brand: Brand, jobs: list[str]) -> None:
    """All folders of the brand, those of older versions, under its id, too."""
    for name in (brand.folder, str(brand.pk)):
        assert len(name) > 20, "never the folder above"
        storage_delete(name)
        for root in (settings.WEIGHTS_FOLDER, settings.VAR / "results"):
            shutil.rmtree(root / name, ignore_errors=True)
    for folder in settings.WORK_FOLDER.iterdir():
        if folder.name[:36] in jobs:
            shutil.rmtree(folder, ignore_errors=True)


def storage_delete(name: str) -> None:
    """A folder of the file storage with all that is in it."""
    with suppress(NotImplementedError):
        shutil.rmtree(Path(default_storage.path(name)), ignore_errors=True)
        return
    folders, files = default_storage.listdir(name)
    for file in files:
        default_storage.delete(f"{name}/{file}")
    for folder in folders:
        storage_delete(f"{name}/{folder}")


def standing(brand: Brand) -> dict[str, Any]:
    """What the page about the brand's end says."""
    return {"delete_after": brand.delete_after, "days": settings.BRAND_GRACE_DAYS}
