"""What people do to needs. Each step takes hold at once, is kept through every later analysis, and can be undone."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.needs.models import (
    Analysis,
    EditKind,
    Evidence,
    Need,
    NeedEdit,
    NeedStatus,
    Sentence,
    StandingNeed,
    Theme,
)
from ideation.needs.querysets import current_analysis
from ideation.needs.services.figures import figures_set
from ideation.needs.services.placing import evidence_place
from mlcore.text import language as language_of

STATEMENT, LABEL = 300, 120


@transaction.atomic
def need_reword(*, need: Need, statement: str, label: str, by: User | None) -> NeedEdit:
    """A person's words for a need; no analysis changes them again. Raises UserError where one is empty or too long."""
    said, named = _worded(statement, label)
    before = {name: getattr(need, name) for name in ("statement", "label", "statement_by")}
    before["standing"] = [need.standing.statement, need.standing.label]
    _set(need.standing, statement=said, label=named)
    _set(need, statement=said, label=named, statement_by="person")
    return _note(need, EditKind.RENAME, by, before=before, after={"statement": said, "label": named})


@transaction.atomic
def need_merge(*, into: Need, others: Sequence[Need], by: User | None) -> NeedEdit:
    """Lets the others' evidence speak for one need; they are gone from then on.

    Raises UserError without another need of the same analysis.
    """
    others = [need for need in others if need.pk != into.pk]
    if not others or any(need.analysis_id != into.analysis_id for need in others):
        raise UserError("merge_needs_others")
    edit = _note(into, EditKind.MERGE, by, after={"merged": [str(need.standing_id) for need in others]})
    for need in others:
        said = list(Evidence.objects.filter(need=need).select_related("sentence"))
        evidence_place(edit, [piece.sentence for piece in said], out_of=need, into=into)
        _set(need.standing, merged_into=into.standing)
    figures_set(into.analysis)
    return edit


@transaction.atomic
def need_split(*, need: Need, evidence: Sequence[Evidence], statement: str, label: str, by: User | None) -> Need:
    """A need of its own for some of another's evidence. Raises UserError for none or all of it, or without words."""
    if not evidence or len(evidence) >= need.evidence.count():
        raise UserError("split_needs_part")
    made = _made(need.analysis, statement, label, need.language, need.about, need.standing.theme)
    edit = _note(need, EditKind.SPLIT, by, after={"new": str(made.standing_id), "sentences": len(evidence)})
    evidence_place(edit, [piece.sentence for piece in evidence], out_of=need, into=made)
    figures_set(need.analysis)
    made.refresh_from_db()
    return made


@transaction.atomic
def evidence_move(*, need: Need, evidence: Sequence[Evidence], to: Need | None, by: User | None) -> NeedEdit:
    """Says that sentences show another need, or none. Later analyses follow, and judge what is alike by it."""
    if not evidence or (to is not None and (to.pk == need.pk or to.analysis_id != need.analysis_id)):
        raise UserError("move_needs_sentences")
    after = {"to": str(to.standing_id) if to else None, "sentences": len(evidence)}
    edit = _note(need, EditKind.MOVE, by, after=after)
    evidence_place(edit, [piece.sentence for piece in evidence], out_of=need, into=to)
    figures_set(need.analysis)
    return edit


@transaction.atomic
def sentences_place(*, need: Need, sentences: Sequence[Sentence], by: User | None) -> NeedEdit:
    """Says that sentences show a need, whatever else they show. Raises UserError for none."""
    if not sentences:
        raise UserError("move_needs_sentences")
    edit = _note(need, EditKind.MOVE, by, after={"to": str(need.standing_id), "sentences": len(sentences)})
    evidence_place(edit, sentences, out_of=None, into=need)
    figures_set(need.analysis)
    return edit


@transaction.atomic
def need_dismiss(*, need: Need, by: User | None) -> NeedEdit:
    """Marks it as no need: its sentences, and later ones like them, count for none."""
    return _flagged(need, EditKind.DISMISS, by, is_dismissed=True)


@transaction.atomic
def need_restore(*, need: Need, by: User | None) -> NeedEdit:
    """Takes it back as a need."""
    return _flagged(need, EditKind.RESTORE, by, is_dismissed=False)


@transaction.atomic
def need_pin(*, need: Need, pinned: bool, by: User | None) -> NeedEdit:
    """Puts it first, or no longer."""
    return _flagged(need, EditKind.PIN if pinned else EditKind.UNPIN, by, is_pinned=pinned)


