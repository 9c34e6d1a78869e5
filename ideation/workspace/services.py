"""Carries a project from a review file to concepts, one part after the other, and sets up the sample brand."""

import json
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import project as find_project
from ideation.catalog.services import product_save, project_create
from ideation.concepts.models import Brief
from ideation.concepts.services import brief_create, generation_holds, generation_start
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import JobCancelled, JobRun, Waiting
from ideation.jobs.services import job_start
from ideation.needs.models import About, Analysis
from ideation.needs.querysets import current_analysis, leading_name, needs_of, needs_of_product
from ideation.needs.services import analysis_holds, analysis_start
from ideation.reviews.models import DatasetImport
from ideation.reviews.querysets import dataset_import as find_import
from ideation.reviews.querysets import most_reviewed
from ideation.reviews.services import import_holds, import_prepare, import_start
from ideation.training.querysets import newest_version
from ideation.training.services import training_holds, training_start
from ideation.workspace.querysets import summary
from ideation.workspace.results import write_results

SAMPLE = Path(__file__).parent / "sample"
PARTS = ("dataset_import", "reviews_analyse", "model_train", "concepts_write")
STEPS = ("import", "needs", "model", "concepts")
BRIEF_NEEDS = 8
PRODUCT_SHARE = 0.5
"""Part of a need's evidence that must speak of a product for its brief to ask for an answer."""
CONCEPTS = 8


@transaction.atomic
def main_job_start(*, dataset_import: DatasetImport, mapping: dict[str, int], created_by: User | None = None) -> Job:
    """Queues the whole way from this file to concepts. Raises UserError as import_start does."""
    if "text" not in mapping:
        raise UserError("no_text_column", field="text")
    if dataset_import.finished_at:
        raise UserError("import_started", status=409)
    project_id = dataset_import.dataset.project_id
    return job_start(
        kind="main_job",
        params={"project": str(project_id), "import": str(dataset_import.pk), "mapping": mapping},
        subject_id=project_id,
        project_id=project_id,
        created_by=created_by,
        holds=_holds(dataset_import),
    )


def _holds(dataset_import: DatasetImport | None) -> dict[str, int]:
    """The most that all parts together may use of the brand's quotas: set aside at once, so that none lacks later."""
    whole = Counter(import_holds(dataset_import) if dataset_import else {})
    for part in (analysis_holds(), training_holds(), generation_holds(CONCEPTS)):
        whole.update(part)
    return dict(whole)


@transaction.atomic
def main_job_again(*, project: Project, created_by: User | None = None) -> Job:
    """Queues the way to concepts for reviews that are there already, as after a change of the model."""
    return job_start(
        kind="main_job",
        params={"project": str(project.pk)},
        subject_id=project.pk,
        project_id=project.pk,
        created_by=created_by,
        holds=_holds(None),
    )


def main_job_run(run: JobRun) -> dict[str, Any]:
    """Starts the first part that is missing, and sleeps; woken by its end, goes on with the next one."""
    for done, (kind, step) in enumerate(zip(PARTS, STEPS, strict=True)):
        run.progress(step, done, len(PARTS), "parts")
        with run.scope():
            part = Job.objects.filter(parent=run.job, kind=kind).order_by("-created_at").first()
            unfinished = _go_on(run, kind, part)
        if unfinished:
            raise Waiting
    with run.scope():
        project = find_project(uuid.UUID(run.params["project"]))
        write_results(project)
        return summary(project)


def _go_on(run: JobRun, kind: str, part: Job | None) -> bool:
    """Whether this part is still to end. Raises what it failed with."""
    if part is None and _is_there(run, kind):
        return False
    if part is None:
        try:
            _start_part(run, kind)
        except UserError as error:
            # Too few reviews to tune on: the base model writes the concepts.
            if kind == "model_train" and error.code == "too_few_reviews":
                return False
            raise
        return True
    if part.state == JobState.FAILED:
        raise UserError(part.reason_code, **part.reason_params)
    if part.state == JobState.CANCELLED:
        raise JobCancelled
    return part.is_live


def _is_there(run: JobRun, kind: str) -> bool:
    """Whether a main job without a file finds this part's result in the project."""
    if "import" in run.params:
        return False
    project = find_project(uuid.UUID(run.params["project"]))
    if kind == "reviews_analyse":
        return current_analysis(project) is not None
    if kind == "model_train":
        model = newest_version(project)
        return model is not None and model.base_model == settings.BASE_MODEL
    return kind == "dataset_import"


def _start_part(run: JobRun, kind: str) -> Job:
    project = find_project(uuid.UUID(run.params["project"]))
    if kind == "dataset_import":
        found = find_import(uuid.UUID(run.params["import"]))
        return import_start(
            dataset_import=found, mapping=run.params["mapping"], created_by=run.created_by, parent=run.job
        )
    if kind == "reviews_analyse":
        return analysis_start(project=project, created_by=run.created_by, parent=run.job)
    if kind == "model_train":
        return training_start(project=project, created_by=run.created_by, parent=run.job)
    brief = _brief(project, run.created_by)
    return generation_start(brief=brief, wanted=CONCEPTS, created_by=run.created_by, parent=run.job)


def _brief(project: Project, created_by: User | None) -> Brief:
    analysis = current_analysis(project)
    if analysis is None:
        raise UserError("no_needs", status=409)
    language = _language(analysis)
    product = most_reviewed(project)
    name, named = ("", []) if product else leading_name(analysis, BRIEF_NEEDS // 2)
    # One product a brief: a mug's concept has no use for what is said of a kettle's cable.
    needs = needs_of_product(analysis, product, PRODUCT_SHARE) if product else needs_of(analysis)
    if name:
        needs = needs.filter(pk__in=named)
    needs = needs.filter(about=About.PRODUCT)
    # The model reads the statements: those in its own language first, the others only to fill up.
    chosen = sorted(needs, key=lambda need: need.language != language[:2])[:BRIEF_NEEDS]
    return brief_create(
        project=project,
        title=product.name if product else name or project.name,
        product=_plain_name(product, language) or name.lower() or project.category or project.name,
        category=project.category,
        language=language,
        needs=chosen,
        created_by=created_by,
    )


def _plain_name(product: Product | None, language: str) -> str:
    """What kind of thing a product is, in the brief's language."""
    if product is None:
        return ""
    if language.startswith("zh"):
        return product.category_zh
    name = product.category
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _language(analysis: Analysis) -> str:
    """Concepts are written in the language of most of the evidence."""
    counts: dict[str, int] = analysis.languages
    return "zh-hans" if counts.get("zh", 0) > counts.get("en", 0) else "en"


@transaction.atomic
def sample_prepare(*, created_by: User) -> tuple[Project, DatasetImport]:
    """The sample brand's project with its products and its review file, ready for the main job."""
    products = json.loads((SAMPLE / "products.json").read_text(encoding="utf-8"))
    project = project_create(
        name="Sample: what to make next", category=products[0]["category"]["en"], created_by=created_by
    )
    for product in products:
        product_save(
            project=project,
            sku=product["sku"],
            name=product["name"]["en"],
            name_zh=product["name"]["zh"],
            category=product["category"]["en"],
            category_zh=product["category"]["zh"],
            is_competitor=product["competitor"],
        )
    return project, file_prepare(project=project, path=SAMPLE / "reviews.csv")


@transaction.atomic
def file_prepare(*, project: Project, path: Path) -> DatasetImport:
    """A review file of this machine's, as if it had been uploaded."""
    with path.open("rb") as file:
        return import_prepare(project=project, file=File(file, name=path.name), file_name=path.name)
