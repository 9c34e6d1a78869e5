"""What broke out of the ordinary in a need's months, and which people are told of it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project
from ideation.needs.models.standing import StandingNeed


class AlertKind(models.TextChoices):
    """What can break out."""

    VOLUME = "volume", _("How many speak of it")
    MOOD = "mood", _("How they feel about it")
    TREND = "trend", _("It emerges, grows or fades")


class NeedWatch(BrandOwnedModel):
    """Somebody who is told by mail of alerts: of one need, or of all of a project."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="need_watches")
    standing = BrandForeignKey(StandingNeed, on_delete=models.CASCADE, null=True, related_name="watches")
    """Null: every need."""
    member = BrandForeignKey(Membership, on_delete=models.CASCADE, related_name="need_watches")
    kind = models.CharField(max_length=10, choices=AlertKind.choices, blank=True)
    """Empty: of every kind."""
    site = models.CharField(max_length=200, blank=True)
    """Address of the product as whoever set it up sees it, for links in mails."""

    class Meta:
        constraints = [
            Audited(name="needs_watch_audited", ignore=["site"]),
            models.UniqueConstraint(
                fields=["brand", "project", "standing", "member", "kind"],
                name="needs_watch_once",
                nulls_distinct=False,
            ),
        ]
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"


class NeedAlert(BrandOwnedModel):
    """A break, raised once for a need, a kind and a month."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="need_alerts")
    standing = BrandForeignKey(StandingNeed, on_delete=models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=10, choices=AlertKind.choices)
    side = models.CharField(max_length=10)
    """up or down; of a trend emerging, growing or fading."""
    month = models.DateField()
    """Its first day."""
    figures: Any = models.JSONField(default=dict)
    """What was observed and what was expected: observed, low, high, base, months, p, q."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "standing", "kind", "month"], name="needs_alert_once"),
        ]
        indexes = [models.Index(fields=["brand", "project", "-created_at"], name="needs_alert_newest")]
        ordering = ["-month", "-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.side} {self.month:%Y-%m}"
