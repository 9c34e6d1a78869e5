"""An analysis of a dataset version: its sentences, the needs they show, and claims that cite them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from accounts.tenancy import BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project
from ideation.reviews.models import DatasetVersion, Review

DIMENSIONS = 512
"""Of a sentence's embedding."""


class Analysis(BrandOwnedModel):
    """One reading of one dataset version. A project shows its newest finished one."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="analyses")
    version = BrandForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="analyses")
    reviews_count = models.PositiveIntegerField(default=0)
    sentences_count = models.PositiveIntegerField(default=0)
    informative_count = models.PositiveIntegerField(default=0)
    unassigned_count = models.PositiveIntegerField(default=0)
    languages = models.JSONField(default=dict)
    spec = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.version} {self.created_at:%Y-%m-%d}"


class Sentence(BrandOwnedModel):
    """A sentence of a review, as it was understood."""

    project_path = "analysis__project"
    analysis = BrandForeignKey(Analysis, on_delete=models.CASCADE, related_name="sentences")
    review = BrandForeignKey(Review, on_delete=models.CASCADE, related_name="sentences")
    number = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    text = models.TextField()
    language = models.CharField(max_length=10)
    informative = models.FloatField()
    sentiment = models.FloatField()
    level = models.PositiveSmallIntegerField()
    embedding: Any = VectorField(dimensions=DIMENSIONS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "analysis", "number"], name="needs_sentence_number_once")
        ]
        indexes = [models.Index(fields=["brand", "review"], name="needs_sentence_of_review")]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.text[:60]


class About(models.TextChoices):
    """Who can answer a need: the product's designers, or the shop."""

    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")


class Need(BrandOwnedModel):
    """A customer need, said as the customer's wish, with how much it matters and how well it is met."""

    project_path = "analysis__project"
    analysis = BrandForeignKey(Analysis, on_delete=models.CASCADE, related_name="needs")
    rank = models.PositiveIntegerField()
    statement = models.CharField(_("statement"), max_length=300)
    statement_by = models.CharField(max_length=10)
    about = models.CharField(max_length=10, choices=About.choices, default=About.PRODUCT)
    label = models.CharField(_("theme"), max_length=120)
    language = models.CharField(max_length=10)
    mentions = models.PositiveIntegerField(_("reviews"))
    net_sentiment = models.FloatField(_("net sentiment"))
    importance = models.FloatField(_("importance"))
    satisfaction = models.FloatField(_("satisfaction"))
    opportunity = models.FloatField(_("opportunity"))
    erased_reviews = models.PositiveIntegerField(default=0, editable=False)
    """Of the reviews that showed it when it was found, those that were erased since; `mentions` counts the others."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "analysis", "rank"], name="needs_need_rank_once")]
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.statement


class Evidence(BrandOwnedModel):
    """A sentence that shows a need. `rank` orders those worth quoting; the others have none."""

    project_path = "need__analysis__project"
    need = BrandForeignKey(Need, on_delete=models.CASCADE, related_name="evidence")
    sentence = BrandForeignKey(Sentence, on_delete=models.CASCADE, related_name="evidence")
    score = models.FloatField(default=0)
    rank = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "need", "sentence"], name="needs_evidence_once")]
        ordering = [models.F("rank").asc(nulls_last=True)]

    def __str__(self) -> str:
        return str(self.sentence_id)


class Claim(BrandOwnedModel):
    """A statement about customers. It stands only on the evidence that it cites."""

    project_path = "citations__evidence__need__analysis__project"
    text = models.TextField()
    erased_citations = models.PositiveIntegerField(default=0, editable=False)
    """Of what it cited when it was made, the pieces that were erased since."""

    def __str__(self) -> str:
        return self.text[:60]


class Citation(BrandOwnedModel):
    """A claim's pointer to a piece of evidence."""

    project_path = "evidence__need__analysis__project"
    claim = BrandForeignKey(Claim, on_delete=models.CASCADE, related_name="citations")
    evidence = BrandForeignKey(Evidence, on_delete=models.CASCADE, related_name="citations")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "claim", "evidence"], name="needs_citation_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.claim_id} cites {self.evidence_id}"
