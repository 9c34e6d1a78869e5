"""What people do to needs: it takes hold at once and can be undone."""

from collections.abc import Sequence

import pytest

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.needs.models import Citation, Evidence, Need, NeedEdit, Sentence, StandingNeed
from ideation.needs.querysets import needs_of
from ideation.needs.services import (
    claim_create,
    edit_undo,
    evidence_move,
    need_add,
    need_care,
    need_dismiss,
    need_merge,
    need_reword,
    need_split,
    theme_create,
    theme_delete,
    theme_move,
)
from tests.conftest import Person
from tests.needs.ground import analysed


def said(need: Need) -> list[str]:
    return sorted(need.evidence.values_list("sentence__text", flat=True))


def pieces(need: Need, *texts: str) -> list[Evidence]:
    return list(Evidence.objects.filter(need=need, sentence__text__in=texts))


@pytest.fixture
def ground(alice: Person, project: Project, inside: None) -> list[Need]:
    return analysed(project, {"noise": ["too loud", "it hums", "quiet"], "lid": ["lid leaks", "lid opens"]})


def last_edit() -> NeedEdit:
    return NeedEdit.objects.order_by("-created_at")[0]


def test_words_are_a_persons_until_undone(ground: Sequence[Need], alice: Person) -> None:
    noise = ground[0]
    edit = need_reword(need=noise, statement=" I want silence. ", label="silence", by=alice.user)
    noise.refresh_from_db()
    assert (noise.statement, noise.statement_by) == ("I want silence.", "person")
    assert StandingNeed.objects.get(pk=noise.standing_id).statement == "I want silence."
    edit_undo(edit=edit, by=alice.user)
    noise.refresh_from_db()
    assert (noise.statement, noise.statement_by) == ("I want noise.", "evidence")
    assert StandingNeed.objects.get(pk=noise.standing_id).statement == ""
    with pytest.raises(UserError, match="taken back already"):
        edit_undo(edit=edit, by=alice.user)


def test_merging_moves_the_evidence_and_keeps_what_cites_it(ground: Sequence[Need], alice: Person) -> None:
    noise, lid = ground
    cited = pieces(lid, "lid leaks")
    claim_create(text="Lids leak.", evidence=cited)
    edit = need_merge(into=noise, others=[lid], by=alice.user)
    assert said(noise) == ["it hums", "lid leaks", "lid opens", "quiet", "too loud"]
    assert list(needs_of(noise.analysis)) == [noise]
    assert Citation.objects.get().evidence.sentence.text == "lid leaks"
    edit_undo(edit=edit, by=alice.user)
    assert said(noise) == ["it hums", "quiet", "too loud"]
    assert said(lid) == ["lid leaks", "lid opens"]
    assert len(needs_of(noise.analysis)) == 2


def test_splitting_and_moving(ground: Sequence[Need], alice: Person) -> None:
    noise, lid = ground
    hum = need_split(
        need=noise, evidence=pieces(noise, "it hums"), statement="I want no hum.", label="hum", by=alice.user
    )
    split = last_edit()
    assert (said(noise), said(hum)) == (["quiet", "too loud"], ["it hums"])
    move = evidence_move(need=lid, evidence=pieces(lid, "lid opens"), to=hum, by=alice.user)
    assert said(hum) == ["it hums", "lid opens"]
    with pytest.raises(UserError, match="later step"):
        edit_undo(edit=split, by=alice.user)
    edit_undo(edit=move, by=alice.user)
    edit_undo(edit=split, by=alice.user)
    assert (said(noise), said(lid)) == (["it hums", "quiet", "too loud"], ["lid leaks", "lid opens"])
    assert len(needs_of(noise.analysis)) == 2


def test_evidence_that_shows_no_need(ground: Sequence[Need], alice: Person) -> None:
    noise = ground[0]
    edit = evidence_move(need=noise, evidence=pieces(noise, "quiet"), to=None, by=alice.user)
    assert said(noise) == ["it hums", "too loud"]
    assert edit.codings.get().belongs is False
    edit_undo(edit=edit, by=alice.user)
    assert said(noise) == ["it hums", "quiet", "too loud"]


def test_dismissing_caring_and_adding(ground: Sequence[Need], alice: Person, project: Project) -> None:
    noise, lid = ground
    edit = need_dismiss(need=lid, by=alice.user)
    assert list(needs_of(noise.analysis)) == [noise]
    edit_undo(edit=edit, by=alice.user)
    need_care(need=noise, owner=alice.user, status="chosen", due_on=None, by=alice.user)
    edit_undo(edit=last_edit(), by=alice.user)
    assert StandingNeed.objects.get(pk=noise.standing_id).owner is None
    sentence = Sentence.objects.get(text="quiet")
    made = need_add(
        project=project, statement="希望晚上安静。", label="夜里", about="product", sentences=[], by=alice.user
    )
    assert (made.language, made.mentions, made.statement_by) == ("zh", 0, "person")
    other = need_add(
        project=project, statement="I want calm.", label="calm", about="product", sentences=[sentence], by=alice.user
    )
    assert said(other) == ["quiet"]
    edit_undo(edit=last_edit(), by=alice.user)
    assert other not in needs_of(noise.analysis)


def test_what_makes_no_sense_is_refused_and_changes_nothing(ground: Sequence[Need], alice: Person) -> None:
    noise = ground[0]
    by: User = alice.user
    with pytest.raises(UserError, match="at least one other need"):
        need_merge(into=noise, others=[noise], by=by)
    with pytest.raises(UserError, match="not all of them"):
        need_split(need=noise, evidence=list(noise.evidence.all()), statement="x", label="x", by=by)
    with pytest.raises(UserError, match="statement and a name"):
        need_reword(need=noise, statement=" ", label="x", by=by)
    with pytest.raises(UserError, match="Known: open"):
        need_care(need=noise, owner=None, status="lost", due_on=None, by=by)
    assert not NeedEdit.objects.exists()


def test_the_tree_of_themes_keeps_its_depth(project: Project, inside: None) -> None:
    top = theme_create(project=project, name="Kitchen", name_zh="厨房")
    middle = theme_create(project=project, name="Kettles", parent=top)
    low = theme_create(project=project, name="Lids", parent=middle)
    with pytest.raises(UserError, match="3 levels"):
        theme_create(project=project, name="Hinges", parent=low)
    with pytest.raises(UserError, match="itself"):
        theme_move(theme=top, parent=low)
    with pytest.raises(UserError, match="called Kitchen"):
        theme_create(project=project, name="Kitchen")
    theme_delete(theme=middle)
    low.refresh_from_db()
    assert low.parent == top
