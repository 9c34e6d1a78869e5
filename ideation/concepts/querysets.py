"""Reads of briefs and concepts."""

import uuid

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from ideation.catalog.models import Project
from ideation.concepts.models import Brief, Concept, ConceptClaim, Feature, Generation
from ideation.needs.models import Citation


def briefs_of(project: Project) -> QuerySet[Brief]:
    """A project's briefs, newest first."""
    return Brief.objects.filter(project=project).prefetch_related("brief_needs__need")


def brief(brief_id: uuid.UUID) -> Brief:
    """One brief. Raises Http404 if this brand has none with this id."""
    found = Brief.objects.select_related("project").filter(pk=brief_id).first()
    if found is None:
        raise Http404
    return found


def generations_of(project: Project) -> QuerySet[Generation]:
    """A project's generations, newest first."""
    return Generation.objects.filter(brief__project=project).select_related("brief", "model_version")


def concepts() -> QuerySet[Concept]:
    """The brand's concepts with all that they stand on, in few queries."""
    citations = Citation.objects.select_related("evidence__sentence__review")
    claims = ConceptClaim.objects.select_related("claim").prefetch_related(Prefetch("claim__citations", citations))
    features = Feature.objects.prefetch_related("feature_needs__need")
    return Concept.objects.select_related("generation__brief__project", "generation__model_version").prefetch_related(
        Prefetch("features", features), Prefetch("concept_claims", claims)
    )


def concepts_of(project: Project) -> QuerySet[Concept]:
    """A project's concepts, the newest generation first."""
    return concepts().filter(generation__brief__project=project).order_by("-generation__created_at", "number")


def concept(concept_id: uuid.UUID) -> Concept:
    """One concept. Raises Http404 if this brand has none with this id."""
    found = concepts().filter(pk=concept_id).first()
    if found is None:
        raise Http404
    return found
