"""The list of work, one piece of it, and its buttons."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest, request_can
from ideation.base.errors import UserError
from ideation.base.templatetags.ui import duration, number
from ideation.jobs.health import Health, health
from ideation.jobs.kinds import KINDS
from ideation.jobs.models import LIVE, Job
from ideation.jobs.querysets import jobs as all_jobs
from ideation.jobs.services import job_cancel, job_retry

LONG_WAIT = 3600
"""Seconds in a queue from which the platform's people should look."""


@requires("see")
def jobs(request: BrandRequest) -> HttpResponse:
    """What goes on, then what has ended."""
    whole = all_jobs().filter(parent=None)
    page = Paginator(whole.exclude(state__in=LIVE), 30).get_page(request.GET.get("page"))
    context = {"section": "jobs", "live": whole.filter(state__in=LIVE), "page": page}
    return render(request, "jobs/jobs.html", context)


@requires("see")
def job(request: BrandRequest, job_id: uuid.UUID) -> HttpResponse:
    """One piece of work."""
    found = get_object_or_404(all_jobs(), pk=job_id)
    return render(request, "jobs/job.html", {"section": "jobs", "job": found})


@requires("see")
def job_live(request: BrandRequest, job_id: uuid.UUID) -> HttpResponse:
    """The progress alone, as the page asks for it again and again; tells the page when a state has changed."""
    found = get_object_or_404(all_jobs(), pk=job_id)
    response = render(request, "jobs/live.html", {"job": found})
    if not found.is_live:
        response["HX-Trigger"] = "work-changed"
    return response


@login_required
def platform(request: HttpRequest) -> HttpResponse:
    """Counts and health for the people who run the platform; there is no such page for anybody else."""
    if not request.user.is_staff:
        raise Http404
    found = health()
    return render(request, "jobs/platform.html", {"health": found, "figures": _figures(found)})


def _figures(found: Health) -> list[tuple[str, str, str]]:
    """(label, value, tone) of what to look at first."""
    total = found.total
    return [
        (_("Brands"), number(len(found.brands)), ""),
        (_("People"), number(found.people), ""),
        (_("Reviews kept"), number(total.reviews), ""),
        (_("Storage"), str(filesizeformat(total.storage_bytes)), ""),
        (_("Queued, CPU"), number(total.cpu_queued), ""),
        (_("Running, CPU"), number(total.cpu_running), ""),
        (_("Queued, GPU"), number(total.gpu_queued), ""),
        (_("Running, GPU"), number(total.gpu_running), ""),
        (_("Longest wait"), duration(total.oldest_seconds), "bad" if total.oldest_seconds > LONG_WAIT else ""),
        (_("Workers gone silent"), number(total.silent), "bad" if total.silent else ""),
        (_("Ended in 24 hours"), number(total.ended_day), ""),
        (_("Failed in 24 hours"), number(total.failed_day), "bad" if total.failed_day else ""),
        (_("Failed logins in 24 hours"), number(total.failed_logins_day), ""),
    ]


def _may_steer(request: BrandRequest, job: Job) -> None:
    if not all(request_can(request, capability) for capability in KINDS[job.kind].capabilities):
        raise UserError("not_allowed", status=403)


@require_POST
@requires("see")
def cancel(request: BrandRequest, job_id: uuid.UUID) -> HttpResponseBase:
    """Stops work; nothing half-written stays."""
    found = get_object_or_404(all_jobs(), pk=job_id)
    _may_steer(request, found)
    job_cancel(job=found)
    messages.success(request, _("Stopping. Nothing half-written stays."))
    return redirect("job", request.brand.slug, found.pk)


@require_POST
@requires("see")
def retry(request: BrandRequest, job_id: uuid.UUID) -> HttpResponseBase:
    """Starts failed or cancelled work again."""
    found = get_object_or_404(all_jobs(), pk=job_id)
    _may_steer(request, found)
    job_retry(job=found)
    return redirect("job", request.brand.slug, found.pk)
