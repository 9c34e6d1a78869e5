"""One click from a project's stars to sentiment of its own, and back to the shipped one."""

import json
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.needs.models import ENCODER, Sentence, SentimentModel
from ideation.needs.querysets import current_analysis, sentiment_model
from ideation.needs.services.figures import figures_set
from ideation.needs.services.vectors import vectors_read
from ideation.reviews import querysets as reviews
from mlcore.events import Event
from mlcore.specs.sentiment import FeelSpec, SentimentTuned, TuneSentimentSpec

WEIGHTS = "sentiment.npz"


@transaction.atomic
def sentiment_start(*, project: Project, created_by: User | None = None) -> Job:
    """Queues the learning. Raises UserError without reviews."""
    if reviews.newest_version(project) is None:
        raise UserError("no_reviews", status=409)
    return _started(project, created_by, learn=True)


@transaction.atomic
def sentiment_reset(*, project: Project, created_by: User | None = None) -> Job:
    """Takes the shipped sentiment again, and queues that every sentence is felt anew.

    Raises UserError where it is in use already.
    """
    if sentiment_model(project) is None:
        raise UserError("sentiment_shipped_used", status=409)
    SentimentModel.objects.filter(project=project).update(is_used=False)
    return _started(project, created_by, learn=False)


def _started(project: Project, created_by: User | None, *, learn: bool) -> Job:
    return job_start(
        kind="sentiment_tune",
        params={"project": str(project.pk), "learn": learn},
        subject_id=project.pk,
        project_id=project.pk,
        created_by=created_by,
    )


def sentiment_run(run: JobRun) -> dict[str, Any]:
    """Learns where it is to, then feels every sentence of the project anew and weighs the needs again."""
    if run.params["learn"]:
        _learn(run)
    with run.scope():
        project = find_project(uuid.UUID(run.params["project"]))
        felt, ids = _felt(run.folder / "felt", project)
    for _event in run.child(felt):
        pass
    with run.scope():
        _keep(felt.output, ids)
        analysis = current_analysis(project)
        if analysis is not None:
            figures_set(analysis)
    return {"sentences": len(ids)}


def _learn(run: JobRun) -> None:
    source = run.folder / "reviews.jsonl"
    with run.scope():
        project = find_project(uuid.UUID(run.params["project"]))
        version = reviews.newest_version(project)
        assert version is not None, "reviews are there when a job is started, and versions stay"
        reviews.write_reviews(reviews.reviews_in(version), source)
    spec = TuneSentimentSpec(reviews=source, output=run.folder / "learnt", encoder=ENCODER)
    result: Event | None = None
    for event in run.child(spec):
        result = event
    assert isinstance(result, SentimentTuned)
    with run.scope():
        SentimentModel.objects.filter(project=project).delete()
        SentimentModel.objects.create(
            project=project, encoder=spec.encoder, weights=(spec.output / WEIGHTS).read_bytes(),
            reviews_count=result.reviews, held_out_count=result.held_out, before=asdict(result.before),
            after=asdict(result.after), created_by=run.created_by,
        )  # fmt: skip


def weights_write(project: Project, folder: Path) -> Path | None:
    """Writes the weights of the project's own sentiment where mlcore reads them; None: the shipped one is used."""
    model = sentiment_model(project)
    if model is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / WEIGHTS
    path.write_bytes(bytes(model.weights))
    return path


def _felt(folder: Path, project: Project) -> tuple[FeelSpec, list[uuid.UUID]]:
    """Every sentence of the project with its review's stars, as files, and the sentences' ids in their order."""
    folder.mkdir(parents=True)
    ids: list[uuid.UUID] = []
    keys: list[bytes] = []
    rows = Sentence.objects.filter(project=project).order_by("id").values_list("id", "key", "text", "review__rating")
    with (folder / "sentences.jsonl").open("w", encoding="utf-8") as out:
        for key, text_key, text, rating in rows.iterator(chunk_size=5000):
            ids.append(key)
            keys.append(bytes(text_key))
            out.write(json.dumps({"text": text, "rating": rating}, ensure_ascii=False) + "\n")
    np.save(folder / "vectors.npy", vectors_read(project.pk, keys, folder / "vectors.bin"))
    return FeelSpec(sentences=folder, output=folder / "felt.npy", weights=weights_write(project, folder)), ids


def _keep(path: Path, ids: list[uuid.UUID]) -> None:
    felt = np.load(path, allow_pickle=False)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE felt (id uuid, sentiment float8, level smallint) ON COMMIT DROP")
        with cursor.copy("COPY felt FROM STDIN") as copy:
            for key, (sentiment, level) in zip(ids, felt.tolist(), strict=True):
                copy.write_row((key, round(sentiment, 4), int(level)))
        cursor.execute(
            "UPDATE needs_sentence AS s SET sentiment = felt.sentiment, level = felt.level "
            "FROM felt WHERE felt.id = s.id"
        )
        cursor.execute("DROP TABLE felt")
