"""An owner invites, the invitee comes in by the link and sees the brand with their role; brands are a click apart."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Browser, expect

from accounts.services.brands import brand_create
from tests.browser.conftest import Visit
from tests.conftest import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_invitation_to_member(visit: Visit, alice: Person, browser: Browser) -> None:
    visit.enter(alice)
    page = visit.open(f"/b/{alice.brand.slug}/members/")
    page.get_by_label("Email").fill("dana@x.example")
    page.get_by_label("Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("row", name="dana@x.example")).to_contain_text("Reviewer")
    found = re.search(r"(/invitations/\S+/)", str(mail.outbox[-1].body))
    assert found

    # Her own browser, in which nobody is logged in.
    hers = browser.new_context().new_page()
    hers.goto(visit.server + found[1])
    expect(hers.get_by_role("heading", name="Invitation to Brand A")).to_be_visible()
    hers.get_by_role("button", name="Sign up and join").click()
    expect(hers.get_by_label("Email")).to_have_value("dana@x.example")
    hers.get_by_label("Your name").fill("Dana")
    hers.get_by_label("Password").fill("a long enough secret")
    hers.locator("form").filter(has=hers.get_by_label("Password")).get_by_role("button").first.click()
    hers.get_by_role("button", name="Join Brand A").click()
    expect(hers.get_by_role("heading", name="No projects yet")).to_be_visible()
    hers.get_by_role("link", name="Brand and members").first.click()
    expect(hers.get_by_role("row", name="Dana")).to_contain_text("Reviewer")
    hers.context.close()

    page.reload()
    expect(page.get_by_role("row", name="Dana")).to_contain_text("Reviewer")
    page.get_by_label("Role of Dana").select_option("designer")
    expect(page.get_by_role("status")).to_contain_text("New role of Dana: Designer")


def test_another_brand_is_one_click_away_and_the_room_stays(visit: Visit, alice: Person) -> None:
    second = brand_create(name="Second brand", owner=alice.user)
    visit.enter(alice)
    page = visit.open(f"/b/{alice.brand.slug}/jobs/")
    page.locator("summary").filter(has_text="Switch brand").click()
    page.get_by_role("link", name="Second brand").click()
    expect(page).to_have_url(f"{visit.server}/b/{second.slug}/jobs/")
    # On a phone, and a second tab with the first brand.
    other = page.context.new_page()
    other.set_viewport_size({"width": 360, "height": 740})
    other.goto(f"{visit.server}/b/{alice.brand.slug}/members/")
    other.locator("summary").filter(has_text="Switch brand").click()
    expect(other.get_by_role("link", name="Second brand")).to_be_in_viewport()
    expect(page.locator("summary").filter(has_text="Switch brand")).to_contain_text("Second brand")
