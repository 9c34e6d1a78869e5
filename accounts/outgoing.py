"""Requests that a brand's settings make this server send: to identity providers today, to any address a brand names.

Whoever names the address must not reach what only this server can reach. So each connection is made to an address that
was looked at first, after the name was resolved and without resolving it again; redirects are not followed, answers
are small and quick, and anything but https is for development.
"""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5, 5, 15
MOST_BYTES = 1_000_000

# Addresses inside which another, private one can be hidden.
CARRIERS = [ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]


class OutgoingError(requests.RequestException):
    """A request that is not made, or an answer that is not read: the address, its redirect, its size, its time."""


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
            raise OutgoingError("the answer is too slow")
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


class Session(requests.Session):
    """A `requests` session for addresses that a brand has named. Every failure is a requests.RequestException."""

    def __init__(self) -> None:
        super().__init__()
        # A proxy named in the environment would be asked for private addresses in our place.
        self.trust_env = False
        self.mount("https://", _Adapter())
        self.mount("http://", _Adapter())
        self.headers["User-Agent"] = "Ideation"

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
            raise OutgoingError("the answer is too long")
    # requests has no public way to hand a body over that was read in pieces.
    response._content = bytes(content)  # noqa: SLF001
