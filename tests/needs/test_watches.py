"""Alerts are raised once, and told to those who asked, if they may still see the project."""

from typing import Any

import pytest
from django.core import mail

from accounts.models import Membership
from ideation.catalog.models import Project
from ideation.needs.models import Evidence, NeedAlert, NeedWatch
from ideation.needs.services.watches import alert_words, alerts_raise, watch_add
from tests.conftest import Person
from tests.needs.brand import Read, make_read_brand


def silent_until_november(read: Read) -> None:
    """Leaks are first spoken of in November."""
    early = [review.pk for review in read.reviews if review.date and review.date.month < 11]
    Evidence.objects.filter(need=read.needs["leak"], sentence__review__in=early).delete()


def watch(person: Person, read: Read, need: str = "") -> NeedWatch:
    member = Membership.objects.get(user=person.user)
    about = read.needs[need] if need else None
    return watch_add(project=read.project, member=member, need=about, kind="", site="https://x.example/")


@pytest.mark.django_db
def test_a_break_is_raised_once_and_told(
    alice: Person, bob: Person, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlcore.alerts.LEAST_REVIEWS", 5)
    read = make_read_brand(alice, months=12)
    with alice.scope(), django_capture_on_commit_callbacks(execute=True):
        silent_until_november(read)
        watch(bob, read)
        watch(alice, read, "cord")
        [alert] = alerts_raise(analysis=read.analysis)
        assert (alert.kind, alert.side, alert.month.month) == ("volume", "up", 11)
        assert "37.5 % of n = 8 reviews" in alert_words(alert)
        assert alerts_raise(analysis=read.analysis) == []
    [letter] = mail.outbox
    assert letter.to == [bob.user.email]
    assert letter.subject == "1 alert in Morning"
    assert "I want a better leak" in letter.body
    assert f"https://x.example/b/{alice.brand.slug}/p/{read.project.pk}/needs/trends/" in letter.body


@pytest.mark.django_db
def test_who_no_longer_sees_the_project_is_not_told(
    alice: Person, bob: Person, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlcore.alerts.LEAST_REVIEWS", 5)
    read = make_read_brand(alice, months=12)
    with alice.scope(), django_capture_on_commit_callbacks(execute=True):
        silent_until_november(read)
        watch(bob, read)
        Project.objects.filter(pk=read.project.pk).update(restricted=True)
        assert alerts_raise(analysis=read.analysis)
    assert mail.outbox == []


@pytest.mark.django_db
def test_people_choose_who_is_told(alice: Person, bob: Person, charlie: Person) -> None:
    read = make_read_brand(alice)
    add = f"/b/{alice.brand.slug}/p/{read.project.pk}/needs/watch/"
    with alice.scope():
        member = {person.user.email: str(person.user.pk) for person in (alice, bob)}
    assert bob.client.post(add, {"member": member[bob.user.email]}).status_code == 403
    alice.client.post(add, {"member": member[bob.user.email], "kind": "mood"})
    assert alice.client.post(add, {"member": str(read.project.pk)}).status_code == 404
    alice.client.post(add, {"member": member[bob.user.email], "need": str(read.needs["leak"].pk)})
    with alice.scope():
        made = list(NeedWatch.objects.order_by("created_at"))
        assert [(one.member.user, one.kind, one.standing_id) for one in made] == [
            (bob.user, "mood", None),
            (bob.user, "", read.needs["leak"].standing_id),
        ]
        own = watch(alice, read)
        NeedAlert.objects.create(
            project=read.project, standing=read.needs["cord"].standing, kind="mood", side="down", month="2026-01-01",
            figures={"observed": -0.5, "low": -0.2, "high": 0.3, "base": 12},
        )  # fmt: skip
    page = f"/b/{alice.brand.slug}/p/{read.project.pk}/needs/trends/"
    assert "Net sentiment −0.50 over n = 12 reviews" in bob.client.get(page).content.decode()
    end = f"/b/{alice.brand.slug}/watches/{own.pk}/end/"
    assert bob.client.post(end).status_code == 403
    assert charlie.client.post(end).status_code == 404
    assert charlie.client.post(add, {"member": member[bob.user.email]}).status_code == 404
    alice.client.post(end)
    with alice.scope():
        assert NeedWatch.objects.count() == 2
