"""What people decided about needs. It lasts: every later analysis finds it, follows it and learns from it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import Audited, BrandForeignKey, BrandOwnedModel
from ideation.catalog.models import Project


class Theme(BrandOwnedModel):
    """A heading over needs, or over other headings: a tree of up to three levels, that people arrange."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="themes")
    parent = BrandForeignKey("needs.Theme", on_delete=models.CASCADE, null=True, related_name="children")
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    code = models.CharField(max_length=40, blank=True)
    """Which of the shipped headings it came from; empty for a team's own."""
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            Audited(name="needs_theme_audited"),
            models.UniqueConstraint(
                fields=["brand", "project", "parent", "name"], name="needs_theme_once", nulls_distinct=False
            ),
        ]
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class NeedStatus(models.TextChoices):
    """Where the team stands with a need."""

    OPEN = "open", _("Open")
    CHOSEN = "chosen", _("Chosen")
    IN_WORK = "in_work", _("In work")
    SOLVED = "solved", _("Solved")
    DECLINED = "declined", _("Declined")


class StandingNeed(BrandOwnedModel):
    """A need of a project, whichever analysis found it."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="standing_needs")
    theme = BrandForeignKey(Theme, on_delete=models.SET_NULL, null=True, related_name="standing_needs")
    statement = models.CharField(_("statement"), max_length=300, blank=True)
    """A person's words; empty: each analysis finds its own."""
    label = models.CharField(_("name"), max_length=120, blank=True)
    bank = models.CharField(max_length=60, blank=True)
    """The shipped wish that it is; empty for one that the reviews alone taught."""
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=NeedStatus.choices, default=NeedStatus.OPEN)
    due_on = models.DateField(_("due"), null=True)
    is_pinned = models.BooleanField(default=False)
    """Stands first, and stays even when hardly anybody speaks of it any more."""
    is_dismissed = models.BooleanField(default=False)
    """Not a need: what speaks of it counts for none."""
    by_hand = models.BooleanField(default=False)
    merged_into = BrandForeignKey("needs.StandingNeed", on_delete=models.SET_NULL, null=True, related_name="merged")

    class Meta:
        constraints = [Audited(name="needs_standing_need_audited")]
        indexes = [models.Index(fields=["brand", "project"], name="needs_standing_project")]

    def __str__(self) -> str:
        return self.statement or self.label


class EditKind(models.TextChoices):
    """What a person did to a need."""

    RENAME = "rename", _("Reworded")
    MERGE = "merge", _("Merged")
    SPLIT = "split", _("Split")
    MOVE = "move", _("Evidence moved")
    DISMISS = "dismiss", _("Marked as no need")
    RESTORE = "restore", _("Taken back as a need")
    PIN = "pin", _("Pinned")
    UNPIN = "unpin", _("Unpinned")
    ADD = "add", _("Added by hand")
    CARE = "care", _("Owner, status or date set")
    THEME = "theme", _("Put under a theme")


class NeedEdit(BrandOwnedModel):
    """One step of a person's, with all that it takes to undo it."""

    project_path = "project"
    project = BrandForeignKey(Project, on_delete=models.CASCADE, related_name="need_edits")
    standing = BrandForeignKey(StandingNeed, on_delete=models.CASCADE, related_name="edits")
    kind = models.CharField(max_length=10, choices=EditKind.choices)
    before: Any = models.JSONField(default=dict)
    after: Any = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [Audited(name="needs_need_edit_audited")]
        indexes = [models.Index(fields=["brand", "project", "-created_at"], name="needs_edit_newest")]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.standing_id}"


class Coding(BrandOwnedModel):
    """A person's word that a sentence shows a need, or doesn't. Analyses follow it, and judge what is alike by it."""

    project_path = "standing__project"
    standing = BrandForeignKey(StandingNeed, on_delete=models.CASCADE, related_name="codings")
    sentence = BrandForeignKey("needs.Sentence", on_delete=models.CASCADE, related_name="codings")
    belongs = models.BooleanField()
    edit = BrandForeignKey(NeedEdit, on_delete=models.CASCADE, related_name="codings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "edit", "standing", "sentence"], name="needs_coding_once")
        ]

    def __str__(self) -> str:
        return f"{self.sentence_id} {'in' if self.belongs else 'not in'} {self.standing_id}"


class SurveyFigure(BrandOwnedModel):
    """What a survey says of a need; it goes before what is read off the reviews."""

    project_path = "standing__project"
    standing = BrandForeignKey(StandingNeed, on_delete=models.CASCADE, related_name="survey_figures")
    importance = models.FloatField(null=True)
    satisfaction = models.FloatField(null=True)
    """Both 0 to 10."""
    answers = models.PositiveIntegerField()
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            Audited(name="needs_survey_figure_audited"),
            models.UniqueConstraint(fields=["brand", "standing"], name="needs_survey_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.standing_id}"
