"""Products as customers see them: how many reviews each has and how they rate, the brand's own beside competitors'."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.catalog.querysets import product as find_product
from ideation.catalog.querysets import products_of
from ideation.catalog.querysets import project as find_project
from ideation.reviews.figures import Figures, figures_of, pairs, sides
from ideation.reviews.models import Review

SIDES = {
    "": pgettext_lazy("products", "All"),
    "own": pgettext_lazy("products", "Ours"),
    "competitor": pgettext_lazy("products", "Competitors'"),
}
LISTED = 50


@requires("see")
def products(request: BrandRequest, project_id: uuid.UUID) -> HttpResponse:
    """The catalogue, each product with its reviews; search and side stand in the address."""
    project = find_project(project_id)
    text = request.GET.get("q", "")[:200]
    whose = request.GET.get("whose", "") if request.GET.get("whose", "") in SIDES else ""
    figures = figures_of(project)
    page = Paginator(products_of(project, text=text, whose=whose), LISTED).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "section": "products",
        "project": project,
        "page": page,
        "rows": [(one, figures.get(one.pk, Figures())) for one in page],
        "sides": sides(project, figures),
        "q": text,
        "whose": whose,
        "choices": SIDES,
        "any": bool(page.object_list) or products_of(project).exists(),
        "unmatched": Review.objects.filter(project_id=project.pk, product=None, ended_in=None)
        .exclude(product_name="")
        .exists(),
    }
    return render(request, "reviews/products.html", context)


@requires("see")
def product(request: BrandRequest, product_id: uuid.UUID) -> HttpResponse:
    """One product, and how it is rated beside the other side's."""
    found = find_product(product_id)
    figures = figures_of(found.project)
    both = sides(found.project, figures)
    own, others = figures.get(found.pk, Figures()), both.own if found.is_competitor else both.competitors
    context = {
        "section": "products",
        "project": found.project,
        "product": found,
        "own": own,
        "others": others,
        "pairs": pairs(own, others),
    }
    return render(request, "reviews/product.html", context)
