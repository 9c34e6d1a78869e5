"""Datasets, the files they came from, their reviews, and the rows that could not be used."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Product, Project


class ReviewDataset(BrandOwnedModel):
    """Reviews that belong together; grows by imports, each of which makes a new version."""

    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class DatasetVersion(BrandOwnedModel):
    """A dataset as it stood after an import: all its reviews up to this number, pinned by their hash."""

    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    reviews_count = models.PositiveIntegerField()
    root_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "dataset", "number"], name="reviews_version_number_once")
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.dataset} v{self.number}"


class DatasetImport(BrandOwnedModel):
    """One file: how it was recognised, and what became of each of its rows."""

    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, related_name="imports")
    version = BrandForeignKey(DatasetVersion, on_delete=models.SET_NULL, null=True, related_name="imports")
    file = models.FileField(max_length=300)
    file_name = models.CharField(max_length=200)
    file_bytes = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    layout = models.JSONField(default=dict)
    rows_read = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name


class Review(BrandOwnedModel):
    """What one customer wrote. Its text is the verbatim and never changes."""

    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, related_name="reviews")
    dataset_import = BrandForeignKey(DatasetImport, on_delete=models.CASCADE, related_name="reviews")
    product = BrandForeignKey(Product, on_delete=models.SET_NULL, null=True, related_name="reviews")
    version_number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    external_id = models.CharField(max_length=100, blank=True)
    text = models.TextField()
    title = models.CharField(max_length=500, blank=True)
    rating = models.FloatField(null=True)
    date = models.DateField(null=True)
    product_name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=100, blank=True)
    author_sha256 = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, blank=True)
    content_sha256 = models.CharField(max_length=64)
    salt = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "dataset", "content_sha256"], name="reviews_review_once")
        ]
        indexes = [models.Index(fields=["brand", "dataset", "line", "id"], name="reviews_review_in_order")]
        ordering = ["line", "id"]

    def __str__(self) -> str:
        return f"{self.label} {self.text[:40]}"

    @property
    def label(self) -> str:
        """What people call it: its own id where the file had one, else its line."""
        return self.external_id or f"#{self.line}"


class RejectedRow(BrandOwnedModel):
    """A row that could not be used: where it stands, which column, and why."""

    dataset_import = BrandForeignKey(DatasetImport, on_delete=models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["line"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}"
