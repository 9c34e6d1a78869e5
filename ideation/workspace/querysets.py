"""What stands where in a project: read by the overview, the summary and the terminal."""

from dataclasses import dataclass

from django.db.models import QuerySet

from ideation.catalog.models import Project
from ideation.concepts.models import Concept, ConceptClaim, Generation
from ideation.concepts.querysets import generations_of
from ideation.jobs.models import LIVE, Job
from ideation.needs.models import Analysis, Citation, Need
from ideation.needs.querysets import current_analysis, needs_of
from ideation.reviews.models import DatasetVersion
from ideation.reviews.querysets import reviews_of
from ideation.training.models import Evaluation, ModelVersion, TrainingRun
from ideation.training.querysets import newest_evaluation, newest_version


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A project at a glance."""

    reviews: int
    analysis: Analysis | None
    needs: list[Need]
    model: ModelVersion | None
    evaluation: Evaluation | None
    generation: Generation | None
    concepts: list[Concept]
    live_jobs: list[Job]


def overview(project: Project, shown: int = 6) -> Overview:
    """A project's counts, its `shown` best needs and newest concepts, and what is under way."""
    analysis, model = current_analysis(project), newest_version(project)
    plain = Concept.objects.filter(generation__brief__project=project).order_by("-generation__created_at", "number")
    return Overview(
        reviews=reviews_of(project).count(),
        analysis=analysis,
        needs=list(needs_of(analysis)[:shown]) if analysis else [],
        model=model,
        evaluation=newest_evaluation(model) if model else None,
        generation=generations_of(project).first(),
        concepts=list(plain[:shown]),
        live_jobs=list(Job.objects.filter(project_id=project.pk, state__in=LIVE, parent=None)),
    )


def analyses_of(version: DatasetVersion) -> QuerySet[Analysis]:
    """The analyses that have read exactly this version, newest first."""
    return Analysis.objects.filter(version=version, finished_at__isnull=False).order_by("-finished_at")


def runs_on(version: DatasetVersion) -> QuerySet[TrainingRun]:
    """The training runs on exactly this version, newest first, each with the model that came of it."""
    return TrainingRun.objects.filter(version=version).prefetch_related("model_versions").order_by("-created_at")


def summary(project: Project) -> dict[str, object]:
    """The main job's figures, as its last line prints them."""
    seen = overview(project)
    concepts = Concept.objects.filter(generation=seen.generation) if seen.generation else Concept.objects.none()
    claims = ConceptClaim.objects.filter(concept__in=concepts)
    cited = Citation.objects.filter(claim__in=claims.values("claim")).values("claim").distinct().count()
    figures: dict[str, object] = {
        "reviews": seen.reviews,
        "needs": needs_of(seen.analysis).count() if seen.analysis else 0,
        "perplexity_base": round(seen.evaluation.perplexity_base, 3) if seen.evaluation else None,
        "perplexity_tuned": round(seen.evaluation.perplexity_tuned, 3) if seen.evaluation else None,
        "concepts": concepts.count(),
        "claims": claims.count(),
        "claims_cited": cited,
    }
    if seen.generation and seen.generation.reason_code:
        figures["reason"] = seen.generation.reason_code
    return figures
