"""Ten thousand requests of two brands over two pooled connections: no answer and no connection keeps the other brand.

The whole stack from WSGI down, in threads, with pages, API, errors, statements that are cancelled, connections that die
and downloads that are left half-way.
"""

import io
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.conftest import Person, person
from tests.wall import broken_urls

REQUESTS = 10_000
THREADS = 3
LIGHT = [f"x/{view.__name__}/" for view in broken_urls.LIGHT]
ODDS = {"x/names/": 80, "x/dies/": 4, "x/cancelled/": 0.3, "x/cut_off/": 0.2, "x/streams/": 10}
"""How often each is asked for; one that dies or waits costs more than the others."""


class Returned:
    """What each connection still held when it came back to the pool."""

    def __init__(self) -> None:
        self.count = 0
        self.kept: list[Any] = []
        self.lock = threading.Lock()

    def __call__(self, given: "psycopg.Connection[Any]") -> None:
        with given.cursor() as cursor:
            cursor.execute("SELECT current_setting('ideation.brand', true), current_setting('ideation.actor', true)")
            row = cursor.fetchone()
        given.rollback()
        with self.lock:
            self.count += 1
            self.kept += [] if row in {("", ""), (None, None), ("", None)} else [row]


@pytest.fixture
def returned(transactional_db: None) -> Iterator[Returned]:
    """The serving role's connections come out of a pool of two, for threads that begin from now on."""
    seen = Returned()
    settings = connections.settings["default"]
    kept = {name: settings[name] for name in ("OPTIONS", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS")}
    settings["OPTIONS"] = {**kept["OPTIONS"], "pool": {"min_size": 2, "max_size": 2, "timeout": 60, "reset": seen}}
    settings["CONN_MAX_AGE"], settings["CONN_HEALTH_CHECKS"] = 0, False
    try:
        yield seen
    finally:
        if (pool := DatabaseWrapper._connection_pools.pop("default", None)) is not None:
            pool.close()
        settings.update(kept)


def environ(path: str, brand: Person, *, api: bool) -> dict[str, Any]:
    """A request as a server hands it over."""
    who = {"HTTP_AUTHORIZATION": f"Bearer {brand.key}"} if api else {"HTTP_COOKIE": cookie(brand)}
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "testserver",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False, **who,
    }  # fmt: skip


def cookie(brand: Person) -> str:
    return f"sessionid={brand.client.cookies['sessionid'].value}"


def plan(brands: list[Person]) -> list[tuple[Person, str, bool]]:
    """Who asks what, well mixed."""
    dice = random.Random(7)
    asked = []
    for place in range(REQUESTS):
        brand = brands[place % 2]
        if place % 10 < 8:
            asked.append((brand, "/api/v1/x/names/", True))
        elif place % 500 in {8, 9}:
            asked.append((brand, f"/b/{brand.brand.slug}/jobs/", False))
        elif place % 50 in {18, 19}:
            asked.append((brand, "/outside/", False))
        else:
            [path] = dice.choices(list(ODDS), list(ODDS.values()))
            asked.append((brand, f"/b/{brand.brand.slug}/{path}", False))
    dice.shuffle(asked)
    return asked


@pytest.mark.usefixtures("caplog")
def test_ten_thousand_mixed_requests_over_two_connections(
    returned: Returned, django_db_blocker: DjangoDbBlocker
) -> None:
    assert set(LIGHT) == set(ODDS)
    marks = {"qzalphazq": "First", "qzbravozq": "Second"}
    people = {mark: person(f"{mark}@x.example", brand_name=name) for mark, name in marks.items()}
    for mark, one in people.items():
        with one.scope():
            broken_urls.Project.objects.create(name=mark)
    mark_of = {one.brand.pk: mark for mark, one in people.items()}
    statuses: Counter[tuple[str, int]] = Counter()
    leaks: list[str] = []

    def answer(asked: tuple[Person, str, bool]) -> None:
        brand, path, api = asked
        seen: list[str] = []
        body = handler(environ(path, brand, api=api), lambda status, headers, *_: seen.extend([status, str(headers)]))
        left = path.endswith("streams/") and random.random() < 0.5
        text = seen[1] + ("" if left else b"".join(body).decode())
        body.close()
        statuses[path.replace(brand.brand.slug, "…"), int(seen[0][:3])] += 1
        leaks.extend(f"{path}: {mark}" for pk, mark in mark_of.items() if pk != brand.brand.pk and mark in text)
        if seen[0].startswith("200") and "names" in path and mark_of[brand.brand.pk] not in text:
            leaks.append(f"{path} doesn't show its own brand's name")
        if path == "/outside/" and not text.endswith("[]"):
            leaks.append(f"{path} sees rows: {text}")

    with override_settings(ROOT_URLCONF="tests.wall.broken_urls"), django_db_blocker.unblock():
        handler = WSGIHandler()
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(answer, plan(list(people.values())), chunksize=1))
    assert leaks == []
    assert returned.kept == []
    assert returned.count > REQUESTS * 0.9
    assert sum(statuses.values()) == REQUESTS
    assert {status for _path, status in statuses} == {200, 500}, statuses
    assert statuses["/api/v1/x/names/", 200] == REQUESTS * 0.8
