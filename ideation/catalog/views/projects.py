"""A brand's projects."""

import uuid

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.catalog.forms.projects import AccessForm, ProjectForm, ProjectNameForm
from ideation.catalog.querysets import project as find_project
from ideation.catalog.querysets import projects as all_projects
from ideation.catalog.services import project_change, project_create, project_restrict


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


@requires("manage_projects")
def project_settings(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """What the project is called, and who may see it."""
    project = find_project(project_id)
    naming = "name" in request.POST
    about = ProjectNameForm(request.POST if naming else None, instance=project)
    access = AccessForm(request.POST if request.POST and not naming else None, project=project)
    if about.is_bound and about.is_valid():
        project_change(project=project, **about.cleaned_data)
    elif access.is_bound and access.is_valid():
        project_restrict(project=project, by=request.user, **access.cleaned_data)
    else:
        context = {"section": "project_settings", "project": project, "about": about, "access": access}
        status = 400 if about.is_bound or access.is_bound else 200
        return render(request, "catalog/project_settings.html", context, status=status)
    messages.success(request, _("Saved."))
    return redirect("project_settings", request.brand.slug, project.pk)
