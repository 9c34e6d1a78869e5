"""What is looked at before anything starts: the lock, the port, the disk, the file to read. Each says its
cure.
"""

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ideation.embedded.errors import StartError

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
GIGABYTE = 10**9
NEEDED_BYTES = 2 * GIGABYTE


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Hold the lock of this folder; the kernel gives it back however we end.

    Raises StartError if another start holds it.
    """
    path = lock_path(var)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StartError(
                f"Ideation already runs from this folder (process {_read(path)}). Use that one, or end it "
                "first: Ctrl-C in its terminal, or `make stop`."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def holder(var: Path) -> int | None:
    """The process that holds this folder's lock, or None."""
    try:
        with lock_path(var).open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        number = _read(lock_path(var))
        return int(number) if number.isdigit() else None
    return None


def lock_path(var: Path) -> Path:
    """The lock file of the product whose data is in `var`."""
    return var / "run" / "lock"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def chosen_port(environ: Mapping[str, str]) -> int:
    """The port to serve on: $PORT or 8000. Raises StartError if it isn't one or is taken."""
    text = environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise StartError(f"PORT={text} is not a port. Take a number from 1024 to 65535: `PORT=8001 make run`.")
    port = int(text)
    reason = _refusal(port)
    if reason is not None:
        raise StartError(f"Port {port} {reason}. Start on another one: `PORT={_free_port(port)} make run`.")
    return port


def _refusal(port: int) -> str | None:
    """Why we can't listen on `port`, in words; None if we can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                return "is open to the system's administrator only"
            return "is taken by another program"
    return None


def _free_port(taken: int) -> int:
    """A port near `taken` that is free now."""
    nearby = (port for port in range(max(taken, DEFAULT_PORT - 1) + 1, 65536) if _refusal(port) is None)
    return next(nearby, DEFAULT_PORT)


def check_disk(var: Path) -> None:
    """Raises StartError if the disk under `var` has too little room for the servers and a model."""
    free = shutil.disk_usage(var).free
    if free < NEEDED_BYTES:
        raise StartError(
            f"Only {free / GIGABYTE:.1f} GB are free on the disk of {var}, and {NEEDED_BYTES // GIGABYTE} GB "
            "are needed. Free some space, then start again."
        )


def check_reviews(environ: Mapping[str, str]) -> str:
    """The absolute path of the user's own review file, $REVIEWS; empty if none is named.

    Raises StartError if there is no such file.
    """
    if not environ.get("REVIEWS"):
        return ""
    path = Path(environ["REVIEWS"]).expanduser().resolve()
    if not path.is_file():
        raise StartError(
            f"There is no file {path}. Set REVIEWS to your reviews (CSV, JSON, Parquet or a workbook): "
            "`REVIEWS=reviews.csv make run`."
        )
    if not os.access(path, os.R_OK):
        raise StartError(f"{path} can't be read by you. Give yourself the right to read it: `chmod u+r`.")
    return str(path)
