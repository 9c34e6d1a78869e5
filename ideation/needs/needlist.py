"""The list of needs: which ones its filters leave, in which order, and under which themes they stand."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from ideation.catalog.models import Project
from ideation.needs.models import Analysis, Need, Theme

SORTS: Final = ("opportunity", "importance", "satisfaction", "mentions", "net_sentiment")
NONE: Final = "none"
"""Of a filter by theme or owner: those that have none."""
LEVELS: Final = 3
"""Of the tree of themes."""


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A theme of the tree with the needs that stand under it; `theme` is None for those under no theme."""

    theme: Theme | None
    level: int
    """0 for a theme at the top."""
    needs: Sequence[Need]
    branches: Sequence["Branch"]

    @property
    def count(self) -> int:
        """Needs here and below."""
        return len(self.needs) + sum(branch.count for branch in self.branches)

    @property
    def key(self) -> str:
        """Under which the page remembers whether it is open."""
        return str(self.theme.pk) if self.theme else NONE


def needs_standing(analysis: Analysis) -> QuerySet[Need]:
    """An analysis's needs without those that went up in another one; those that are no needs among them."""
    whole = Need.objects.filter(analysis=analysis, standing__merged_into=None)
    return whole.select_related("standing__theme", "standing__owner")


def needs_listed(analysis: Analysis, wanted: Mapping[str, Any]) -> QuerySet[Need]:
    """The needs that filters leave, pinned ones first; what is marked as no need has a filter of its own."""
    found = needs_standing(analysis).filter(standing__is_dismissed=wanted.get("dismissed") == "yes")
    if text := str(wanted.get("q", "")).strip():
        found = found.filter(Q(statement__icontains=text) | Q(label__icontains=text))
    for name in ("language", "kano", "about"):
        if value := wanted.get(name):
            found = found.filter(**{name: value})
    if status := wanted.get("status"):
        found = found.filter(standing__status=status)
    if wanted.get("pinned") == "yes":
        found = found.filter(standing__is_pinned=True)
    found = found.filter(_owned(wanted.get("owner")), _under(analysis.project, wanted.get("theme")))
    return found.order_by("-standing__is_pinned", *_order(str(wanted.get("sort") or SORTS[0])))


def _order(sort: str) -> tuple[str, ...]:
    return ("satisfaction", "rank") if sort == "satisfaction" else (f"-{sort}", "rank")


def _owned(owner: str | None) -> Q:
    if not owner:
        return Q()
    return Q(standing__owner=None) if owner == NONE else Q(standing__owner=owner)


def _under(project: Project, theme: str | None) -> Q:
    if not theme:
        return Q()
    if theme == NONE:
        return Q(standing__theme=None)
    return Q(standing__theme__in=below(themes_of(project), uuid.UUID(theme)))


def people() -> QuerySet[User]:
    """The brand's members, by name."""
    return User.objects.filter(pk__in=Membership.objects.values("user")).order_by("name", "email")


def themes_of(project: Project) -> list[Theme]:
    """A project's themes, each below its parent, in the order of the tree; `depth` says how far below the top."""
    children: dict[uuid.UUID | None, list[Theme]] = defaultdict(list)
    for theme in Theme.objects.filter(project=project).select_related("parent"):
        children[theme.parent_id].append(theme)

    def walk(parent: uuid.UUID | None, depth: int) -> Iterable[Theme]:
        for theme in children[parent]:
            theme.depth = depth  # type: ignore[attr-defined]  # for lists that indent
            yield theme
            yield from walk(theme.pk, depth + 1)

    return list(walk(None, 0))


def below(themes: Sequence[Theme], top: uuid.UUID) -> set[uuid.UUID]:
    """A theme's id and those of all below it."""
    found = {top}
    for theme in themes:  # parents come before their children
        if theme.parent_id in found:
            found.add(theme.pk)
    return found


def tree(themes: Sequence[Theme], needs: Iterable[Need], *, empty: bool = False) -> list[Branch]:
    """The needs under their themes; themes without needs are left out unless `empty`; last, those under none."""
    under: dict[uuid.UUID | None, list[Need]] = defaultdict(list)
    for need in needs:
        under[need.standing.theme_id].append(need)

    def branches(parent: uuid.UUID | None, level: int) -> list[Branch]:
        made = [
            Branch(theme=theme, level=level, needs=under[theme.pk], branches=branches(theme.pk, level + 1))
            for theme in themes
            if theme.parent_id == parent
        ]
        return [branch for branch in made if empty or branch.count]

    rest = Branch(theme=None, level=0, needs=under[None], branches=())
    return [*branches(None, 0), *([rest] if rest.needs else [])]
