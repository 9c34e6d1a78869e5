"""How a file is read, its import, and what became of its rows."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.jobs.querysets import jobs
from ideation.reviews.forms import MappingForm, UploadForm
from ideation.reviews.models import DatasetImport
from ideation.reviews.outcomes import duplicates_of, reasons_of, repeats, unmatched_count
from ideation.reviews.querysets import dataset_import as find_import
from ideation.reviews.querysets import rejected_rows
from ideation.reviews.services import import_start
from ideation.reviews.services.layouts import layout_change, layout_confirm, layout_take, preview_of
from ideation.reviews.services.mend import RejectedFile, rejected_list, rejected_take, rows_mended
from mlcore.specs.reviewfiles import layout_of

ROWS = 50


@requires("see")
def dataset_import(request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """How a file was recognised, to be confirmed; its progress; then what became of its rows."""
    found = find_import(import_id)
    if found.finished_at:
        return report(request, found, UploadForm())
    context: dict[str, Any] = {"section": "reviews", "found": found, "project": found.dataset.project}
    job = jobs().filter(params__import=str(found.pk), parent=None).first()
    if job is not None and job.is_live:
        return render(request, "reviews/importing.html", {**context, "job": job})
    return render(request, "reviews/mapping.html", {**context, "form": MappingForm(dataset_import=found), "job": job})


def report(request: BrandRequest, found: DatasetImport, form: UploadForm) -> HttpResponse:
    """What became of each row; of those that were rejected, all or those of one reason."""
    reasons, code = reasons_of(found), request.GET.get("code", "")
    rows = rejected_rows(found).filter(code=code) if code in reasons else rejected_rows(found)
    context = {
        "section": "reviews",
        "found": found,
        "project": found.dataset.project,
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "layout": layout_of(found.layout),
        "reasons": reasons,
        "code": code if code in reasons else "",
        "unmatched_count": unmatched_count(found),
        "form": form,
    }
    return render(request, "reviews/report.html", context, status=400 if form.is_bound else 200)


@requires("see")
def import_preview(request: BrandRequest, import_id: uuid.UUID) -> HttpResponse:
    """A piece of the page: the first rows as they will be read."""
    found = find_import(import_id)
    context: dict[str, Any] = {"found": found, "form": MappingForm(dataset_import=found)}
    try:
        context["preview"] = preview_of(found)
    except UserError as error:
        context["error"] = error
    return render(request, "reviews/preview.html", context)


@require_POST
@requires("import_reviews")
def import_layout(request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """Sets what the person has corrected, and shows the columns and first rows again."""
    found = find_import(import_id)
    form = MappingForm(request.POST, dataset_import=found, final=False)
    if form.is_valid():
        try:
            if form.read_as:
                layout_take(dataset_import=found, source=form.read_as)
            else:
                layout_change(dataset_import=found, changes=form.changes)
            form = MappingForm(dataset_import=found)
        except UserError as error:
            form.add_error(None, str(error))
    if request.headers.get("HX-Request"):
        return render(request, "reviews/understood.html", {"found": found, "form": form})
    return mapping_again(request, found, form) if form.errors else redirect("import", request.brand.slug, found.pk)


@require_POST
@requires("import_reviews")
def import_begin(request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """Imports the file as confirmed, and nothing more."""
    found = find_import(import_id)
    form = MappingForm(request.POST, dataset_import=found)
    if not form.is_valid() or not mapping_confirmed(form, found):
        return mapping_again(request, found, form)
    job = import_start(dataset_import=found, mapping=found.layout["mapping"], created_by=request.user)
    return redirect("job", request.brand.slug, job.pk)


def mapping_confirmed(form: MappingForm, found: DatasetImport) -> bool:
    """Sets what the form says for good; not so when that makes columns which nobody has seen, or isn't possible."""
    moves = form.moves_columns
    try:
        if moves:
            layout_change(dataset_import=found, changes=form.changes)
        else:
            layout_confirm(dataset_import=found, changes=form.changes, source=form.source_name)
    except UserError as error:
        form.add_error(None, str(error))
    return not moves and not form.errors


def mapping_again(request: BrandRequest, found: DatasetImport, form: MappingForm) -> HttpResponse:
    """The mapping page with what is wrong, or with columns that are others now."""
    if not form.errors:
        form = MappingForm(dataset_import=found)
    moved = _("The columns are others now. Look at them, then start the import.") if not form.errors else ""
    context = {"section": "reviews", "found": found, "project": found.dataset.project, "form": form, "moved": moved}
    return render(request, "reviews/mapping.html", context, status=400)


@requires("see")
def import_duplicates(request: BrandRequest, import_id: uuid.UUID) -> HttpResponse:
    """The rows that were left out as duplicates, each beside the review that it repeats."""
    found, kind = find_import(import_id), request.GET.get("kind", "")
    page = Paginator(duplicates_of(found, kind), ROWS).get_page(request.GET.get("page"))
    context = {"section": "reviews", "found": found, "project": found.dataset.project, "page": page, "kind": kind}
    return render(request, "reviews/duplicates.html", {**context, "repeats": repeats(list(page.object_list))})


@requires("see")
def rejected_csv(_request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """The rejected rows with their reasons as a file that a spreadsheet opens."""
    return handed_over(rejected_list(dataset_import=find_import(import_id)))


@requires("see_personal_data")
def rejected_file(_request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """The rejected rows in the form they came in, to be mended."""
    return handed_over(rejected_take(dataset_import=find_import(import_id)))


def handed_over(taken: RejectedFile) -> FileResponse:
    """A file of rejected rows as a download that no cache keeps."""
    kind = "text/csv; charset=utf-8" if taken.name.endswith(".csv") else "application/octet-stream"
    response = FileResponse(taken.file, as_attachment=True, filename=taken.name, content_type=kind)
    response["X-Content-Type-Options"], response["Cache-Control"] = "nosniff", "no-store"
    return response


@require_POST
@requires("import_reviews")
def import_mended(request: BrandRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """Takes in the mended rows of a file, to be looked at and imported as the file was."""
    found = find_import(import_id)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = rows_mended(dataset_import=found, file=file, file_name=file.name)
            return redirect("import", request.brand.slug, made.pk)
        except UserError as error:
            form.add_error("file", str(error))
    return report(request, found, form)
