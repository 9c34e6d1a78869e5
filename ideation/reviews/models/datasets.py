"""Datasets, their versions, and what is left of erased reviews, so that a version can still be verified."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project


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
