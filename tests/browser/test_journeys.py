"""What a brand team does, click by click; each test also fails when the browser's console complains."""

import re
from pathlib import Path

import pytest
from django.db.models.functions import Now
from playwright.sync_api import expect

from ideation.jobs.models import Job
from ideation.jobs.services import job_start
from tests.api.world import make_world
from tests.browser.conftest import Visit
from tests.conftest import Person
from tests.workers import worker

pytestmark = pytest.mark.django_db(transaction=True)

CSV = (
    "id,date,stars,review\n"
    "R-1,2026-01-02,2,The lid leaks in my bag. Twice already.\n"
    "R-2,2026-01-03,5,Keeps tea warm until the afternoon.\n"
    "R-2,2026-01-03,5,Keeps tea warm until the afternoon.\n"
    "R-3,2026-01-04,11/10,=SUM(A1) is what my child typed.\n"
)


def test_from_login_to_imported_reviews(visit: Visit, alice: Person, tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    file.write_text(CSV)
    alice.user.set_password("a long enough secret")
    alice.user.save()
    page = visit.open("/")
    page.get_by_label("Email").fill("alice@a.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("don't fit together")
    page.get_by_label("Password").fill("a long enough secret")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Start with your first project")).to_be_visible()

    page.get_by_role("link", name="New project").click()
    page.get_by_label("What is the project called?").fill("Flasks")
    page.get_by_label("Which kind of product?").fill("vacuum flask")
    page.get_by_role("button", name="Create and upload reviews").click()
    page.get_by_label("Choose a file or drop it here").set_input_files(file)
    expect(page.get_by_text("shop.csv")).to_be_visible()
    page.get_by_role("button", name="Look at the file").click()

    expect(page.get_by_role("heading", name="How the file was understood")).to_be_visible()
    expect(page.get_by_label("Review text")).to_have_value("3")
    expect(page.get_by_label("Rating")).to_have_value("2")
    page.get_by_label("Rating").select_option("3")
    page.get_by_role("button", name="Only import").click()
    expect(page.get_by_role("alert")).to_contain_text("chosen twice")
    page.get_by_label("Rating").select_option("2")
    page.get_by_role("button", name="Only import").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()

    with worker():
        # Nobody reloads: the page asks for itself.
        page.get_by_role("link", name="See what came out").click(timeout=60_000)
    counts = [int(text) for text in page.locator(".stat-value").all_inner_texts()]
    assert counts[0] == sum(counts[1:]) == 4
    assert counts[2] == 1


def test_progress_moves_and_work_can_be_stopped(visit: Visit, alice: Person) -> None:
    with alice.scope():
        world = make_world(alice, "a")
        job = job_start(kind="reviews_analyse", params={}, subject_id=world.project.pk, project_id=world.project.pk)
    visit.enter(alice)
    page = visit.open(f"/b/{alice.brand.slug}/p/{world.project.pk}/")
    card = page.locator(f"#job-{job.pk}")
    expect(card).to_contain_text("Waiting for a worker")
    with alice.scope():
        Job.objects.filter(pk=job.pk).update(
            state="running", step="embedding", done=120, total=480, unit="sentences", step_started_at=Now()
        )
    expect(card).to_contain_text("Understanding sentences · 120 / 480 sentences")
    page.reload()
    expect(card.get_by_role("progressbar")).to_have_attribute("value", "120")
    with alice.scope():
        Job.objects.filter(pk=job.pk).update(
            state="failed", reason_code="out_of_memory", reason_params={"megabytes": 700}
        )
    expect(card.get_by_role("alert")).to_contain_text("more than the 700 MB")
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("Waiting for a worker")
    card.get_by_role("button", name="Cancel").click()
    expect(card).to_contain_text("Cancelled")


def test_from_a_need_and_a_concept_to_the_review(visit: Visit, alice: Person) -> None:
    with alice.scope():
        world = make_world(alice, "a")
    visit.enter(alice)
    page = visit.open(f"/b/{alice.brand.slug}/p/{world.project.pk}/needs/")
    expect(page.locator("[data-chart] svg").first).to_be_visible()
    page.get_by_role("link", name=world.needs[0].statement).first.click()
    page.get_by_text("How these numbers come about").click()
    expect(page.get_by_text("It says where to look, not what will sell.")).to_be_visible()
    page.locator("#evidence a.cite").first.click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text(world.reviews[0].text)
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()

    visit.open(f"/b/{alice.brand.slug}/concepts/{world.concept.pk}/")
    page.locator("a.cite").first.click()
    expect(panel).to_contain_text("Needs it shows")
    panel.get_by_role("link", name=re.compile("Review")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review")


def test_language_and_theme_stay_chosen(visit: Visit, alice: Person) -> None:
    visit.enter(alice)
    page = visit.open(f"/b/{alice.brand.slug}/")
    page.get_by_role("button", name="简体中文").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("heading", name="从第一个项目开始")).to_be_visible()
    page.get_by_role("button", name="深色").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_role("button", name="浅色").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != dark
    alice.user.refresh_from_db()
    assert alice.user.language == "zh-hans"


def test_a_key_is_shown_once(visit: Visit, alice: Person) -> None:
    visit.enter(alice)
    page = visit.open(f"/b/{alice.brand.slug}/keys/")
    page.get_by_label("Name").fill("Warehouse")
    page.get_by_role("button", name="Create key").click()
    expect(page.locator("#key-text")).to_contain_text("idn_")
    visit.open(f"/b/{alice.brand.slug}/keys/")
    expect(page.locator("#key-text")).to_have_count(0)
    page.get_by_role("button", name="Revoke Warehouse").click()
    expect(page.get_by_role("row", name="Warehouse")).to_contain_text("revoked")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_fits_a_phone_and_obeys_the_security_policy(visit: Visit, alice: Person, language: str) -> None:
    with alice.scope():
        world = make_world(alice, "a")
    alice.user.language = language
    alice.user.save()
    visit.enter(alice)
    page = visit.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark" if language == "en" else "light")
    brand, project = f"/b/{alice.brand.slug}/", f"/b/{alice.brand.slug}/p/{world.project.pk}/"
    named = {"needs": world.needs[0].pk, "concepts": world.concept.pk, "models": world.model.pk, "jobs": world.job.pk}
    named |= {"reviews": world.reviews[0].pk, "imports": world.dataset_import.pk}
    addresses = [brand, f"{brand}new/", f"{brand}keys/", f"{brand}jobs/", "/design/", project]
    addresses += [f"{project}{name}/" for name in ("upload", "reviews", "needs", "models", "concepts", "concepts/new")]
    addresses += [f"{brand}{name}/{key}/" for name, key in named.items()]
    for address in addresses:
        visit.open(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, address
