"""Correcting needs in a browser: merged and undone from the message, found sentences kept, a sample coded by keys."""

import pytest
from playwright.sync_api import expect

from ideation.catalog.services import project_create
from ideation.needs.services.samples import sample_draw
from tests.browser.conftest import Visit
from tests.conftest import Person
from tests.needs.ground import analysed


@pytest.mark.django_db(transaction=True)
def test_needs_are_arranged_by_mouse_and_keys(alice: Person, visit: Visit) -> None:
    with alice.scope():
        project = project_create(name="Kettles", category="kettle", created_by=alice.user)
        analysed(project, {"noise": ["too loud", "it hums", "so loud"], "lid": ["lid leaks", "lid opens"]})
        sample = sample_draw(project=project, count=5, seed=1, by=alice.user)
    home = f"/b/{alice.brand.slug}/"
    visit.enter(alice)

    page = visit.open(f"{home}p/{project.pk}/needs/")
    for box in page.locator("input[name=needs]").all():
        box.check()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("I want noise.")
    expect(page.locator("#evidence li blockquote")).to_have_count(5)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#evidence li blockquote")).to_have_count(3)

    page = visit.open(f"{home}p/{project.pk}/needs/new/")
    page.get_by_label("Short name").fill("peace")
    page.get_by_label("Which sentences show it?").fill("loud")
    page.keyboard.press("Enter")
    page.locator("#found input").first.check()
    page.get_by_label("Which sentences show it?").fill("hums")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("it hums")
    expect(page.locator("#found input:checked")).to_have_count(1)
    expect(page.get_by_label("Short name")).to_have_value("peace")

    page = visit.open(f"{home}samples/{sample.pk}/code/")
    said = page.locator("main blockquote")
    first = said.inner_text()
    page.keyboard.press("1")
    expect(page.locator("main")).to_contain_text("1 of 5 coded")
    page.keyboard.press("z")
    expect(said).to_have_text(first)
    page.keyboard.press("0")
    expect(said).not_to_have_text(first)
    page.keyboard.press("2")
    expect(page.locator("main")).to_contain_text("2 of 5 coded")
