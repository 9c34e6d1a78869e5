"""What is said about customers, and the sentences that it stands on."""

from django.db import models

from accounts.tenancy import BrandForeignKey, BrandOwnedModel
from ideation.needs.models.analyses import Evidence


class Claim(BrandOwnedModel):
    """A statement about customers. It stands only on the evidence that it cites."""

    project_path = "citations__evidence__need__analysis__project"
    text = models.TextField()
    erased_citations = models.PositiveIntegerField(default=0, editable=False)
    """Of what it cited when it was made, the pieces that were erased since."""

    def __str__(self) -> str:
        return self.text[:60]


class Citation(BrandOwnedModel):
    """A claim's pointer to a piece of evidence."""

    project_path = "evidence__need__analysis__project"
    claim = BrandForeignKey(Claim, on_delete=models.CASCADE, related_name="citations")
    evidence = BrandForeignKey(Evidence, on_delete=models.CASCADE, related_name="citations")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "claim", "evidence"], name="needs_citation_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.claim_id} cites {self.evidence_id}"
