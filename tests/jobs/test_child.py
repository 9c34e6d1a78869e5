"""Work in a child process: its events come out, its errors too, and it can't outlive or outgrow its bounds."""

import time

import pytest

from ideation.jobs.child import ChildCrashedError, ChildKilledError, run_child
from mlcore.errors import InputError
from mlcore.events import Progress
from tests.jobs.work import Counted, CountSpec


def ignore() -> None:
    """A heartbeat that lets everything go on."""


def test_events_come_out_in_order() -> None:
    events = list(run_child(CountSpec(to=3), megabytes=1000, beat=ignore))
    assert [event.done for event in events if isinstance(event, Progress)] == [0, 1, 2]
    assert events[-1] == Counted(total=3)


def test_the_users_error_keeps_its_code() -> None:
    with pytest.raises(InputError) as caught:
        list(run_child(CountSpec(to=1, ending="input error"), megabytes=1000, beat=ignore))
    assert caught.value.code == "file_empty"


def test_our_error_brings_its_traceback() -> None:
    with pytest.raises(ChildCrashedError, match="boom"):
        list(run_child(CountSpec(to=1, ending="crash"), megabytes=1000, beat=ignore))


def test_memory_is_bounded_and_named() -> None:
    with pytest.raises(InputError) as caught:
        list(run_child(CountSpec(to=1, ending="memory"), megabytes=300, beat=ignore))
    assert caught.value.code == "out_of_memory"


def test_a_child_that_vanishes_is_noticed() -> None:
    with pytest.raises(ChildKilledError):
        list(run_child(CountSpec(to=1, ending="vanish"), megabytes=1000, beat=ignore))


def test_a_heartbeat_that_raises_stops_the_child() -> None:
    def stop() -> None:
        if time.monotonic() - started > 1:
            raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(run_child(CountSpec(to=1, ending="sleep"), megabytes=1000, beat=stop))
    assert time.monotonic() - started < 30
