"""Where review files come from, and files on their way in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel, SystemReads
from ideation.catalog.models import Project
from ideation.reviews.models.datasets import ReviewDataset


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
