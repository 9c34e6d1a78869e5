"""A brand's projects."""

from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.catalog.forms import ProjectForm
from ideation.catalog.querysets import projects as all_projects
from ideation.catalog.services import project_create


@requires("see")
def projects(request: BrandRequest) -> HttpResponseBase:
    """All projects of the brand."""
    rows = all_projects().annotate(products_count=Count("products"))
    return render(request, "catalog/projects.html", {"section": "projects", "projects": rows})


@requires("manage_projects")
def project_new(request: BrandRequest) -> HttpResponseBase:
    """Three questions, then the upload."""
    form = ProjectForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        made = project_create(created_by=request.user, **form.cleaned_data)
        return redirect("upload", request.brand.slug, made.pk)
    context = {"section": "projects", "form": form}
    return render(request, "catalog/project_new.html", context, status=400 if form.is_bound else 200)
