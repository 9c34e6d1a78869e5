"""Coming in, in a real browser: from sign-up to the brand's first page, an app's code, and a passkey."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.accounts.doors import OTHER_PASSWORD, PASSWORD, code_from_mail, give_password, link_from_mail
from tests.accounts.test_people_factors import app_code
from tests.browser.conftest import Visit
from tests.conftest import Person

pytestmark = pytest.mark.django_db(transaction=True)


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def is_it_me(page: Page) -> None:
    """Answers the question who one is with the password."""
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


@contextmanager
def device(page: Page) -> Iterator[None]:
    """A made-up device that keeps passkeys and whose owner always puts a finger on it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.detach()


def test_from_sign_up_to_the_brands_first_page(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("What is your brand called?").fill("Leafline Tea")
    page.get_by_label("Your name").fill("Dana")
    page.get_by_label("Email at work").fill("dana@leafline.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.get_by_label("Code from the mail").fill("AAAA-BBBB")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.get_by_label("Code from the mail").fill(code_from_mail().lower())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Start with your first project")).to_be_visible()
    assert "/b/leafline-tea/" in page.url

    page.get_by_role("button", name="Log out").click()
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("Email").fill("dana@leafline.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    visit.open(link_from_mail())
    page.get_by_label("New password").fill(OTHER_PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("link", name="Log in").click()
    log_in(page, "dana@leafline.example", OTHER_PASSWORD)
    expect(page.get_by_role("heading", name="Start with your first project")).to_be_visible()


def test_a_passkey_stands_for_password_and_second_factor(visit: Visit, alice: Person) -> None:
    give_password(alice.user)
    # A passkey belongs to a name, which an address of numbers has not.
    visit.open("/account/login/")
    expect(visit.page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    visit.server = visit.server.replace("127.0.0.1", "localhost")
    page = visit.open("/account/2fa/webauthn/add/")
    with device(page):
        log_in(page, alice.user.email)
        is_it_me(page)
        page.get_by_label("Name of the passkey").fill("Laptop")
        page.get_by_role("button", name="Make the passkey").click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save as a file").click()
        assert len(saved.value.path().read_text().split()) == 10
        page.get_by_role("link", name="Passkeys").click()
        expect(page.get_by_role("cell", name="Laptop added on")).to_be_visible()

        page.get_by_role("button", name="Log out").click()
        page.get_by_role("button", name="Log in with a passkey").click()
        expect(page.get_by_role("heading", name="Start with your first project")).to_be_visible()

        # After a password it is asked for as the second factor.
        page.get_by_role("button", name="Log out").click()
        log_in(page, alice.user.email)
        expect(page.get_by_role("heading", name="One more proof")).to_be_visible()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", name="Start with your first project")).to_be_visible()

        visit.open("/account/2fa/webauthn/")
        page.get_by_role("link", name="Remove").click()
        expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
        page.get_by_role("link", name="Use a passkey").click()
        page.get_by_role("button", name="Use a passkey").click()
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_role("heading", name="No passkeys yet")).to_be_visible()


def test_an_app_from_its_secret_to_the_login(visit: Visit, alice: Person) -> None:
    give_password(alice.user)
    page = visit.open("/account/2fa/")
    log_in(page, alice.user.email)
    page.get_by_role("link", name="Set up an app").click()
    is_it_me(page)
    expect(page.get_by_alt_text("The secret below")).to_be_visible()
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Code that the app shows").fill(app_code(secret))
    page.get_by_role("button", name="Switch on").click()
    recovery = page.locator("#codes").inner_text().split()[0]
    page.get_by_role("button", name="Log out").click()
    log_in(page, alice.user.email)
    page.get_by_label("Code of your app").fill("000000")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.get_by_label("Code of your app").fill(recovery)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Start with your first project")).to_be_visible()


def test_leaving_for_good(visit: Visit, alice: Person, bob: Person) -> None:
    give_password(bob.user)
    page = visit.open("/account/")
    log_in(page, bob.user.email)
    page.get_by_role("link", name="Delete account").click()
    is_it_me(page)
    page.get_by_label("Type your email address to confirm").fill(bob.user.email)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is deleted.")).to_be_visible()
    assert not User.objects.filter(email=bob.user.email).exists()
