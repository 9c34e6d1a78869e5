"""Erasing what one customer wrote: seen beforehand, gone everywhere, verified afterwards, gone again after a backup."""

import json
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry, Role
from accounts.services.keys import key_create
from ideation.base.quotes import Quotes
from ideation.concepts.models import Concept
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.needs.models import Analysis, Claim, Evidence, Need, Sentence
from ideation.privacy.models import Erasure
from ideation.privacy.services import erasures
from ideation.reviews.models import DatasetImport, DatasetVersion, ErasedReview, RejectedRow, Review
from ideation.reviews.services.verify import version_verify
from ideation.training.models import Evaluation, ModelVersion
from tests.api.world import contents
from tests.conftest import Person, person
from tests.workspace.story import AUTHOR, MARK, PHONE, ROWS, Story, files, files_with, imported, rows_with, tell

transactional = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(alice: Person) -> Story:
    return tell(alice)


def prepare(who: Person, by: str, value: str) -> Any:
    return who.client.post(f"/b/{who.brand.slug}/erasure/", {"by": by, "value": value})


def prepared(who: Person, by: str, value: str) -> Erasure:
    response = prepare(who, by, value)
    assert response.status_code == 302, response.content.decode()
    with who.scope():
        return Erasure.objects.latest("created_at")


def confirm(who: Person, erasure: Erasure) -> Any:
    return who.client.post(f"/b/{who.brand.slug}/erasure/{erasure.pk}/confirm/")


def erase(alice: Person) -> Erasure:
    erasure = prepared(alice, "author", AUTHOR)
    assert confirm(alice, erasure).status_code == 302
    with alice.scope():
        erasure.refresh_from_db()
    assert erasure.finished_at
    return erasure


@pytest.mark.parametrize(
    ("by", "value", "labels"),
    [
        ("author", AUTHOR, {"S-1", "S-2"}),
        ("author", f"  {AUTHOR} ", {"S-1", "S-2"}),
        ("text", PHONE, {"S-2"}),
        ("text", "+86 13800138000".replace("+86 ", ""), {"S-2"}),
        ("text", "(138) 0013 8000", {"S-2"}),
        ("text", MARK.upper(), {"S-1", "S-2"}),
        ("reviews", "S-3, S-4", {"S-3", "S-4"}),
    ],
)
def test_reviews_are_found(by: str, value: str, labels: set[str], alice: Person, story: Story) -> None:
    erasure = prepared(alice, by, value)
    with alice.scope():
        assert {one.external_id for one in Review.objects.filter(pk__in=erasure.reviews)} == labels


def test_a_review_is_found_by_its_own_id_and_foreign_ids_find_nothing(
    alice: Person, charlie: Person, story: Story
) -> None:
    with alice.scope():
        own = Review.objects.get(external_id="S-4")
    assert prepared(alice, "reviews", str(own.pk)).reviews == [str(own.pk)]
    assert prepare(charlie, "reviews", str(own.pk)).status_code == 400


@pytest.mark.parametrize(
    ("by", "value"), [("author", "nobody"), ("text", "no such words"), ("reviews", "S-99"), ("author", " "), ("x", "y")]
)
def test_what_is_not_there_is_said_and_keeps_nothing(by: str, value: str, alice: Person, story: Story) -> None:
    assert prepare(alice, by, value).status_code == 400
    with alice.scope():
        assert not Erasure.objects.exists()


def test_the_preview_lists_what_it_touches_and_touches_nothing(alice: Person, story: Story) -> None:
    with alice.scope():
        before = {name: rows for name, rows in contents(alice).items() if not name.startswith("privacy")}
    erasure = prepared(alice, "author", AUTHOR)
    page = alice.client.get(f"/b/{alice.brand.slug}/erasure/{erasure.pk}/").content.decode()
    assert erasure.touched == {
        "reviews": 2, "sentences": 2, "evidence": 2, "citations": 1, "needs": 2, "claims": 1, "concepts": 1,
        "models": 1, "files": 1, "exports": 0,
    }  # fmt: skip
    with alice.scope():
        for thing in (story.need, story.other_need, story.concept, story.model, *Review.objects.filter(line__lt=4)):
            assert str(thing.pk) in page, thing
        assert "r.csv" in page
        assert "S-3" not in page
        assert {name: rows for name, rows in contents(alice).items() if not name.startswith("privacy")} == before


