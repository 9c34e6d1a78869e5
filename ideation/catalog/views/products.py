"""Products are made, changed, deleted, come in from a file and go out as one. Their list stands with the reviews."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.base.templatetags.ui import product_name
from ideation.catalog.forms.products import ProductForm, ProductsFileForm, shown
from ideation.catalog.models import Product, Project
from ideation.catalog.productfile import CSV_TYPE, XLSX_TYPE, products_csv, products_xlsx
from ideation.catalog.querysets import product as find_product
from ideation.catalog.querysets import products_of
from ideation.catalog.querysets import project as find_project
from ideation.catalog.services import (
    product_delete,
    product_image_remove,
    product_image_set,
    product_save,
    products_import,
)


@requires("manage_projects")
def product_new(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """A new product; ?name= is what reviews call it."""
    project = find_project(project_id)
    name = request.GET.get("name", "")[:200]
    form = ProductForm(request.POST or None, request.FILES or None, initial={"name": name})
    made = _saved(request, form, project)
    return redirect("product", request.brand.slug, made.pk) if made else _form_page(request, form, project)


@requires("manage_projects")
def product_edit(request: BrandRequest, product_id: uuid.UUID) -> HttpResponseBase:
    """Changes a product; its image too."""
    found = find_product(product_id)
    form = ProductForm(request.POST or None, request.FILES or None, initial=shown(found))
    made = _saved(request, form, found.project, found)
    return redirect("product", request.brand.slug, made.pk) if made else _form_page(request, form, found.project, found)


def _saved(
    request: BrandRequest, form: ProductForm, project: Project, product: Product | None = None
) -> Product | None:
    if not form.is_valid():
        return None
    try:
        made = _written(form, project, product, without_image="remove_image" in request.POST)
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
    messages.success(request, _("Saved."))
    return made


@transaction.atomic
def _written(form: ProductForm, project: Project, product: Product | None, *, without_image: bool) -> Product:
    """The product with its image, or neither."""
    made = product_save(project=project, product=product, **form.values)
    if image := form.cleaned_data["image"]:
        return product_image_set(product=made, file=image)
    return product_image_remove(product=made) if without_image else made


def _form_page(
    request: BrandRequest, form: ProductForm, project: Project, product: Product | None = None
) -> HttpResponse:
    context = {"section": "products", "project": project, "form": form, "product": product}
    return render(request, "catalog/product_form.html", context, status=400 if form.is_bound else 200)


@requires("manage_projects")
def product_remove(request: BrandRequest, product_id: uuid.UUID) -> HttpResponseBase:
    """Asks, then deletes a product; its reviews stay."""
    found = find_product(product_id)
    if request.method == "POST":
        product_delete(product=found)
        messages.success(request, _("“%(name)s” is deleted. Its reviews stay.") % {"name": product_name(found)})
        return redirect("products", request.brand.slug, found.project_id)
    context = {"section": "products", "project": found.project, "product": found}
    return render(request, "catalog/product_remove.html", context)


@requires("manage_projects")
def products_file(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Products from a file, with a report of each row that couldn't be used."""
    project = find_project(project_id)
    form = ProductsFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"section": "products", "project": project, "form": form}
    if form.is_valid():
        try:
            context["done"] = done = products_import(project=project, file=form.cleaned_data["file"])
        except UserError as error:
            form.add_error("file", str(error))
        else:
            if not done.rejected:
                messages.success(request, _imported(done.rows))
                return redirect("products", request.brand.slug, project.pk)
    return render(request, "catalog/products_file.html", context, status=400 if form.errors else 200)


def _imported(count: int) -> str:
    return ngettext("%(n)s product came in.", "%(n)s products came in.", count) % {"n": f"{count:,}"}


@requires("see")
def products_as_csv(_request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """The catalogue as a CSV file, which can be brought in again."""
    project = find_project(project_id)
    return _download(products_csv(products_of(project)), CSV_TYPE, f"products-{project.pk}.csv")


@requires("see")
def products_as_xlsx(_request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """The catalogue as a workbook, which can be brought in again."""
    project = find_project(project_id)
    return _download(products_xlsx(products_of(project)), XLSX_TYPE, f"products-{project.pk}.xlsx")


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
