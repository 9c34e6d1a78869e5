"""What reviews call products that the catalogue doesn't know: people say which product each name means."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.templatetags.ui import product_name
from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import products_of
from ideation.catalog.querysets import project as find_project
from ideation.reviews.changeforms import NameForm
from ideation.reviews.services import matching
from ideation.reviews.unmatched import unmatched as find_unmatched

LISTED = 30


@requires("see")
def unmatched(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """Names without a product, the most frequent first, each with the product whose name is closest."""
    project = find_project(project_id)
    found = find_unmatched(project)
    shows_ignored = "ignored" in request.GET
    page = Paginator(found.ignored if shows_ignored else found.names, LISTED).get_page(request.GET.get("page"))
    context = {
        "section": "products",
        "project": project,
        "found": found,
        "page": page,
        "names": page.object_list if shows_ignored else found.suggested(page.object_list),
        "shows_ignored": shows_ignored,
        "shows_unmatched": not shows_ignored,
        "products": products_of(project)[:500],
        "assigned": _assigned(request, project),
    }
    return render(request, "reviews/unmatched.html", context)


def _assigned(request: BrandRequest, project: Project) -> tuple[str, Product] | None:
    """The name that has just been given to a product, and can be taken back."""
    product_id = request.GET.get("product", "")
    try:
        product = Product.objects.filter(project=project, pk=uuid.UUID(product_id)).first()
    except ValueError:
        return None
    name = request.GET.get("assigned", "")[:200]
    return (name, product) if name and product else None


@require_POST
@requires("manage_projects")
def name_assign(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """This name means this product."""
    project = find_project(project_id)
    form = NameForm(request.POST, project=project, needs_product=True)
    if not form.is_valid():
        messages.error(request, _("Choose a product first."))
        return redirect("unmatched", request.brand.slug, project.pk)
    name, product = form.cleaned_data["name"], form.cleaned_data["product"]
    done = matching.name_assign(project=project, name=name, product=product, created_by=request.user)
    if done.job:
        return redirect("job", request.brand.slug, done.job.pk)
    messages.success(request, _given(done.reviews, product))
    query = urlencode({"assigned": name, "product": product.pk})
    return redirect(f"{reverse('unmatched', args=[request.brand.slug, project.pk])}?{query}")


def _given(count: int, product: Product) -> str:
    said = {"n": f"{count:,}", "product": product_name(product)}
    return ngettext("%(n)s review is now one of %(product)s.", "%(n)s reviews are now of %(product)s.", count) % said


@require_POST
@requires("manage_projects")
def name_unassign(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """It doesn't, after all."""
    project = find_project(project_id)
    form = NameForm(request.POST, project=project, needs_product=True)
    if form.is_valid():
        matching.name_unassign(project=project, **form.cleaned_data)
        messages.success(request, _("Taken back."))
    return redirect("unmatched", request.brand.slug, project.pk)


@require_POST
@requires("manage_projects")
def name_ignore(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Nobody wants a product for this name; with `back` somebody does."""
    project = find_project(project_id)
    form = NameForm(request.POST, project=project)
    if form.is_valid():
        change = matching.name_notice if "back" in request.POST else matching.name_ignore
        change(project=project, name=form.cleaned_data["name"])
    return redirect("unmatched", request.brand.slug, project.pk)
