"""How a file is read, its import, and what became of its rows."""

import csv
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.cells import plain_cell
from ideation.base.errors import sentence
from ideation.jobs.querysets import jobs
from ideation.reviews.forms import MappingForm
from ideation.reviews.models import DatasetImport
from ideation.reviews.querysets import dataset_import as find_import
from ideation.reviews.querysets import rejected_rows
from ideation.reviews.services import import_start


@requires("see")
def dataset_import(request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """How a file was recognised, to be confirmed; its progress; then what became of its rows."""
    found = find_import(import_id)
    context: dict[str, Any] = {"section": "reviews", "found": found, "project": found.dataset.project}
    if found.finished_at:
        page = Paginator(rejected_rows(found), 50).get_page(request.GET.get("page"))
        return render(request, "reviews/report.html", {**context, "page": page})
    job = jobs().filter(params__import=str(found.pk), parent=None).first()
    if job is not None and job.is_live:
        return render(request, "reviews/importing.html", {**context, "job": job})
    return render(request, "reviews/mapping.html", {**context, "form": MappingForm(dataset_import=found), "job": job})


@requires("see")
def rejected_csv(_request: BrandRequest, import_id: uuid.UUID) -> HttpResponse:
    """The rejected rows as a file that a spreadsheet opens."""
    found = find_import(import_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-{found.pk}.csv"'
    response.write("\ufeff")  # Excel takes a file for UTF-8 only with this mark.
    writer = csv.writer(response)
    writer.writerow([_("Line"), _("Column"), _("Reason"), _("Value")])
    for row in rejected_rows(found).iterator(2000):
        writer.writerow([row.line, plain_cell(row.column), sentence(row.code), plain_cell(row.value)])
    return response


@require_POST
@requires("import_reviews")
def import_begin(request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """Imports the file with the columns as confirmed, and nothing more."""
    found = find_import(import_id)
    form = MappingForm(request.POST, dataset_import=found)
    if not form.is_valid():
        return mapping_again(request, found, form)
    job = import_start(dataset_import=found, mapping=form.mapping, created_by=request.user)
    return redirect("job", request.brand.slug, job.pk)


def mapping_again(request: BrandRequest, found: DatasetImport, form: MappingForm) -> HttpResponse:
    """The mapping page with what is wrong."""
    context = {"section": "reviews", "found": found, "project": found.dataset.project, "form": form}
    return render(request, "reviews/mapping.html", context, status=400)
