"""Keeps the product's processes running: shows their lines, starts again what dies, and stops all of them in
order.

One thread and one loop, because the kernel's death signal is tied to the thread that started a child. Kept
small and our own: honcho and its like stop everything when one process dies, and circus brings a message bus
of its own.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ideation.embedded.errors import StartError
from ideation.embedded.process import kill_session, spawn
from ideation.embedded.program import Program, Running, manner
from ideation.embedded.terminal import LONGEST_LINE, Terminal

TICK = 0.1
ONE_WISH = 1.0
"""Seconds within which a second signal is the same wish: `make` passes on what the terminal has sent us already."""
HOPELESS = 3
"""A program that ends so often before it was ever ready won't be ready at the next try either."""


class Interrupted(Exception):
    """Ctrl-C, or a request to stop, came while we waited for something."""


class Supervisor:
    """The running programs by name, in the order in which they were started."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.running: dict[str, Running] = {}
        self.selector = selectors.DefaultSelector()
        self.interrupted_at: float | None = None
        self.hurry = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take Ctrl-C, a request to stop and the terminal's closing as wishes to stop; give the signals back
        after.
        """
        wanted = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to stay
            wanted.append(signal.SIGHUP)
        before = {number: signal.signal(number, self._interrupt) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupt(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.interrupted_at is None:
            self.interrupted_at = now
        elif number == signal.SIGINT and now - self.interrupted_at > ONE_WISH:
            self.hurry = True

    def start(self, program: Program) -> None:
        """Start a program. Raises StartError where its file can't be executed."""
        state = self.running.setdefault(program.name, Running(program=program))
        state.program = program
        self._launch(state)

    def run(self, program: Program) -> int:
        """Run a program to its end while the others go on. Returns its exit status. Raises Interrupted."""
        self.start(program)
        state = self.running[program.name]
        self.wait(lambda: state.child is None)
        del self.running[program.name]
        assert state.status is not None
        return state.status

    def wait(self, done: Callable[[], bool], *, seconds: float | None = None) -> bool:
        """Go on until `done()`; False if that takes longer than `seconds`. Raises Interrupted."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not done():
            if self.interrupted_at is not None:
                raise Interrupted
            if deadline is not None and time.monotonic() > deadline:
                return False
            self.tick()
        return True

    def wait_ready(self, name: str, ready: Callable[[], bool], *, seconds: float, where: str) -> None:
        """Wait until a program answers. Raises StartError, naming `where` its reasons are, or Interrupted."""
        state = self.running[name]
        self.wait(lambda: state.failures >= HOPELESS or (state.child is not None and ready()), seconds=seconds)
        if state.child is None or not ready():
            raise StartError(f"{name} doesn't start; {where}.")

    def tick(self) -> None:
        """Pass on what the processes have written, note which have ended, start again what is due."""
        for key, _ in self.selector.select(TICK):
            self._read(key.data, key.fd)
        for state in list(self.running.values()):
            if state.child is not None and (status := state.child.poll()) is not None:
                self._ended(state, status)
            elif state.due is not None and time.monotonic() >= state.due:
                self._launch(state)

    def stop(self) -> None:
        """Stop everything, stage by stage from the top; what doesn't go in time is killed.

        A second Ctrl-C kills at once.
        """
        for stage in sorted({state.program.stage for state in self.running.values()}, reverse=True):
            self._stop_stage([state for state in self.running.values() if state.program.stage == stage])
        self.running.clear()

    def _stop_stage(self, states: list[Running]) -> None:
        asked = time.monotonic()
        for state in states:
            state.due = None
            if state.child is not None:
                state.child.send_signal(state.program.stop_signal)
        while left := [state for state in states if state.child is not None]:
            for state in left:
                if self.hurry or time.monotonic() - asked > state.program.patience:
                    self._force(state)
            self._drain(left)

    def _force(self, state: Running) -> None:
        assert state.child is not None
        self.terminal.say(f"{state.program.name} doesn't stop and is killed.")
        kill_session(state.child.pid)
        state.child.wait()

    def _drain(self, states: list[Running]) -> None:
        """Like `tick`, but an end is the end."""
        for key, _ in self.selector.select(TICK):
            self._read(key.data, key.fd)
        for state in states:
            if state.child is not None and (status := state.child.poll()) is not None:
                self._close(state)
                state.child, state.status = None, status

    def _launch(self, state: Running) -> None:
        program = state.program
        state.due, state.started = None, time.monotonic()
        try:
            if program.before is not None:
                program.before()
            state.child = self._spawn(program)
        except OSError as error:
            raise StartError(f"{program.name} can't be started: {error}") from error
        if state.child.stdout is not None:
            os.set_blocking(state.child.stdout.fileno(), False)
            self.selector.register(state.child.stdout, selectors.EVENT_READ, state)

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        def begin(output: int | None) -> subprocess.Popen[bytes]:
            return spawn(
                program.argv,
                cwd=program.cwd,
                env=program.env,
                output=output,
                account=program.account,
                death_signal=program.death_signal,
            )

        if program.log is None:
            return begin(None if program.bare else subprocess.PIPE)
        with program.log.open("ab") as log:
            return begin(log.fileno())

    def _ended(self, state: Running, status: int) -> None:
        assert state.child is not None
        kill_session(state.child.pid)  # its children, if it left any
        self._close(state)
        pause = state.ended(status)
        if pause is not None:
            self.terminal.say(f"{state.program.name} {manner(status)}; started again in {pause:.0f} s.")

    def _close(self, state: Running) -> None:
        """Pass on the last lines of a process that has ended."""
        if state.child is not None and state.child.stdout is not None:
            self._read(state, state.child.stdout.fileno())
            if state.unfinished:
                self._lines(state, b"\n")
            if state.child.stdout in self.selector.get_map():
                self.selector.unregister(state.child.stdout)
            state.child.stdout.close()

    def _read(self, state: Running, descriptor: int) -> None:
        """Take what is there to read; at the end of the stream, listen no longer."""
        while True:
            try:
                chunk = os.read(descriptor, LONGEST_LINE)
            except BlockingIOError:
                return
            if not chunk:
                if descriptor in self.selector.get_map():
                    self.selector.unregister(descriptor)
                return
            self._lines(state, chunk)

    def _lines(self, state: Running, chunk: bytes) -> None:
        *lines, state.unfinished = (state.unfinished + chunk).split(b"\n")
        for line in lines:
            if shown := line.rstrip().rsplit(b"\r", 1)[-1]:  # a progress bar's last state, and no empty lines
                self.terminal.line(state.program.name, shown)
        if len(state.unfinished) > LONGEST_LINE:
            self.terminal.line(state.program.name, state.unfinished)
            state.unfinished = b""
