"""Child processes that cannot outlive us: started with a death signal, stopped politely and then by force.

A killed supervisor (kill -9, out of memory) runs no clean-up of its own, so Linux does it: every child asks
the kernel for a signal when its parent dies. What such a crash leaves behind for a moment is found again by
its pid file.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Account:
    """The operating system's user that a child runs as."""

    name: str
    uid: int
    gid: int


def spawn(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, so that Ctrl-C at the terminal reaches only us and we choose the
    order.

    The kernel ties the death signal to the thread that starts the child: call this from a thread that stays.
    Raises OSError where the program can't be started.
    """
    return subprocess.Popen(
        [str(part) for part in argv],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=_dies_with_parent(os.getpid(), death_signal),  # noqa: PLW1509 - one system call, no lock
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )


def die_with_parent(death_signal: signal.Signals) -> None:
    """Ask the kernel to send this process `death_signal` when its parent ends. Does nothing off Linux."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def _dies_with_parent(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """What the child runs between fork and exec, after it has changed its user (which would clear the
    request).
    """

    def ask() -> None:
        die_with_parent(death_signal)
        if os.getppid() != parent:  # the parent died before we asked
            os._exit(1)

    return ask


def stop(child: subprocess.Popen[bytes], *, by: signal.Signals, patience: float) -> bool:
    """Signal the child, wait `patience` seconds, then kill its whole session. True if it went by itself."""
    if child.poll() is None:
        child.send_signal(by)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        kill_session(child.pid)
        child.wait()
        return False
    return True


def kill_session(leader: int) -> None:
    """Kill what is left of a child's session (its process group), the child included."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def running_in(pid_file: Path, folder: Path) -> int | None:
    """The process named in the first line of `pid_file`, if it lives and works in `folder`; None otherwise.

    The folder is asked because the number alone proves nothing: after a restart of the machine, or in a
    container, another process may bear it.
    """
    try:
        pid = int(pid_file.read_text().split(maxsplit=1)[0])
        at_home = Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except (OSError, ValueError, IndexError):
        return None
    return pid if at_home else None


def clear_leftover(pid_file: Path, folder: Path, *, by: signal.Signals, patience: float = 30.0) -> None:
    """End a server that a crashed supervisor left in `folder`, and remove its pid file. Call it under our
    lock.

    Raises TimeoutError if the server still runs after `patience` seconds.
    """
    pid = running_in(pid_file, folder)
    if pid is not None:
        os.kill(pid, by)
        deadline = time.monotonic() + patience
        while running_in(pid_file, folder) is not None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {pid} in {folder} doesn't stop")
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)
