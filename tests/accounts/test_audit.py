"""The audit: who did what to what; noted by the database, read by the brand's owners, removed by nobody."""

import csv
import json
import re
import uuid
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import audit as reads
from accounts.models import ApiKey, AuditEntry, Brand, Invitation, Membership, Role
from accounts.services.audit import audit_note, person_note
from accounts.tenancy import acting, system_ids
from ideation.catalog.models import Project
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.reviews.models import Review
from ideation.reviews.services import import_prepare, import_run, import_start
from tests.conftest import Person

pytestmark = pytest.mark.django_db


def entries(who: Person, **wanted: Any) -> list[AuditEntry]:
    with who.scope():
        return list(AuditEntry.objects.filter(**wanted).order_by("at"))


def test_a_changed_row_says_who_changed_what_from_where(alice: Person, bob: Person) -> None:
    with alice.scope(), acting(person=alice.user, address="203.0.113.9"):
        Membership.objects.filter(user=bob.user).update(role=Role.ANALYST)
    [entry] = entries(alice, action="update", table="accounts_membership")
    assert (entry.person, entry.person_id, entry.address) == (alice.user.email, alice.user.pk, "203.0.113.9")
    assert (entry.before, entry.after) == ({"role": "viewer"}, {"role": "analyst"})


def test_who_acts_can_be_said_outside_and_inside_the_scope_and_ends_with_its_block(alice: Person) -> None:
    job = uuid.uuid4()
    with acting(person=alice.user, job=job, address="not an address"), alice.scope():
        Brand.objects.update(name="One")
    with alice.scope():
        with acting(person=alice.user):
            Brand.objects.update(name="Two")
        Brand.objects.update(name="Three")
    found = entries(alice, action="update", table="accounts_brand")
    assert [entry.after["name"] for entry in found] == ["One", "Two", "Three"]
    assert [entry.person for entry in found] == [alice.user.email, alice.user.email, ""]
    assert [entry.job_id for entry in found] == [job, None, None]


def test_a_key_acts_under_its_own_name(alice: Person) -> None:
    with alice.scope():
        key = ApiKey.objects.get(name="all")
        with acting(person=alice.user, key=key):
            Brand.objects.update(name="By key")
    [entry] = entries(alice, action="update", table="accounts_brand")
    assert (entry.key_id, entry.person, entry.person_id) == (key.pk, "all", None)


def test_secrets_appear_as_names_only_and_use_of_a_key_is_no_news(alice: Person) -> None:
    with alice.scope():
        Invitation.objects.create(
            email="dora@a.example", role=Role.VIEWER, token_sha256="f" * 64, expires_at=timezone.now()
        )
        ApiKey.objects.update(last_used_at=timezone.now())
        secrets = list(ApiKey.objects.values_list("secret_sha256", flat=True))
        everything = repr(list(AuditEntry.objects.values()))
    assert not any(secret in everything for secret in [*secrets, "f" * 64])
    assert {entry.action for entry in entries(alice, table="accounts_apikey")} == {"insert"}
    [invited] = entries(alice, table="accounts_invitation")
    assert (invited.after["token_sha256"], invited.after["email"]) == ("•••", "dora@a.example")


def test_an_update_that_changes_nothing_is_no_news(alice: Person) -> None:
    with alice.scope():
        Brand.objects.update(name=alice.brand.name)
    assert entries(alice, action="update") == []


def test_notes_belong_to_the_brand_or_outside_any_to_nobody(alice: Person, charlie: Person) -> None:
    with alice.scope():
        audit_note(action="export_downloaded", table="concepts", after={"rows": 3}, person=alice.user)
    audit_note(action="login_failed", after={"email": "mallory@x.example"})
    person_note(user=alice.user, action="login")
    assert [entry.person for entry in entries(alice, action__in=["export_downloaded", "login"])] == [
        alice.user.email
    ] * 2
    assert entries(charlie, action__in=["export_downloaded", "login", "login_failed"]) == []
    assert not AuditEntry.objects.exists()