def test_nothing_of_what_was_sought_is_kept(alice: Person, story: Story) -> None:
    prepared(alice, "text", f"the {MARK} handle")
    with alice.scope():
        assert MARK not in json.dumps(list(Erasure.objects.values("by", "touched", "reviews", "result")))


@transactional
def test_after_an_erasure_no_word_of_it_is_left_anywhere(alice: Person) -> None:
    before = files()
    story = tell(alice)
    assert rows_with(MARK, alice.brand.pk)
    assert len(files_with(MARK, before)) >= 2
    erase(alice)
    assert rows_with(MARK, alice.brand.pk) == []
    assert rows_with(AUTHOR, alice.brand.pk) == []
    assert files_with(MARK, before) == files_with(AUTHOR, before) == []
    with alice.scope():
        assert {review.external_id for review in Review.objects.all()} == {"S-3", "S-4"}
        assert Sentence.objects.count() == Evidence.objects.count() == 1
        assert ErasedReview.objects.count() == 2
        need, other = Need.objects.get(pk=story.need.pk), Need.objects.get(pk=story.other_need.pk)
        assert (need.mentions, need.erased_reviews) == (0, 1)
        assert "[evidence erased]" in need.statement
        assert (other.mentions, other.erased_reviews) == (1, 1)
        assert Claim.objects.get().erased_citations == 1
        concept = Concept.objects.get()
        assert concept.erased_quotes == 1
        assert concept.insight.endswith("[evidence erased]. So it must hold.")
        assert ModelVersion.objects.get().erased_reviews == 2
        assert Evaluation.objects.get().samples == []
        analysis = Analysis.objects.get()
        assert (analysis.reviews_count, analysis.sentences_count) == (2, 1)
        found = DatasetImport.objects.get()
        assert (found.erased, bool(found.file), found.layout["sample"], found.file_sha256) == (2, False, [], "")
        assert RejectedRow.objects.get().value == ""
        entry = AuditEntry.objects.get(action="reviews_erased")
        assert len(entry.after["reviews"]) == 2


def test_a_version_verifies_before_and_after_and_names_what_was_changed(alice: Person, story: Story) -> None:
    with alice.scope():
        root = story.version.root_sha256
        assert version_verify(version=story.version).intact
    erase(alice)
    with alice.scope():
        version = DatasetVersion.objects.get()
        assert (version.root_sha256, version.reviews_count) == (root, 2)
        found = version_verify(version=version)
        assert (found.intact, found.erased, found.reviews) == (True, 2, 2)
        changed = Review.objects.get(external_id="S-3")
        _replace(changed, text="Boils slowly")
        found = version_verify(version=version)
        assert (found.intact, found.differing) == (False, [changed])
        ErasedReview.objects.first().delete()  # type: ignore[union-attr]
        Review.objects.filter(pk=changed.pk).delete()
        found = version_verify(version=version)
        assert (found.root_fits, found.missing, found.differing_count) == (False, 1, 0)
    page = alice.client.post(f"/b/{alice.brand.slug}/versions/{version.pk}/verify/").content.decode()
    assert "missing without having been erased" in page
    with pytest.raises(CommandError):
        call_command("verify", brand=[alice.brand.slug])


def _replace(review: Review, **values: str) -> None:
    """What somebody could do who may write rows: none can be changed, but one can be put in the place of another."""
    Review.objects.filter(pk=review.pk).delete()
    for name, value in values.items():
        setattr(review, name, value)
    review.save(force_insert=True)


