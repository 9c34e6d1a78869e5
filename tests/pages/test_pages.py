"""Who may see and do what on pages; what a spreadsheet, a chart download and a broken address get."""

import re
import uuid
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation

from ideation.base.assets.build import CATALOGUES, ROOT
from ideation.base.assets.messages import collect
from ideation.base.cells import plain_cell
from ideation.base.templatetags.ui import duration, marked, number, share, signed
from ideation.catalog.models import Project
from ideation.jobs.models import Job
from ideation.reviews.models import RejectedRow, Review
from ideation.reviews.services.indexing import words_keep
from tests.api.world import make_world
from tests.conftest import Person

PROJECT_PAGES = ("", "reviews/", "needs/", "needs/?view=flat", "needs/unassigned/", "themes/", "models/", "concepts/")


@pytest.mark.django_db
def test_members_see_every_page_and_outsiders_none(alice: Person, bob: Person, charlie: Person) -> None:
    world = make_world(alice, "marked")
    brand = f"/b/{alice.brand.slug}/"
    pages = [brand, f"{brand}jobs/", f"{brand}jobs/{world.job.pk}/", f"{brand}jobs/{world.job.pk}/live/"]
    pages += [f"{brand}p/{world.project.pk}/{name}" for name in PROJECT_PAGES]
    pages += [f"{brand}needs/{world.needs[0].pk}/", f"{brand}reviews/{world.reviews[0].pk}/"]
    pages += [f"{brand}reviews/{world.reviews[0].pk}/?panel=1", f"{brand}concepts/{world.concept.pk}/"]
    pages += [f"{brand}models/{world.model.pk}/", f"{brand}imports/{world.dataset_import.pk}/"]
    for page in pages:
        assert alice.client.get(page).status_code == 200, page
        assert bob.client.get(page).status_code == 200, page
        refused = charlie.client.get(page)
        assert refused.status_code == 404, page
        assert b"marked" not in refused.content
        assert Client().get(page).headers["Location"].startswith("/account/login/"), page
        # The same ids below one's own brand lead nowhere either.
        if str(world.project.pk) in page or page.count("-") > 3:
            own = page.replace(brand, f"/b/{charlie.brand.slug}/")
            assert charlie.client.get(own).status_code == 404, own


@pytest.mark.django_db
def test_a_viewer_changes_nothing(alice: Person, bob: Person) -> None:
    world = make_world(alice, "a")
    brand = f"/b/{alice.brand.slug}/"
    project = f"{brand}p/{world.project.pk}/"
    with alice.scope():
        before = (Project.objects.count(), Job.objects.count())
    refused = [f"{brand}new/", f"{brand}keys/", f"{project}upload/", f"{project}needs/find/", f"{project}models/tune/"]
    refused += [f"{project}concepts/new/", f"{brand}imports/{world.dataset_import.pk}/begin/"]
    refused += [f"{brand}imports/{world.dataset_import.pk}/begin-all/", f"{brand}jobs/{world.job.pk}/cancel/"]
    for page in refused:
        answer = bob.client.post(page, {"name": "mine", "text": "0"})
        assert answer.status_code == 403, page
        assert b"data-error" in answer.content
    with alice.scope():
        assert (Project.objects.count(), Job.objects.count()) == before
        world.job.refresh_from_db()
        assert not world.job.cancel_requested


