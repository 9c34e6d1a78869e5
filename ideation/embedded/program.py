"""What the supervisor runs: a program's command line, how it is stopped, and what is known of its present
process.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ideation.embedded.process import Account

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY = 60.0
"""Seconds after which a program counts as running well, so that its next end is its first again."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program that the supervisor keeps running, or runs once."""

    name: str
    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] | None = None
    stage: int
    """Stages stop from the highest to the lowest; programs of one stage stop together."""
    restart: bool = True
    log: Path | None = None
    """Where its lines go; None sends them to the terminal with its name before them."""
    bare: bool = False
    """Its output goes to the terminal as it is: for the one program that speaks to the person."""
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    """Seconds between the stop signal and force."""
    death_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends it should the supervisor be killed."""
    before: Callable[[], None] | None = None
    """Called before each start, to clear away what the last process left."""


@dataclass(kw_only=True)
class Running:
    """A program's present state."""

    program: Program
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float | None = None
    """When it is started again; None while it runs or after it has ended for good."""
    status: int | None = None
    """The exit status of its last process: negative for a signal."""
    unfinished: bytes = field(default=b"", repr=False)
    """Output since the last line break."""

    def ended(self, status: int) -> float | None:
        """Note that the process has ended. Returns the pause in seconds before the next start, or None for
        never.
        """
        if time.monotonic() - self.started > STEADY:
            self.failures = 0
        self.failures += 1
        self.child, self.status = None, status
        if not self.program.restart:
            return None
        pause = min(FIRST_PAUSE * 2.0 ** (self.failures - 1), LONGEST_PAUSE)
        self.due = time.monotonic() + pause
        return pause


def manner(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"ended with status {status}"
    return f"was killed by {signal.Signals(-status).name}"
