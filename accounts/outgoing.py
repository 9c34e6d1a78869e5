"""Requests that a brand's settings make this server send: to identity providers, and to where files of reviews lie.

Whoever names the address must not reach what only this server can reach. So each connection is made to an address that
was looked at first, after the name was resolved and without resolving it again; redirects are not followed, answers
are small and quick, and anything but https is for development. A file may be large and take its time: it is read in
pieces up to a limit, and each hop of its redirects is looked at as the first one was.
"""

import ipaddress
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Event, Timer
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5, 5, 15
MOST_BYTES = 1_000_000
FILE_READ_SECONDS, FILE_SECONDS = 30, 1800
"""A file's server may be silent for so long, and take so long for all of it."""
HOPS = 3
PIECE = 65_536

# Addresses inside which another, private one can be hidden.
CARRIERS = [ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]


class OutgoingError(requests.RequestException):
    """A request that is not made, or an answer that is not read: the address, its redirect, its size, its time."""


class TooLargeError(OutgoingError):
    """The answer has more bytes than are wanted."""


class TooSlowError(OutgoingError):
    """The answer's time is up."""


def address_allowed(address: str) -> bool:
    """Whether this server may connect there: anywhere public, and what OUTGOING_NETWORKS names."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if any(ip in ipaddress.ip_network(network) for network in settings.OUTGOING_NETWORKS):
        return True
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in CARRIERS)


def url_allowed(url: str) -> bool:
    """Whether an address may be asked for or sent to at all, before its name is resolved."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if settings.OUTGOING_HTTP else ("https",)
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc and port != 0


_handles: ContextVar[list[socket.socket]] = ContextVar("handles")


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Ends the connections made inside when the time is up: a timeout of reading starts anew with each byte."""
    handles: list[socket.socket] = []
    token = _handles.set(handles)
    late = Event()
    timer = Timer(seconds, _end, [handles, late])
    timer.daemon = True
    timer.start()
    try:
        yield
        # An answer that was cut off can look like a whole one.
        if late.is_set():
            raise TooSlowError("the answer is too slow")
    except requests.RequestException as error:
        if late.is_set() and not isinstance(error, TooSlowError):
            raise TooSlowError("the answer is too slow") from error
        raise
    finally:
        timer.cancel()
        _handles.reset(token)
        for handle in handles:
            handle.close()


def _end(handles: list[socket.socket], late: Event) -> None:
    late.set()
    for handle in handles:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)


class _Checked(HTTPConnection):
    """Connects to the very address that was looked at, so that a name can't mean another one a moment later."""

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise OutgoingError(f"the name {self.host} is unknown") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(address_allowed(address) for address in addresses):
            raise OutgoingError(f"{self.host} is not a public address")
        try:
            made = create_connection((addresses[0], self.port), self.timeout, socket_options=self.socket_options)
        except OSError as error:
            raise OutgoingError(f"{self.host} does not answer") from error
        # TLS takes the socket over; a second handle on the same connection can still end it.
        _handles.get().append(made.dup())
        return made


class _CheckedTls(_Checked, HTTPSConnection):
    """The same below TLS, whose certificate is checked against the name."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Checked


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTls


class _Adapter(HTTPAdapter):
    """requests' transport over checked connections."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        self.poolmanager = PoolManager(num_pools=4, maxsize=2)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class _Guarded(requests.Session):
    """A session whose every connection is looked at."""

    def __init__(self) -> None:
        super().__init__()
        # A proxy named in the environment would be asked for private addresses in our place.
        self.trust_env = False
        self.mount("https://", _Adapter())
        self.mount("http://", _Adapter())
        self.headers["User-Agent"] = "Ideation"


class Session(_Guarded):
    """A `requests` session for addresses that a brand has named. Every failure is a requests.RequestException."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if not url_allowed(request.url or ""):
            raise OutgoingError("this address is not an https address")
        wanted = {"allow_redirects": False, "stream": True, "timeout": (CONNECT_SECONDS, READ_SECONDS)}
        with _at_most(WHOLE_SECONDS):
            response = super().send(request, **{**kwargs, **wanted})
            try:
                if response.is_redirect:
                    raise OutgoingError("the address sends on to another one")
                _read(response)
            finally:
                response.close()
        return response


def _read(response: requests.Response) -> None:
    content = bytearray()
    for piece in response.iter_content(65_536):
        content += piece
        if len(content) > MOST_BYTES:
            raise TooLargeError("the answer is too long")
    # requests has no public way to hand a body over that was read in pieces.
    response._content = bytes(content)  # noqa: SLF001


@contextmanager
def download(url: str, *, headers: Mapping[str, str] | None = None) -> Iterator[requests.Response]:
    """The answer of an address that a brand has named, its body still unread; `pieces` reads it.

    Raises a requests.RequestException for whatever fails, TooSlowError when the time is up.
    """
    with _at_most(FILE_SECONDS), _Guarded() as session:
        response = _followed(session, url, dict(headers or {}))
        try:
            yield response
        finally:
            response.close()


def _followed(session: _Guarded, url: str, headers: dict[str, str]) -> requests.Response:
    """The answer at the end of the redirects. What lets a request in is told to the first server only."""
    # Packed on the way it would unfold to nobody knows how much.
    headers = {"Accept-Encoding": "identity", **headers}
    for _hop in range(HOPS + 1):
        if not url_allowed(url):
            raise OutgoingError("this address is not an https address")
        response = session.get(
            url, headers=headers, allow_redirects=False, stream=True, timeout=(CONNECT_SECONDS, FILE_READ_SECONDS)
        )
        if not response.is_redirect:
            return response
        response.close()
        onward = urljoin(url, response.headers["Location"])
        if urlsplit(onward).netloc != urlsplit(url).netloc:
            headers.pop("Authorization", None)
        url = onward
    raise OutgoingError("the address sends on too often")


def pieces(response: requests.Response, *, most_bytes: int) -> Iterator[bytes]:
    """A body as it comes in. Raises TooLargeError beyond the limit, at once where the server says the length."""
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > most_bytes:
        raise TooLargeError("the file is too large")
    seen = 0
    for piece in response.iter_content(PIECE):
        seen += len(piece)
        if seen > most_bytes:
            raise TooLargeError("the file is too large")
        yield piece
