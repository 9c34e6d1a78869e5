"""Reads of where reviews come from, and of files on their way in."""

import uuid

from django.db.models import QuerySet
from django.http import Http404

from accounts.tenancy import system_ids
from ideation.catalog.models import Project
from ideation.reviews.models import ReviewSource, SourceKind, Upload


def uploads_of(project: Project) -> QuerySet[Upload]:
    """A project's files on their way in, newest first; those that came in whole stay for a day."""
    return Upload.objects.filter(project=project).exclude(file="")


def upload(upload_id: uuid.UUID) -> Upload:
    """One file on its way in. Raises Http404 if this brand has none with this id."""
    found = Upload.objects.select_related("project").filter(pk=upload_id).exclude(file="").first()
    if found is None:
        raise Http404
    return found


def sources_of(project: Project) -> QuerySet[ReviewSource]:
    """Where a project's files come from, by name."""
    return ReviewSource.objects.filter(dataset__project=project).select_related("dataset")


def source(source_id: uuid.UUID) -> ReviewSource:
    """One source. Raises Http404 if this brand has none with this id."""
    found = ReviewSource.objects.select_related("dataset__project").filter(pk=source_id).first()
    if found is None:
        raise Http404
    return found


def sources_fetched(project: Project) -> QuerySet[ReviewSource]:
    """Those of a project's sources that are fetched, not uploaded by hand."""
    return sources_of(project).exclude(kind=SourceKind.UPLOAD)


def sources_due() -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(brand, source) of each source of any brand whose time has come."""
    return [(brand_id, source_id) for brand_id, source_id in system_ids("sources_due")]
