"""Small pieces of work for the child process, as mlcore's are: a spec that names its generator."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mlcore.errors import InputError
from mlcore.events import Event, Progress


@dataclass(frozen=True, kw_only=True)
class CountSpec:
    """Count to a number, then do what `ending` says."""

    runner: ClassVar[str] = "tests.jobs.work:count"

    to: int
    ending: str = "result"


@dataclass(frozen=True, kw_only=True)
class Counted(Event):
    """The result."""

    total: int


def count(spec: CountSpec) -> Iterator[Event]:
    for number in range(spec.to):
        yield Progress(step="reading", done=number, total=spec.to, unit="rows")
    if spec.ending == "input error":
        raise InputError("file_empty")
    if spec.ending == "crash":
        raise RuntimeError("boom")
    if spec.ending == "memory":
        _hog = [bytes(50_000_000) for _ in range(100)]
    if spec.ending == "sleep":
        time.sleep(60)
    if spec.ending == "vanish":
        raise SystemExit(9)
    yield Counted(total=spec.to)
