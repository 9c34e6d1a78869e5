"""Those who run the platform see counts and health of every brand, and not a word of any."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry, Brand, User
from accounts.quotas import limit_of
from accounts.services.audit import audit_note, person_note
from accounts.services.quotas import quota_take
from ideation.catalog.models import Project
from ideation.jobs.health import health
from ideation.jobs.services import job_start
from tests.conftest import Person

pytestmark = pytest.mark.django_db


def command(name: str, *arguments: str) -> str:
    said = StringIO()
    call_command(name, *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def staff(alice: Person) -> Client:
    user = User.objects.create_user("ann@platform.example")
    assert "sees" in command("staff", "add", "ANN@platform.example")
    client = Client()
    client.force_login(user)
    return client


def test_the_page_shows_counts_and_nobodys_words(
    staff: Client, alice: Person, bob: Person, charlie: Person, project: Project
) -> None:
    with alice.scope():
        job_start(kind="main_job", params={}, subject_id=project.pk)
        job_start(kind="model_train", params={}, subject_id=project.pk)
        quota_take(kind="reviews", amount=1234)
        quota_take(kind="storage_bytes", amount=5)
    audit_note(action="login_failed", after={"email": "mallory@x.example"})
    person_note(user=bob.user, action="login_failed")
    found = health()
    assert found.brands.keys() == {alice.brand.pk, charlie.brand.pk}
    ours = found.brands[alice.brand.pk]
    assert (ours.members, ours.reviews, ours.storage_bytes) == (2, 1234, 5)
    assert (ours.cpu_queued, ours.gpu_queued, ours.cpu_running) == (1, 1, 0)
    assert (found.people, found.total.failed_logins_day, found.total.gpu_queued) == (4, 2, 1)
    answer = staff.get("/platform/")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert str(alice.brand.pk) in shown
    secrets = [alice.brand.name, alice.brand.slug, "Brand B", "alice", "bob@", "charlie", "Kettles", "mallory"]
    assert [word for word in secrets if word in shown] == []


def test_there_is_no_such_page_for_anybody_else(staff: Client, alice: Person, bob: Person) -> None:
    assert [who.client.get("/platform/").status_code for who in (alice, bob)] == [404, 404]
    assert Client().get("/platform/").status_code == 302
    assert "no longer" in command("staff", "remove", "ann@platform.example")
    assert staff.get("/platform/").status_code == 404
    with pytest.raises(CommandError, match="There is nobody"):
        command("staff", "add", "nobody@platform.example")


def test_staff_have_no_way_into_a_brand(staff: Client, alice: Person) -> None:
    assert staff.get(f"/b/{alice.brand.slug}/").status_code == 404


def test_limits_are_set_from_the_command_line_and_noted(alice: Person) -> None:
    slug = alice.brand.slug
    assert "reviews: 0 of 7" in command("brand_limits", slug, "--set", "reviews=7", "--set", "storage_bytes=unlimited")
    with alice.scope():
        assert (limit_of("reviews"), limit_of("storage_bytes")) == (7, None)
        assert AuditEntry.objects.filter(action="limits_changed").count() == 1
    command("brand_limits", slug, "--set", "reviews=default")
    with alice.scope():
        assert Brand.objects.get().limits == {"storage_bytes": None}
    for wrong in (["no-such-brand"], [slug, "--set", "reviews=-1"], [slug, "--set", "apples=1"]):
        with pytest.raises(CommandError):
            command("brand_limits", *wrong)


def get(who: Person, address: str, client: Client | None = None) -> Any:
    return (client or who.api).get(f"/api/v1/{address}")


def test_usage_is_seen_by_who_may_on_the_page_and_by_api(alice: Person, bob: Person, charlie: Person) -> None:
    with alice.scope():
        quota_take(kind="reviews", amount=1234)
    page = f"/b/{alice.brand.slug}/usage/"
    assert "1,234 of 2,000,000" in alice.client.get(page).content.decode()
    assert (bob.client.get(page).status_code, charlie.client.get(page).status_code) == (403, 404)
