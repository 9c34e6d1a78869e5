"""Files come in: sent whole by a form, sent in pieces by the page's script (tus), or fetched from an address."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import requires
from accounts.middleware import RAW, BrandRequest
from accounts.tenancy import brand_scope
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.reviews import arrivals, tus
from ideation.reviews.forms import UploadForm
from ideation.reviews.forms_upload import AddressForm
from ideation.reviews.querysets import datasets_of, imports_of
from ideation.reviews.services import import_prepare
from ideation.reviews.services.fetch import fetch_start
from ideation.reviews.services.uploads import upload_append, upload_cancel, upload_create, upload_finish, upload_offset

View = TypeVar("View", bound=Callable[..., Any])


def opens_scopes(view: View) -> View:
    """Marks a view that opens its scopes itself when its body is a piece of a file (accounts.middleware)."""
    view.opens_scopes = True  # type: ignore[attr-defined]
    return view


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
    return _page(request, project, form=form)


def _page(request: BrandRequest, project: Project, **forms: Any) -> HttpResponse:
    wrong = any(form.is_bound for form in forms.values())
    context = {
        "section": "reviews",
        "project": project,
        "form": UploadForm(),
        "address_form": AddressForm(),
        "imports": imports_of(project)[:10],
        "sources": arrivals.sources_fetched(project),
        **forms,
    }
    return render(request, "reviews/upload.html", context, status=400 if wrong else 200)


@require_POST
@requires("import_reviews")
def address_fetch(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """A file is fetched from an address; its job says how far it is, then where to go on."""
    project = find_project(project_id)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            dataset = datasets_of(project).first()
            address = form.cleaned_data["address"]
            job = fetch_start(project=project, address=address, dataset=dataset, created_by=request.user)
            return redirect("job", request.brand.slug, job.pk)
        except UserError as error:
            form.add_error("address", str(error))
    return _page(request, project, address_form=form)


@opens_scopes
@require_http_methods(["POST", "OPTIONS"])
@requires("import_reviews")
@tus.plain_refusals
def upload_begin(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """Makes room for a file whose bytes come later, or some of them at once (tus)."""
    with brand_scope(request.brand.pk):
        project = find_project(project_id)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=tus.abilities())
        tus.version_check(request)
        made = upload_create(
            project=project,
            file_name=tus.metadata_of(request).get("filename", ""),
            size=tus.length_of(request),
            dataset=datasets_of(project).first(),
            created_by=request.user,
        )
    if request.content_type == RAW:
        made = upload_append(
            brand_id=request.brand.pk,
            upload_id=made.pk,
            offset=0,
            length=tus.body_length(request),
            read=request.read,
        )
    response = HttpResponse(status=201)
    response["Location"] = reverse("upload_one", args=[request.brand.slug, made.pk])
    response["Upload-Offset"], response["Upload-Expires"] = str(made.received), tus.expires(made.expires_at)
    return response


@opens_scopes
@requires("import_reviews")
def upload_one(request: BrandRequest, upload_id: uuid.UUID) -> HttpResponseBase:
    """A file on its way in: how far it is, its next piece, its end, its cancelling."""
    answers = {"HEAD": _far, "PATCH": _piece, "DELETE": _cancelled, "POST": _finished, "OPTIONS": _able}
    answer = answers.get(tus.method_of(request))
    return answer(request, upload_id) if answer else HttpResponseNotAllowed([*answers])


@tus.plain_refusals
def _able(_request: BrandRequest, upload_id: uuid.UUID) -> HttpResponse:
    arrivals.upload(upload_id)
    return HttpResponse(status=204, headers=tus.abilities())


@tus.plain_refusals
def _far(request: BrandRequest, upload_id: uuid.UUID) -> HttpResponse:
    found = arrivals.upload(upload_id)
    tus.version_check(request)
    response = HttpResponse()
    response["Upload-Offset"], response["Upload-Length"] = str(upload_offset(found)), str(found.size)
    return response


@tus.plain_refusals
def _piece(request: BrandRequest, upload_id: uuid.UUID) -> HttpResponse:
    with brand_scope(request.brand.pk):
        arrivals.upload(upload_id)
    tus.raw_check(request)
    tus.version_check(request)
    found = upload_append(
        brand_id=request.brand.pk,
        upload_id=upload_id,
        offset=tus.offset_of(request),
        length=tus.body_length(request),
        read=request.read,
    )
    response = HttpResponse(status=204)
    response["Upload-Offset"], response["Upload-Expires"] = str(found.received), tus.expires(found.expires_at)
    return response


@tus.plain_refusals
def _cancelled(request: BrandRequest, upload_id: uuid.UUID) -> HttpResponse:
    found = arrivals.upload(upload_id)
    tus.version_check(request)
    upload_cancel(upload=found)
    return HttpResponse(status=204)


def _finished(request: BrandRequest, upload_id: uuid.UUID) -> HttpResponseBase:
    """The page goes on to how the file was understood, or says why it can't be."""
    found = arrivals.upload(upload_id)
    try:
        return redirect("import", request.brand.slug, upload_finish(upload=found).pk)
    except UserError as error:
        form = UploadForm({})
        form.errors["file"] = form.error_class([str(error)])
        return _page(request, found.project, form=form)
