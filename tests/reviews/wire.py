"""Requests by hand, over a socket that can be cut at any byte."""

import socket
import struct
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

from tests.conftest import Person

TUS = {"Tus-Resumable": "1.0.0"}
RAW = {**TUS, "Content-Type": "application/offset+octet-stream"}
CSRF = "a" * 32


def page_headers(person: Person) -> dict[str, str]:
    """What a page's script sends: the session, and the token against forged requests."""
    session = person.client.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}


class Wire:
    """A server as a client on the network knows it."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self.address = urlsplit(url)
        self.headers = dict(headers)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> HTTPResponse:
        """A whole request and its answer, read."""
        connection = HTTPConnection(self.address.hostname or "", self.address.port, timeout=60)
        connection.request(method, path, body, {**self.headers, **(headers or {})})
        response = connection.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return response

    def cut(self, method: str, path: str, body: bytes, headers: Mapping[str, str], at: int, *, hard: bool) -> int:
        """Sends `at` bytes of the request and hangs up, `hard` without a word; returns the request's length."""
        lines = {"Host": self.address.netloc, "Content-Length": str(len(body)), **self.headers, **headers}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        whole = head.encode() + b"\r\n" + body
        with socket.create_connection((self.address.hostname, self.address.port)) as made:  # type: ignore[arg-type]
            made.sendall(whole[: at % len(whole)])
            if hard:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return len(whole)
