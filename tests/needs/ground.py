"""An analysis with needs, made without a model: what tests of corrections and figures stand on."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence

from django.utils import timezone

from ideation.catalog.models import Project
from ideation.needs.models import Analysis, Evidence, Need, Sentence, StandingNeed
from ideation.needs.services.vectors import key_of
from ideation.reviews.models import DatasetImport, DatasetVersion, Review, ReviewDataset


def analysed(project: Project, needs: Mapping[str, Sequence[str]]) -> list[Need]:
    """A finished analysis with these needs (label → sentences, each a review of its own), in their order."""
    dataset = ReviewDataset.objects.create(project=project, name="ground")
    found = DatasetImport.objects.create(dataset=dataset, file_name="ground.csv", file_bytes=1)
    count = sum(len(sentences) for sentences in needs.values())
    version = DatasetVersion.objects.create(dataset=dataset, number=1, reviews_count=count, root_sha256="0" * 64)
    analysis = Analysis.objects.create(
        project=project, version=version, finished_at=timezone.now(), reviews_count=count, sentences_count=count,
        informative_count=count,
    )  # fmt: skip
    made, line = [], 0
    for rank, (label, texts) in enumerate(needs.items(), start=1):
        need = Need.objects.create(
            analysis=analysis, standing=StandingNeed.objects.create(project=project), rank=rank,
            statement=f"I want {label}.", statement_by="evidence", label=label, language="en", mentions=len(texts),
            net_sentiment=-0.5, importance=5, satisfaction=5, opportunity=5,
        )  # fmt: skip
        for place, text in enumerate(texts, start=1):
            line += 1
            review = _review(project, dataset, found, line, text)
            sentence = Sentence.objects.create(
                project=project, review=review, position=0, text=text, key=key_of(text), language="en",
                informative=0.9, sentiment=-0.5, level=2,
            )  # fmt: skip
            Evidence.objects.create(need=need, sentence=sentence, rank=place, score=0.9)
        made.append(need)
    return made


def _review(project: Project, dataset: ReviewDataset, found: DatasetImport, line: int, text: str) -> Review:
    return Review.objects.create(
        id=uuid.uuid4(), project_id=project.pk, dataset=dataset, dataset_import=found, version_number=1, line=line,
        text=text, rating=float(1 + line % 5), salt=uuid.uuid4(),
        content_sha256=hashlib.sha256(f"{line}{text}".encode()).hexdigest(),
    )  # fmt: skip
