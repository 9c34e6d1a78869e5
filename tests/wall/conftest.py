"""The world that the walkers walk: made once a file, in a transaction that is never committed."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.wall.walker import undone
from tests.wall.world import World, populated


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield populated()
