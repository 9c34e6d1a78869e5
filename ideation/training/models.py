"""Training runs and the model versions that came out of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project
from ideation.reviews.models import DatasetVersion


class TrainingRun(BrandOwnedModel):
    """One tuning of a base model on a dataset version."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="training_runs")
    version = BrandForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="training_runs")
    base_model = models.CharField(max_length=300)
    spec = models.JSONField(default=dict)
    curve = models.JSONField(default=list)
    """[{step, tokens, loss, validation_perplexity, learning_rate, tokens_per_second}], in order."""
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.base_model} {self.created_at:%Y-%m-%d %H:%M}"


class ModelVersion(BrandOwnedModel):
    """A tuned model: an adapter on a base model, with all that it was made from."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="model_versions")
    run = BrandForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="model_versions")
    number = models.PositiveIntegerField(_("number"))
    base_model = models.CharField(max_length=300)
    base_sha256 = models.CharField(max_length=64)
    base_licence = models.CharField(max_length=100)
    languages = models.JSONField(default=list)
    folder = models.CharField(max_length=300)
    files_sha256 = models.JSONField(default=dict)
    corpus_sha256 = models.CharField(max_length=64)
    documents = models.PositiveIntegerField()
    tokens = models.PositiveBigIntegerField()
    erased_reviews = models.PositiveIntegerField(default=0, editable=False)
    """Of the reviews it may have learnt from, those that were erased since: what it learnt can't be taken out of it."""

    class Meta:
        constraints = [
            Audited(name="training_modelversion_audited", hide=["folder", "corpus_sha256"]),
            models.UniqueConstraint(fields=["brand", "project", "number"], name="training_model_number_once"),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"v{self.number}"


class Evaluation(BrandOwnedModel):
    """A model version measured on held-out reviews, before (the base model) and after tuning."""

    project_path = "model_version__project"
    model_version = BrandForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="evaluations")
    perplexity_base = models.FloatField(_("perplexity before"))
    perplexity_tuned = models.FloatField(_("perplexity after"))
    bits_per_byte_base = models.FloatField(_("bits per byte before"))
    bits_per_byte_tuned = models.FloatField(_("bits per byte after"))
    tokens = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    samples = models.JSONField(default=list)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.perplexity_base:.1f} → {self.perplexity_tuned:.1f}"
