"""A real Celery worker process for the tests that need one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def worker(app: str = "ideation.celery", threads: int = 2, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker for both queues, in its own process group; killed at the end if it is still there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", app, "worker", "-Q", "cpu,gpu", "-P", "threads", "-c", str(threads),
         "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
        cwd=ROOT,
        env={**os.environ, **environment},
        start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill -9, as a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)
