"""Datasets, the files they came from, their reviews, the rows that could not be used, and what erased ones leave."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Product, Project


def salt_make() -> str:
    """A salt that nobody can guess."""
    return secrets.token_hex(32)


class ReviewDataset(BrandOwnedModel):
    """Reviews that belong together; grows by imports, each of which makes a new version."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(_("name"), max_length=200)
    salt = models.CharField(max_length=64, default=salt_make, editable=False)
    """Goes into the hashes of what customers wrote and are called, so that nobody finds those by trying."""

    class Meta:
        constraints = [Audited(name="reviews_reviewdataset_audited", hide=["salt"])]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class DatasetVersion(BrandOwnedModel):
    """A dataset as it stood after an import: all its reviews up to this number, pinned by their hash.

    The root is over the leaves of its reviews and of those erased since; the count is of those that are there.
    """

    project_path = "dataset__project"
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

    project_path = "dataset__project"
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
    erased = models.PositiveIntegerField(default=0)
    """Of the imported ones, those that were erased since."""
    personal = models.JSONField(default=dict)
    """Kind of personal data → how often it was found in the file's good rows and masked."""
    file_deleted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [Audited(name="reviews_datasetimport_audited", hide=["file", "file_sha256", "layout"])]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name


class Review(BrandOwnedModel):
    """What one customer wrote, personal data masked. Its text never changes."""

    project_path = "dataset__project"
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
    as_written = models.JSONField(null=True)
    """{"text", "title"} as the customer wrote them, only where something was masked."""
    content_sha256 = models.CharField(max_length=64)
    """Of what the customer wrote and is called, keyed with the dataset's salt: tells a review that comes again."""
    salt = models.UUIDField()
    leaf_sha256 = models.CharField(max_length=64, default="")
    """Of all that is stored of it, with its salt; what remains when it is erased."""

    class Meta:
        constraints = [
            Audited(name="reviews_review_audited", bulk=True),
            models.UniqueConstraint(fields=["brand", "dataset", "content_sha256"], name="reviews_review_once"),
        ]
        indexes = [
            models.Index(fields=["brand", "dataset", "line", "id"], name="reviews_review_in_order"),
            models.Index(fields=["brand", "leaf_sha256"], name="reviews_review_leaf"),
            models.Index(fields=["brand", "author_sha256"], name="reviews_review_author"),
        ]
        ordering = ["line", "id"]

    def __str__(self) -> str:
        return f"{self.label} {self.text[:40]}"

    @property
    def label(self) -> str:
        """What people call it: its own id where the file had one, else its line."""
        return self.external_id or f"#{self.line}"


class ErasedReview(BrandOwnedModel):
    """What is left of a review that somebody asked to erase: its leaf, so that its versions can still be verified."""

    project_path = "dataset__project"
    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, related_name="erased_reviews")
    version_number = models.PositiveIntegerField()
    leaf_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "dataset", "leaf_sha256"], name="reviews_erased_review_once")
        ]

    def __str__(self) -> str:
        return self.leaf_sha256[:12]


class RejectedRow(BrandOwnedModel):
    """A row that could not be used: where it stands, which column, and why."""

    project_path = "dataset_import__dataset__project"
    dataset_import = BrandForeignKey(DatasetImport, on_delete=models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["line"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}"
