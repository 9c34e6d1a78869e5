"""The reviews themselves, what took whose place, and names of products that nobody wants."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import Audited, BrandForeignKey, BrandKey, BrandOwnedModel, MayChange, current_brand
from ideation.catalog.models import Product, Project
from ideation.reviews.models.datasets import ReviewDataset
from ideation.reviews.models.imports import DatasetImport

UNDATED = dt.date(1, 1, 1)
"""Where reviews without a date stand: after all others."""


def day() -> models.Case:
    """A review's day in lists. CASE, since Postgres takes COALESCE to leak what row-level security hides, and then
    doesn't use an index of it to find a place.
    """
    return models.Case(
        models.When(date=None, then=models.Value(UNDATED)), default="date", output_field=models.DateField()
    )


class Review(BrandOwnedModel):
    """What one customer wrote, personal data masked. It never changes: a correction replaces it in later versions.

    Its id grows with the time of the import and the line, so that the order of ids is the order of the files.
    """

    project_path = "project_id"
    brand = BrandKey(
        "accounts.Brand",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        default=current_brand,
        db_index=False,
    )
    project_id = models.UUIDField()
    """Its dataset's project: here too, so that lists of a project need no join."""
    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, related_name="reviews", db_index=False)
    dataset_import = BrandForeignKey(DatasetImport, on_delete=models.CASCADE, related_name="reviews")
    product = BrandForeignKey(Product, on_delete=models.SET_NULL, null=True, related_name="reviews", db_index=False)
    first = BrandForeignKey(
        "reviews.Review", on_delete=models.SET_NULL, null=True, related_name="follow_ups", db_index=False
    )
    """Of a follow-up (追评): the same customer's first review."""
    version_number = models.PositiveIntegerField()
    """The version that it came with."""
    ended_in = models.PositiveIntegerField(null=True)
    """The version in which a correction took its place; null: it stands."""
    line = models.PositiveIntegerField()
    external_id = models.CharField(max_length=100, blank=True)
    text = models.TextField()
    title = models.CharField(max_length=500, blank=True)
    rating = models.FloatField(null=True)
    rating_written = models.CharField(max_length=40, blank=True)
    """The cell that the rating was read from, on the file's own scale."""
    date = models.DateField(null=True)
    product_name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=100, blank=True)
    author_sha256 = models.CharField(max_length=64, blank=True)
    verified = models.BooleanField(null=True)
    helpful = models.IntegerField(null=True)
    price = models.FloatField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    country = models.CharField(max_length=60, blank=True)
    attributes = models.JSONField(null=True)
    """{column: cell} of the file's other columns that are kept."""
    is_follow_up = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)
    """ISO 639-1; `mixed`, `und` for one that can't be told, empty before it was looked at."""
    characters = models.PositiveIntegerField(default=0)
    tokens = models.PositiveIntegerField(default=0)
    """Words, and Chinese characters."""
    flags = models.JSONField(null=True)
    """{kind of suspicion: what raised it}; null where there is none."""
    sketch = models.BinaryField(null=True)
    """MinHash of the text, to recognise one that is nearly the same."""
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
            # What is found out about a review, its product and its place; all else is changed by a correction only.
            MayChange(
                name="reviews_review_may_change",
                columns=[
                    "product_id",
                    "first_id",
                    "ended_in",
                    "language",
                    "characters",
                    "tokens",
                    "flags",
                    "sketch",
                ],
            ),
            models.UniqueConstraint(fields=["brand", "dataset", "content_sha256"], name="reviews_review_once"),
        ]
        # Each index costs every import: there is one for each way in which reviews are walked, and no other.
        indexes = [
            models.Index(fields=["brand", "dataset", "id"], name="reviews_review_in_order"),
            models.Index(
                "brand",
                "project_id",
                day().desc(),
                models.F("id").desc(),
                name="reviews_review_newest",
            ),
            models.Index(
                fields=["brand", "product"], name="reviews_review_product", condition=models.Q(product__isnull=False)
            ),
            models.Index(
                fields=["brand", "first"], name="reviews_review_first", condition=models.Q(first__isnull=False)
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.label} {self.text[:40]}"

    @property
    def label(self) -> str:
        """What people call it: its own id where the file had one, else its line."""
        return self.external_id or f"#{self.line}"


class Correction(BrandOwnedModel):
    """That a review took the place of another, because something in that was wrong."""

    project_path = "after__project_id"
    original = models.UUIDField()
    """The id of the first of all forms: what is corrected again stays one review."""
    before = BrandForeignKey(Review, on_delete=models.CASCADE, related_name="corrections", db_index=False)
    after = BrandForeignKey(Review, on_delete=models.CASCADE, related_name="corrected_from", db_index=False)
    fields = models.JSONField(default=list)
    """Names of what was changed; what stood there before stands in the review before."""
    reason = models.CharField(_("reason"), max_length=500)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "before"], name="reviews_corrected_once"),
            models.UniqueConstraint(fields=["brand", "after"], name="reviews_correction_of_one"),
        ]
        indexes = [models.Index(fields=["brand", "original"], name="reviews_correction_original")]
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"


class IgnoredName(BrandOwnedModel):
    """What reviews call a product that nobody wants in the catalogue."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="ignored_names")
    name = models.CharField(_("name"), max_length=200)
    """Folded: without case, width and spaces."""

    class Meta:
        constraints = [
            Audited(name="reviews_ignoredname_audited"),
            models.UniqueConstraint(fields=["brand", "project", "name"], name="reviews_ignored_name_once"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