def test_entries_of_another_brand_are_invisible_and_cannot_be_made(alice: Person, charlie: Person) -> None:
    assert all(entry.brand_id == alice.brand.pk for entry in entries(alice))
    with pytest.raises(DatabaseError), transaction.atomic(), charlie.scope():
        AuditEntry.objects.create(brand_id=alice.brand.pk, action="forged")


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET person = 'x'", "DELETE FROM accounts_auditentry",
                  "TRUNCATE accounts_auditentry"],
)  # fmt: skip
def test_the_serving_role_can_neither_change_nor_remove_an_entry(alice: Person, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        alice.scope(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert entries(alice)


def forget(who: Person) -> int:
    with who.scope():
        [(number,)] = system_ids("audit_forget", who.brand.pk)
        return int(number)


def test_the_audit_goes_with_its_brand_only_when_the_brand_cannot_be_taken_back(alice: Person, bob: Person) -> None:
    with alice.scope():
        Brand.objects.update(delete_after=timezone.now() - timedelta(days=1))
    assert forget(alice) == 0
    with alice.scope():
        Membership.objects.all().delete()
        Brand.objects.update(delete_after=timezone.now() + timedelta(days=1))
    assert forget(alice) == 0
    assert entries(alice)
    with alice.scope():
        Brand.objects.update(delete_after=timezone.now() - timedelta(days=1))
        number = AuditEntry.objects.count()
    assert forget(alice) == number
    assert entries(alice) == []


MARKER = "unmistakable-marker"


def import_reviews(project: Project) -> Job:
    rows = b"text,rating\n" + b"".join(b"%s %d,2\n" % (MARKER.encode(), number) for number in range(150))
    found = import_prepare(project=project, file=ContentFile(rows), file_name="reviews.csv")
    job = import_start(dataset_import=found, mapping={"text": 0, "rating": 1})
    run_job(job.brand_id, job.pk, job.kind, import_run)
    return job


def test_an_import_is_one_entry_and_no_review_text_is_in_any(alice: Person, project: Project) -> None:
    with alice.scope():
        job = import_reviews(project)
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED
        assert Review.objects.count() == 150
        done = AuditEntry.objects.filter(job_id=job.pk)
        assert [(entry.action, entry.table) for entry in done] == [("update", "reviews_datasetimport")]
        assert done[0].after["imported"] == 150
        assert not AuditEntry.objects.filter(table="reviews_review").exists()
        Review.objects.update(flags={"templated": f"{MARKER} again"}, language="de")
        Review.objects.filter(language="xx").update(language="de")
        Review.objects.update(language="de")
        Review.objects.all()[:1].get().delete()
        changed, deleted = AuditEntry.objects.filter(table="reviews_review").order_by("at")
        assert (changed.action, changed.after["rows"], len(changed.after["ids"])) == ("update", 150, 100)
        assert sorted(changed.after["fields"]) == ["flags", "language"]
        assert (deleted.action, deleted.after["rows"], [str(deleted.object_id)]) == ("delete", 1, deleted.after["ids"])
        assert MARKER not in repr(list(AuditEntry.objects.values()))


def page(who: Person, path: str = "", **filters: str) -> str:
    answer = who.client.get(f"/b/{who.brand.slug}/audit/{path}", filters)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def test_owners_read_sentences_and_nobody_else_does(alice: Person, bob: Person, charlie: Person) -> None:
    with alice.scope(), acting(person=alice.user):
        Membership.objects.filter(user=bob.user).update(role=Role.ANALYST)
    shown = page(alice)
    assert "changed role of member “bob@a.example” from “Viewer” to “Analyst”" in shown
    assert bob.client.get(f"/b/{alice.brand.slug}/audit/").status_code == 403
    assert charlie.client.get(f"/b/{alice.brand.slug}/audit/").status_code == 404
    for path in ("audit/export.csv", "audit/export.jsonl"):
        assert bob.client.get(f"/b/{alice.brand.slug}/{path}").status_code == 403
    assert "bob@a.example" not in page(charlie)


def test_filters_narrow_and_pages_go_back_in_time(alice: Person, bob: Person) -> None:
    with alice.scope(), acting(person=alice.user):
        for number in range(60):
            audit_note(action="counted", object_id=uuid.UUID(int=number), after={"n": number})
    first = page(alice, action="counted")
    assert first.count("<details") - page(alice, person="nobody of this name").count("<details") == 50
    older = re.search(r'rel="next" href="\?([^"]+)"', first)
    assert older is not None
    query = {name: value[0] for name, value in parse_qs(unescape(older[1])).items()}
    assert query["action"] == "counted"
    with alice.scope():
        oldest = reads.after(reads.entries(action="counted"), uuid.UUID(query["after"]))
        assert [entry.after["n"] for entry in oldest] == list(range(9, -1, -1))
        today = timezone.now().date()
        assert reads.entries(person="ALICE@", action="counted", since=today, until=today).count() == 60
        assert reads.entries(until=today - timedelta(days=1)).count() == 0
        assert [entry.after["n"] for entry in reads.entries(object_id=uuid.UUID(int=7))] == [7]
    assert "Nothing fits" in page(alice, person="nobody of this name")
    assert "Enter a valid date" in page(alice, since="yesterday")


def test_files_hold_what_the_filters_let_through_and_are_noted(alice: Person) -> None:
    with alice.scope(), acting(person=alice.user):
        audit_note(action="noted", table="=1+1", after={"a": 1})
        for _number in range(3):
            audit_note(action="other")
    header, row = csv.reader(page(alice, "export.csv", action="noted").splitlines())
    said = dict(zip(header, row, strict=True))
    assert (said["person"], said["table"], said["after"]) == (alice.user.email, "'=1+1", '{"a": 1}')
    lines = [json.loads(line) for line in page(alice, "export.jsonl", action="other").splitlines()]
    assert [line["action"] for line in lines] == ["other"] * 3
    noted = entries(alice, action="audit_exported")
    assert [entry.after for entry in noted] == [
        {"format": "csv", "action": "noted"}, {"format": "jsonl", "action": "other"},
    ]  # fmt: skip
    assert {entry.person for entry in noted} == {alice.user.email}


def test_a_long_audit_is_exported_whole_and_in_order(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "CHUNK", 7)
    with alice.scope():
        for number in range(21):
            audit_note(action="counted", after={"n": number})
    found = [json.loads(line)["after"]["n"] for line in reads.exported(alice.brand.pk, "jsonl", {"action": "counted"})]
    assert found == list(range(20, -1, -1))


def test_the_api_reads_it_with_the_same_filters_and_the_scope_admin(alice: Person, charlie: Person) -> None:
    with alice.scope(), acting(person=alice.user):
        for number in range(3):
            audit_note(action="counted", object_id=uuid.UUID(int=number))
    listed = alice.api.get("/api/v1/audit/?action=counted&limit=2").json()
    assert [entry["object_id"][-1] for entry in listed["results"]] == ["2", "1"]
    assert [entry["person"] for entry in alice.api.get(listed["next"]).json()["results"]] == ["alice@a.example"]
    assert alice.api.get("/api/v1/audit/?since=2999-01-01").json()["results"] == []
    assert alice.api.get("/api/v1/audit/?since=soon").status_code == 400
    assert alice.read_api.get("/api/v1/audit/").status_code == 403
    assert charlie.api.get("/api/v1/audit/?action=counted").json()["results"] == []
