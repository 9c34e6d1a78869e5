"""A brand's project with one of everything in it, each text marked, so that a leak into another brand can be seen."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import ApiKey, Invitation, Membership, Role
from accounts.services.keys import key_create
from accounts.services.members import membership_add
from accounts.services.people import person_create
from accounts.tenancy import BrandOwnedModel
from ideation.catalog.models import Product, Project, ProjectMember
from ideation.catalog.services import product_image_set, product_save, project_create
from ideation.concepts.models import Brief, Concept, ConceptClaim, Feature, FeatureNeed, Generation
from ideation.concepts.services import brief_create
from ideation.jobs.models import Job
from ideation.jobs.services import job_start
from ideation.needs.models import (
    DIMENSIONS,
    ENCODER,
    Analysis,
    Evidence,
    Need,
    NeedEdit,
    Sentence,
    SentimentModel,
    StandingNeed,
    Theme,
)
from ideation.needs.services import claim_create, need_reword
from ideation.needs.services.vectors import key_of, vectors_write
from ideation.privacy.models import BrandExport, Erasure
from ideation.reviews.models import (
    DatasetImport,
    DatasetVersion,
    DuplicateRow,
    RejectedRow,
    Review,
    ReviewDataset,
    ReviewExport,
    ReviewSource,
    SavedView,
    SourceKind,
    Upload,
)
from ideation.reviews.services import import_prepare
from ideation.training.models import Evaluation, ModelVersion, TrainingRun
from tests.conftest import Person

IMAGE = b"GIF89a" + bytes((2, 0, 1, 0)) + bytes(20)
"""The beginning of an image, which is all that is looked at."""
CSV = b"review,stars,day\nToo loud in the morning,2,2026-01-02\nBoils fast and looks good,5,2026-01-03\n"


@dataclass(frozen=True, kw_only=True)
class World:
    """What an address of the API can name."""

    mark: str
    project: Project
    product: Product
    dataset: ReviewDataset
    dataset_import: DatasetImport
    reviews: list[Review]
    needs: list[Need]
    model: ModelVersion
    brief: Brief
    concept: Concept
    job: Job
    version: DatasetVersion
    erasure: Erasure
    export: BrandExport
    member: Membership
    invitation: Invitation
    key: ApiKey
    source: ReviewSource
    upload: Upload
    view: SavedView
    review_export: ReviewExport
    theme: Theme
    edit: NeedEdit

    def ids(self) -> dict[str, uuid.UUID]:
        """Name in an address → id."""
        return {
            "project_id": self.project.pk,
            "product_id": self.product.pk,
            "dataset_id": self.dataset.pk,
            "import_id": self.dataset_import.pk,
            "review_id": self.reviews[0].pk,
            "need_id": self.needs[0].pk,
            "model_id": self.model.pk,
            "brief_id": self.brief.pk,
            "concept_id": self.concept.pk,
            "job_id": self.job.pk,
            "version_id": self.version.pk,
            "other_id": self.version.pk,
            "erasure_id": self.erasure.pk,
            "export_id": self.export.pk,
            "member_id": self.member.pk,
            "invitation_id": self.invitation.pk,
            "key_id": self.key.pk,
            "source_id": self.source.pk,
            "upload_id": self.upload.pk,
            "view_id": self.view.pk,
            "review_export_id": self.review_export.pk,
            "theme_id": self.theme.pk,
            "edit_id": self.edit.pk,
        }


def make_world(person: Person, mark: str) -> World:
    """Two reviews, two needs, a model, a brief, a concept and a queued job, all with `mark` in their texts."""
    with person.scope():
        project = project_create(name=f"Kettles {mark}", category="kettle", created_by=person.user)
        product = product_save(project=project, sku=f"K-{mark}", name=f"Kettle {mark}")
        product_image_set(product=product, file=ContentFile(IMAGE + mark.encode()))
        found = import_prepare(project=project, file=ContentFile(CSV), file_name=f"{mark}.csv")
        version = DatasetVersion.objects.create(dataset=found.dataset, number=1, reviews_count=2, root_sha256="0" * 64)
        RejectedRow.objects.create(dataset_import=found, line=4, column="review", code="text_empty", value=mark)
        DuplicateRow.objects.create(dataset_import=found, line=5, kind="exact")
        reviews = [_review(found, line, mark) for line in (2, 3)]
        analysis = Analysis.objects.create(
            project=project, version=version, reviews_count=2, languages={mark: 2}, finished_at=timezone.now()
        )
        needs = [_need(analysis, rank, review, mark) for rank, review in enumerate(reviews, start=1)]
        figures = {"accuracy": 0.9, "confusion": [[1, 0], [0, 1]]}
        SentimentModel.objects.create(
            project=project, encoder=ENCODER, weights=b"w", reviews_count=2, held_out_count=2, before=figures,
            after=figures,
        )  # fmt: skip
        model = _model(project, version, mark)
        brief = brief_create(project=project, title=f"Brief {mark}", product="kettle", needs=needs)
        concept = _concept(brief, model, needs, mark)
        hums = _sentence(reviews[1], 1, f"{mark}: it hums, too")
        Evidence.objects.create(need=needs[0], sentence=hums, score=0.8, rank=30)
        _sentence(reviews[1], 2, f"{mark}: the cord is short")
        return World(
            mark=mark,
            project=project,
            product=product,
            dataset=found.dataset,
            dataset_import=found,
            reviews=reviews,
            needs=needs,
            model=model,
            brief=brief,
            concept=concept,
            job=_job(found, mark),
            version=version,
            erasure=Erasure.objects.create(by="text", result={mark: 2}, confirmed_at=timezone.now()),
            export=_export(person, mark),
            member=_member(project, mark),
            invitation=Invitation.objects.create(
                email=f"{mark}@invited.example",
                role=Role.ANALYST,
                token_sha256=hashlib.sha256(mark.encode()).hexdigest(),
                expires_at=timezone.now() + timedelta(days=7),
            ),
            key=key_create(name=f"Key {mark}", scopes=["read"], created_by=person.user)[0],
            source=ReviewSource.objects.create(
                dataset=found.dataset, name=mark, kind=SourceKind.URL, address=f"https://x.example/{mark}.csv"
            ),
            upload=Upload.objects.create(
                project=project,
                file_name=f"{mark}.csv",
                size=100,
                file=f"{person.brand.folder}/{uuid.uuid4()}/{mark}.csv",
                expires_at=timezone.now() + timedelta(days=1),
            ),
            view=SavedView.objects.create(project=project, name=f"View {mark}", query="rating=2"),
            review_export=_review_export(person, project, mark),
            theme=Theme.objects.create(project=project, name=f"Theme {mark}"),
            edit=need_reword(need=needs[1], statement=needs[1].statement, label="noise", by=person.user),
        )


def _member(project: Project, mark: str) -> Membership:
    user = person_create(email=f"{mark}@members.example", name=f"Member {mark}")
    member = membership_add(user=user, role=Role.ANALYST)
    ProjectMember.objects.create(project=project, membership=member)
    return member


def _export(person: Person, mark: str) -> BrandExport:
    name = default_storage.save(f"{person.brand.folder}/{uuid.uuid4()}/export.zip", ContentFile(mark.encode()))
    now = timezone.now()
    return BrandExport.objects.create(
        file=name, rows={mark: 2}, finished_at=now, expires_at=now + timedelta(days=1), created_by=person.user
    )


def _review_export(person: Person, project: Project, mark: str) -> ReviewExport:
    name = default_storage.save(f"{person.brand.folder}/{uuid.uuid4()}/reviews.csv", ContentFile(mark.encode()))
    now = timezone.now()
    return ReviewExport.objects.create(
        project=project, form="csv", query=f"q={mark}", file=name, rows=2, finished_at=now, created_by=person.user,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip


def _job(found: DatasetImport, mark: str) -> Job:
    job = job_start(kind="dataset_import", params={}, subject_id=found.pk, project_id=found.dataset.project_id)
    Job.objects.filter(pk=job.pk).update(result={"note": mark})
    return job


def _review(found: DatasetImport, line: int, mark: str) -> Review:
    return Review.objects.create(
        project_id=found.dataset.project_id,
        dataset=found.dataset,
        dataset_import=found,
        version_number=1,
        line=line,
        external_id=f"R-{line}",
        text=f"{mark}: too loud, {line} times",
        rating=float(line),
        date=date(2026, 1, line),
        language="en" if line == 2 else "zh",
        content_sha256=hashlib.sha256(f"{mark}{line}".encode()).hexdigest(),
        salt=uuid.uuid4(),
    )


def _sentence(review: Review, position: int, text: str) -> Sentence:
    vectors_write(review.project_id, [key_of(text)], np.ones((1, DIMENSIONS), dtype=np.float32))
    return Sentence.objects.create(
        project_id=review.project_id,
        review=review,
        position=position,
        text=text,
        key=key_of(text),
        language="en",
        informative=0.9 - 0.1 * position,
        sentiment=-0.7,
        level=2,
    )


def _need(analysis: Analysis, rank: int, review: Review, mark: str) -> Need:
    sentence = _sentence(review, 0, review.text)
    need = Need.objects.create(
        analysis=analysis,
        standing=StandingNeed.objects.create(project=analysis.project),
        rank=rank,
        statement=f"I want it quieter, {mark}",
        statement_by="model",
        label="noise",
        language="en",
        mentions=2,
        net_sentiment=-0.5,
        importance=8.0,
        satisfaction=3.0,
        opportunity=13.0,
    )
    Evidence.objects.create(need=need, sentence=sentence, score=0.9, rank=rank)
    return need


def _model(project: Project, version: DatasetVersion, mark: str) -> ModelVersion:
    point = {"step": 1, "tokens": 64, "loss": 3.1, "validation_perplexity": 21.0, "learning_rate": 3e-4}
    run = TrainingRun.objects.create(
        project=project,
        version=version,
        base_model=f"base-{mark}",
        spec={"rank": 16},
        curve=[{**point, "tokens_per_second": 130.0, "seconds_left": None}],
        finished_at=timezone.now(),
    )
    model = ModelVersion.objects.create(
        project=project,
        run=run,
        number=1,
        base_model=f"base-{mark}",
        base_sha256="1" * 64,
        base_licence="Apache-2.0",
        languages=["en"],
        folder=f"{mark}/x",
        files_sha256={"adapter_model.safetensors": "2" * 64},
        corpus_sha256="3" * 64,
        documents=2,
        tokens=64,
    )
    Evaluation.objects.create(
        model_version=model,
        perplexity_base=30.0,
        perplexity_tuned=20.0,
        bits_per_byte_base=1.2,
        bits_per_byte_tuned=1.0,
        tokens=64,
        bytes=300,
        samples=[{"prompt": "It is", "base": "a", "tuned": "loud"}],
    )
    return model


def _concept(brief: Brief, model: ModelVersion, needs: list[Need], mark: str) -> Concept:
    generation = Generation.objects.create(
        brief=brief, model_version=model, backend=f"local {mark}", wanted=1, finished_at=timezone.now()
    )
    concept = Concept.objects.create(
        generation=generation,
        number=1,
        name=f"Hush {mark}",
        pitch="A kettle that whispers.",
        insight="Mornings are quiet.",
        target_user="Light sleepers",
        language="en",
        scores={"support": 0.8},
    )
    feature = Feature.objects.create(concept=concept, position=0, text="A double wall")
    FeatureNeed.objects.create(feature=feature, need=needs[0])
    claim = claim_create(text=f"2 of 2 reviews say it is loud, {mark}", evidence=list(needs[0].evidence.all()))
    ConceptClaim.objects.create(concept=concept, claim=claim, position=0)
    return concept


def contents(person: Person) -> dict[str, list[Any]]:
    """Every row of the person's brand, to compare before and after. Only a key's last use may change."""
    models = [model for model in apps.get_models() if issubclass(model, BrandOwnedModel)]
    with person.scope():
        return {
            model._meta.label: sorted(model._default_manager.values_list(*_columns(model)), key=str) for model in models
        }


def _columns(model: type[BrandOwnedModel]) -> list[str]:
    return [
        field.attname for field in model._meta.concrete_fields if field.attname not in {"last_used_at", "embedding"}
    ]
