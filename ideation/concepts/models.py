"""Briefs, the runs that answered them, and concepts down to each feature's needs and each claim's citations."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project
from ideation.needs.models import Claim, Need
from ideation.training.models import ModelVersion


class Brief(BrandOwnedModel):
    """A design brief: for whom, against which needs, within which limits."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="briefs")
    title = models.CharField(_("title"), max_length=200)
    product = models.CharField(_("product"), max_length=200)
    category = models.CharField(_("category"), max_length=120, blank=True)
    audience = models.CharField(_("for whom"), max_length=300, blank=True)
    must_have = models.CharField(_("must have"), max_length=500, blank=True)
    must_avoid = models.CharField(_("must avoid"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [Audited(name="concepts_brief_audited")]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class BriefNeed(BrandOwnedModel):
    """A need that the brief asks to answer."""

    project_path = "brief__project"
    brief = BrandForeignKey(Brief, on_delete=models.CASCADE, related_name="brief_needs")
    need = BrandForeignKey(Need, on_delete=models.CASCADE, related_name="brief_needs")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "brief", "need"], name="concepts_brief_need_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.need_id)


class Generation(BrandOwnedModel):
    """One answering of a brief by one model; why it wrote nothing, where it wrote nothing."""

    project_path = "brief__project"
    brief = BrandForeignKey(Brief, on_delete=models.CASCADE, related_name="generations")
    model_version = BrandForeignKey(ModelVersion, on_delete=models.SET_NULL, null=True, related_name="generations")
    backend = models.CharField(max_length=300)
    spec = models.JSONField(default=dict)
    wanted = models.PositiveSmallIntegerField(default=8)
    reason_code = models.CharField(max_length=60, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.backend} {self.created_at:%Y-%m-%d %H:%M}"


class Concept(BrandOwnedModel):
    """A new product, in words."""

    project_path = "generation__brief__project"
    generation = BrandForeignKey(Generation, on_delete=models.CASCADE, related_name="concepts")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=200)
    pitch = models.TextField(_("pitch"))
    insight = models.TextField(_("insight"))
    target_user = models.TextField(_("for whom"))
    language = models.CharField(max_length=10)
    scores = models.JSONField(default=dict)
    erased_quotes = models.PositiveIntegerField(default=0, editable=False)
    """How many of its passages repeated a review that was erased since, and were taken out."""

    class Meta:
        constraints = [
            Audited(name="concepts_concept_audited", hide=["pitch", "insight", "target_user"]),
            models.UniqueConstraint(fields=["brand", "generation", "number"], name="concepts_concept_number_once"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class Feature(BrandOwnedModel):
    """What the product has or does: a proposal, tied to the needs it answers."""

    project_path = "concept__generation__brief__project"
    concept = BrandForeignKey(Concept, on_delete=models.CASCADE, related_name="features")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.text[:60]


class FeatureNeed(BrandOwnedModel):
    """A need that a feature answers."""

    project_path = "feature__concept__generation__brief__project"
    feature = BrandForeignKey(Feature, on_delete=models.CASCADE, related_name="feature_needs")
    need = BrandForeignKey(Need, on_delete=models.CASCADE, related_name="feature_needs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "feature", "need"], name="concepts_feature_need_once")]

    def __str__(self) -> str:
        return str(self.need_id)


class ConceptClaim(BrandOwnedModel):
    """A claim about customers that a concept stands on."""

    project_path = "concept__generation__brief__project"
    concept = BrandForeignKey(Concept, on_delete=models.CASCADE, related_name="concept_claims")
    claim = BrandForeignKey(Claim, on_delete=models.CASCADE, related_name="concept_claims")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.claim_id)