@transaction.atomic
def need_add(
    *, project: Project, statement: str, label: str, about: str, sentences: Sequence[Sentence], by: User | None
) -> Need:
    """A need that a person knows of, with the sentences that show it, if there are any yet.

    Raises UserError without words, or before anything was analysed.
    """
    analysis = current_analysis(project)
    if analysis is None:
        raise UserError("no_analysis", status=409)
    tongues = [sentence.language for sentence in sentences] or [language_of(statement)]
    made = _made(analysis, statement, label, max(sorted(set(tongues)), key=tongues.count), about, None)
    edit = _note(made, EditKind.ADD, by, after={"statement": made.statement, "sentences": len(sentences)})
    evidence_place(edit, sentences, out_of=None, into=made)
    figures_set(analysis)
    made.refresh_from_db()
    return made


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A need in words, as a person brings it along."""

    statement: str
    label: str
    about: str
    theme: Theme | None


@transaction.atomic
def needs_add(*, project: Project, wishes: Sequence[Wish], by: User | None) -> list[Need]:
    """Many needs at once, without sentences yet. Raises UserError without words, or before anything was analysed."""
    analysis = current_analysis(project)
    if analysis is None:
        raise UserError("no_analysis", status=409)
    found = []
    for wish in wishes:
        tongue = language_of(wish.statement)
        found.append(_made(analysis, wish.statement, wish.label, tongue, wish.about, wish.theme))
        _note(found[-1], EditKind.ADD, by, after={"statement": found[-1].statement, "sentences": 0})
    if found:
        figures_set(analysis)
    return found


@transaction.atomic
def need_care(*, need: Need, owner: User | None, status: str, due_on: dt.date | None, by: User | None) -> NeedEdit:
    """Who takes care of it, where the team stands with it, and until when. Raises UserError for an unknown status."""
    if status not in NeedStatus.values:
        raise UserError("need_status_unknown", given=status, known=", ".join(NeedStatus.values))
    before = care_of(need.standing)
    _set(need.standing, owner=owner, status=status, due_on=due_on)
    return _note(need, EditKind.CARE, by, before=before, after=care_of(need.standing))


@transaction.atomic
def need_theme(*, need: Need, theme: Theme | None, by: User | None) -> NeedEdit:
    """Puts a need under a theme of its project, or under none."""
    before = {"theme": str(need.standing.theme_id) if need.standing.theme_id else None}
    _set(need.standing, theme=theme)
    return _note(need, EditKind.THEME, by, before=before, after={"theme": str(theme.pk) if theme else None})


def care_of(standing: StandingNeed) -> dict[str, Any]:
    """Owner, status and date as an edit keeps them."""
    return {
        "owner": str(standing.owner_id) if standing.owner_id else None,
        "status": standing.status,
        "due_on": standing.due_on.isoformat() if standing.due_on else None,
    }


def _flagged(need: Need, kind: EditKind, by: User | None, **flags: bool) -> NeedEdit:
    before = {name: getattr(need.standing, name) for name in flags}
    _set(need.standing, **flags)
    edit = _note(need, kind, by, before=before, after=flags)
    if "is_dismissed" in flags:
        figures_set(need.analysis)
    return edit


def _made(analysis: Analysis, statement: str, label: str, language: str, about: str, theme: Theme | None) -> Need:
    said, named = _worded(statement, label)
    standing = StandingNeed.objects.create(
        project_id=analysis.project_id, theme=theme, statement=said, label=named, by_hand=True
    )
    return Need.objects.create(
        analysis=analysis, standing=standing, rank=0, statement=said, statement_by="person", about=about, label=named,
        language=language, mentions=0, net_sentiment=0, importance=0, satisfaction=5, opportunity=0,
    )  # fmt: skip


def _worded(statement: str, label: str) -> tuple[str, str]:
    said, named = statement.strip(), label.strip()
    if not said or not named:
        raise UserError("need_words_missing")
    if len(said) > STATEMENT or len(named) > LABEL:
        raise UserError("need_words_long", statement=STATEMENT, label=LABEL)
    return said, named


def _set(row: Need | StandingNeed, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _note(
    need: Need, kind: EditKind, by: User | None, *, before: dict[str, Any] | None = None, after: dict[str, Any]
) -> NeedEdit:
    return NeedEdit.objects.create(
        project_id=need.analysis.project_id, standing=need.standing, kind=kind, before=before or {}, after=after,
        created_by=by,
    )  # fmt: skip
