"""What pages and API share of corrections: the need as it stands now, and several changes of it at once."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.needs import services
from ideation.needs.models import Analysis, Need, Theme
from ideation.needs.needlist import people
from ideation.needs.querysets import current_analysis
from ideation.needs.querysets import need as find_need

CARE = ("owner", "status", "due_on")


def analysis_now(project: Project) -> Analysis:
    """The analysis that the project shows. Raises UserError before there is one."""
    found = current_analysis(project)
    if found is None:
        raise UserError("no_analysis", status=409)
    return found


def need_now(need_id: uuid.UUID) -> Need:
    """A need that can be corrected. Raises UserError for one of an earlier analysis: its figures stay as they were."""
    found = find_need(need_id)
    if found.analysis_id != analysis_now(found.analysis.project).pk:
        raise UserError("need_earlier", status=409)
    return found


def these(within: QuerySet[Any], ids: Sequence[uuid.UUID], field: str) -> list[Any]:
    """The rows with these ids, each once, in their order. Raises ValidationError, at the field, for one that isn't."""
    found = within.in_bulk(list(ids))
    if unknown := [one for one in ids if one not in found]:
        raise ValidationError({field: [_("There is nothing with the id %(id)s here.") % {"id": unknown[0]}]})
    return [found[one] for one in dict.fromkeys(ids)]


def this(within: QuerySet[Any], one: uuid.UUID | None, field: str) -> Any:
    """The row with this id; None for none. Raises ValidationError, at the field, where there is none with it."""
    return these(within, [one], field)[0] if one else None


@transaction.atomic
def need_change(need: Need, wanted: Mapping[str, Any], by: User | None) -> None:
    """Does all that is wanted of a need, or nothing: each kind of change is a step of its own."""
    standing = need.standing
    if {"statement", "label"} & set(wanted):
        words = {"statement": need.statement, "label": need.label} | _only(wanted, ("statement", "label"))
        services.need_reword(need=need, by=by, **words)
    if set(CARE) & set(wanted):
        care = {name: getattr(standing, name) for name in CARE} | _only(wanted, CARE)
        if "owner" in wanted:
            care["owner"] = this(people(), wanted["owner"], "owner")
        services.need_care(need=need, by=by, **care)
    if "theme" in wanted:
        themes = Theme.objects.filter(project=need.analysis.project_id)
        services.need_theme(need=need, theme=this(themes, wanted["theme"], "theme"), by=by)
    if wanted.get("pinned", standing.is_pinned) != standing.is_pinned:
        services.need_pin(need=need, pinned=wanted["pinned"], by=by)
    if wanted.get("dismissed", standing.is_dismissed) != standing.is_dismissed:
        act = services.need_dismiss if wanted["dismissed"] else services.need_restore
        act(need=need, by=by)


def _only(wanted: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: wanted[name] for name in names if name in wanted}
