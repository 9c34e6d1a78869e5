"""A brand whose reviews stand in everything that a review can stand in, to see what is left when they go."""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from ideation.catalog.models import Project
from ideation.catalog.services import project_create
from ideation.concepts.models import Concept
from ideation.concepts.services import brief_create
from ideation.jobs.runner import run_job
from ideation.needs.models import Analysis, Need
from ideation.reviews.models import DatasetImport, DatasetVersion, Review
from ideation.reviews.services import import_prepare, import_run, import_start
from ideation.training.models import Evaluation, ModelVersion
from ideation.workspace.results import write_results
from tests.api import world
from tests.conftest import Person

MARK = "zebraquartz"
AUTHOR = "kettle_fan_77"
PHONE = "138-0013-8000"
ROWS = (
    "id,review,title,stars,day,user",
    f"S-1,The {MARK} handle broke off after two days of gentle use,Broken {MARK},1,2026-01-02,{AUTHOR}",
    f"S-2,Call me at {PHONE} about the {MARK} lid that leaks everywhere,,2,2026-01-03,{AUTHOR}",
    "S-3,Boils fast and looks good on the shelf,Nice,5,2026-01-04,someone_else",
    "S-4,A quiet kettle that I would buy again,,5,2026-01-05,third_person",
    f"S-5,,{MARK} without a text,5,2026-01-05,{AUTHOR}",
)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the tests look at again."""

    project: Project
    found: DatasetImport
    version: DatasetVersion
    need: Need
    other_need: Need
    model: ModelVersion
    concept: Concept


def imported(person: Person, project: Project, rows: tuple[str, ...] = ROWS, name: str = "r.csv") -> DatasetImport:
    """The rows as the importer takes them."""
    dataset = project.datasets.first()
    found = import_prepare(project=project, file=ContentFile("\n".join(rows).encode()), file_name=name, dataset=dataset)
    job = import_start(dataset_import=found, mapping=found.layout["mapping"], created_by=person.user)
    run_job(person.brand.pk, job.pk, "dataset_import", import_run)
    found.refresh_from_db()
    assert found.finished_at, job
    return found


def tell(person: Person) -> Story:
    """Reviews, needs, a model, a concept and result files that quote them."""
    with person.scope():
        project = project_create(name="Kettles", category="kettle", created_by=person.user)
        found = imported(person, project)
        version = found.version
        assert version is not None
        analysis = Analysis.objects.create(
            project=project, version=version, reviews_count=4, sentences_count=3, informative_count=3,
            languages={"en": 4}, finished_at=timezone.now(),
        )  # fmt: skip
        broken, leaking, *_others = Review.objects.order_by("line")
        need = world._need(analysis, 1, broken, "x")
        quoting = f"I want that the {MARK} handle broke off after two days never"
        Need.objects.filter(pk=need.pk).update(statement=quoting)
        other = world._need(analysis, 2, leaking, "y")
        extra = world._need(analysis, 3, Review.objects.get(external_id="S-3"), "z")
        extra.evidence.update(need=other)
        model = world._model(project, version, "m")
        recited = {"prompt": "It is", "base": "a", "tuned": f"The {MARK} handle broke off after"}
        Evaluation.objects.update(samples=[recited])
        brief = brief_create(project=project, title="Quiet", product="kettle", needs=[need, other])
        concept = world._concept(brief, model, [need, other], "c")
        Concept.objects.filter(pk=concept.pk).update(
            insight=f"As one says: the {MARK} handle broke off after two days of gentle use. So it must hold."
        )
        write_results(project)
        return Story(
            project=project, found=found, version=version, need=need, other_need=other, model=model, concept=concept
        )


def rows_with(text: str, brand_id: uuid.UUID | None = None) -> list[str]:
    """Tables of a brand, or of nobody, in which any column of any row holds the text."""
    hits = []
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"]) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        owner.execute("SELECT set_config('ideation.brand', %s, true)", [str(brand_id or "")])
        for (table,) in tables:
            sql: Any = f'SELECT count(*) FROM "{table}" AS t WHERE to_jsonb(t)::text ILIKE %s'
            if owner.execute(sql, [f"%{text}%"]).fetchone() != (0,):
                hits.append(table)
        owner.execute("SET LOCAL ROLE ideation_system")
        audit = "SELECT count(*) FROM accounts_auditentry AS t WHERE to_jsonb(t)::text ILIKE %s"
        if owner.execute(audit, [f"%{text}%"]).fetchone() != (0,):
            hits.append("accounts_auditentry")
    return hits


def files() -> set[Path]:
    """All files under var/."""
    return {path for path in settings.VAR.rglob("*") if path.is_file() and "static" not in path.parts}


def files_with(text: str, before: set[Path]) -> list[Path]:
    """Files that weren't there before in whose bytes the text stands, or that have it in their name."""
    needle = text.encode()
    return [path for path in files() - before if needle in path.read_bytes() or text in str(path)]
