"""The API's page: drawn offline under the strict security policy, and good for a first request with a key."""

import pytest
from playwright.sync_api import expect

from ideation.catalog.services import project_create
from tests.browser.conftest import Visit
from tests.conftest import Person


@pytest.mark.django_db(transaction=True)
def test_somebody_tries_an_address_with_a_key(visit: Visit, alice: Person) -> None:
    with alice.scope():
        project_create(name="Kettles of A", created_by=alice.user)
    page = visit.open("/api/docs/")
    expect(page.locator(".info .title")).to_contain_text("Ideation API")

    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(alice.key)
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Apply credentials").click()
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Close").click()

    operation = page.locator("#operations-catalog-projects_list")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text("Kettles of A")
