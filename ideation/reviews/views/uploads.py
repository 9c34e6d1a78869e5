"""A file comes in."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.catalog.querysets import project as find_project
from ideation.reviews.forms import UploadForm
from ideation.reviews.querysets import datasets_of, imports_of
from ideation.reviews.services import import_prepare


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
