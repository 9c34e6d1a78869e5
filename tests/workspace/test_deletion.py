"""The end of a brand: asked for by name, taken back for two weeks, then without a trace but one line."""

import os
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, Brand, Role
from accounts.querysets import brand_of_slug
from ideation.jobs.models import Job, JobState
from ideation.privacy import erasurelog
from ideation.privacy.services import deletion
from ideation.privacy.tables import brand_models, deletion_order
from ideation.privacy.tasks import brands_delete
from tests.api.world import contents
from tests.conftest import Person, person
from tests.workspace.story import MARK, Story, files, files_with, rows_with, tell

transactional = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(alice: Person) -> Story:
    return tell(alice)


def ask(who: Person, name: str, slug: str = "") -> Any:
    return who.client.post(f"/b/{slug or who.brand.slug}/deletion/", {"name": name})


def over(alice: Person) -> None:
    """The days of grace are over."""
    with alice.scope():
        Brand.objects.update(delete_after=timezone.now() - timedelta(minutes=1))


def test_asking_deletes_nothing_and_shows_the_way_back(alice: Person, bob: Person, story: Story) -> None:
    before = {name: rows for name, rows in contents(alice).items() if name != "accounts.Brand"}
    assert alice.client.get(f"/b/{alice.brand.slug}/deletion/").status_code == 200
    assert ask(alice, " Brand A ").status_code == 302
    with alice.scope():
        brand = Brand.objects.get()
        assert brand.delete_after is not None
        assert abs(brand.delete_after - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
        assert AuditEntry.objects.filter(action="deletion_asked").exists()
    assert {name: rows for name, rows in contents(alice).items() if name != "accounts.Brand"} == before
    for who, words in ((alice, "Keep the brand"), (bob, "An owner can keep it.")):
        assert words in who.client.get(f"/b/{alice.brand.slug}/p/{story.project.pk}/").content.decode()
    brands_delete()
    assert alice.client.post(f"/b/{alice.brand.slug}/deletion/back/").status_code == 302
    with alice.scope():
        assert Brand.objects.get().delete_after is None
        assert AuditEntry.objects.filter(action="deletion_taken_back").exists()
    assert alice.client.post(f"/b/{alice.brand.slug}/deletion/back/").status_code == 409


@pytest.mark.parametrize("name", ["", "brand a", "Brand B", "Brand  A"])
def test_another_name_deletes_nothing(name: str, alice: Person) -> None:
    assert ask(alice, name).status_code == 400
    with alice.scope():
        assert Brand.objects.get().delete_after is None


def test_the_password_is_asked_again(alice: Person) -> None:
    alice.user.set_password("a long and unlikely password")
    alice.user.save()
    alice.client.force_login(alice.user)
    response = ask(alice, "Brand A")
    assert response.status_code == 302
    assert "reauthenticate" in response["Location"]
    with alice.scope():
        assert Brand.objects.get().delete_after is None


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.VIEWER])
def test_members_other_than_owners_may_not(role: str, alice: Person) -> None:
    member = person(f"{role}@a.example", brand=alice.brand, role=role)
    assert ask(member, "Brand A").status_code == 403
    assert member.client.post(f"/b/{alice.brand.slug}/deletion/back/").status_code == 403
    with alice.scope():
        assert Brand.objects.get().delete_after is None


def test_outsiders_may_not(alice: Person, charlie: Person) -> None:
    assert ask(charlie, "Brand A", alice.brand.slug).status_code == 404
    with alice.scope():
        assert Brand.objects.get().delete_after is None


def test_what_refers_goes_before_what_it_refers_to() -> None:
    order = deletion_order()
    assert set(order) == set(brand_models())
    for place, model in enumerate(order):
        for field in model._meta.concrete_fields:
            if field.related_model in order and field.related_model is not model:
                assert order.index(field.related_model) > place, (model, field)


