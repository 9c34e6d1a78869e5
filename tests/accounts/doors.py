"""What the tests of coming in share: signing up and logging in through real forms, codes and links from real mails."""

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.tenancy import brand_scope
from tests.conftest import Person

PASSWORD = "kettle on the blue shelf"
OTHER_PASSWORD = "lid that locks by a turn"


def give_password(user: User, password: str = PASSWORD) -> None:
    """Unless they have it: a new hash would end their sessions."""
    user.refresh_from_db()
    if not user.check_password(password):
        user.set_password(password)
        user.save()


def log_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": password, **more})


def entered(person: Person) -> Client:
    """A browser that has come in by the login page."""
    give_password(person.user)
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    assert log_in(client, person.user.email).status_code == 302
    return client


def prove(client: Client, address: str, password: str = PASSWORD) -> HttpResponse:
    """Opens an address that asks who one is first, answers with the password, and comes back."""
    asked = client.get(address)
    assert asked.headers["Location"].startswith("/account/reauthenticate/"), asked
    return client.post(asked.headers["Location"], {"password": password, "next": address}, follow=True)


def sign_up(client: Client, email: str, **more: str) -> Any:
    said = {"brand_name": "Leafline", "name": "Dana", "email": email, "password1": PASSWORD}
    return client.post("/account/signup/", {**said, **more})


def code_from_mail() -> str:
    """The code in the newest mail."""
    found = re.search(r"^    (\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def link_from_mail() -> str:
    """The path of the link in the newest mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def is_proved(email: str) -> bool:
    return EmailAddress.objects.filter(email=email, verified=True).exists()


def audited(person: Person) -> list[str]:
    """What the audit of the person's brand says happened, newest last, without changed rows."""
    with brand_scope(person.brand.pk):
        actions = list(AuditEntry.objects.order_by("at").values_list("action", flat=True))
    return [action for action in actions if action not in ("insert", "update", "delete")]


def logged_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200