@pytest.mark.django_db
def test_filters_stand_in_the_address(alice: Person) -> None:
    world = make_world(alice, "a")
    with alice.scope():
        words_keep(world.project, list(Review.objects.values_list("pk", "date", "title", "text")), whole=True)
    reviews = f"/b/{alice.brand.slug}/p/{world.project.pk}/reviews/"
    found = alice.client.get(reviews, {"q": "3 times"}).content.decode()
    assert "R-3" in found
    assert "R-2" not in found
    assert "R-2" in alice.client.get(reviews, {"rating": "2", "language": "en"}).content.decode()
    assert "No review fits" in alice.client.get(reviews, {"q": "nobody said this"}).content.decode()
    assert alice.client.get(reviews, {"rating": "x", "page": "zz"}).status_code == 200
    needs = f"/b/{alice.brand.slug}/p/{world.project.pk}/needs/"
    assert alice.client.get(needs, {"sort": "mentions"}).status_code == 200
    assert alice.client.get(needs, {"sort": "password"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("form", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_charts_can_be_downloaded(alice: Person, form: str, start: bytes) -> None:
    world = make_world(alice, "a")
    needs = f"/b/{alice.brand.slug}/p/{world.project.pk}/needs/"
    answer = alice.client.get(needs, {"format": form})
    assert answer.content.startswith(start)
    assert form in answer.headers["Content-Disposition"]


@pytest.mark.django_db
def test_rejected_rows_come_as_a_file_without_formulas(alice: Person) -> None:
    world = make_world(alice, "a")
    with alice.scope():
        RejectedRow.objects.create(
            dataset_import=world.dataset_import, line=9, column="text", code="bad_date", value='=HYPERLINK("x")'
        )
    answer = alice.client.get(f"/b/{alice.brand.slug}/imports/{world.dataset_import.pk}/rejected.csv")
    whole = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it lies on disk
    assert whole.startswith("\ufeff".encode())
    assert "'=HYPERLINK" in whole.decode()
    assert [plain_cell(text) for text in ("+1", "-1", "@a", "a", "")] == ["'+1", "'-1", "'@a", "a", ""]


@pytest.mark.django_db
def test_a_broken_address_and_a_forged_way_back(alice: Person) -> None:
    answer = alice.client.get(f"/b/{alice.brand.slug}/needs/{uuid.uuid4()}/")
    assert answer.status_code == 404
    assert b"Nothing here" in answer.content
    switched = alice.client.post("/language/", {"language": "zh-hans", "next": "https://evil.example/"})
    assert switched.headers["Location"] == "/"
    assert alice.client.post("/theme/", {"theme": "dark", "next": "//evil.example"}).headers["Location"] == "/"
    assert "没有" in alice.client.get(f"/b/{alice.brand.slug}/needs/{uuid.uuid4()}/").content.decode()


@pytest.mark.django_db
def test_a_fragment_asked_for_after_the_session_reloads_the_page(alice: Person) -> None:
    answer = Client().get("/account/login/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_templates_hold_no_inline_style_or_script() -> None:
    for path in [*ROOT.glob("ideation/*/templates/**/*.html"), *ROOT.glob("accounts/templates/**/*.html")]:
        text = path.read_text()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=['\x22]|javascript:|hx-on|hx-vals='js:", text), path
        assert "<script" not in text.replace("<script defer src=", ""), path


@pytest.mark.parametrize("path", sorted(CATALOGUES.glob("*/LC_MESSAGES/django.po")), ids=lambda path: path.parts[-3])
def test_everything_is_said_in_every_language(path: Path) -> None:
    with path.open("rb") as file:
        said = read_po(file, locale=path.parts[-3])
    for message in collect():
        if not message.id:
            continue
        found = said.get(message.id, message.context)
        assert found is not None, message.id
        assert found.string, message.id
        assert not found.fuzzy, message.id
        ours = set(re.findall(r"%\(\w+\)s", str(message.id)))
        assert ours >= set(re.findall(r"%\(\w+\)s", str(found.string))), message.id


def test_numbers_and_durations_read_well() -> None:
    assert number(12840) == "12,840"
    assert number(3.14159, 2) == "3.14"
    assert number(None) == "–"
    assert signed(-0.381) == "−0.38"
    assert share(30, 20) == 100.0
    assert [duration(seconds) for seconds in (1, 71, 400, 9000)] == ["1 second", "71 seconds", "7 minutes", "2 hours"]
    with translation.override("zh-hans"):
        assert duration(71) == "71 秒"


def test_marking_a_review_keeps_and_escapes_its_text() -> None:
    class Found:
        def __init__(self, text: str, sentiment: float) -> None:
            self.text, self.sentiment, self.evidence = text, sentiment, self

        def all(self) -> list[int]:
            return [1]

    html = marked("<b>Leaks</b> & drips. Nice.", [Found("<b>Leaks</b> & drips.", -0.8), Found("not in it", 0.1)])
    assert html == '<mark class="mark-bad">&lt;b&gt;Leaks&lt;/b&gt; &amp; drips.</mark> Nice.'
