"""The reviews themselves."""

import uuid

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.templatetags.ui import language_word
from ideation.catalog.querysets import project as find_project
from ideation.reviews.forms import FilterForm
from ideation.reviews.models import Review
from ideation.reviews.querysets import imports_of, reviews_of, versions_of


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
