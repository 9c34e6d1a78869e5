"""A job's words, figures and addresses, for the one component that shows progress everywhere."""

from typing import Any, Final

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from ideation.base.templatetags.ui import duration, number
from ideation.jobs.kinds import KINDS, STEPS, UNITS
from ideation.jobs.models import Job, JobState
from ideation.jobs.querysets import seconds_left

register = template.Library()

MAIN_PARTS = ("dataset_import", "reviews_analyse", "model_train", "concepts_write")
"""What the main job goes through, so that those still to come can be shown too."""


@register.filter
def job_title(job: Job) -> str:
    """What a person calls this work."""
    return str(KINDS[job.kind].title)


@register.inclusion_tag("base/components/job_progress.html", takes_context=True)
def job_progress(context: Context, job: Job) -> dict[str, Any]:
    """The job's progress, moving while it is live; a main job's with its parts."""
    slug = context["brand"].slug
    return {
        "job": job,
        "title": job_title(job),
        # That it waits for its parts is how it works inside; to a person it runs.
        "state": JobState(JobState.RUNNING if job.state == JobState.WAITING else job.state).label,
        "step": STEPS.get(job.step, ""),
        "unit": UNITS.get(job.unit, ""),
        "percent": 100 * job.done / job.total if job.total else 0,
        "seconds_left": seconds_left(job),
        "parts": _parts(job) if job.kind == "main_job" else [],
        "may_act": bool(set(context["can"]) - {"see"}),
        "csrf_token": context.get("csrf_token"),
        **{f"{name}_url": reverse(f"job_{name}", args=[slug, job.pk]) for name in ("live", "cancel", "retry")},
        "url": reverse("job", args=[slug, job.pk]),
    }


def _parts(job: Job) -> list[dict[str, Any]]:
    begun = {part.kind: part for part in job.parts.order_by("created_at")}
    return [_part(kind, begun.get(kind)) for kind in MAIN_PARTS]


def _part(kind: str, part: Job | None) -> dict[str, Any]:
    return {
        "title": KINDS[kind].title,
        "state": part.state if part else "",
        "words": _words(part) if part else "",
    }


def _words(part: Job) -> str:
    """How far a part is, in a few words."""
    if part.state == "running" and part.total:
        step = f"{STEPS.get(part.step, '')} {number(part.done)} / {number(part.total)}"
        left = seconds_left(part)
        return step if left is None else step + " · " + _("about %(time)s left") % {"time": duration(left)}
    if part.state == "running":
        return str(STEPS.get(part.step, ""))
    if part.ended_at and part.started_at:
        return duration((part.ended_at - part.started_at).total_seconds())
    return str(part.get_state_display())


@register.filter
def job_took(job: Job) -> str:
    """How long it ran."""
    return duration((job.ended_at - job.started_at).total_seconds()) if job.ended_at and job.started_at else ""


SUBJECT_PAGES: Final = {"dataset_import": "import", "reviews_erase": "erasure_one", "version_verify": "version"}
"""Kind of job → the page of what it is about."""
PROJECT_PAGES: Final = {
    "reviews_fetch": "sources",
    "reviews_match": "products",
    "sentiment_tune": "sentiment",
    "reviews_index": "reviews",
    "reviews_export": "review_exports",
    "reviews_analyse": "needs",
    "model_train": "models",
    "concepts_write": "concepts",
}
"""Kind of job → the page of its project that shows what came out of it."""


@register.simple_tag(takes_context=True)
def job_page(context: Context, job: Job) -> str:
    """Where to see what came out of it."""
    slug = context["brand"].slug
    if page := SUBJECT_PAGES.get(job.kind):
        return reverse(page, args=[slug, job.subject_id])
    if job.kind == "reviews_fetch" and "import" in job.result:
        return reverse("import", args=[slug, job.result["import"]])
    if job.kind == "brand_export":
        return reverse("brand_export", args=[slug])
    if job.project_id is None:
        return reverse("projects", args=[slug])
    return reverse(PROJECT_PAGES.get(job.kind, "project"), args=[slug, job.project_id])
