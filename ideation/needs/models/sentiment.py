"""Sentiment learnt from a project's own stars."""

from django.db import models

from accounts.models import User
from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project


class SentimentModel(BrandOwnedModel):
    """A sentiment model that learnt from the stars of a project's reviews, with how it did beside the shipped one.

    Erasing a review of the project takes it away: what it learnt can't be told apart by reviews.
    """

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="sentiment_models")
    encoder = models.CharField(max_length=40)
    weights = models.BinaryField()
    """sentiment.npz of mlcore.sentimentmodel."""
    reviews_count = models.PositiveIntegerField()
    """How many it learnt from."""
    held_out_count = models.PositiveIntegerField()
    before = models.JSONField()
    """The shipped model's figures on the held-out reviews: accuracy, balanced_accuracy, macro_f1, confusion, levels."""
    after = models.JSONField()
    """Its own on the same."""
    is_used = models.BooleanField(default=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [Audited(name="needs_sentiment_model_audited", hide=["weights"])]
        indexes = [models.Index(fields=["brand", "project", "-created_at"], name="needs_sentiment_newest")]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.project} {self.created_at:%Y-%m-%d}"
