"""Projects, who may see them, and products."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel


class Project(BrandOwnedModel):
    """One question of the brand's: what to make next in this category, for these customers."""

    project_path = "id"
    name = models.CharField(_("name"), max_length=120)
    category = models.CharField(_("category"), max_length=120, blank=True)
    language = models.CharField(_("language of concepts"), max_length=10, default="en")
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    restricted = models.BooleanField(_("restricted"), default=False)
    """There only for its members and the brand's owners."""

    class Meta:
        constraints = [Audited(name="catalog_project_audited")]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class ProjectMember(BrandOwnedModel):
    """Somebody who may see a restricted project. Ends with their place in the brand."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    membership = BrandForeignKey(Membership, on_delete=models.CASCADE, related_name="project_members")

    class Meta:
        constraints = [
            Audited(name="catalog_projectmember_audited"),
            models.UniqueConstraint(fields=["brand", "project", "membership"], name="catalog_projectmember_once"),
        ]

    def __str__(self) -> str:
        return str(self.membership_id)


class Product(BrandOwnedModel):
    """Something that customers buy and review; a competitor's too."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="products")
    sku = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    names = models.JSONField(default=dict)
    """Language → its name there, of languages other than English and Chinese."""
    aliases = models.JSONField(default=list)
    """What else reviews call it; somebody has said so, or an import has."""
    category = models.CharField(_("category"), max_length=120, blank=True)
    category_zh = models.CharField(_("category in Chinese"), max_length=120, blank=True)
    is_competitor = models.BooleanField(_("competitor's"), default=False)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    attributes = models.JSONField(default=dict)
    image = models.FileField(max_length=300, blank=True)

    class Meta:
        constraints = [
            Audited(name="catalog_product_audited", hide=["image"]),
            models.UniqueConstraint(fields=["brand", "project", "sku"], name="catalog_product_sku_once"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
