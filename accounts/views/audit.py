"""The audit, for the brand's owners: a page, and files to keep."""

import uuid

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import audit as reads
from accounts.auditwords import lines
from accounts.decorators import requires
from accounts.forms.audit import AuditForm
from accounts.middleware import BrandRequest
from accounts.services.audit import audit_note


@requires("see_audit")
def audit(request: BrandRequest) -> HttpResponse:
    """Who did what, newest first."""
    form = AuditForm(request.GET)
    found = reads.after(reads.entries(**form.filters), _entry(request.GET.get("after", "")))
    rows = list(found[: reads.PAGE + 1])
    shown = rows[: reads.PAGE]
    context = {
        "section": "audit",
        "form": form,
        "lines": lines(shown, request.brand.slug),
        "older": shown[-1].pk if len(rows) > reads.PAGE else None,
        "is_first": "after" not in request.GET,
    }
    return render(request, "accounts/audit.html", context)


def _entry(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@requires("see_audit")
def audit_export(request: BrandRequest, kind: str) -> HttpResponseBase:
    """All entries that fit the filters, as a file. The audit notes that too."""
    if kind not in reads.FORMATS:
        raise Http404
    filters = AuditForm(request.GET).filters
    said = {name: str(value) for name, value in filters.items()}
    audit_note(action="audit_exported", table="accounts_auditentry", after={"format": kind, **said})
    name = f"audit-{request.brand.slug}-{timezone.now():%Y-%m-%d}.{kind}"
    return StreamingHttpResponse(
        reads.exported(request.brand.pk, kind, filters),
        content_type=f"{reads.FORMATS[kind]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