def test_the_command_says_intact(alice: Person, story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    erase(alice)
    call_command("verify", brand=[alice.brand.slug])
    assert "intact, 2 erased" in capsys.readouterr().out
    api = alice.api.post(f"/api/v1/dataset-versions/{story.version.pk}/verify/", {}, content_type="application/json")
    assert (api.json()["intact"], api.json()["erased"]) == (True, 2)
    listed = alice.api.get(f"/api/v1/projects/{story.project.pk}/dataset-versions/").json()["results"]
    assert [one["id"] for one in listed] == [str(story.version.pk)]


def test_later_imports_pin_what_is_there_and_what_was_erased(alice: Person, story: Story) -> None:
    erase(alice)
    with alice.scope():
        more = imported(alice, story.project, (ROWS[0], "S-9,Another one entirely,,4,2026-02-02,x"), "more.csv")
        assert more.version is not None
        found = version_verify(version=more.version)
        assert (found.intact, found.erased, found.reviews) == (True, 2, 3)


@transactional
def test_what_a_backup_brings_back_is_erased_again(alice: Person) -> None:
    tell(alice)
    tables = ("reviews_review", "needs_sentence", "needs_evidence", "needs_citation", "reviews_erasedreview")
    with alice.scope():
        backup = {table: dump(alice, table) for table in tables}
    erase(alice)
    restore(alice, backup)
    assert rows_with(MARK, alice.brand.pk)
    call_command("erasures_replay")
    assert rows_with(MARK, alice.brand.pk) == []
    with alice.scope():
        assert ErasedReview.objects.count() == 2
        assert Review.objects.count() == 2
    log = settings.ERASURE_LOG.read_text(encoding="utf-8")
    assert MARK not in log
    assert settings.ERASURE_LOG.stat().st_mode & 0o077 == 0
    call_command("erasures_replay")
    assert settings.ERASURE_LOG.read_text(encoding="utf-8") == log


def dump(alice: Person, table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')
        return [row[0] for row in cursor.fetchall()]


def restore(alice: Person, backup: dict[str, list[Any]]) -> None:
    with alice.scope(), connection.cursor() as cursor:
        for table, rows in backup.items():
            cursor.execute(f'DELETE FROM "{table}"')
            for row in rows:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM jsonb_populate_record(NULL::"{table}", %s)', [row])


def test_many_reviews_become_a_job(alice: Person, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasures, "AT_ONCE", 1)
    erasure = prepared(alice, "author", AUTHOR)
    confirm(alice, erasure)
    with alice.scope():
        job = Job.objects.get(kind="reviews_erase")
        assert Review.objects.count() == 4
    run_job(alice.brand.pk, job.pk, "reviews_erase", erasures.erasure_run)
    with alice.scope():
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED
        assert (job.result["reviews"], Review.objects.count()) == (2, 2)
    assert alice.client.get(f"/b/{alice.brand.slug}/erasure/{erasure.pk}/").status_code == 200


def test_too_many_are_refused(alice: Person, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasures, "MOST", 1)
    assert prepare(alice, "author", AUTHOR).status_code == 400


def test_work_on_the_reviews_holds_an_erasure_up(alice: Person, story: Story) -> None:
    erasure = prepared(alice, "author", AUTHOR)
    with alice.scope():
        Job.objects.create(kind="model_train", project_id=story.project.pk, state=JobState.RUNNING)
    assert confirm(alice, erasure).status_code == 409
    with alice.scope():
        assert Review.objects.count() == 4
        assert not settings.ERASURE_LOG.exists() or str(alice.brand.pk) not in settings.ERASURE_LOG.read_text()


def test_an_erasure_is_confirmed_once(alice: Person, story: Story) -> None:
    erasure = erase(alice)
    assert confirm(alice, erasure).status_code == 409


@pytest.mark.parametrize("role", [Role.ANALYST, Role.DESIGNER, Role.REVIEWER, Role.VIEWER])
def test_members_below_manager_erase_nothing(role: str, alice: Person, story: Story) -> None:
    member = person(f"{role}@a.example", brand=alice.brand, role=role)
    erasure = prepared(alice, "author", AUTHOR)
    before = contents(alice)
    address = f"/b/{alice.brand.slug}/erasure/"
    for response in (
        member.client.get(address),
        prepare(member, "author", AUTHOR),
        member.client.get(f"{address}{erasure.pk}/"),
        confirm(member, erasure),
    ):
        assert response.status_code == 403
    assert contents(alice) == before


def test_a_manager_may(alice: Person, story: Story) -> None:
    manager = person("manager@a.example", brand=alice.brand, role=Role.MANAGER)
    assert confirm(manager, prepared(manager, "author", AUTHOR)).status_code == 302
    with alice.scope():
        assert Review.objects.count() == 2


def test_outsiders_see_and_change_nothing(alice: Person, charlie: Person, story: Story) -> None:
    erasure = prepared(alice, "author", AUTHOR)
    before = contents(alice)
    for slug in (alice.brand.slug, charlie.brand.slug):
        for address in (f"/b/{slug}/erasure/{erasure.pk}/", f"/b/{slug}/versions/{story.version.pk}/verify/"):
            assert charlie.client.post(address).status_code in {404, 405}
            assert charlie.client.get(address).status_code in {404, 405}
        assert charlie.client.post(f"/b/{slug}/erasure/{erasure.pk}/confirm/").status_code == 404
    assert contents(alice) == before


def test_an_erasure_by_api(alice: Person, story: Story) -> None:
    with alice.scope():
        _key, admin = key_create(name="admin", scopes=["admin"], created_by=alice.user)
    api = Client(headers={"Authorization": f"Bearer {admin}"})
    body = {"by": "author", "value": AUTHOR}
    assert alice.read_api.post("/api/v1/erasures/", body, content_type="application/json").status_code == 403
    response = api.post("/api/v1/erasures/", body, content_type="application/json")
    assert response.status_code == 201, response.content
    shown = response.json()
    assert len(shown["reviews"]) == 2
    assert all(shown[kind] for kind in ("needs", "concepts", "models", "claims", "files"))
    assert shown["result"] == {}
    done = api.post(f"/api/v1/erasures/{shown['id']}/confirm/", {}, content_type="application/json")
    assert done.status_code == 200, done.content
    assert done.json()["result"]["reviews"] == 2
    assert api.get("/api/v1/erasures/").json()["results"][0]["id"] == shown["id"]
    assert api.get(f"/api/v1/erasures/{uuid.uuid4()}/").status_code == 404
    assert alice.read_api.get("/api/v1/erasures/").status_code == 403


def test_quotes_are_taken_out_and_other_words_stay() -> None:
    quotes = Quotes(["The handle broke off after two days.", "盖子漏水弄湿了我的整个背包和电脑", "Too loud today"])
    assert quotes.taken_out("So: the HANDLE broke off, after two days! Sad.") == ("So: [evidence erased]! Sad.", 1)
    assert quotes.taken_out("用户说盖子漏水弄湿了我的整个背包，很糟") == ("用户说[证据已删除]，很糟", 1)
    assert quotes.taken_out("It is too loud today, they say") == ("It is [evidence erased], they say", 1)
    for other in ("The handle broke", "", "盖子漏水", "I want a handle that holds for more than two days"):
        assert quotes.taken_out(other) == (other, 0)


def test_the_log_survives_half_a_line(alice: Person, story: Story) -> None:
    erase(alice)
    with settings.ERASURE_LOG.open("a", encoding="utf-8") as log:
        log.write('{"brand": "')
    call_command("erasures_replay")
    settings.ERASURE_LOG.unlink()
