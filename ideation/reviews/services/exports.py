"""Lists of reviews as files: asked for, and deleted when their days are over or a review in them is erased."""

from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import audit_note
from accounts.tenancy import brand_scope, system_ids
from ideation.catalog.models import Project
from ideation.jobs.models import Job
from ideation.jobs.services import job_start
from ideation.reviews.models import ReviewExport


@transaction.atomic
def review_export_start(
    *, project: Project, form: str, query: str, created_by: User | None
) -> tuple[ReviewExport, Job]:
    """Queues a file of the reviews that the filters leave."""
    export = ReviewExport.objects.create(project=project, form=form, query=query, created_by=created_by)
    job = job_start(
        kind="reviews_export",
        params={"review_export": str(export.pk)},
        subject_id=export.pk,
        project_id=project.pk,
        created_by=created_by,
    )
    audit_note(
        action="review_export_started",
        table=ReviewExport._meta.db_table,
        object_id=export.pk,
        after={"form": form, "query": query},
    )
    return export, job


def review_exports_delete(*, exports: Iterable[ReviewExport]) -> int:
    """Deletes files; their rows stay as a record that they were made. Returns how many."""
    count = 0
    for export in list(exports):
        ReviewExport.objects.filter(pk=export.pk).update(file="")
        default_storage.delete(str(export.file.name))
        count += 1
    return count


def review_exports_expire() -> int:
    """Deletes every brand's files whose days are over."""
    count = 0
    for (brand_id,) in system_ids("brands_with_old_review_exports"):
        with brand_scope(brand_id):
            old = ReviewExport.objects.filter(expires_at__lt=timezone.now()).exclude(file="")
            count += review_exports_delete(exports=old)
    return count
