"""Datasets and their versions, where reviews come from, what became of each row, the reviews, and what finds them."""

import datetime as dt
import secrets
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import BitField, HalfVectorField

from accounts.tenancy import Audited, BrandForeignKey, BrandKey, BrandOwnedModel, MayChange, SystemReads, current_brand
from ideation.catalog.models import Product, Project

DIMENSIONS = 512
"""Of a review's embedding."""
UNDATED = dt.date(1, 1, 1)
"""Where reviews without a date stand: after all others."""


def day() -> models.Case:
    """A review's day in lists. CASE, since Postgres takes COALESCE to leak what row-level security hides, and then
    doesn't use an index of it to find a place.
    """
    return models.Case(
        models.When(date=None, then=models.Value(UNDATED)), default="date", output_field=models.DateField()
    )


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


class SourceKind(models.TextChoices):
    """How a source's files come in."""

    UPLOAD = "upload", _("Uploaded by hand")
    URL = "url", _("Fetched from an address")
    BUCKET = "bucket", _("Fetched from a bucket")


class ReviewSource(BrandOwnedModel):
    """Where files of one form come from again and again: how they are read is kept and used for the next one."""

    project_path = "dataset__project"
    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, related_name="sources")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(max_length=10, choices=SourceKind.choices, default=SourceKind.UPLOAD)
    layout = models.JSONField(default=dict)
    """How its last file was read: what a person has confirmed, columns by their names. Empty before the first."""
    address = models.CharField(max_length=1000, blank=True)
    """Of kind url: the address. Of kind bucket: endpoint/bucket/prefix."""
    secret = models.TextField(blank=True, editable=False)
    """Sealed: what a request needs to be let in."""
    every_hours = models.PositiveIntegerField(null=True)
    """How often it is fetched; null: only when asked."""
    next_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=dict)
    """What was fetched already: name → the server's mark of that content (ETag)."""
    last_code = models.CharField(max_length=60, blank=True)
    last_params = models.JSONField(default=dict)
    """Why the last fetch failed; if it did not, how many files it brought."""
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            Audited(
                name="reviews_reviewsource_audited",
                hide=["secret", "layout", "address"],
                ignore=["seen", "next_at", "last_at", "last_code", "last_params"],
            ),
            SystemReads(name="reviews_reviewsource_system_reads"),
            models.UniqueConstraint(fields=["brand", "dataset", "name"], name="reviews_source_name_once"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Upload(BrandOwnedModel):
    """A file on its way in: its bytes come in pieces (tus), and may stop anywhere and go on."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="uploads")
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    file = models.CharField(max_length=300, blank=True)
    """Its name in the storage; of a form that waits for somebody to send it, empty."""
    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, null=True, related_name="uploads")
    source = BrandForeignKey(ReviewSource, on_delete=models.SET_NULL, null=True, related_name="uploads")
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    dataset_import = BrandForeignKey(
        "reviews.DatasetImport", on_delete=models.CASCADE, null=True, related_name="uploads"
    )
    """What became of it once it was whole."""

    class Meta:
        constraints = [SystemReads(name="reviews_upload_system_reads")]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name


class DatasetVersion(BrandOwnedModel):
    """A dataset as it stood after an import or a correction: its reviews of then, pinned by their hash.

    They are those that came with this number or an earlier one and were not replaced by then.

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


class ErasedReview(BrandOwnedModel):
    """What is left of a review that somebody asked to erase: its leaf, so that its versions can still be verified."""

    project_path = "dataset__project"
    dataset = BrandForeignKey(ReviewDataset, on_delete=models.CASCADE, related_name="erased_reviews")
    version_number = models.PositiveIntegerField()
    ended_in = models.PositiveIntegerField(null=True)
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
