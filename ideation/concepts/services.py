"""The only writer of briefs and concepts. A concept appears as soon as it is whole."""

import re
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.concepts.models import Brief, BriefNeed, Concept, ConceptClaim, Feature, FeatureNeed, Generation
from ideation.concepts.querysets import brief as find_brief
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.needs import querysets as needs_read
from ideation.needs.models import Evidence, Need
from ideation.needs.services import claim_create
from ideation.training import querysets as training
from ideation.training.models import ModelVersion
from ideation.training.services import model_folder
from mlcore.specs.concepts import (
    MOST_TOKENS,
    BriefSpec,
    ConceptsDone,
    ConceptsSpec,
    ConceptWritten,
    EvidenceSpec,
    NeedSpec,
)
from mlcore.specs.generate import BackendSpec
from mlcore.taskadapter import shipped

QUOTES = 6
"""Evidence sentences a need that a model is shown."""


@transaction.atomic
def brief_create(
    *,
    project: Project,
    title: str,
    product: str,
    category: str = "",
    audience: str = "",
    must_have: str = "",
    must_avoid: str = "",
    language: str = "en",
    needs: list[Need],
    created_by: User | None = None,
) -> Brief:
    """A brief against these needs, in this order. Raises UserError `no_needs` without any."""
    if not needs:
        raise UserError("no_needs", status=409, field="needs")
    brief = Brief.objects.create(
        project=project,
        title=title,
        product=product,
        category=category,
        audience=audience,
        must_have=must_have,
        must_avoid=must_avoid,
        language=language,
        created_by=created_by,
    )
    BriefNeed.objects.bulk_create(
        [BriefNeed(brief=brief, need=need, position=place) for place, need in enumerate(needs)]
    )
    return brief


@transaction.atomic
def generation_start(
    *, brief: Brief, wanted: int = 8, created_by: User | None = None, parent: Job | None = None
) -> Job:
    """Queues the writing of concepts for a brief. Raises AccountError `quota_reached`."""
    return job_start(
        kind="concepts_write",
        params={"brief": str(brief.pk), "wanted": wanted},
        subject_id=brief.pk,
        project_id=brief.project_id,
        parent=parent,
        created_by=created_by,
        holds=generation_holds(wanted),
    )


def generation_holds(wanted: int) -> dict[str, int]:
    """The most that so many concepts may use of the brand's quotas."""
    return {"generation_tokens": wanted * MOST_TOKENS}


def generation_run(run: JobRun) -> dict[str, Any]:
    """Writes concepts in a child process and keeps each as it comes; a later attempt starts its own generation."""
    with run.scope():
        brief = find_brief(uuid.UUID(run.params["brief"]))
        Generation.objects.filter(brief=brief, spec__job=str(run.job.pk)).delete()
        model = training.newest_version(brief.project)
        backend = _backend(model)
        evidence = _evidence(brief)
        generation = Generation.objects.create(
            brief=brief,
            model_version=model if backend.kind == "local" else None,
            backend=backend_name(),
            wanted=run.params["wanted"],
            spec={"job": str(run.job.pk), "seed": 0},
        )
        spec = ConceptsSpec(
            backend=backend,
            brief=_brief_spec(brief, evidence),
            count=generation.wanted,
            seed=0,
            output=run.folder,
        )
    done = _write(run, generation, spec, evidence)
    with run.scope():
        generation.finished_at, generation.reason_code = timezone.now(), done.reason or ""
        generation.save()
    return {"generation": str(generation.pk), "concepts": done.count, "reason": done.reason}


def backend_name() -> str:
    """Which model the settings let write."""
    name: str = settings.GENERATION_MODEL or settings.GENERATION_URL or settings.BASE_MODEL
    return name


def _backend(model: ModelVersion | None) -> BackendSpec:
    if settings.GENERATION_URL:
        return BackendSpec(
            kind="endpoint",
            url=settings.GENERATION_URL,
            key=settings.GENERATION_KEY,
            model=settings.GENERATION_MODEL,
            models=settings.MODELS_FOLDER,
        )
    adapter = shipped(settings.BASE_MODEL)
    if model is not None and model.base_model == settings.BASE_MODEL:
        adapter = model_folder(model)
    return BackendSpec(kind="local", base=settings.BASE_MODEL, models=settings.MODELS_FOLDER, adapter=adapter)


def _evidence(brief: Brief) -> dict[str, Evidence]:
    """Evidence id → evidence, the best of each of the brief's needs."""
    rows = brief.brief_needs.select_related("need")
    language = _language(brief)
    quotes = (needs_read.quotes_of(row.need, QUOTES, language, brief.product) for row in rows)
    return {str(piece.pk): piece for pieces in quotes for piece in pieces}


def _language(brief: Brief) -> str:
    return "zh" if brief.language.startswith("zh") else "en"


def _items(text: str) -> tuple[str, ...]:
    return tuple(item for part in re.split(r"[;；\n]", text) if (item := part.strip()))


def _brief_spec(brief: Brief, evidence: dict[str, Evidence]) -> BriefSpec:
    needs = [row.need for row in brief.brief_needs.select_related("need__analysis")]
    return BriefSpec(
        product=brief.product,
        category=brief.category,
        language=_language(brief),
        audience=brief.audience,
        must_have=_items(brief.must_have),
        must_avoid=_items(brief.must_avoid),
        needs=tuple(
            NeedSpec(
                id=str(need.pk),
                statement=need.statement,
                mentions=need.mentions,
                reviews=need.analysis.reviews_count,
                evidence=tuple(
                    EvidenceSpec(id=name, text=piece.sentence.text)
                    for name, piece in evidence.items()
                    if piece.need_id == need.pk
                ),
            )
            for need in needs
        ),
    )


def _write(run: JobRun, generation: Generation, spec: ConceptsSpec, evidence: dict[str, Evidence]) -> ConceptsDone:
    tokens = 0
    for event in run.child(spec):
        if isinstance(event, ConceptWritten | ConceptsDone):
            with run.scope():
                run.spend(generation_tokens=event.tokens - tokens)
            tokens = event.tokens
        if isinstance(event, ConceptWritten):
            with run.scope():
                _concept_create(generation, event, spec.brief.language, evidence)
        elif isinstance(event, ConceptsDone):
            return event
    raise AssertionError("writing ended without its result")


def _concept_create(
    generation: Generation, written: ConceptWritten, language: str, evidence: dict[str, Evidence]
) -> Concept:
    concept = Concept.objects.create(
        generation=generation,
        number=written.number,
        name=written.name[:200],
        pitch=written.pitch,
        insight=written.insight,
        target_user=written.target_user,
        language=language,
        scores=written.scores,
    )
    for place, feature in enumerate(written.features):
        row = Feature.objects.create(concept=concept, position=place, text=feature["text"])
        FeatureNeed.objects.bulk_create([FeatureNeed(feature=row, need_id=need) for need in feature["needs"]])
    for place, claim in enumerate(written.claims):
        made = claim_create(text=claim["text"], evidence=[evidence[name] for name in claim["evidence"]])
        ConceptClaim.objects.create(concept=concept, claim=made, position=place)
    return concept
