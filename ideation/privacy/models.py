"""Requests to erase what somebody wrote, and archives of a whole brand."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import BrandOwnedModel, SystemReads


class Erasure(BrandOwnedModel):
    """A request to erase reviews: prepared and looked at, then confirmed. What was sought is not kept, only ids."""

    class By(models.TextChoices):
        """How the reviews were found."""

        AUTHOR = "author", _("Who wrote them")
        TEXT = "text", _("What stands in them")
        REVIEWS = "reviews", _("Their ids")

    by = models.CharField(max_length=10, choices=By.choices)
    reviews = models.JSONField(default=list)
    """Ids of exactly the reviews that were found, and that go when it is confirmed."""
    touched = models.JSONField(default=dict)
    """What the preview said would be touched: kind → how many."""
    result = models.JSONField(default=dict)
    """What was done: kind → how many."""
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.by} {self.created_at:%Y-%m-%d}"


class BrandExport(BrandOwnedModel):
    """An archive of all that is a brand's, for its owners, for some days."""

    as_written = models.BooleanField(default=False)
    """With what customers wrote, instead of masked text alone."""
    file = models.FileField(max_length=300)
    file_bytes = models.BigIntegerField(default=0)
    file_sha256 = models.CharField(max_length=64, blank=True)
    rows = models.JSONField(default=dict)
    """File in the archive → rows."""
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [SystemReads(name="privacy_brandexport_system_reads")]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded now."""
        return bool(self.file) and self.expires_at is not None and self.expires_at > timezone.now()
