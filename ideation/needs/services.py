"""The only writer of analyses, needs, evidence and claims."""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ideation.base.copying import copy_rows
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.needs.models import Analysis, Citation, Claim, Evidence, Need, Sentence
from ideation.reviews import querysets as reviews
from ideation.reviews.words import FLAG_WORDS
from mlcore.events import Event
from mlcore.specs.analyse import MOST_TOKENS, AnalyseSpec, StatedAnalyseSpec
from mlcore.specs.generate import BackendSpec
from mlcore.taskadapter import shipped


@transaction.atomic
def analysis_start(
    *, project: Project, without: Sequence[str] = (), created_by: User | None = None, parent: Job | None = None
) -> Job:
    """Queues an analysis of the project's newest dataset version, leaving out reviews with any of these suspicions.

    Raises UserError without reviews, for a suspicion that isn't known, or without quota.
    """
    version = reviews.newest_version(project)
    if version is None:
        raise UserError("no_reviews", status=409)
    for kind in without:
        if kind not in FLAG_WORDS:
            raise UserError("suspicion_unknown", kind=kind, known=", ".join(FLAG_WORDS))
    return job_start(
        kind="reviews_analyse",
        params={"project": str(project.pk), "version": str(version.pk), "without": list(without)},
        subject_id=project.pk,
        project_id=project.pk,
        parent=parent,
        created_by=created_by,
        holds=analysis_holds(),
    )


def analysis_holds() -> dict[str, int]:
    """The most that an analysis may use of the brand's quotas."""
    return {"generation_tokens": MOST_TOKENS} if shipped(settings.BASE_MODEL) else {}


def analysis_run(run: JobRun) -> dict[str, Any]:
    """Analyses in a child process, on files; then one transaction makes the whole result visible."""
    source, output = run.folder / "reviews.jsonl", run.folder / "analysis"
    with run.scope():
        project = find_project(uuid.UUID(run.params["project"]))
        version = reviews.version(uuid.UUID(run.params["version"]))
        without = run.params.get("without", [])
        count = reviews.write_reviews(version, source, without=without)
    spec = _spec(source, output)
    result: Event | None = None
    for event in run.child(spec):
        result = event
    assert result is not None
    run.progress("saving", 0, 1, "parts")
    with run.scope():
        run.spend(generation_tokens=getattr(result, "tokens", 0))
        analysis = _keep(project, version, output, asdict(result), count, spec, without)
        return {"analysis": str(analysis.pk), "needs": analysis.needs.count(), "reviews": count}


def _spec(source: Path, output: Path) -> AnalyseSpec:
    """With the shipped model to word needs, where the settings keep to its base; else from the evidence alone."""
    adapter = shipped(settings.BASE_MODEL)
    if adapter is None:
        return AnalyseSpec(reviews=source, output=output)
    backend = BackendSpec(base=settings.BASE_MODEL, models=settings.MODELS_FOLDER, adapter=adapter)
    return StatedAnalyseSpec(reviews=source, output=output, backend=backend)


def _keep(
    project: Project,
    version: Any,
    output: Path,
    result: dict[str, Any],
    count: int,
    spec: AnalyseSpec,
    without: Sequence[str],
) -> Analysis:
    analysis = Analysis.objects.create(
        project=project,
        version=version,
        reviews_count=count,
        sentences_count=result["sentences"],
        informative_count=result["informative"],
        unassigned_count=result["unassigned"],
        languages=result["languages"],
        spec={"seed": spec.seed, "encoder": spec.encoder, "without": list(without)},
        finished_at=timezone.now(),
    )
    ids = _copy_sentences(analysis, output)
    for rank, record in enumerate(_lines(output / "needs.jsonl"), start=1):
        _need_create(analysis, rank, record, ids)
    return analysis


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


COLUMNS = (
    "id", "brand_id", "created_at", "analysis_id", "review_id", "number", "position", "text", "language",
    "informative", "sentiment", "level", "embedding",
)  # fmt: skip


NEED_FIELDS = (
    "statement", "statement_by", "about", "label", "language", "mentions", "net_sentiment", "importance",
    "satisfaction", "opportunity",
)  # fmt: skip


def _copy_sentences(analysis: Analysis, output: Path) -> list[uuid.UUID]:
    """Keeps sentences with their embeddings."""
    vectors = np.load(output / "embeddings.npy", mmap_mode="r", allow_pickle=False)
    ids: list[uuid.UUID] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, record in enumerate(_lines(output / "sentences.jsonl")):
            ids.append(uuid.uuid4())
            vector = "[" + ",".join(f"{value:.6g}" for value in vectors[number]) + "]"
            yield (
                ids[-1], analysis.brand_id, analysis.created_at, analysis.pk, record["review"], number,
                record["position"], record["text"], record["language"], record["informative"], record["sentiment"],
                record["level"], vector,
            )  # fmt: skip

    copy_rows(Sentence._meta.db_table, COLUMNS, rows())
    return ids


def _need_create(analysis: Analysis, rank: int, record: dict[str, Any], ids: list[uuid.UUID]) -> None:
    need = Need.objects.create(analysis=analysis, rank=rank, **{name: record[name] for name in NEED_FIELDS})
    quotes = {quote["sentence"]: (place, quote["score"]) for place, quote in enumerate(record["evidence"], start=1)}
    Evidence.objects.bulk_create(
        [
            Evidence(
                need=need,
                sentence_id=ids[index],
                rank=quotes[index][0] if index in quotes else None,
                score=quotes[index][1] if index in quotes else 0,
            )
            for index in record["members"]
        ],
        batch_size=2000,
    )


@transaction.atomic
def claim_create(*, text: str, evidence: list[Evidence]) -> Claim:
    """A claim with what it stands on. One without evidence isn't kept: it would be an invention."""
    assert evidence, "a claim cites at least one piece of evidence"
    claim = Claim.objects.create(text=text)
    Citation.objects.bulk_create(
        [Citation(claim=claim, evidence=piece, position=place) for place, piece in enumerate(evidence)]
    )
    return claim
