"""Requests to addresses that a brand names: nothing private, no redirects, not much, not long."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
import requests
from pytest_django import Settings

from accounts import outgoing
from accounts.outgoing import OutgoingError, Session, address_allowed, url_allowed


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Takes connections on 127.0.0.1 and answers each by hand."""
    listening = socket.create_server(("127.0.0.1", 0))
    taken = []

    def serve() -> None:
        while True:
            try:
                made, _address = listening.accept()
            except OSError:
                return
            taken.append(1)
            with made:
                try:
                    made.recv(65_536)
                    answer(made)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def says(text: str) -> Callable[[socket.socket], None]:
    return lambda made: made.sendall(text.replace("\n", "\r\n").encode())


HELLO = says("HTTP/1.1 200 OK\nContent-Length: 5\nConnection: close\n\nhello")


@pytest.fixture
def _loopback(settings: Settings) -> None:
    settings.OUTGOING_NETWORKS, settings.OUTGOING_HTTP = ["127.0.0.0/8"], True


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),  # noqa: S104
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "198.18.0.1", "192.0.2.1"),
    ],
)
def test_addresses_that_are_never_reached(address: str) -> None:
    assert not address_allowed(address)


def test_addresses_that_are(settings: Settings) -> None:
    assert address_allowed("93.184.216.34")
    assert address_allowed("2606:2800:220:1:248:1893:25c8:1946")
    settings.OUTGOING_NETWORKS = ["10.20.0.0/16"]
    assert address_allowed("10.20.1.1")
    assert address_allowed("::ffff:10.20.1.1")
    assert not address_allowed("10.21.1.1")


def test_addresses_by_their_form(settings: Settings) -> None:
    assert url_allowed("https://login.company.com/x?y=z")
    for bad in (
        "http://x.example",
        "ftp://x",
        "//x",
        "/x",
        "",
        "https://",
        "https://a@b.example",
        "https://x:0/",
        "file:///etc",
    ):
        assert not url_allowed(bad)
    settings.OUTGOING_HTTP = True
    assert url_allowed("http://x.example")


@pytest.mark.usefixtures("_loopback")
def test_small_quick_answers_are_read() -> None:
    with raw_server(HELLO) as url, Session() as session:
        response = session.get(url)
    assert (response.status_code, response.text) == (200, "hello")


def test_private_address_is_not_even_connected_to(settings: Settings) -> None:
    settings.OUTGOING_HTTP = True
    connected: list[socket.socket] = []
    with raw_server(connected.append) as url, Session() as session:
        for address in (url, url.replace("127.0.0.1", "localhost")):
            with pytest.raises(requests.RequestException):
                session.get(address)
    assert not connected


def test_name_that_means_a_public_and_a_private_address(settings: Settings) -> None:
    settings.OUTGOING_HTTP = True
    both = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    with (
        mock.patch.object(outgoing.socket, "getaddrinfo", return_value=both),
        Session() as session,
        pytest.raises(requests.RequestException),
    ):
        session.get("http://two-faced.example/")


@pytest.mark.usefixtures("_loopback")
def test_redirects_are_not_followed() -> None:
    moved = says("HTTP/1.1 302 Found\nLocation: http://10.0.0.1/secret\nContent-Length: 0\nConnection: close\n\n")
    with raw_server(moved) as url, Session() as session, pytest.raises(OutgoingError, match="sends on"):
        session.get(url)


@pytest.mark.usefixtures("_loopback")
def test_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://10.0.0.1:3128")
    with raw_server(HELLO) as url, Session() as session:
        assert session.get(url).text == "hello"


@pytest.mark.usefixtures("_loopback")
@pytest.mark.parametrize("chunked", [False, True])
def test_long_answers_are_cut(chunked: bool) -> None:
    def endless(made: socket.socket) -> None:
        made.sendall(b"HTTP/1.1 200 OK\r\n" + (b"Transfer-Encoding: chunked\r\n" if chunked else b"") + b"\r\n")
        block = b"x" * 65_536
        while True:
            made.sendall(b"10000\r\n" + block + b"\r\n" if chunked else block)

    with raw_server(endless) as url, Session() as session, pytest.raises(OutgoingError, match="too long"):
        session.get(url)


@pytest.mark.usefixtures("_loopback")
@pytest.mark.parametrize("in_head", [False, True])
def test_answers_that_drip_are_ended(monkeypatch: pytest.MonkeyPatch, in_head: bool) -> None:
    monkeypatch.setattr(outgoing, "WHOLE_SECONDS", 0.5)

    def drip(made: socket.socket) -> None:
        made.sendall(b"HTTP/1.1 200 OK\r\n" + (b"" if in_head else b"Content-Length: 1000\r\n\r\n"))
        for _ in range(200):
            made.sendall(b"X-Drop: 1\r\n" if in_head else b"x")
            time.sleep(0.05)

    started = time.monotonic()
    with raw_server(drip) as url, Session() as session, pytest.raises(requests.RequestException):
        session.get(url)
    assert time.monotonic() - started < 3
