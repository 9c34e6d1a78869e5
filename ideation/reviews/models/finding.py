"""What finds reviews, and what people keep of what they found: words, places among meanings, views, files."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import BitField, HalfVectorField

from accounts.tenancy import Audited, BrandForeignKey, BrandKey, BrandOwnedModel, SystemReads, current_brand
from ideation.catalog.models import Project
from ideation.reviews.models.reviews import Review

DIMENSIONS = 512
"""Of a review's embedding."""


class ReviewWords(BrandOwnedModel):
    """The words by which a review is found, in English by their stems, in Chinese as segmented."""

    project_path = "project_id"
    brand = BrandKey(
        "accounts.Brand",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        default=current_brand,
        db_index=False,
    )
    review = BrandForeignKey(Review, on_delete=models.CASCADE, related_name="words")
    project_id = models.UUIDField()
    day = models.DateField()
    """Its review's date, UNDATED without one: results come in the order of the list."""
    words = SearchVectorField()

    class Meta:
        constraints = [SystemReads(name="reviews_reviewwords_system_reads")]
        indexes = [
            GinIndex(fields=["words"], name="reviews_reviewwords_words"),
            models.Index(fields=["brand", "project_id", "day", "review"], name="reviews_words_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.review_id)


class ReviewVector(BrandOwnedModel):
    """Where a review stands in the space of meanings: its signs, which are quick to compare, and itself."""

    project_path = "project_id"
    brand = BrandKey(
        "accounts.Brand",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        default=current_brand,
        db_index=False,
    )
    review = BrandForeignKey(Review, on_delete=models.CASCADE, related_name="vector")
    project_id = models.UUIDField()
    bits: Any = BitField(length=DIMENSIONS)
    vector: Any = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        # With the signs in the index, a search reads an eighth of what the rows hold.
        indexes = [
            models.Index(fields=["brand", "project_id"], include=["review", "bits"], name="reviews_vector_signs")
        ]

    def __str__(self) -> str:
        return str(self.review_id)


class SavedView(BrandOwnedModel):
    """Filters of the review list under a name, for all who see the project."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=100)
    query = models.CharField(max_length=2000)
    """As it stands in the address."""
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            Audited(name="reviews_savedview_audited"),
            models.UniqueConstraint(fields=["brand", "project", "name"], name="reviews_saved_view_once"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ExportForm(models.TextChoices):
    """What a list of reviews can be taken away as."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    PARQUET = "parquet", "Parquet"


class ReviewExport(BrandOwnedModel):
    """Reviews that somebody took away as a file, for some days; erasing a review of the project deletes it, too."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="review_exports")
    form = models.CharField(max_length=10, choices=ExportForm.choices)
    query = models.CharField(max_length=2000, blank=True)
    """The filters, as they stand in the address."""
    file = models.FileField(max_length=300)
    file_bytes = models.BigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    """Reviews for which a sheet of the form had no room."""
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            Audited(name="reviews_reviewexport_audited", hide=["file"]),
            SystemReads(name="reviews_reviewexport_system_reads"),
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.form} {self.created_at:%Y-%m-%d %H:%M}"
