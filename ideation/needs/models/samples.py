"""Sentences that several people code without seeing each other's answers, to know how far they agree."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import User
from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project
from ideation.needs.models.analyses import Analysis, Sentence
from ideation.needs.models.standing import StandingNeed


class CodingSample(BrandOwnedModel):
    """A draw of an analysis's telling sentences; its needs are what they can be coded as."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="coding_samples")
    analysis = BrandForeignKey(Analysis, on_delete=models.CASCADE, related_name="coding_samples")
    seed = models.PositiveIntegerField()
    sentences = ArrayField(models.UUIDField(), default=list)
    """Their ids, in the order in which they are coded. Of erased ones only the id is left."""
    settled: Any = models.JSONField(default=dict)
    """Sentence → the standing need that was settled on, null for none."""
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [Audited(name="needs_coding_sample_audited")]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}: {len(self.sentences)}"


class CodingAnswer(BrandOwnedModel):
    """What one person says a sentence of a sample shows."""

    project_path = "sample__project"
    sample = BrandForeignKey(CodingSample, on_delete=models.CASCADE, related_name="answers")
    sentence = BrandForeignKey(Sentence, on_delete=models.CASCADE, related_name="+")
    standing = BrandForeignKey(StandingNeed, on_delete=models.CASCADE, null=True, related_name="+")
    """Null: it shows no need."""
    coder = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "sample", "sentence", "coder"], name="needs_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.sentence_id}: {self.standing_id}"
