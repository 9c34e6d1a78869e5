"""Chromium as Debian ships it, and a page that remembers every complaint of the browser's console."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.test.testcases import _StaticFilesHandler
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from tests.conftest import Person

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HERE = Path(__file__).parent

# Playwright keeps an event loop in this thread, where Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed (apt-get install chromium)"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    # Chromium's sandbox refuses to start for root.
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}


@pytest.fixture(scope="session")
def live_server(django_db_setup: None) -> Iterator[LiveServer]:
    """The product on a port of its own, once its static files are collected."""
    # The usual handler looks for source files and so doesn't know the hashed names that pages ask for.
    with mock.patch("django.contrib.staticfiles.handlers.StaticFilesHandler", _StaticFilesHandler):
        server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@dataclass
class Visit:
    """Somebody at a browser."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        """Goes to an address of the product."""
        self.page.goto(self.server + address)
        return self.page

    def enter(self, person: Person) -> None:
        """Comes in without the login page."""
        cookie = {"name": "sessionid", "value": person.client.cookies["sessionid"].value, "url": self.server}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def heard(self, message: ConsoleMessage) -> None:
        """Keeps what the console says in anger: scripts that break, and what the security policy blocked."""
        # A form with something wrong in it is answered with status 400, which Chromium counts as an error.
        if message.type in ("error", "warning") and "status of 400" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")


@pytest.fixture
def visit(context: BrowserContext, live_server: LiveServer) -> Iterator[Visit]:
    """An English visit on a desktop; afterwards the console must have been silent."""
    made = Visit(page=context.new_page(), server=live_server.url)
    made.page.on("console", made.heard)
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.set_default_timeout(15_000)
    yield made
    assert made.complaints == []
