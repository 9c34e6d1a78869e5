"""One row a file that was taken in, and where those of its rows ended that are no reviews."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.reviews.models.datasets import DatasetVersion, ReviewDataset
from ideation.reviews.models.sources import ReviewSource


class DatasetImport(BrandOwnedModel):
    """One file: how it was recognised, and what became of each of its rows."""

    project_path = "dataset__project"
    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, related_name="imports")
    source = BrandForeignKey(ReviewSource, on_delete=models.SET_NULL, null=True, related_name="imports")
    version = BrandForeignKey(DatasetVersion, on_delete=models.SET_NULL, null=True, related_name="imports")
    file = models.FileField(max_length=300)
    file_name = models.CharField(max_length=200)
    file_bytes = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    layout = models.JSONField(default=dict)
    rows_read = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    duplicates_by = models.JSONField(default=dict)
    """Kind of duplicate (exact, near, syndicated) → how many."""
    left_out = models.PositiveIntegerField(default=0)
    """Rows in which a platform praised for a silent customer."""
    follow_ups = models.PositiveIntegerField(default=0)
    """Reviews beside the rows: what customers added later in the same row as their first review."""
    rejected = models.PositiveIntegerField(default=0)
    erased = models.PositiveIntegerField(default=0)
    """Of the imported ones, those that were erased since."""
    personal = models.JSONField(default=dict)
    """Kind of personal data → how often it was found in the file's good rows and masked."""
    languages = models.JSONField(default=dict)
    """Language → how many of the imported reviews."""
    flags = models.JSONField(default=dict)
    """Kind of suspicion → how many of the imported reviews."""
    rolled_back = models.PositiveIntegerField(default=0)
    """Rows that were read by attempts that were cut off, and of which nothing was kept."""
    file_deleted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        # How many rows were read so far is written again and again while a file is being read.
        constraints = [
            Audited(name="reviews_datasetimport_audited", hide=["file", "file_sha256", "layout"], ignore=["rows_read"])
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name


class RejectedRow(BrandOwnedModel):
    """A row that could not be used: where it stands, which column, and why."""

    project_path = "dataset_import__dataset__project"
    dataset_import = BrandForeignKey(DatasetImport, on_delete=models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=500, blank=True)
    cells = models.JSONField(default=list)
    raw = models.TextField(blank=True)
    """The row as it stood, to be mended and uploaded again: by cells, or as the file's text. Names of authors and
    personal data are in it, so it is given only to who may see those, and goes with the file."""

    class Meta:
        ordering = ["line"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}"


class DuplicateKind(models.TextChoices):
    """In what way a row repeats a review that is there."""

    EXACT = "exact", _("The same review")
    NEAR = "near", _("Nearly the same text")
    SYNDICATED = "syndicated", _("The same text from another source")


class DuplicateRow(BrandOwnedModel):
    """A row that was left out because its review is there already."""

    project_path = "dataset_import__dataset__project"
    dataset_import = BrandForeignKey(DatasetImport, on_delete=models.CASCADE, related_name="duplicate_rows")
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=DuplicateKind.choices)
    repeats = models.UUIDField(null=True)
    """The review that it repeats; an id alone, since that may be erased."""
    similarity = models.FloatField(default=1.0)
    """Shared part of both texts' pieces, 0 to 1."""

    class Meta:
        ordering = ["line"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.kind}"
