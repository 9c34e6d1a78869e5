"""The only writer of saved views."""

from django.db import IntegrityError, transaction

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.reviews.models import SavedView

MOST = 100
"""Saved views of a project."""


@transaction.atomic
def view_save(*, project: Project, name: str, query: str, created_by: User | None = None) -> SavedView:
    """Keeps filters under a name; another view of this name gives way. Raises UserError when there are too many."""
    found = SavedView.objects.filter(project=project, name=name).first()
    if found is None:
        if SavedView.objects.filter(project=project).count() >= MOST:
            raise UserError("views_many", status=409, most=MOST)
        return SavedView.objects.create(project=project, name=name, query=query, created_by=created_by)
    found.query = query
    found.save(update_fields=["query"])
    return found


def view_rename(*, view: SavedView, name: str) -> SavedView:
    """Gives a view another name. Raises UserError if another one has it."""
    view.name = name
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:
        raise UserError("view_name_taken", status=409, field="name") from None
    return view


def view_delete(*, view: SavedView) -> None:
    """Removes a view; the reviews stay."""
    view.delete()
