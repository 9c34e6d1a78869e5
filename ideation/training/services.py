"""The only writer of training runs, model versions and evaluations."""

import shutil
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.querysets import brand_folder
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.reviews import querysets as reviews
from ideation.training import querysets
from ideation.training.models import Evaluation, ModelVersion, TrainingRun
from mlcore.specs.evaluate import Evaluated, EvaluateSpec
from mlcore.specs.finetune import FinetuneSpec, TrainingStep, Tuned
from mlcore.taskadapter import shipped, write_documents

MINIMUM_REVIEWS = 20
"""Fewer leave nothing to hold out."""


@transaction.atomic
def training_start(*, project: Project, created_by: User | None = None, parent: Job | None = None) -> Job:
    """Queues a tuning of the base model on the project's newest dataset version.

    Raises UserError without reviews or with too few, AccountError `quota_reached`.
    """
    version = reviews.newest_version(project)
    if version is None:
        raise UserError("no_reviews", status=409)
    if version.reviews_count < MINIMUM_REVIEWS:
        raise UserError("too_few_reviews", status=409, count=version.reviews_count, minimum=MINIMUM_REVIEWS)
    return job_start(
        kind="model_train",
        params={"project": str(project.pk), "version": str(version.pk), "base": settings.BASE_MODEL},
        subject_id=project.pk,
        project_id=project.pk,
        parent=parent,
        created_by=created_by,
        holds=training_holds(),
    )


def training_holds() -> dict[str, int]:
    """The most that a tuning may use of the brand's quotas."""
    return {"training_tokens": settings.TRAINING_TOKENS}


def training_run(run: JobRun) -> dict[str, Any]:
    """Tunes and measures in child processes; the model version appears with its measurements, or not at all."""
    source, output = run.folder / "reviews.jsonl", run.folder / "model"
    with run.scope():
        project = find_project(uuid.UUID(run.params["project"]))
        version = reviews.version(uuid.UUID(run.params["version"]))
        reviews.write_reviews(reviews.reviews_in(version), source)
        spec = _spec(run, source, output)
        training = TrainingRun.objects.create(
            project=project, version=version, base_model=spec.base, spec=_plain(asdict(spec))
        )
    tuned = _tune(run, training, spec)
    measured = _measure(run, spec, tuned)
    run.progress("saving", 0, 1, "parts")
    with run.scope():
        model = _keep(training, tuned, measured)
    return {
        "model": str(model.pk),
        "perplexity_base": measured.perplexity_base,
        "perplexity_tuned": measured.perplexity_tuned,
    }


def _spec(run: JobRun, source: Path, output: Path) -> FinetuneSpec:
    """Goes on from the shipped task adapter, replaying its examples, where there is one for this base model."""
    start, replay = shipped(run.params["base"]), None
    # Gently: at the usual rate the brand's reviews wash out what the adapter knows of writing concepts.
    rate, share = (1.5e-4, 0.4) if start else (3e-4, 0.0)
    if start is not None:
        replay = run.folder / "replay.jsonl"
        write_documents(replay)
    return FinetuneSpec(
        base=run.params["base"],
        models=settings.MODELS_FOLDER,
        corpus=source,
        output=output,
        start=start,
        replay=replay,
        replay_share=share,
        learning_rate=rate,
        max_tokens=settings.TRAINING_TOKENS,
    )


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    # Paths of this machine say nothing later and would leak where things lie.
    return {name: value for name, value in fields.items() if isinstance(value, int | float | str | bool)}


def _tune(run: JobRun, training: TrainingRun, spec: FinetuneSpec) -> Tuned:
    tokens = 0
    for event in run.child(spec):
        if isinstance(event, TrainingStep):
            run.progress("training", event.step, event.steps, "steps")
            training.curve.append(asdict(event))
            with run.scope():
                run.spend(training_tokens=event.tokens - tokens)
                tokens = event.tokens
                TrainingRun.objects.filter(pk=training.pk).update(curve=training.curve)
        elif isinstance(event, Tuned):
            return event
    raise AssertionError("tuning ended without its result")


def _measure(run: JobRun, spec: FinetuneSpec, tuned: Tuned) -> Evaluated:
    measuring = EvaluateSpec(base=spec.base, models=spec.models, adapter=tuned.folder, texts=tuned.eval_texts)
    for event in run.child(measuring):
        if isinstance(event, Evaluated):
            return event
    raise AssertionError("measuring ended without its result")


def _keep(training: TrainingRun, tuned: Tuned, measured: Evaluated) -> ModelVersion:
    newest = querysets.newest_version(training.project)
    folder = f"{brand_folder()}/{uuid.uuid4()}"
    model = ModelVersion.objects.create(
        project=training.project,
        run=training,
        number=newest.number + 1 if newest else 1,
        base_model=training.base_model,
        base_sha256=tuned.base_sha256,
        base_licence=tuned.base_licence,
        languages=list(tuned.base_languages),
        folder=folder,
        files_sha256=tuned.artefact_sha256,
        corpus_sha256=tuned.corpus_sha256,
        documents=tuned.documents,
        tokens=tuned.tokens,
    )
    Evaluation.objects.create(model_version=model, **_measurements(measured))
    TrainingRun.objects.filter(pk=training.pk).update(finished_at=timezone.now(), curve=training.curve)
    target = model_folder(model)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(tuned.folder, target)
    return model


def _measurements(measured: Evaluated) -> dict[str, Any]:
    names = (
        "perplexity_base",
        "perplexity_tuned",
        "bits_per_byte_base",
        "bits_per_byte_tuned",
        "tokens",
        "bytes",
        "samples",
    )
    return {name: getattr(measured, name) for name in names}


def model_folder(model: ModelVersion) -> Path:
    """Where a version's weights lie: under its brand, at a name that nobody can guess."""
    folder: Path = settings.WEIGHTS_FOLDER / model.folder
    return folder
