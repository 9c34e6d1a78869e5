"""What is done with a list of reviews: made findable, kept as a view, taken away as a file."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest, request_can
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.querysets import project as find_project
from ideation.reviews import querysets
from ideation.reviews.listform import RenameForm, TakeAwayForm, ViewForm
from ideation.reviews.services.exports import review_export_start
from ideation.reviews.services.indexing import index_start
from ideation.reviews.services.views import view_delete, view_rename, view_save


@require_POST
@requires("import_reviews")
def review_index(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Makes findable what isn't yet."""
    index_start(project=find_project(project_id), created_by=request.user)
    return redirect("reviews", request.brand.slug, project_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("see")
def review_exports(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Files of reviews that are there; a new one of what the filters leave."""
    project = find_project(project_id)
    if request.method == "POST":
        return _export(request, project)
    context = {"section": "reviews", "project": project, "exports": querysets.review_exports(project)}
    return render(request, "reviews/exports.html", context)


def _export(request: BrandRequest, project: Project) -> HttpResponseBase:
    if not request_can(request, "run_analysis"):
        raise PermissionDenied
    form = TakeAwayForm(request.POST)
    if not form.is_valid():
        return redirect("reviews", request.brand.slug, project.pk)
    _made, job = review_export_start(project=project, **form.cleaned_data, created_by=request.user)
    return redirect("job", request.brand.slug, job.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("see")
def saved_views(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The project's saved views, to be renamed and deleted; keeps a new one."""
    project = find_project(project_id)
    if request.method == "POST":
        return _save(request, project)
    return _views_page(request, project)


def _views_page(request: BrandRequest, project: Project, status: int = 200) -> HttpResponse:
    context = {"section": "reviews", "project": project, "views": querysets.views_of(project)}
    return render(request, "reviews/views.html", context, status=status)


def _save(request: BrandRequest, project: Project) -> HttpResponseBase:
    if not request_can(request, "import_reviews"):
        raise PermissionDenied
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 100 characters."))
        return _views_page(request, project, status=400)
    view_save(project=project, **form.cleaned_data, created_by=request.user)
    messages.success(request, _("Saved for all who see this project."))
    return redirect(f"{reverse('reviews', args=[request.brand.slug, project.pk])}?{form.cleaned_data['query']}")


@require_safe
@requires("see")
def saved_view(request: BrandRequest, view_id: uuid.UUID) -> HttpResponseBase:
    """Opens a saved view."""
    found = querysets.saved_view(view_id)
    return redirect(f"{reverse('reviews', args=[request.brand.slug, found.project_id])}?{found.query}")


@require_POST
@requires("import_reviews")
def view_renamed(request: BrandRequest, view_id: uuid.UUID) -> HttpResponseBase:
    """Gives a view another name."""
    found = querysets.saved_view(view_id)
    form = RenameForm(request.POST)
    try:
        if form.is_valid():
            view_rename(view=found, name=form.cleaned_data["name"])
        else:
            messages.error(request, _("Give the view a name of at most 100 characters."))
    except UserError as error:
        messages.error(request, str(error))
    return redirect("saved_views", request.brand.slug, found.project_id)


@require_POST
@requires("import_reviews")
def view_deleted(request: BrandRequest, view_id: uuid.UUID) -> HttpResponseBase:
    """Deletes a view; the reviews stay."""
    found = querysets.saved_view(view_id)
    view_delete(view=found)
    messages.success(request, _("The view is deleted. The reviews stay."))
    return redirect("saved_views", request.brand.slug, found.project_id)
