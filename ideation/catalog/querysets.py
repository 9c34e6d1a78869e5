"""Reads of projects and products, and what accounts asks about projects (settings.PROJECTS)."""

import uuid

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from accounts.models import Membership, Role
from ideation.catalog.models import Product, Project, ProjectMember


def projects() -> QuerySet[Project]:
    """The brand's projects, newest first."""
    return Project.objects.all()


def project(project_id: uuid.UUID) -> Project:
    """One project. Raises Http404 if this brand has none with this id."""
    found = Project.objects.filter(pk=project_id).first()
    if found is None:
        raise Http404
    return found


def product_names(project: Project) -> dict[str, Product]:
    """Lower-case SKU or name in any language → product, to find the product a review speaks of."""
    return {
        name.casefold(): product
        for product in Product.objects.filter(project=project)
        for name in (product.sku, product.name, product.name_zh)
        if name
    }


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
