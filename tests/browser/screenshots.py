"""`make screenshots`: pictures of the running product, from the sample brand, for docs/screenshots/.

Comes in as the sample brand's owner by a session of its own, so that no password is needed.
"""

import os
import sys
from pathlib import Path

import django
from playwright.sync_api import Browser, Error, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.querysets import brands_of  # noqa: E402
from accounts.services.people import user_language_set  # noqa: E402
from accounts.tenancy import brand_scope  # noqa: E402
from ideation.concepts.querysets import concepts  # noqa: E402
from ideation.needs.querysets import current_analysis, needs_of  # noqa: E402
from ideation.workspace.management.commands.mainjob import EMAIL  # noqa: E402
from tests.browser.conftest import CHROMIUM  # noqa: E402

ADDRESS = os.environ.get("ADDRESS", "http://127.0.0.1:8000")
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
DESKTOP, PHONE = {"width": 1200, "height": 760}, {"width": 390, "height": 844}


def session(user: User) -> str:
    """The key of a fresh session of this person."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def addresses(user: User) -> dict[str, str]:
    """Name of a page → its address, in the sample brand's newest project that has concepts."""
    (brand,) = brands_of(user.pk)
    with brand_scope(brand.pk):
        concept = concepts().order_by("-generation__created_at", "number").first()
        if concept is None:
            sys.exit("The sample brand has no concepts yet. Let make run finish its main job first.")
        project = concept.generation.brief.project
        analysis = current_analysis(project)
        assert analysis is not None
        need = needs_of(analysis).first()
        assert need is not None
        home = f"/b/{brand.slug}/"
        inside = f"{home}p/{project.pk}/"
        return {
            "overview": inside,
            "needs": f"{inside}needs/",
            "need": f"{home}needs/{need.pk}/",
            "model": f"{inside}models/",
            "concepts": f"{inside}concepts/",
            "concept": f"{home}concepts/{concept.pk}/",
            "upload": f"{inside}upload/",
        }


def picture(browser: Browser, key: str, theme: str, size: dict[str, int], address: str, name: str) -> None:
    """One page as one file."""
    context = browser.new_context(viewport=size, color_scheme=theme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": key, "url": ADDRESS}])
    page = context.new_page()
    page.goto(ADDRESS + address)
    _settle(page, name)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def _settle(page: Page, name: str) -> None:
    if page.locator("[data-chart]").count():
        page.wait_for_selector("[data-chart] svg")
    if name == "concept-citation":
        page.locator("a.cite").first.click()
        page.wait_for_selector("#panel[open]")
    page.wait_for_timeout(400)


def main() -> None:
    """Takes every picture; ends with a sentence where something is missing."""
    user = User.objects.filter(email=EMAIL).first()
    if CHROMIUM is None or user is None:
        sys.exit("Needs Chromium and the sample brand: apt-get install chromium, then make run.")
    pages, key = addresses(user), session(user)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            for language, theme, size, page, name in SHOTS:
                user_language_set(user=user, language=language)
                picture(browser, key, theme, size, pages[page], name)
        except Error as error:
            sys.exit(f"The product does not answer at {ADDRESS} as expected. Start it with make run. ({error.message})")
        finally:
            user_language_set(user=user, language="")
            browser.close()


SHOTS = (
    ("en", "light", DESKTOP, "overview", "overview"),
    ("en", "light", DESKTOP, "needs", "needs"),
    ("zh-hans", "dark", DESKTOP, "need", "need-zh-dark"),
    ("en", "light", DESKTOP, "model", "model"),
    ("en", "light", DESKTOP, "concepts", "concepts"),
    ("en", "light", DESKTOP, "concept", "concept-citation"),
    ("zh-hans", "light", PHONE, "overview", "overview-zh-phone"),
)

if __name__ == "__main__":
    main()
