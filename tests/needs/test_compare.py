"""Needs side by side: shares of each side's reviews with base and interval, or what is missing for them."""

import datetime as dt

import pytest

from ideation.catalog.models import Product
from ideation.needs.mentions import mentions_of
from ideation.needs.services.breakdown import breakdown
from ideation.needs.services.compare import (
    Narrowed,
    before_and_after,
    groups,
    own_and_others,
    segments_of,
    table_of,
)
from ideation.reviews.models import Review
from tests.conftest import Person
from tests.needs.brand import make_read_brand


@pytest.mark.django_db
def test_own_products_and_competitors(alice: Person) -> None:
    read = make_read_brand(alice, months=10)
    with alice.scope():
        assert own_and_others(mentions_of(read.analysis), Narrowed()).missing == "no_competitors"
        Product.objects.filter(pk=read.other.pk).update(is_competitor=True)
        found = own_and_others(mentions_of(read.analysis), Narrowed())
        # Numbers 0, 3, 6 of eight sentences are said of the other product.
        assert (found.base_one, found.base_other, found.missing) == (50, 30, "")
        cord = next(row for row in found.rows if row.need.label == "cord").contrast
        assert (cord.one.count, cord.other.count, cord.voice.base) == (20, 20, 40)
        assert cord.voice_expected == 50 / 80
        assert cord.share is not None
        assert cord.share.estimate.value == pytest.approx(20 / 50 - 20 / 30)
        chinese = own_and_others(mentions_of(read.analysis), Narrowed(language="zh"))
        assert (chinese.base_one, chinese.base_other) == (20, 10)
        assert own_and_others(mentions_of(read.analysis), Narrowed(language="fr")).missing == "empty_side"
        Review.objects.update(product=None)
        assert own_and_others(mentions_of(read.analysis), Narrowed()).missing == "no_products"


@pytest.mark.django_db
def test_before_and_after_groups_and_segments(alice: Person) -> None:
    read = make_read_brand(alice, months=2)
    with alice.scope():
        ground = mentions_of(read.analysis)
        assert before_and_after(ground, Narrowed(), None).missing == "no_date"
        found = before_and_after(ground, Narrowed(), dt.date(2026, 2, 1))
        assert (found.base_one, found.base_other) == (8, 8)
        languages = groups(ground, Narrowed(), "language", "zh", "")
        assert (languages.one, languages.other, languages.base_one, languages.base_other) == ("zh", "others", 6, 10)
        assert groups(ground, Narrowed(), "segment", "", "").missing == "one_group"
        heat = table_of(ground, Narrowed(), "source")
        assert (set(heat.groups), heat.bases, len(heat.rows[0].cells)) == ({"market", "shop"}, [8, 8], 2)
        assert segments_of(read.project) == ["verified", "age"]
        ages = groups(mentions_of(read.analysis, segment="age"), Narrowed(), "segment", "young", "old")
        assert (ages.base_one, ages.base_other, ages.missing) == (8, 8, "")


@pytest.mark.django_db
def test_pages_of_comparisons(alice: Person, bob: Person, charlie: Person) -> None:
    read = make_read_brand(alice, months=3)
    page = f"/b/{alice.brand.slug}/p/{read.project.pk}/needs/compare/"
    empty = bob.client.get(page).content.decode()
    assert "No product is marked as a competitor" in empty
    assert f"/p/{read.project.pk}/products/" in empty
    with alice.scope():
        Product.objects.filter(pk=read.other.pk).update(is_competitor=True)
    shown = bob.client.get(page).content.decode()
    assert "n = 15 reviews" in shown
    assert "The gap" in shown
    date = alice.client.get(page, {"by": "date", "day": "2026-02-01", "language": "en"}).content.decode()
    assert "since then: n = 10 reviews; before: n = 5" in date
    assert 'value="2026-02-01"' in date
    heat = alice.client.get(page, {"by": "table", "column": "language"}).content.decode()
    assert "Needs by group" in heat
    for strange in ({"by": "x", "day": "x", "column": "y"}, {"by": "groups", "column": "segment", "segment": "z"}):
        assert alice.client.get(page, strange).status_code == 200
    assert alice.client.get(page, {"format": "svg", "chart": "voice"}).content.startswith(b"<svg")
    assert alice.client.get(page, {"format": "svg", "by": "table"}).content.startswith(b"<svg")
    assert charlie.client.get(page).status_code == 404


@pytest.mark.django_db
def test_where_a_need_is_spoken_of(alice: Person, charlie: Person) -> None:
    read = make_read_brand(alice, months=2)
    need = read.needs["leak"]
    with alice.scope():
        for by, told in (("language", {"en": (4, 10), "zh": (2, 6)}), ("segment", {"young": (4, 8), "old": (2, 8)})):
            found = breakdown(need, by, "age")
            assert {one.name: (one.part.share.count, one.part.share.base) for one in found.groups} == told
        months = breakdown(need, "month").groups
        assert [(one.name, one.part.share.count, one.part.share.base) for one in months] == [
            ("2026-02", 3, 8),
            ("2026-01", 3, 8),
        ]
    address = f"/b/{alice.brand.slug}/needs/{need.pk}/breakdown/"
    whole = alice.client.get(address, {"by": "month"}).content.decode()
    assert "2026-02" in whole
    assert "<html" in whole
    part = alice.client.get(address, {"by": "segment"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "old" in part
    assert charlie.client.get(address).status_code == 404
