"""One row a piece of long work: what it is, who holds it, how far it is, how it ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import BrandForeignKey, BrandOwnedModel, SystemReads


class JobState(models.TextChoices):
    """queued → running → succeeded, failed or cancelled; waiting while its parts run."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for its parts")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING)
ENDED = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


class Job(BrandOwnedModel):
    """A piece of long work. Only the worker that holds the newest token may write for it."""

    project_path = "project_id"
    kind = models.CharField(max_length=40)
    queue = models.CharField(max_length=10, default="cpu")
    """The kind's queue: here too, since only Python knows kinds."""
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    # Rooms above jobs (a project, a dataset) are named by id: jobs don't know them.
    subject_id = models.UUIDField(null=True)
    project_id = models.UUIDField(null=True)
    parent = BrandForeignKey("jobs.Job", on_delete=models.CASCADE, null=True, related_name="parts")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    step = models.CharField(max_length=40, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    unit = models.CharField(max_length=20, blank=True)
    step_started_at = models.DateTimeField(null=True)

    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    token = models.BigIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    """When a worker last took it: the brand whose turn is longest ago comes first."""
    lease_until = models.DateTimeField(null=True)
    dispatches = models.PositiveIntegerField(default=0)
    dispatch_after = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=60, blank=True)
    reason_params = models.JSONField(default=dict)
    holds = models.JSONField(default=dict)
    """kind of quota → the most it may use, set aside from its start to its end."""
    spent = models.JSONField(default=dict)
    """kind of quota → what it has used so far, over all attempts."""
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [SystemReads(name="jobs_job_system_reads")]
        indexes = [
            models.Index(fields=["brand", "-created_at"], name="jobs_job_newest"),
            models.Index(
                fields=["state", "dispatch_after"],
                name="jobs_job_due",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.Index(
                fields=["queue", "brand", "created_at"],
                name="jobs_job_queued",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.Index(fields=["brand", "queue", "-claimed_at"], name="jobs_job_served"),
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_live(self) -> bool:
        """Whether it may still change."""
        return self.state in LIVE
