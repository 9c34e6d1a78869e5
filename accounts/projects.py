"""The inner wall: a restricted project is there only for its members, and a key bound to a project sees no other one.

Projects stand above accounts, which knows them by id only. What it must ask about them it asks the module that
settings.PROJECTS names: a name in the settings is there from the start, in every process, and a wrong one fails
loudly, whereas a hook that the room registers works only once the room has been loaded.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol, TypeVar, cast

from django.conf import settings
from django.db import models

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Which of the brand's projects who asks can see: all but the hidden ones, or, of these, only one."""

    hidden: frozenset[uuid.UUID] = frozenset()
    only: uuid.UUID | None = None


class Projects(Protocol):
    """What accounts asks about projects, inside a brand's scope."""

    def hidden_from(self, user_id: uuid.UUID | None) -> frozenset[uuid.UUID]:
        """The projects that this person may not see; nobody sees no restricted one."""
        ...

    def names(self) -> dict[uuid.UUID, str]:
        """The names of the projects that who asks can see."""
        ...


EVERYTHING = Sight()
_sight: ContextVar[Sight] = ContextVar("projects", default=EVERYTHING)


@cache
def projects() -> Projects:
    """The room that knows projects."""
    return cast("Projects", import_module(settings.PROJECTS))


@contextmanager
def seeing(sight: Sight) -> Iterator[None]:
    """Inside, rows of projects beyond this sight are absent. Workers see all."""
    token = _sight.set(sight)
    try:
        yield
    finally:
        _sight.reset(token)


def hidden_projects() -> frozenset[uuid.UUID]:
    """The projects whose rows are left out now."""
    return _sight.get().hidden


def only_project() -> uuid.UUID | None:
    """The one project that the asking key is bound to."""
    return _sight.get().only


class SeenRows(models.Manager[M_co]):
    """The default manager of a brand's rows: without those of projects that who asks can't see.

    Lists, details and the way from a project down to its rows go through it. The way up from a row to what it
    belongs to doesn't, and needn't: both are of the same project, so who has the row may see what it belongs to.
    """

    def get_queryset(self) -> models.QuerySet[M_co]:
        rows, path, sight = super().get_queryset(), getattr(self.model, "project_path", None), _sight.get()
        if path is None or sight == EVERYTHING:
            return rows
        if sight.only is not None:
            rows = self._inside(rows, path, sight.only)
        return rows.exclude(**{f"{path}__in": sight.hidden}) if sight.hidden else rows

    def _inside(self, rows: models.QuerySet[M_co], path: str, project_id: uuid.UUID) -> models.QuerySet[M_co]:
        found = rows.filter(**{path: project_id})
        # A way that begins with many rows would list a row once for each of them.
        many = self.model._meta.get_field(path.partition("__")[0]).one_to_many
        return rows.filter(pk__in=found.values("pk")) if many else found
