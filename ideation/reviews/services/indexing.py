"""Makes reviews findable: first by their words, for all of them, then by what they mean, in portions of a minute.

Between portions the job goes back into the queue, so that a large project doesn't keep the others waiting. What is
done is done: the job may be cancelled, lost or started again at any moment and goes on with what is missing.
"""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from ideation.base.copying import copy_rows
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.jobs.models import Job
from ideation.jobs.querysets import live_of
from ideation.jobs.runner import JobRun, TurnOver
from ideation.jobs.services import job_start
from ideation.reviews.findable import findable_forget
from ideation.reviews.models import UNDATED, Review, ReviewDataset, ReviewVector, ReviewWords
from ideation.reviews.search import project_lexeme
from ideation.reviews.stems import stems_of
from mlcore.searchwords import found_by
from mlcore.specs.embed import Embedded, EmbedSpec

CHUNK: Final = 10_000
"""Reviews of one transaction."""
KEPT: Final = 2_000
"""Vectors of one transaction."""
PORTION: Final = 20_000
"""Reviews that are handed over to be embedded: more than a portion's time is enough for."""
PORTION_SECONDS: Final = 60.0
MEGABYTES: Final = 3000
READ: Final = 400
"""Characters that the encoder reads."""
KIND: Final = "reviews_index"


@transaction.atomic
def index_start(*, project: Project, created_by: User | None = None) -> Job:
    """Queues what makes the project's new reviews findable. One that is under way takes them up, too."""
    findable_forget(project)
    # It goes on beside people's own work and doesn't count among it.
    return live_of(KIND, project.pk) or job_start(
        kind=KIND,
        params={"project": str(project.pk)},
        subject_id=project.pk,
        project_id=project.pk,
        created_by=created_by,
        holds={"concurrent_jobs": 0},
    )


def index_run(run: JobRun) -> dict[str, Any]:
    """Words for all, then vectors for a portion. Raises TurnOver while some are missing."""
    with run.scope():
        project = find_project(uuid.UUID(run.params["project"]))
    words_index(run, project)
    missing = vectors_index(run, project)
    findable_forget(project)
    if missing:
        raise TurnOver
    return {"project": str(project.pk)}


def words_index(run: JobRun, project: Project) -> int:
    """Notes the words of reviews that lack them; returns of how many."""
    with run.scope():
        total = Review.objects.filter(project_id=project.pk).count()
        datasets = list(ReviewDataset.objects.filter(project=project))
        done = ReviewWords.objects.filter(project_id=project.pk).count()
    count = 0
    for dataset in datasets:
        last = uuid.UUID(int=0)
        while True:
            with run.scope():
                rows = _lacking(ReviewWords, dataset=dataset, pk__gt=last)[:CHUNK]
                chunk = list(rows.values_list("pk", "date", "title", "text"))
                if chunk:
                    words_keep(project, chunk, whole=len(chunk) < CHUNK)
            if not chunk:
                break
            count, last = count + len(chunk), chunk[-1][0]
            run.progress("indexing", min(done + count, total), total, "reviews")
    return count


def _lacking(kind: type[ReviewWords] | type[ReviewVector], **which: Any) -> QuerySet[Review]:
    there = kind.objects.filter(review=OuterRef("pk"))
    return Review.objects.filter(~Exists(there), **which).order_by("pk")


WORDS: Final = ("id", "brand_id", "created_at", "review_id", "project_id", "day", "words")


def words_keep(project: Project, chunk: list[tuple[Any, ...]], *, whole: bool) -> None:
    """Notes the words of (id, date, title, text); `whole` says that nothing follows soon."""
    found = [(key, day, *found_by(f"{title}\n{text}")) for key, day, title, text in chunk]
    stems = stems_of({word for _key, _day, words, _lexemes in found for word in words})
    mine, now = f"'{project_lexeme(project.pk)}' ", timezone.now()

    def rows() -> Iterator[tuple[Any, ...]]:
        for key, day, words, lexemes in found:
            lexemes |= {stems[word] for word in words}
            lexemes.discard("")
            # The id is the review's own: what is noted twice is noted once, and in the order of ids.
            vector = mine + " ".join(f"'{lexeme}'" for lexeme in lexemes)
            yield key, project.brand_id, now, key, project.pk, day or UNDATED, vector

    with connection.cursor() as cursor:
        # New rows wait in a list that each search reads: a long one while many come, none when all are there.
        waiting = "64kB" if whole else "32MB"
        cursor.execute("SELECT set_config('gin_pending_list_limit', %s, true)", [waiting])
    copy_rows(ReviewWords._meta.db_table, WORDS, rows(), unique=("brand_id", "id"))


SAYS_SOMETHING: Final = 4
"""Words, or Chinese characters, from which a review has a meaning to be found by."""
VECTORS: Final = ("id", "brand_id", "created_at", "review_id", "project_id", "bits", "vector")


def vectors_index(run: JobRun, project: Project) -> bool:
    """Embeds a portion of the reviews that have no vector yet; returns whether some are left."""
    with run.scope():
        datasets = ReviewDataset.objects.filter(project=project)
        rows = _lacking(ReviewVector, dataset__in=datasets).values_list("pk", "title", "text", "tokens")
        portion = list(rows[: PORTION + 1])
        total = Review.objects.filter(project_id=project.pk).count()
        done = ReviewVector.objects.filter(project_id=project.pk).count()
    if not portion:
        return False
    texts, output = run.folder / "texts.jsonl", run.folder / "vectors.npy"
    _write_texts(texts, portion)
    embedded = 0
    spec = EmbedSpec(texts=texts, output=output, seconds=PORTION_SECONDS, before=done, total=total)
    for event in run.child(spec, megabytes=MEGABYTES):
        if isinstance(event, Embedded):
            embedded = event.done
    vectors = np.load(output, allow_pickle=False)
    # 'nice' would be close to any search: what says too little to mean anything stands nowhere.
    vectors[[tokens < SAYS_SOMETHING for *_said, tokens in portion[:embedded]]] = 0
    for start in range(0, embedded, KEPT):
        with run.scope():
            ids = [key for key, *_texts in portion[:embedded][start : start + KEPT]]
            vectors_keep(project, ids, vectors[start : start + KEPT])
    return embedded < len(portion) or len(portion) > PORTION


def _write_texts(path: Path, portion: list[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for _key, title, text, _tokens in portion:
            said = f"{title}. {text}" if title else text
            file.write(json.dumps(said[:READ]) + "\n")


def vectors_keep(project: Project, ids: list[uuid.UUID], vectors: Any) -> None:
    """Keeps the vectors of these reviews. One that was erased meanwhile has no place any more."""
    there = set(Review.objects.filter(pk__in=ids).values_list("pk", flat=True))
    bits = np.where(vectors > 0, 49, 48).astype(np.uint8)
    now = timezone.now()
    rows = (
        (
            key, project.brand_id, now, key, project.pk, signs.tobytes().decode(),
            "[" + ",".join(f"{value:.4g}" for value in vector) + "]",
        )
        for key, signs, vector in zip(ids, bits, vectors.tolist(), strict=True)
        if key in there
    )  # fmt: skip
    copy_rows(ReviewVector._meta.db_table, VECTORS, rows, unique=("brand_id", "id"))
