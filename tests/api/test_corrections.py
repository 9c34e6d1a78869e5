"""Corrections of needs by the API: what each does, what is refused with a cure, and that every step can be undone."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ideation.needs.models import Evidence, Need, NeedEdit, Sentence
from tests.api.test_access import refused
from tests.api.world import World, contents
from tests.conftest import Person


def send(person: Person, address: str, body: dict[str, Any], method: str = "post") -> Any:
    return getattr(person.api, method)(f"/api/v1/{address}", json.dumps(body), content_type="application/json")


def evidence(world: World) -> list[str]:
    return [str(one) for one in Evidence.objects.filter(need=world.needs[0]).values_list("pk", flat=True)]


def test_all_that_a_need_says_of_itself_can_be_changed_at_once(alice: Person, world: World) -> None:
    wanted = {
        "label": "sound", "owner": str(alice.user.pk), "status": "chosen", "due_on": "2027-03-01",
        "theme": str(world.theme.pk), "pinned": True,
    }  # fmt: skip
    address = f"needs/{world.needs[0].pk}/"
    shown = send(alice, address, wanted, "patch").json()
    assert {name: shown[name] for name in wanted} == wanted
    assert (shown["statement"], shown["statement_by"]) == (world.needs[0].statement, "person")
    with alice.scope():
        assert NeedEdit.objects.filter(standing=world.needs[0].standing).count() == 4
    listed = alice.api.get(f"/api/v1/projects/{world.project.pk}/needs/", {"pinned": "true"}).json()["results"]
    assert [one["id"] for one in listed] == [shown["id"]]


def test_a_change_is_done_as_a_whole_or_not_at_all(alice: Person, charlie: Person, world: World) -> None:
    before = contents(alice)
    address = f"needs/{world.needs[0].pk}/"
    for wrong in ({"owner": str(charlie.user.pk)}, {"theme": str(world.project.pk)}, {"status": "lost"}):
        answer = send(alice, address, {"statement": "Mine.", "pinned": True, **wrong}, "patch")
        refused(answer, 400)
        assert answer.json()["errors"][0]["field"] in wrong
    assert contents(alice) == before


def test_a_dismissed_need_leaves_the_list_and_comes_back(alice: Person, world: World) -> None:
    needs = f"/api/v1/projects/{world.project.pk}/needs/"
    send(alice, f"needs/{world.needs[0].pk}/", {"dismissed": True}, "patch")
    assert [one["id"] for one in alice.api.get(needs).json()["results"]] == [str(world.needs[1].pk)]
    gone = alice.api.get(needs, {"dismissed": "true"}).json()["results"]
    assert [one["id"] for one in gone] == [str(world.needs[0].pk)]
    edits = alice.api.get(f"/api/v1/projects/{world.project.pk}/need-edits/").json()["results"]
    assert edits[0]["kind"] == "dismiss"
    assert send(alice, f"need-edits/{edits[0]['id']}/undo/", {}).json()["undone_at"]
    assert len(alice.api.get(needs).json()["results"]) == 2
    again = send(alice, f"need-edits/{edits[0]['id']}/undo/", {})
    refused(again, 409)
    assert again.json()["code"] == "edit_undone"


def test_needs_are_merged_and_split(alice: Person, world: World) -> None:
    one, other = (str(need.pk) for need in world.needs)
    with alice.scope():
        pieces = evidence(world)
    words = {"statement": "I want no hum.", "label": "hum"}
    refused(send(alice, f"needs/{one}/split/", {"evidence": pieces, **words}), 400)
    made = send(alice, f"needs/{one}/split/", {"evidence": pieces[1:], **words})
    assert (made.status_code, made.json()["label"], made.json()["by_hand"]) == (201, "hum", True)
    shown = send(alice, f"needs/{one}/merge/", {"others": [other, made.json()["id"]]}).json()
    assert "derived" in shown["figures"]
    with alice.scope():
        assert len(evidence(world)) == 3
    assert len(alice.api.get(f"/api/v1/projects/{world.project.pk}/needs/").json()["results"]) == 1


def test_sentences_are_moved_and_placed(alice: Person, world: World) -> None:
    one, other = (str(need.pk) for need in world.needs)
    left = f"/api/v1/projects/{world.project.pk}/unassigned-sentences/"
    with alice.scope():
        pieces = evidence(world)
    refused(send(alice, f"needs/{other}/move/", {"evidence": pieces, "to": None}), 400)
    send(alice, f"needs/{one}/move/", {"evidence": pieces[1:], "to": None})
    found = {row["text"]: row["id"] for row in alice.api.get(left).json()["results"]}
    assert set(found) == {"ALPHA: it hums, too", "ALPHA: the cord is short"}
    shown = send(alice, f"needs/{other}/sentences/", {"sentences": list(found.values())}).json()
    assert len(shown["evidence"]) == 3
    assert alice.api.get(left).json()["results"] == []


def test_a_need_is_added_by_hand(alice: Person, world: World) -> None:
    with alice.scope():
        cord = str(Sentence.objects.get(text__contains="cord").pk)
    body = {"statement": "I want a longer cord.", "label": "cord", "sentences": [cord]}
    made = send(alice, f"projects/{world.project.pk}/needs/", body)
    assert (made.status_code, made.json()["mentions"], made.json()["language"]) == (201, 1, "en")


def test_themes_are_made_moved_and_deleted(alice: Person, world: World) -> None:
    themes = f"projects/{world.project.pk}/themes/"
    below = send(alice, themes, {"name": "Hum", "name_zh": "嗡嗡", "parent": str(world.theme.pk)}).json()
    assert below["parent"] == str(world.theme.pk)
    refused(send(alice, themes, {"name": "Hum", "parent": below["parent"]}), 400)
    refused(send(alice, f"themes/{world.theme.pk}/", {"parent": below["id"]}, "patch"), 400)
    moved = send(alice, f"themes/{below['id']}/", {"parent": None}, "patch").json()
    assert (moved["name"], moved["name_zh"], moved["parent"]) == ("Hum", "嗡嗡", None)
    assert send(alice, f"themes/{below['id']}/delete/", {}).status_code == 204
    refused(alice.api.get(f"/api/v1/themes/{below['id']}/"), 404)


def test_files_bring_a_code_frame_and_a_survey(alice: Person, world: World) -> None:
    project = f"/api/v1/projects/{world.project.pk}"
    frame = "主题,需求,名称\n清洁,我想要容易清洗,清洗\n清洁,我想要容易清洗,又\n"
    said = alice.api.post(f"{project}/code-frames/", {"file": SimpleUploadedFile("f.csv", frame.encode())}).json()
    assert (said["themes"], said["needs"], said["known"]) == (1, 1, 0)
    assert [(row["line"], row["code"]) for row in said["rejected"]] == [(3, "need_repeats")]
    survey = "需求,重要性,满意度,样本量\n清洗,5,1,30\n噪声大,3,3,30\n"
    file = SimpleUploadedFile("s.csv", survey.encode())
    told = alice.api.post(f"{project}/surveys/", {"file": file, "source": "Panel"}).json()
    with alice.scope():
        found = Need.objects.get(label="清洗")
        assert told["needs"] == [str(found.pk)]
        assert (found.importance, found.satisfaction, found.standing.theme and found.standing.theme.name) == (
            10.0, 0.0, "清洁",
        )  # fmt: skip
    assert [row["line"] for row in told["rejected"]] == [3]
    refused(alice.api.post(f"{project}/surveys/", {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")}), 400)
