"""Upload, column mapping, the report of an import, and the reviews themselves."""

import csv
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError, sentence
from ideation.base.templatetags.ui import language_word
from ideation.catalog.querysets import project as find_project
from ideation.jobs.querysets import jobs
from ideation.reviews.forms import FilterForm, MappingForm, UploadForm
from ideation.reviews.models import DatasetImport, Review
from ideation.reviews.querysets import dataset_import as find_import
from ideation.reviews.querysets import datasets_of, imports_of, rejected_rows, reviews_of, versions_of
from ideation.reviews.querysets import version as find_version
from ideation.reviews.services import import_prepare, import_start
from ideation.reviews.services.verify import version_verify

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@requires("import_reviews")
def upload(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """A file, which is looked at and not yet imported."""
    project = find_project(project_id)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            dataset = datasets_of(project).first()
            made = import_prepare(project=project, file=file, file_name=file.name, dataset=dataset)
            return redirect("import", request.brand.slug, made.pk)
        except UserError as error:
            form.add_error("file", str(error))
    context = {"section": "reviews", "project": project, "form": form, "imports": imports_of(project)[:10]}
    return render(request, "reviews/upload.html", context, status=400 if form.is_bound else 200)


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
def reviews(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """Reviews by text, rating, product and language; the filters stand in the address."""
    project = find_project(project_id)
    whole = reviews_of(project)
    form = FilterForm(request.GET, products=_products(whole), languages=_languages(whole))
    found = _filtered(whole, form.cleaned_data) if form.is_valid() else whole
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    context = {"section": "reviews", "project": project, "form": form, "page": page, "imports": imports_of(project)}
    return render(request, "reviews/reviews.html", {**context, "versions": versions_of(project)[:20]})


def _products(whole: QuerySet[Review]) -> list[tuple[str, str]]:
    names = whole.exclude(product_name="").order_by("product_name").values_list("product_name", flat=True)
    return [(name, name) for name in names.distinct()[:200]]


def _languages(whole: QuerySet[Review]) -> list[tuple[str, str]]:
    codes = whole.exclude(language="").order_by("language").values_list("language", flat=True).distinct()
    return [(code, language_word(code)) for code in codes]


def _filtered(whole: QuerySet[Review], wanted: dict[str, str]) -> QuerySet[Review]:
    if text := wanted["q"].strip():
        whole = whole.filter(Q(text__icontains=text) | Q(title__icontains=text) | Q(external_id__iexact=text))
    if rating := wanted["rating"]:
        whole = whole.filter(rating__gte=int(rating) - 0.5, rating__lt=int(rating) + 0.5)
    if product := wanted["product"]:
        whole = whole.filter(product_name=product)
    return whole.filter(language=wanted["language"]) if wanted["language"] else whole


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


def plain_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + value if value.startswith(FORMULA_STARTS) else value


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


@require_POST
@requires("import_reviews")
def version_verified(request: BrandRequest, version_id: uuid.UUID) -> HttpResponse:
    """Computes a dataset version's hash anew, and says whether anything differs and what."""
    version = find_version(version_id)
    context = {"section": "reviews", "project": version.dataset.project, "found": version_verify(version=version)}
    return render(request, "reviews/verified.html", context)
