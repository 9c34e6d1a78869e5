"""Two brands with the same things in them: what Alice's key shows, Charlie's must not."""

import pytest

from tests.api.world import World, make_world
from tests.conftest import Person


@pytest.fixture
def world(alice: Person) -> World:
    return make_world(alice, "ALPHA")


@pytest.fixture
def other_world(charlie: Person) -> World:
    return make_world(charlie, "BRAVO")
