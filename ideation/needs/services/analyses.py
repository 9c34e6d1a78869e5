"""Starts analyses and runs them: what is known is handed over as files, what was found is kept in one transaction."""

import os
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.needs.models import Analysis
from ideation.needs.querysets import current_analysis
from ideation.needs.services.keeping import Kept, analysis_keep
from ideation.needs.services.known import Known, known_write
from ideation.needs.services.sentiment import weights_write
from ideation.needs.services.watches import alerts_raise
from ideation.reviews import querysets as reviews
from ideation.reviews.words import FLAG_WORDS
from mlcore.events import Event
from mlcore.specs.analyse import MOST_TOKENS, AnalyseSpec, StatedAnalyseSpec, UnderstandSpec
from mlcore.specs.generate import BackendSpec
from mlcore.taskadapter import shipped

MANY: Final = 2000
"""New reviews from which on several processes read them."""
CHILD_MEGABYTES: Final = 3000


@transaction.atomic
def analysis_start(
    *,
    project: Project,
    without: Sequence[str] = (),
    afresh: bool = False,
    unassigned: float | None = None,
    created_by: User | None = None,
    parent: Job | None = None,
) -> Job:
    """Queues an analysis of the project's newest dataset version, leaving out reviews with any of these suspicions.

    It carries the needs on that were found before, unless it is to group all sentences `afresh`; what people decided
    about needs holds either way. `unassigned`: the share of telling sentences that may belong to no need.
    Raises UserError without reviews, for a suspicion that isn't known, a share outside 0 to 1, or without quota.
    """
    version = reviews.newest_version(project)
    if version is None:
        raise UserError("no_reviews", status=409)
    for kind in without:
        if kind not in FLAG_WORDS:
            raise UserError("suspicion_unknown", kind=kind, known=", ".join(FLAG_WORDS))
    if unassigned is not None and not 0 <= unassigned <= 1:
        raise UserError("share_invalid", share=unassigned)
    params = {"project": str(project.pk), "version": str(version.pk), "without": list(without)}
    return job_start(
        kind="reviews_analyse",
        params={**params, "afresh": afresh, "unassigned": unassigned},
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
    with run.scope():
        project = find_project(uuid.UUID(run.params["project"]))
        version = reviews.version(uuid.UUID(run.params["version"]))
        sentiment = weights_write(project, run.folder / "sentiment")
        before = current_analysis(project)
        known = known_write(
            version, before, run.folder / "known", without=run.params.get("without", []),
            afresh=bool(run.params.get("afresh")),
        )  # fmt: skip
    folders = _understand(run, known, sentiment)
    spec = _spec(run.folder, known, folders, sentiment, run.params.get("unassigned"))
    result: Event | None = None
    for event in run.child(spec):
        result = event
    assert result is not None
    run.progress("saving", 0, 1, "parts")
    with run.scope():
        run.spend(generation_tokens=getattr(result, "tokens", 0))
        analysis = _keep(project, version, before, spec, known, asdict(result), run.params)
        alerts_raise(analysis=analysis)
        return {"analysis": str(analysis.pk), "needs": analysis.needs.count(), "reviews": analysis.reviews_count}


def _understand(run: JobRun, known: Known, sentiment: Path | None) -> tuple[Path, ...]:
    """Reads new reviews in several processes where they are many; else leaves them to the analysis itself."""
    if known.new_count < MANY:
        return ()
    shares = os.cpu_count() or 1
    folders = tuple(run.folder / f"understood-{share}" for share in range(shares))
    specs = [
        UnderstandSpec(
            reviews=known.new_reviews, count=known.new_count, output=folder, share=(share, shares), sentiment=sentiment
        )
        for share, folder in enumerate(folders)
    ]
    for _event in run.children(specs, megabytes=CHILD_MEGABYTES):
        pass
    return folders


def _spec(
    folder: Path, known: Known, understood: tuple[Path, ...], sentiment: Path | None, unassigned: float | None
) -> AnalyseSpec:
    """With the shipped model to word needs, where the settings keep to its base; else from the evidence alone."""
    files: dict[str, Any] = {
        "reviews": known.new_reviews,
        "known": known.folder,
        "output": folder / "analysis",
        "understood": understood,
        "sentiment": sentiment,
    }
    adapter = shipped(settings.BASE_MODEL)
    if adapter is None:
        return AnalyseSpec(**files, unassigned=unassigned)
    backend = BackendSpec(base=settings.BASE_MODEL, models=settings.MODELS_FOLDER, adapter=adapter)
    return StatedAnalyseSpec(**files, unassigned=unassigned, backend=backend)


def _keep(
    project: Project,
    version: Any,
    before: Analysis | None,
    spec: AnalyseSpec,
    known: Known,
    result: dict[str, Any],
    params: dict[str, Any],
) -> Analysis:
    analysis = Analysis(
        project=project,
        version=version,
        before=before if known.carries_on else None,
        reviews_count=known.old_count + known.new_count,
        new_reviews_count=known.new_count,
        sentences_count=result["sentences"],
        informative_count=result["informative"],
        unassigned_count=result["unassigned"],
        languages=result["languages"],
        spec={
            "seed": spec.seed, "encoder": spec.encoder, "without": params.get("without", []),
            "unassigned": spec.unassigned,
        },
    )  # fmt: skip
    return analysis_keep(analysis, Kept(folder=spec.output, known=known, before=before))
