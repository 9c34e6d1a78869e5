"""Trends say how needs move and how surely, on pages and in the API, to those who may see them."""

import pytest

from ideation.needs.models import Evidence
from ideation.needs.services.trends import movements
from tests.conftest import Person
from tests.needs.brand import Read, make_read_brand


def fade(read: Read) -> None:
    """From August on, nobody speaks of leaks any more."""
    late = [review.pk for review in read.reviews if review.date and review.date.month > 7]
    Evidence.objects.filter(need=read.needs["leak"], sentence__review__in=late).delete()


@pytest.mark.django_db
def test_a_need_fades_and_another_is_steady(alice: Person) -> None:
    read = make_read_brand(alice, months=12)
    with alice.scope():
        fade(read)
        found = movements(read.analysis)
        by_label = {one.need.label: one for one in found.needs}
        assert by_label["leak"].trend.direction == "fading"
        assert by_label["cord"].trend.direction == "steady"
        assert found.needs[0].need.label == "leak"
        assert (found.dated, found.undated, found.tested) == (96, 0, 2)
        first = by_label["leak"].months[0]
        assert (first.reviews, first.mentions, first.share) == (8, 3, 3 / 8)
        assert by_label["leak"].since is not None


@pytest.mark.django_db
def test_pages_of_trends(alice: Person, bob: Person, charlie: Person) -> None:
    read = make_read_brand(alice, months=12)
    with alice.scope():
        fade(read)
    page = f"/b/{alice.brand.slug}/p/{read.project.pk}/needs/trends/"
    detail = f"/b/{alice.brand.slug}/needs/{read.needs['leak'].pk}/trend/"
    shown = bob.client.get(page).content.decode()
    assert "n = 96 dated reviews" in shown
    assert "I want a better leak" in shown
    fading = alice.client.get(page, {"direction": "fading"}).content.decode()
    assert f"/needs/{read.needs['leak'].pk}/trend/" in fading
    assert f"/needs/{read.needs['cord'].pk}/trend/" not in fading
    assert "Net sentiment by month" in alice.client.get(detail).content.decode()
    assert alice.client.get(detail, {"chart": "mood", "format": "svg"}).content.startswith(b"<svg")
    for address in (page, detail):
        assert charlie.client.get(address).status_code == 404
