"""Takes steps of people's back."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ideation.base.errors import UserError
from ideation.needs.models import Analysis, EditKind, Need, NeedEdit, StandingNeed
from ideation.needs.querysets import current_analysis
from ideation.needs.services.figures import figures_set
from ideation.needs.services.placing import evidence_replace

PLACING: Final = frozenset({EditKind.MERGE, EditKind.SPLIT, EditKind.MOVE, EditKind.ADD})
FLAGS: Final = ({EditKind.DISMISS, EditKind.RESTORE}, {EditKind.PIN, EditKind.UNPIN})


@transaction.atomic
def edit_undo(*, edit: NeedEdit, by: User | None) -> NeedEdit:
    """Takes one step back. Raises UserError if that was done already, or if a later step stands on it."""
    edit = NeedEdit.objects.select_for_update().select_related("project", "standing").get(pk=edit.pk)
    if edit.undone_at is not None:
        raise UserError("edit_undone", status=409)
    if _overlaid(edit):
        raise UserError("edit_overlaid", status=409)
    analysis = current_analysis(edit.project)
    assert analysis is not None, "an edit is made in an analysis"
    UNDO[EditKind(edit.kind)](edit, analysis)
    edit.undone_at, edit.undone_by = timezone.now(), by
    edit.save(update_fields=["undone_at", "undone_by"])
    if edit.kind in PLACING or edit.kind in FLAGS[0]:
        figures_set(analysis)
    return edit


def _overlaid(edit: NeedEdit) -> bool:
    """Whether a later step of the same sort touched one of the same needs."""
    later = NeedEdit.objects.filter(project=edit.project_id, created_at__gt=edit.created_at, undone_at=None)
    return any(_needs(edit) & _needs(other) for other in later.filter(kind__in=_sort(edit)).defer("before"))


def _sort(edit: NeedEdit) -> frozenset[str]:
    for sort in (PLACING, *FLAGS):
        if edit.kind in sort:
            return frozenset(sort)
    return frozenset({edit.kind})


def _needs(edit: NeedEdit) -> set[uuid.UUID]:
    """The standing needs that a step touched."""
    after: dict[str, Any] = edit.after
    named = [*after.get("merged", []), after.get("new"), after.get("to")]
    return {edit.standing_id, *(uuid.UUID(one) for one in named if one)}


def _need_in(analysis: Analysis, standing: uuid.UUID) -> Need:
    """The need in this analysis; as it was last found, where this one did not look for it."""
    found = Need.objects.filter(analysis=analysis, standing=standing).first()
    if found is None:
        found = Need.objects.filter(standing=standing).order_by("-analysis__created_at")[0]
        found.pk, found.analysis = uuid.uuid4(), analysis
        found.save(force_insert=True)
    return found


def _rename(edit: NeedEdit, analysis: Analysis) -> None:
    before = dict(edit.before)
    statement, label = before.pop("standing")
    StandingNeed.objects.filter(pk=edit.standing_id).update(statement=statement, label=label)
    Need.objects.filter(analysis=analysis, standing=edit.standing_id).update(**before)


def _merge(edit: NeedEdit, analysis: Analysis) -> None:
    StandingNeed.objects.filter(pk__in=edit.after["merged"]).update(merged_into=None)
    _place(edit, analysis)


def _split(edit: NeedEdit, analysis: Analysis) -> None:
    _place(edit, analysis)
    StandingNeed.objects.filter(pk=edit.after["new"]).update(merged_into=edit.standing_id)


def _add(edit: NeedEdit, analysis: Analysis) -> None:
    _place(edit, analysis)
    StandingNeed.objects.filter(pk=edit.standing_id).update(is_dismissed=True)


def _place(edit: NeedEdit, analysis: Analysis) -> None:
    evidence_replace(edit, {key: _need_in(analysis, key) for key in _needs(edit)})


def _flag(edit: NeedEdit, _analysis: Analysis) -> None:
    StandingNeed.objects.filter(pk=edit.standing_id).update(**edit.before)


def _care(edit: NeedEdit, _analysis: Analysis) -> None:
    due = edit.before["due_on"]
    StandingNeed.objects.filter(pk=edit.standing_id).update(
        owner=edit.before["owner"],
        status=edit.before["status"],
        due_on=dt.date.fromisoformat(due) if due else None,
    )


def _theme(edit: NeedEdit, _analysis: Analysis) -> None:
    StandingNeed.objects.filter(pk=edit.standing_id).update(theme=edit.before["theme"])


UNDO: Final[dict[EditKind, Callable[[NeedEdit, Analysis], None]]] = {
    EditKind.RENAME: _rename,
    EditKind.MERGE: _merge,
    EditKind.SPLIT: _split,
    EditKind.MOVE: _place,
    EditKind.ADD: _add,
    EditKind.DISMISS: _flag,
    EditKind.RESTORE: _flag,
    EditKind.PIN: _flag,
    EditKind.UNPIN: _flag,
    EditKind.CARE: _care,
    EditKind.THEME: _theme,
}
