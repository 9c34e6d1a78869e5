"""The tree of headings over needs: filled from the shipped headings, then arranged by people."""

import uuid

from django.db import transaction

from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.needs.models import Analysis, StandingNeed, Theme
from mlcore.headings import headings

LEVELS = 3
NAME = 120


def theme_for(analysis: Analysis, code: str) -> Theme | None:
    """The project's theme that came from a shipped heading, made when it is first needed; None for no heading."""
    if not code:
        return None
    names = headings()[code]
    found, _made = Theme.objects.get_or_create(
        project_id=analysis.project_id,
        code=code,
        defaults={"name": names["en"], "name_zh": names["zh"], "position": list(headings()).index(code)},
    )
    return found


@transaction.atomic
def theme_create(*, project: Project, name: str, name_zh: str = "", parent: Theme | None = None) -> Theme:
    """A theme of the team's own. Raises UserError without a name, for one that is taken, or below the third level."""
    _checked(project.pk, name, parent, below=1)
    position = Theme.objects.filter(project=project, parent=parent).count()
    return Theme.objects.create(
        project=project, name=name.strip(), name_zh=name_zh.strip(), parent=parent, position=position
    )


@transaction.atomic
def theme_rename(*, theme: Theme, name: str, name_zh: str = "") -> Theme:
    """Other names. Raises UserError without one, or for one that is taken."""
    _checked(theme.project_id, name, theme.parent, below=0, itself=theme)
    theme.name, theme.name_zh = name.strip(), name_zh.strip()
    theme.save(update_fields=["name", "name_zh"])
    return theme


@transaction.atomic
def theme_move(*, theme: Theme, parent: Theme | None) -> Theme:
    """Puts a theme with all below it under another. Raises UserError for itself, or where the tree grows too deep."""
    above = parent
    while above is not None:
        if above.pk == theme.pk:
            raise UserError("theme_under_itself")
        above = above.parent
    _checked(theme.project_id, theme.name, parent, below=_height(theme), itself=theme)
    theme.parent = parent
    theme.save(update_fields=["parent"])
    return theme


@transaction.atomic
def theme_change(*, theme: Theme, name: str, name_zh: str = "", parent: Theme | None) -> Theme:
    """Other names and another place at once. Raises UserError as each alone would."""
    return theme_rename(theme=theme_move(theme=theme, parent=parent), name=name, name_zh=name_zh)


@transaction.atomic
def theme_delete(*, theme: Theme) -> None:
    """Takes a theme away; what stood under it moves up."""
    StandingNeed.objects.filter(theme=theme).update(theme=theme.parent)
    for child in Theme.objects.filter(parent=theme):
        if Theme.objects.filter(project=theme.project_id, parent=theme.parent, name=child.name).exists():
            raise UserError("theme_taken", name=child.name)
        child.parent = theme.parent
        child.save(update_fields=["parent"])
    theme.delete()


def _checked(project: uuid.UUID, name: str, parent: Theme | None, *, below: int, itself: Theme | None = None) -> None:
    if not name.strip() or len(name.strip()) > NAME:
        raise UserError("theme_name_missing", most=NAME)
    if _depth(parent) + below > LEVELS:
        raise UserError("theme_too_deep", levels=LEVELS)
    same = Theme.objects.filter(project=project, parent=parent, name=name.strip())
    if any(one != itself for one in same):
        raise UserError("theme_taken", name=name.strip())


def _depth(theme: Theme | None) -> int:
    return 0 if theme is None else 1 + _depth(theme.parent)


def _height(theme: Theme) -> int:
    return 1 + max((_height(child) for child in Theme.objects.filter(parent=theme)), default=0)
