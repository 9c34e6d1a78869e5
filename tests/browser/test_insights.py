"""Asking, trends and comparisons as a person sees them, on a desk and on a phone; the console must stay silent."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.conftest import Person
from tests.needs.brand import make_read_brand

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_question_its_review_and_where_a_need_is_spoken_of(visit: Visit, alice: Person) -> None:
    read = make_read_brand(alice, months=8)
    visit.enter(alice)
    page = visit.open(f"/b/{alice.brand.slug}/p/{read.project.pk}/needs/ask/")
    page.get_by_label("Your question").fill("Is the power cord long enough?")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name="I want a better cord")).to_be_visible()
    page.locator("a.cite").first.click()
    expect(page.locator("#panel-body")).to_contain_text("cord")
    visit.open(f"/b/{alice.brand.slug}/needs/{read.needs['cord'].pk}/breakdown/")
    page.get_by_role("link", name="Source or market").click()
    expect(page.get_by_role("cell", name="market", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("trends/", "compare/?by=date&day=2026-03-01", "compare/?by=table&column=language", "report/"):
        visit.open(f"/b/{alice.brand.slug}/p/{read.project.pk}/needs/{address}")
        expect(page.locator("main")).to_be_visible()
        expect(page.locator("[data-chart][aria-busy]")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
