"""Reads of projects and products, and what accounts asks about projects (settings.PROJECTS)."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import Http404

from accounts.models import Membership, Role
from ideation.catalog.models import Product, Project, ProjectMember
from mlcore.folding import folded, levelled


def projects() -> QuerySet[Project]:
    """The brand's projects, newest first."""
    return Project.objects.all()


def project(project_id: uuid.UUID) -> Project:
    """One project. Raises Http404 if this brand has none with this id."""
    found = Project.objects.filter(pk=project_id).first()
    if found is None:
        raise Http404
    return found


def products_of(project: Project, *, text: str = "", whose: str = "") -> QuerySet[Product]:
    """A project's products by name: those in whose SKU, names or category a text stands; `own` or `competitor`."""
    found = Product.objects.filter(project=project)
    if text := text.strip():
        found = found.annotate(others=Cast("names", TextField()), known_as=Cast("aliases", TextField()))
        fields = ("sku", "name", "name_zh", "category", "category_zh", "others", "known_as")
        wanted = Q()
        for field in fields:
            wanted |= Q(**{f"{field}__icontains": text})
        found = found.filter(wanted)
    return found.filter(is_competitor=whose == "competitor") if whose else found


def product(product_id: uuid.UUID) -> Product:
    """One product. Raises Http404 if this brand has none with this id."""
    found = Product.objects.select_related("project").filter(pk=product_id).first()
    if found is None:
        raise Http404
    return found


def called(product: Product) -> list[str]:
    """All that a product is called: SKU, names, aliases."""
    names = [product.sku, product.name, product.name_zh, *product.names.values(), *product.aliases]
    return [str(name) for name in names if name]


def product_index(project: Project) -> dict[str, uuid.UUID]:
    """Folded SKU, name in any language or alias → the product's id, to find the product that a review speaks of.

    Where two products share one, an SKU goes before a name, a name before an alias, the older product before the newer.
    """
    return _index(project, folded)


def product_words(project: Project) -> dict[str, uuid.UUID]:
    """The same with the words of a name apart, to find what is close to one."""
    return _index(project, levelled)


def _index(project: Project, form: Callable[[str], str]) -> dict[str, uuid.UUID]:
    columns = ("id", "sku", "name", "name_zh", "names", "aliases")
    rows = list(Product.objects.filter(project=project).order_by("-created_at", "-pk").values(*columns))
    index: dict[str, uuid.UUID] = {}
    for names in (_aliases, _names, _sku):
        index |= {form(str(name)): row["id"] for row in rows for name in names(row)}
    index.pop("", None)
    return index


def _aliases(row: dict[str, Any]) -> list[Any]:
    return list(row["aliases"])


def _names(row: dict[str, Any]) -> list[Any]:
    return [*row["names"].values(), row["name_zh"], row["name"]]


def _sku(row: dict[str, Any]) -> list[Any]:
    return [row["sku"]]


def hidden_from(user_id: uuid.UUID | None) -> frozenset[uuid.UUID]:
    """The restricted projects that this person is no member of; none for an owner, all for nobody.

    One small query where nothing is restricted, as in most brands; each request asks.
    """
    if not Project.objects.filter(restricted=True).exists():
        return frozenset()
    named = ProjectMember.objects.filter(project=OuterRef("pk"), membership__user=user_id)
    owner = Membership.objects.filter(user=user_id, role=Role.OWNER)
    rows = Project.objects.filter(~Exists(named), ~Exists(owner), restricted=True)
    return frozenset(rows.values_list("pk", flat=True))


def names() -> dict[uuid.UUID, str]:
    """The names of the projects that who asks can see, by name."""
    return dict(Project.objects.order_by("name").values_list("pk", "name"))


def members_of(project: Project) -> QuerySet[Membership]:
    """Who is named in a project, by email."""
    return (
        Membership.objects.filter(project_members__project=project).select_related("user").order_by("user__email", "pk")
    )
