"""Email addresses of every odd kind: kept in one spelling, or refused with a sentence."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.addresses import email_address, email_domain
from accounts.errors import AccountError
from accounts.models import User
from tests.accounts.doors import log_in, sign_up
from tests.conftest import Person


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Dana@Leafline.Example ", "dana@leafline.example"),
        ("dana+reviews@leafline.example", "dana+reviews@leafline.example"),
        ("o'dana@leafline.example", "o'dana@leafline.example"),
        ("dana@例子.测试", "dana@xn--fsqu00a.xn--0zwm56d"),
        # A Cyrillic а: shown as what it is, and another address than its look-alike.
        ("dana@leаfline.example", "dana@xn--lefline-3fg.example"),
        # Full-width letters and dots are the same domain to the network.
        ("dana@ｌｅａｆｌｉｎｅ．example", "dana@leafline.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert email_address(typed) == kept
    assert email_address(kept) == kept
    assert email_domain(kept) == kept.partition("@")[2]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "email_unreadable"),
        ("dana", "email_unreadable"),
        ("@leafline.example", "email_unreadable"),
        ("dana@", "email_unreadable"),
        ("dana@leafline", "email_unreadable"),
        ("dana@leaf line.example", "email_unreadable"),
        ("dana@leafline.example\nBcc: all@leafline.example", "email_unreadable"),
        ("dana\r\nBcc: all@leafline.example", "email_unreadable"),
        ("dana@leafline.example, eve@evil.example", "email_unreadable"),
        ("dana@" + "a" * 300 + ".example", "email_unreadable"),
        ("d" * 250 + "@leafline.example", "email_unreadable"),
        ("dana\0@leafline.example", "email_unreadable"),
        ("<script>@leafline.example", "email_unreadable"),
        ("дана@leafline.example", "email_not_ascii"),
        # The Kelvin sign, which becomes a Latin k in small letters.
        ("\u212aate@leafline.example", "email_not_ascii"),
        ("dana\u202e@leafline.example", "email_not_ascii"),
    ],
)
def test_what_is_no_address_is_refused_in_words(typed: str, code: str) -> None:
    with pytest.raises(AccountError) as refused:
        email_address(typed)
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.django_db
def test_forms_refuse_them_too_and_send_nothing(alice: Person, client: Client) -> None:
    bad = "eve@evil.example\r\nBcc: all@a.example"
    pages = [("/account/signup/", "email"), ("/account/password/reset/", "email"), ("/account/login/", "login")]
    for page, field in pages:
        said = {"brand_name": "B", "name": "E", "password1": "kettle on the shelf", "password": "x", field: bad}
        assert b"field-error" in client.post(page, said).content, page
    assert mail.outbox == []
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_reset_for_a_look_alike_goes_to_nobody_else(alice: Person, client: Client) -> None:
    # A dotless i and a Kelvin sign fold onto Latin letters: the mail must not go where they were typed.
    for typed in ("al\u0131ce@a.example", "alice@\u24d0.example"):
        client.post("/account/password/reset/", {"email": typed})
    assert all(message.to == ["alice@a.example"] for message in mail.outbox)


@pytest.mark.django_db
def test_an_address_is_one_account_whatever_its_case(alice: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ALICE@a.example")
    alice.user.set_password("kettle on the shelf")
    alice.user.save()
    assert log_in(Client(), "Alice@A.Example", "kettle on the shelf").status_code == 302


@pytest.mark.django_db
def test_plus_addresses_are_people_of_their_own(client: Client) -> None:
    for email in ("dana+1@leafline.example", "dana+2@leafline.example"):
        sign_up(Client(), email)
    assert User.objects.count() == 2
    assert [message.to for message in mail.outbox] == [["dana+1@leafline.example"], ["dana+2@leafline.example"]]
