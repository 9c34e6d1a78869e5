"""Sentences of reviews, read once and for all; analyses of dataset versions, each with its needs and their evidence."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from accounts.projects import SeenRows
from accounts.tenancy import BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project
from ideation.needs.models.standing import StandingNeed
from ideation.reviews.models import DatasetVersion, Review

DIMENSIONS = 512
"""Of a sentence's embedding."""
ENCODER = "universal"
"""The encoder whose vectors are stored; see mlcore.embed."""


class Analysis(BrandOwnedModel):
    """One reading of one dataset version. A project shows its newest finished one."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="analyses")
    version = BrandForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="analyses")
    before = BrandForeignKey("needs.Analysis", on_delete=models.SET_NULL, null=True, related_name="later")
    """The one that it carried on; null where it began afresh."""
    reviews_count = models.PositiveIntegerField(default=0)
    new_reviews_count = models.PositiveIntegerField(default=0)
    """Of these, how many it was the first to read."""
    sentences_count = models.PositiveIntegerField(default=0)
    informative_count = models.PositiveIntegerField(default=0)
    unassigned_count = models.PositiveIntegerField(default=0)
    """Informative sentences that show no need."""
    languages = models.JSONField(default=dict)
    spec = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.version} {self.created_at:%Y-%m-%d}"


class Sentence(BrandOwnedModel):
    """A sentence of a review, as it was understood when the review was first analysed."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="sentences")
    review = BrandForeignKey(Review, on_delete=models.CASCADE, related_name="sentences", db_index=False)
    position = models.PositiveIntegerField()
    text = models.TextField()
    key = models.BinaryField(max_length=16)
    """Hash of the text; its vector stands under it, once however often it is said."""
    language = models.CharField(max_length=10)
    informative = models.FloatField()
    sentiment = models.FloatField()
    level = models.PositiveSmallIntegerField()
    intents = ArrayField(models.CharField(max_length=12), default=list)
    """praise, complaint, wish, question, comparison, return: those that it shows."""
    aspects = models.JSONField(default=list)
    """[{"term", "opinion", "category", "polarity" −1 to 1, "start", "end"}]"""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "review", "position"], name="needs_sentence_position_once")
        ]
        indexes = [models.Index(fields=["brand", "project", "key"], name="needs_sentence_key")]
        ordering = ["review", "position"]

    def __str__(self) -> str:
        return self.text[:60]


class SentenceVector(BrandOwnedModel):
    """The embedding of a text that sentences of a project say."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.BinaryField(max_length=16)
    embedding: Any = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "project", "key"], name="needs_vector_once")]

    def __str__(self) -> str:
        return bytes(self.key).hex()


class About(models.TextChoices):
    """Who can answer a need: the product's designers, or the shop."""

    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")


class Kano(models.TextChoices):
    """What meeting a need, and failing it, does to satisfaction (Kano et al., 1984)."""

    MUST_BE = "must_be", _("Must-be")
    PERFORMANCE = "performance", _("Performance")
    ATTRACTIVE = "attractive", _("Attractive")
    INDIFFERENT = "indifferent", _("Indifferent")


class Need(BrandOwnedModel):
    """A customer need in one analysis, said as the customer's wish, with how much it matters and how well it is met."""

    project_path = "analysis__project"
    analysis = BrandForeignKey(Analysis, on_delete=models.CASCADE, related_name="needs")
    standing = BrandForeignKey(StandingNeed, on_delete=models.CASCADE, related_name="needs")
    """What lasts of it from analysis to analysis."""
    rank = models.PositiveIntegerField()
    """By opportunity."""
    statement = models.CharField(_("statement"), max_length=300)
    statement_by = models.CharField(max_length=10)
    """`theme`: from the list of common wishes; `evidence`: from the sentences; `model`; `person`."""
    about = models.CharField(max_length=10, choices=About.choices, default=About.PRODUCT)
    label = models.CharField(_("name"), max_length=120)
    language = models.CharField(max_length=10)
    mentions = models.PositiveIntegerField(_("reviews"))
    net_sentiment = models.FloatField(_("net sentiment"))
    importance = models.FloatField(_("importance"))
    satisfaction = models.FloatField(_("satisfaction"))
    opportunity = models.FloatField(_("opportunity"))
    opportunity_low = models.FloatField(null=True)
    opportunity_high = models.FloatField(null=True)
    """90 % interval over resampled reviews."""
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    kano = models.CharField(max_length=12, choices=Kano.choices, blank=True)
    """Empty where the ratings don't tell."""
    figures = models.JSONField(default=dict)
    """Every part of the formulas, by name, for the page that explains them."""
    erased_reviews = models.PositiveIntegerField(default=0, editable=False)
    """Of the reviews that showed it when it was found, those that were erased since; `mentions` counts the others."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "analysis", "standing"], name="needs_need_once")]
        ordering = ["rank", "id"]

    def __str__(self) -> str:
        return self.statement


class NotStruck(SeenRows[Any]):
    """The evidence that nobody struck out."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(is_struck=False)


class Evidence(BrandOwnedModel):
    """A sentence that shows a need. One that a person struck out stays for the claims that cite it."""

    project_path = "need__analysis__project"
    need = BrandForeignKey(Need, on_delete=models.CASCADE, related_name="evidence", db_index=False)
    sentence = BrandForeignKey(Sentence, on_delete=models.CASCADE, related_name="evidence")
    rank = models.PositiveIntegerField()
    """1 is the most telling; the first ones differ from each other, too."""
    score = models.FloatField(default=0)
    """How clearly it shows the need, 0 to 1."""
    is_struck = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Any]] = NotStruck()
    everything: ClassVar[models.Manager[Any]] = SeenRows()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "need", "sentence"], name="needs_evidence_once")]
        ordering = ["rank", "id"]

    def __str__(self) -> str:
        return str(self.sentence_id)
