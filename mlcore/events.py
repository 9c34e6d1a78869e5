"""What long work tells while it goes on: plain, picklable values, since it runs in a child process."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Event:
    """Anything that a generator of work yields; the last one is its result."""


@dataclass(frozen=True, kw_only=True)
class Progress(Event):
    """How far a step has come. `step` and `unit` are codes that pages translate."""

    step: str
    done: int
    total: int
    unit: str
