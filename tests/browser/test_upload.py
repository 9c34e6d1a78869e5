"""A large file through a real browser: it moves, pauses, survives a lost network and a reload, and arrives whole."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from playwright.sync_api import Page, Request, Route, expect

from ideation.catalog.models import Project
from ideation.reviews.models import DatasetImport, Upload
from tests.browser.conftest import Visit
from tests.conftest import Person

LINE = "The kettle is loud in the morning, and its lid is hard to open with one hand,{stars},{number}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Twenty megabytes of reviews: three pieces."""
    path = tmp_path / "reviews.csv"
    lines = (LINE.format(stars=1 + number % 5, number=number) for number in range(240_000))
    path.write_text("review,stars,id\n" + "".join(lines))
    return path


def chosen(visit: Visit, person: Person, project: Project, file: Path) -> Page:
    page = visit.open(f"/b/{person.brand.slug}/p/{project.pk}/upload/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    return page


@contextmanager
def pieces(page: Page, let_through: int) -> Iterator[list[str]]:
    """Lets so many pieces through, then the network is gone; notes where each began."""
    begun: list[str] = []

    def hold(route: Route, request: Request) -> None:
        if request.method != "PATCH":
            route.continue_()
        elif len(begun) < let_through:
            begun.append(request.headers["upload-offset"])
            route.continue_()
        else:
            route.abort("internetdisconnected")

    page.route("**/uploads/**", hold)
    yield begun
    page.unroute("**/uploads/**")


def arrived(person: Person, file: Path) -> None:
    """One import, of exactly this file, and no second copy."""
    with person.scope():
        found = DatasetImport.objects.get()
        assert Upload.objects.get().dataset_import_id == found.pk
    stored = Path(found.file.path)
    assert hashlib.sha256(stored.read_bytes()).digest() == hashlib.sha256(file.read_bytes()).digest()
    folder = Path(default_storage.path(person.brand.folder))
    assert [path for path in folder.rglob("*") if path.is_file()] == [stored]


def test_it_goes_on_after_a_lost_network_and_a_reload(
    visit: Visit, alice: Person, project: Project, file: Path
) -> None:
    visit.enter(alice)
    page = visit.page
    with pieces(page, let_through=1) as begun:
        chosen(visit, alice, project, file)
        panel = page.locator("[data-upload-panel]")
        expect(panel).to_contain_text("reviews.csv")
        expect(panel.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"^40"))
        expect(panel).to_contain_text(re.compile(r"8 of 19.6 MB"))
        panel.get_by_role("button", name="Pause").click()
        expect(panel.get_by_role("button", name="Go on")).to_be_visible()
        page.reload()
    assert begun == ["0"]
    with pieces(page, let_through=10) as begun:
        chosen(visit, alice, project, file)
        expect(page.get_by_role("heading", level=1)).to_have_text("How the file was understood", timeout=60_000)
    assert begun[0] == str(8 * 2**20)
    assert len(begun) == 2
    arrived(alice, file)
    visit.complaints = [one for one in visit.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_the_network_comes_back_and_it_goes_on_by_itself(
    visit: Visit, alice: Person, project: Project, file: Path
) -> None:
    visit.enter(alice)
    page = visit.page
    with pieces(page, let_through=1):
        chosen(visit, alice, project, file)
        expect(page.locator("[data-upload-bar]")).to_have_attribute("value", re.compile(r"^40"))
    # The script tries again by itself; nobody presses anything.
    expect(page.get_by_role("heading", level=1)).to_have_text("How the file was understood", timeout=60_000)
    arrived(alice, file)
    visit.complaints = [one for one in visit.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_cancelling_and_a_file_that_is_none(visit: Visit, alice: Person, project: Project, tmp_path: Path) -> None:
    visit.enter(alice)
    page = visit.page
    large = tmp_path / "large.csv"
    large.write_bytes(b"review\n" + b"x" * 20 * 2**20)
    with pieces(page, let_through=1):
        chosen(visit, alice, project, large)
        expect(page.locator("[data-upload-bar]")).to_have_attribute("value", re.compile(r"^[34]\d"))
        page.locator("[data-upload-panel]").get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Choose a file or drop it here")).to_be_visible()
    with alice.scope():
        assert not Upload.objects.exists()
    none = tmp_path / "report.csv"
    none.write_bytes(b"%PDF-1.7 a document")
    chosen(visit, alice, project, none)
    expect(page.get_by_role("alert")).to_contain_text("not a text file")
    folder = Path(default_storage.path(alice.brand.folder))
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    visit.complaints = [one for one in visit.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_without_a_script_the_form_sends_it_whole(visit: Visit, alice: Person, project: Project, file: Path) -> None:
    visit.enter(alice)
    visit.page.route("**/build/uploads*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    chosen(visit, alice, project, file)
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("How the file was understood", timeout=60_000)
    with alice.scope():
        assert not Upload.objects.exists()
        assert DatasetImport.objects.get().file_bytes == file.stat().st_size
