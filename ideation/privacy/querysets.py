"""Reads for erasures and exports: which reviews are meant, and all that stands on them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.tenancy import system_ids
from ideation.catalog.models import Project
from ideation.concepts.erase import concepts_citing
from ideation.concepts.models import Concept
from ideation.jobs.models import LIVE, Job
from ideation.needs.erase import touched
from ideation.needs.models import Claim, Need
from ideation.privacy.models import BrandExport, Erasure
from ideation.reviews.models import DatasetImport, Review
from ideation.reviews.querysets import files_near, forms_of, reviews_by_author, reviews_named, reviews_saying, uuids
from ideation.training.erase import models_taught
from ideation.training.models import ModelVersion


@dataclass(frozen=True, kw_only=True)
class Preview:
    """All that erasing these reviews takes away or changes."""

    reviews: QuerySet[Review]
    sentences: int
    evidence: int
    citations: int
    needs: QuerySet[Need]
    claims: QuerySet[Claim]
    concepts: QuerySet[Concept]
    models: QuerySet[ModelVersion]
    files: QuerySet[DatasetImport]
    exports: QuerySet[BrandExport]
    projects: QuerySet[Project]

    @property
    def counts(self) -> dict[str, int]:
        """Kind → how many."""
        names = ("reviews", "needs", "claims", "concepts", "models", "files", "exports")
        numbers = {"sentences": self.sentences, "evidence": self.evidence, "citations": self.citations}
        return numbers | {name: getattr(self, name).count() for name in names}


def reviews_found(by: str, value: str) -> QuerySet[Review]:
    """The brand's reviews that are meant."""
    if by == Erasure.By.AUTHOR:
        return reviews_by_author(value)
    if by == Erasure.By.TEXT:
        return reviews_saying(value)
    return reviews_named(value.replace(",", " ").replace("，", " ").split())


def preview(reviews: Sequence[Any]) -> Preview:
    """What erasing these reviews touches, as things stand now: with all forms that corrections gave them."""
    ids = forms_of(uuids(reviews))
    found = touched(ids)
    return Preview(
        reviews=Review.objects.filter(pk__in=ids).select_related("dataset__project"),
        sentences=found.sentences.count(),
        evidence=found.evidence.count(),
        citations=found.citations.count(),
        needs=found.needs.select_related("analysis__project"),
        claims=found.claims,
        concepts=concepts_citing(ids).select_related("generation__brief__project"),
        models=models_taught(ids).select_related("project"),
        files=files_near(ids),
        exports=exports_there(),
        projects=Project.objects.filter(pk__in=Review.objects.filter(pk__in=ids).values("dataset__project")),
    )


def erasures() -> QuerySet[Erasure]:
    """The brand's confirmed erasures, newest first."""
    return Erasure.objects.filter(confirmed_at__isnull=False).select_related("created_by")


def erasure(erasure_id: uuid.UUID) -> Erasure:
    """One erasure. Raises Http404 if this brand has none with this id."""
    found = Erasure.objects.filter(pk=erasure_id).first()
    if found is None:
        raise Http404
    return found


def work_on(projects: QuerySet[Project]) -> QuerySet[Job]:
    """Live work that may hold reviews of these projects in its hands."""
    ids = [*projects.values_list("pk", flat=True)]
    # What makes reviews findable refers to them by keys: of one that is gone it can keep nothing.
    mine = Job.objects.filter(state__in=LIVE, project_id__in=ids).exclude(kind="reviews_index")
    return mine | Job.objects.filter(state__in=LIVE, kind="brand_export")


def exports() -> QuerySet[BrandExport]:
    """The brand's archives, newest first."""
    return BrandExport.objects.select_related("created_by")


def exports_there() -> QuerySet[BrandExport]:
    """Archives whose file is still there."""
    return BrandExport.objects.exclude(file="")


def export(export_id: uuid.UUID) -> BrandExport:
    """One archive. Raises Http404 if this brand has none with this id."""
    found = BrandExport.objects.filter(pk=export_id).first()
    if found is None:
        raise Http404
    return found


def exports_old() -> QuerySet[BrandExport]:
    """Archives that nobody may download any more."""
    return exports_there().filter(expires_at__lt=timezone.now())


def brands_with_old_exports() -> list[uuid.UUID]:
    """Brands that have such archives, of all brands."""
    return [row[0] for row in system_ids("brands_with_old_exports")]


def brands_to_delete() -> list[uuid.UUID]:
    """Brands whose days of grace are over, of all brands."""
    return [row[0] for row in system_ids("brands_to_delete")]
