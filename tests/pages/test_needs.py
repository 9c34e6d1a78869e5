"""Pages of needs: who may correct them, what each correction does and undoes, and what is refused with a cure."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from ideation.needs.models import Analysis, Evidence, Need, NeedEdit, Sentence, StandingNeed, SurveyFigure, Theme
from ideation.needs.querysets import needs_of, unassigned_of
from tests.api.world import World, contents, make_world
from tests.conftest import Person


@pytest.fixture
def world(alice: Person) -> World:
    return make_world(alice, "ALPHA")


def project_page(person: Person, world: World, name: str = "needs/") -> str:
    return f"/b/{person.brand.slug}/p/{world.project.pk}/{name}"


def need_page(person: Person, world: World, name: str = "") -> str:
    return f"/b/{person.brand.slug}/needs/{world.needs[0].pk}/{name}"


def corrections(world: World) -> dict[str, dict[str, Any]]:
    """Address below the brand → what is posted there."""
    need, other = world.needs
    return {
        f"needs/{need.pk}/words/": {"statement": "I want peace.", "label": "peace"},
        f"needs/{need.pk}/flag/": {"do": "dismiss"},
        f"needs/{need.pk}/care/": {"status": "chosen"},
        f"needs/{need.pk}/theme/": {"theme": str(world.theme.pk)},
        f"needs/{need.pk}/evidence/": {"do": "none", "evidence": [str(world.needs[0].evidence.all()[0].pk)]},
        f"needs/{need.pk}/survey/remove/": {},
        f"p/{world.project.pk}/needs/several/": {"do": "merge", "needs": [str(need.pk), str(other.pk)]},
        f"p/{world.project.pk}/needs/undo/?edit={world.edit.pk}": {},
        f"p/{world.project.pk}/needs/unassigned/assign/": {"to": str(need.pk)},
        f"p/{world.project.pk}/needs/new/": {"statement": "I want it light.", "label": "weight", "about": "product"},
        f"p/{world.project.pk}/needs/frame/": {"table": "{}"},
        f"p/{world.project.pk}/needs/survey/": {"source": "x", "scale": "1-5"},
        f"p/{world.project.pk}/themes/": {"name": "Mine"},
        f"themes/{world.theme.pk}/": {"name": "Mine"},
        f"themes/{world.theme.pk}/delete/": {},
    }


@pytest.mark.django_db
def test_who_only_looks_corrects_nothing_and_outsiders_find_nothing(
    alice: Person, bob: Person, charlie: Person, world: World
) -> None:
    with alice.scope():
        sent = corrections(world)
    before = contents(alice)
    for address, data in sent.items():
        allowed = {200} if address.endswith("/themes/") else {403}
        assert bob.client.post(f"/b/{alice.brand.slug}/{address}", data).status_code in allowed, address
        assert charlie.client.post(f"/b/{alice.brand.slug}/{address}", data).status_code == 404, address
        assert charlie.client.post(f"/b/{charlie.brand.slug}/{address}", data).status_code == 404, address
    assert contents(alice) == before
    assert 'name="do"' not in bob.client.get(need_page(alice, world)).content.decode()
    assert "Undo" not in bob.client.get(need_page(alice, world)).content.decode()


@pytest.mark.django_db
def test_a_need_is_reworded_and_the_step_undone(alice: Person, world: World) -> None:
    page = need_page(alice, world)
    data = {"statement": "I want peace.", "label": "peace", "next": page}
    shown = alice.client.post(f"{page}words/", data, follow=True).content.decode()
    assert "I want peace." in shown
    undo = re.search(r'action="([^"]+/needs/undo/\?edit=[^"]+)"', shown)
    assert undo
    assert "Undone." in alice.client.post(undo[1], {"next": page}, follow=True).content.decode()
    with alice.scope():
        world.needs[0].refresh_from_db()
        assert world.needs[0].statement == "I want it quieter, ALPHA"
    empty = alice.client.post(f"{page}words/", {"statement": " ", "label": "peace"})
    assert empty.status_code == 400
    assert alice.client.post(undo[1], {"next": page}, follow=True).content.decode().count("taken back already") == 1


@pytest.mark.django_db
def test_several_needs_are_merged_dismissed_and_put_under_a_theme(alice: Person, world: World) -> None:
    several = project_page(alice, world, "needs/several/")
    both = [str(need.pk) for need in world.needs]
    assert alice.client.post(several, {"do": "theme", "needs": both, "theme": str(world.theme.pk)}).status_code == 302
    listed = alice.client.get(project_page(alice, world)).content.decode()
    assert "Theme ALPHA" in listed
    alice.client.post(several, {"do": "dismiss", "needs": both[1:]})
    gone = alice.client.get(project_page(alice, world), {"view": "flat", "dismissed": "yes"}).content.decode()
    assert "Take back as needs" in gone
    alice.client.post(several, {"do": "restore", "needs": both[1:]})
    alice.client.post(several, {"do": "merge", "needs": both})
    with alice.scope():
        [left] = needs_of(world.needs[0].analysis)
        assert left.evidence.count() == 3
    none = alice.client.post(several, {"do": "merge"})
    assert (none.status_code, "Choose at least one need first." in none.content.decode()) == (400, True)


@pytest.mark.django_db
def test_evidence_is_moved_split_off_and_taken_out(alice: Person, world: World) -> None:
    page = need_page(alice, world)
    with alice.scope():
        first, hums = (str(piece.pk) for piece in world.needs[0].evidence.all())
    split = {"do": "split", "evidence": [hums], "statement": "I want no hum.", "label": "hum"}
    assert alice.client.post(f"{page}evidence/", {**split, "label": ""}).status_code == 400
    assert alice.client.post(f"{page}evidence/", split).status_code == 302
    with alice.scope():
        made = Need.objects.get(label="hum")
        assert (made.mentions, made.standing.by_hand) == (1, True)
    lost = alice.client.post(f"{page}evidence/", {"do": "move", "evidence": [first]})
    assert (lost.status_code, "Choose the need" in lost.content.decode()) == (400, True)
    alice.client.post(f"{page}evidence/", {"do": "move", "evidence": [first], "to": str(made.pk)})
    with alice.scope():
        assert made.evidence.count() == 2
    assert "No sentence shows it yet" in alice.client.get(page).content.decode()


@pytest.mark.django_db
def test_sentences_without_a_need_find_one(alice: Person, world: World) -> None:
    page = project_page(alice, world, "needs/unassigned/")
    shown = alice.client.get(page).content.decode()
    assert "the cord is short" in shown
    assert "too loud" not in shown
    assert "No sentence fits" in alice.client.get(page, {"q": "nobody said"}).content.decode()
    with alice.scope():
        cord = str(Sentence.objects.get(text__contains="cord").pk)
    assert alice.client.post(f"{page}assign/", {"sentences": [cord]}).status_code == 400
    words = {"statement": "I want a longer cord.", "label": "cord"}
    alice.client.post(f"{page}assign/", {"sentences": [cord], **words})
    with alice.scope():
        analysis = Analysis.objects.get()
        assert not unassigned_of(analysis).exists()
        assert Evidence.objects.get(need__label="cord").sentence.text == "ALPHA: the cord is short"
    assert "Every telling sentence has a need" in alice.client.get(page).content.decode()


@pytest.mark.django_db
def test_a_need_is_added_with_the_sentences_of_a_search(alice: Person, world: World) -> None:
    page = project_page(alice, world, "needs/new/")
    shown = alice.client.get(page, {"q": "cord"}).content.decode()
    [found] = re.findall(r'name="sentences" value="([^"]+)"', shown)
    data = {"statement": "I want a longer cord.", "label": "cord", "about": "product", "sentences": [found]}
    assert alice.client.post(page, {**data, "label": ""}).status_code == 400
    assert "cord" in alice.client.post(page, data, follow=True).content.decode()
    with alice.scope():
        assert NeedEdit.objects.get(kind="add").after["sentences"] == 1


@pytest.mark.django_db
def test_who_takes_care_and_filters_by_it(alice: Person, charlie: Person, world: World) -> None:
    page = need_page(alice, world)
    care = {"owner": str(alice.user.pk), "status": "chosen", "due_on": "2027-03-01"}
    assert alice.client.post(f"{page}care/", care).status_code == 302
    assert alice.client.post(f"{page}care/", {**care, "owner": str(charlie.user.pk)}).status_code == 400
    assert alice.client.post(f"{page}care/", {**care, "due_on": "soon"}).status_code == 400
    for query, count in (({"status": "chosen"}, 1), ({"owner": "none"}, 1), ({"owner": care["owner"]}, 1), ({}, 2)):
        listed = alice.client.get(project_page(alice, world), {**query, "view": "flat"}).content.decode()
        assert len(re.findall(r'name="needs" value=', listed)) == count, query
    assert "No need fits" in alice.client.get(project_page(alice, world), {"kano": "must_be"}).content.decode()


@pytest.mark.django_db
def test_an_earlier_analysis_is_only_looked_at(alice: Person, world: World) -> None:
    with alice.scope():
        old = world.needs[0]
        analysis = Analysis.objects.get()
        newer = Analysis.objects.create(
            project=world.project, version=analysis.version, reviews_count=2, finished_at=analysis.finished_at
        )
        Analysis.objects.filter(pk=analysis.pk).update(finished_at="2026-01-01T00:00Z")
        found = Need.objects.get(pk=old.pk)
        found.pk, found.analysis = None, newer
        found.pk = Need._meta.pk.get_default()
        found.save(force_insert=True)
    shown = alice.client.get(need_page(alice, world)).content.decode()
    assert "an earlier analysis found" in shown
    assert str(found.pk) in shown
    refused = alice.client.post(need_page(alice, world, "flag/"), {"do": "pin"})
    assert (refused.status_code, "earlier analysis" in refused.content.decode()) == (409, True)


@pytest.mark.django_db
def test_themes_make_a_tree_of_three_levels(alice: Person, world: World) -> None:
    page = project_page(alice, world, "themes/")
    above = str(world.theme.pk)
    for name in ("Second", "Third"):
        assert alice.client.post(page, {"name": name, "name_zh": "二", "parent": above}).status_code == 302
        with alice.scope():
            above = str(Theme.objects.get(name=name).pk)
    deep = alice.client.post(page, {"name": "Fourth", "parent": above})
    assert (deep.status_code, "3 levels" in deep.content.decode()) == (400, True)
    assert alice.client.post(page, {"name": "Theme ALPHA"}).status_code == 400
    edit = f"/b/{alice.brand.slug}/themes/{world.theme.pk}/"
    assert alice.client.post(edit, {"name": "Sound", "parent": above}).status_code == 400
    assert alice.client.post(edit, {"name": "Sound", "name_zh": "声音"}).status_code == 302
    alice.client.post(f"{edit}delete/")
    with alice.scope():
        assert {(one.name, one.parent and one.parent.name) for one in Theme.objects.all()} == {
            ("Second", None), ("Third", "Second"),
        }  # fmt: skip


FRAME = """theme,theme_zh,subtheme,need,need_zh,label,about
Use,使用,Morning,I want it quieter in the morning.,,quiet,
Use,,,I want a light kettle.,,,product
,,Lost,I want more.,,,
,,,I want a light kettle.,,again,
Shop,,,"I want it ""ALPHA"" fast.",,,neither
Colours,,,,,,
"""


@pytest.mark.django_db
def test_a_code_frame_is_shown_before_it_comes_in(alice: Person, world: World) -> None:
    page = project_page(alice, world, "needs/frame/")
    before = contents(alice)
    shown = alice.client.post(page, {"file": SimpleUploadedFile("f.csv", FRAME.encode())})
    assert contents(alice) == before
    packed = shown.context["packed"]
    frame = shown.context["frame"]
    assert [(row.line, row.code) for row in frame.rejected] == [
        (4, "theme_gap"), (5, "need_repeats"), (6, "bad_about"),
    ]  # fmt: skip
    assert "Fill in the levels from the top down." in shown.content.decode()
    assert alice.client.post(page, {"table": packed}).status_code == 302
    with alice.scope():
        quiet = StandingNeed.objects.get(label="quiet")
        assert quiet.theme
        assert quiet.theme.parent
        assert (quiet.theme.name, quiet.theme.parent.name_zh) == ("Morning", "使用")
        assert Theme.objects.filter(name="Colours").exists()
        assert StandingNeed.objects.get(label="I want a light kettle.").by_hand
    again = alice.client.post(page, {"file": SimpleUploadedFile("f.csv", FRAME.encode())}).context["frame"]
    assert (again.themes, again.new_needs) == ([], [])
    nothing = alice.client.post(page, {"file": SimpleUploadedFile("f.csv", b"colour,size\nred,2\n")})
    assert (nothing.status_code, "No column holds themes or needs" in nothing.content.decode()) == (400, True)
    assert alice.client.post(page, {"table": "[1"}).status_code == 400


@pytest.mark.django_db
def test_a_survey_goes_before_what_reviews_show(alice: Person, world: World) -> None:
    page = project_page(alice, world, "needs/survey/")
    with alice.scope():
        Need.objects.filter(pk=world.needs[1].pk).update(label="speed", statement="I want it fast.")
    rows = (
        f"need,importance,satisfaction,n,scale\n{world.needs[0].pk},4.2,2,40,1-5\nspeed,9,,,\nI want it quick,3,3,9,\n"
    )
    rows += "i want it FAST,3,3,9,\nspeed,,,5,\n"
    file = SimpleUploadedFile("s.csv", rows.encode())
    shown = alice.client.post(page, {"file": file, "source": "Panel", "scale": "1-7"})
    done = shown.context["done"]
    assert [(row.line, row.code) for row in done.unused] == [
        (3, "off_scale"), (4, "survey_need_like"), (6, "need_repeats"),
    ]  # fmt: skip
    assert "from 1 to 7" in shown.content.decode()
    with alice.scope():
        said = SurveyFigure.objects.get(standing=world.needs[0].standing)
        assert (round(said.importance or 0, 3), round(said.satisfaction or 0, 3), said.answers) == (8.0, 2.5, 40)
        found = Need.objects.get(pk=world.needs[0].pk)
        assert (round(found.importance, 3), round(found.opportunity, 3)) == (8.0, 13.5)
    need = alice.client.get(need_page(alice, world)).content.decode()
    assert "What the survey says" in need
    assert "40 answers, from Panel" in need
    alice.client.post(need_page(alice, world, "survey/remove/"))
    with alice.scope():
        assert not SurveyFigure.objects.filter(standing=world.needs[0].standing).exists()


@pytest.mark.django_db
def test_owners_are_members_only(alice: Person, charlie: Person, world: World) -> None:
    shown = alice.client.get(need_page(alice, world)).content.decode()
    assert str(alice.user.pk) in shown
    assert str(charlie.user.pk) not in shown
    assert User.objects.filter(pk=charlie.user.pk).exists()