@transactional
def test_nothing_is_left_but_one_line(alice: Person, charlie: Person) -> None:
    before = files()
    story = tell(alice)
    other = tell(charlie)
    weights = settings.WEIGHTS_FOLDER / alice.brand.folder / "x"
    weights.mkdir(parents=True)
    (weights / "adapter_model.safetensors").write_text(MARK, encoding="utf-8")
    old = settings.VAR / "results" / str(alice.brand.pk)
    old.mkdir(parents=True)
    (old / "needs.json").write_text(MARK, encoding="utf-8")
    with alice.scope():
        job = Job.objects.create(kind="model_train", project_id=story.project.pk, state=JobState.QUEUED)
    over(alice)
    brands_delete()
    assert rows_with(MARK, alice.brand.pk) == []
    assert rows_with(str(alice.brand.pk), alice.brand.pk) == ["accounts_auditentry"]
    assert rows_with("Brand A") == rows_with(alice.brand.slug) == []
    assert not [path for path in files_with(alice.brand.folder, before) + files_with(str(alice.brand.pk), before)
                if path != settings.ERASURE_LOG]  # fmt: skip
    assert brand_of_slug(alice.brand.slug) is None
    assert alice.client.get(f"/b/{alice.brand.slug}/projects/").status_code == 404
    assert alice.api.get("/api/v1/projects/").status_code == 401
    with alice.scope():
        assert not Job.objects.filter(pk=job.pk).exists()
    assert rows_with(MARK, charlie.brand.pk)
    with charlie.scope():
        assert other.project.datasets.exists()
    assert len(entries_of_nobody(f"%{alice.brand.pk}%")) == 2
    assert brands_delete() is None


def entries_of_nobody(like: str) -> list[Any]:
    """Entries of the platform's own audit; the serving role can't read them."""
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"]) as owner:
        owner.execute("SET LOCAL ROLE ideation_system")
        sql = "SELECT action FROM accounts_auditentry t WHERE brand_id IS NULL AND to_jsonb(t)::text LIKE %s"
        return owner.execute(sql, [like]).fetchall()


def test_a_worker_that_still_works_is_waited_for(alice: Person, story: Story) -> None:
    with alice.scope():
        job = Job.objects.create(
            kind="model_train", project_id=story.project.pk, state=JobState.RUNNING,
            lease_until=timezone.now() + timedelta(minutes=1),
        )  # fmt: skip
    over(alice)
    assert not deletion.brand_delete(brand_id=alice.brand.pk)
    with alice.scope():
        assert Job.objects.get(pk=job.pk).cancel_requested
        assert Brand.objects.exists()
        Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED)
    assert deletion.brand_delete(brand_id=alice.brand.pk)


def test_before_its_time_a_brand_stays(alice: Person) -> None:
    assert not deletion.brand_delete(brand_id=alice.brand.pk)
    ask(alice, "Brand A")
    assert not deletion.brand_delete(brand_id=alice.brand.pk)
    brands_delete()
    with alice.scope():
        assert Brand.objects.exists()


def test_the_platforms_own_command(alice: Person, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="--now"):
        call_command("brand_delete", alice.brand.slug)
    with pytest.raises(CommandError, match="no brand"):
        call_command("brand_delete", "nobodys", now=True)
    call_command("brand_delete", alice.brand.slug, now=True)
    assert brand_of_slug(alice.brand.slug) is None
    assert [entry for entry in erasurelog.entries() if entry["brand"] == str(alice.brand.pk)][-1]["deleted"]


def test_a_deleted_brand_that_a_backup_brings_back_goes_again(alice: Person, story: Story) -> None:
    erasurelog.note_brand(alice.brand.pk)
    call_command("erasures_replay")
    assert brand_of_slug(alice.brand.slug) is None
    settings.ERASURE_LOG.unlink()


def test_people_keep_their_accounts(alice: Person, bob: Person) -> None:
    deletion.brand_delete(brand_id=alice.brand.pk, force=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_user")
        assert cursor.fetchone() == (2,)
    assert alice.client.get("/").status_code in {200, 302}
