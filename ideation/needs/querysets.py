"""Reads of analyses, needs and their evidence."""

import uuid

from django.db.models import BooleanField, Count, ExpressionWrapper, FloatField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404

from ideation.catalog.models import Product, Project
from ideation.needs.models import Analysis, Evidence, Need, Sentence
from ideation.reviews.models import Review


def current_analysis(project: Project) -> Analysis | None:
    """The project's newest finished analysis."""
    finished = Analysis.objects.filter(project=project, finished_at__isnull=False)
    return finished.select_related("version").order_by("-finished_at").first()


def needs_of(analysis: Analysis) -> QuerySet[Need]:
    """An analysis's needs, by opportunity."""
    return Need.objects.filter(analysis=analysis)


def needs_of_product(analysis: Analysis, product: Product, share: float) -> QuerySet[Need]:
    """The needs of which at least this share of the evidence comes from this product's reviews."""
    own = Count("evidence", filter=Q(evidence__sentence__review__product=product))
    return needs_of(analysis).annotate(share=Cast(own, FloatField()) / Count("evidence")).filter(share__gte=share)


def need(need_id: uuid.UUID) -> Need:
    """One need. Raises Http404 if this brand has none with this id."""
    found = Need.objects.select_related("analysis__project", "analysis__version").filter(pk=need_id).first()
    if found is None:
        raise Http404
    return found


def evidence_of(need: Need) -> QuerySet[Evidence]:
    """The sentences that show a need, the most telling first."""
    return Evidence.objects.filter(need=need).select_related("sentence__review__product")


def quotes_of(need: Need, count: int, language: str = "") -> list[Evidence]:
    """The best few sentences of a need; those in `language` first, if one is named."""
    ranked = evidence_of(need).filter(rank__isnull=False)
    if language:
        spoken = ExpressionWrapper(Q(sentence__language=language), output_field=BooleanField())
        ranked = ranked.order_by(spoken.desc(), "rank")
    return list(ranked[:count])


def sentences_of(review: Review) -> QuerySet[Sentence]:
    """A review's sentences in the newest finished analysis that read it, with the needs they show."""
    newest = Analysis.objects.filter(project=review.dataset.project_id, finished_at__isnull=False).order_by(
        "-finished_at"
    )
    return Sentence.objects.filter(review=review, analysis=newest.first()).prefetch_related("evidence__need")
