"""A brand's own login in a real browser: its security policy, its cookies and its redirects are what they are there."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from accounts.models import Membership
from tests.accounts.providers import OidcServer
from tests.accounts.test_identity_oidc import connect
from tests.browser.conftest import Visit
from tests.conftest import Person


@pytest.fixture
def server(settings: Settings) -> Iterator[OidcServer]:
    settings.OUTGOING_NETWORKS, settings.OUTGOING_HTTP = ["127.0.0.0/8"], True
    made = OidcServer()
    yield made
    made.close()


@pytest.mark.django_db(transaction=True)
def test_from_work_email_into_the_brand(visit: Visit, alice: Person, server: OidcServer) -> None:
    server.person = {"sub": "dora-1", "email": "dora@a.example", "email_verified": True, "name": "Dora"}
    connect(alice, server, "a.example")
    page = visit.open(reverse("account_login"))
    page.get_by_role("link", name="Log in with your brand's login").click()
    page.get_by_label("Work email").fill("dora@a.example")
    page.get_by_role("button", name="Go on").click()
    # To the provider and back, without another click.
    page.wait_for_url(lambda url: "/account/" not in url)
    expect(page.get_by_role("main")).to_be_visible()
    with alice.scope():
        assert Membership.objects.filter(user__email="dora@a.example", role="analyst").exists()
    assert page.goto(f"{visit.server}/b/{alice.brand.slug}/").status == 200  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_owner_tests_a_provider(visit: Visit, alice: Person, server: OidcServer) -> None:
    server.person = {"sub": "dora-1", "email": "dora@a.example"}
    provider = connect(alice, server, "a.example")
    visit.enter(alice)
    page = visit.open(reverse("login_provider", args=[alice.brand.slug, provider.pk]))
    page.get_by_role("link", name="Test").click()
    expect(page.get_by_role("status").filter(has_text="would become a member")).to_be_visible()
    page.get_by_role("link", name="Back to the settings").click()
    expect(page.get_by_role("heading", name="Company login")).to_be_visible()
