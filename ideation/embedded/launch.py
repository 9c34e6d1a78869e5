"""The start of the whole product on one machine, step by step, and its orderly end."""

import errno
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ideation.embedded import postgres, programs, valkey
from ideation.embedded.checks import HOST, check_disk, check_reviews, chosen_port, only_one
from ideation.embedded.environment import DATABASE, NAME, write_environment
from ideation.embedded.errors import StartError
from ideation.embedded.programs import BASE
from ideation.embedded.stamps import fingerprint, is_done, mark_done
from ideation.embedded.supervisor import Interrupted, Supervisor
from ideation.embedded.terminal import Terminal

VAR = Path(os.environ.get("IDEATION_VAR") or BASE / "var").resolve()
SERVER_PATIENCE = 60.0
WEB_PATIENCE = 120.0
INTERRUPTED = 130
OWN_ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "ideation.settings",
    "IDEATION_VAR": str(VAR),
    "PYTHONUNBUFFERED": "1",
    "TQDM_DISABLE": "1",  # progress is told by the jobs
}
OBSTACLES = {
    errno.EACCES: "{path} belongs to another user. Start as that user, or in a copy of your own.",
    errno.EPERM: "{path} belongs to another user. Start as that user, or in a copy of your own.",
    errno.EEXIST: "{path} is a file, and the data need a folder there. Move it away, then start again.",
    errno.ENOSPC: "The disk is full ({path}). Free some space, then start again; nothing was half-written.",
    errno.EDQUOT: "Your share of the disk is used up ({path}). Free some space, then start again.",
    errno.EROFS: "{path} can't be written to. Work in a folder of your own.",
}
"""What the operating system may refuse us, in sentences."""
LOG_LIMIT = 10 * 1024 * 1024


def run() -> int:
    """Start everything, run the main job, stay until Ctrl-C (or, with ONCE=1, until the job's end).

    Returns the exit status. Raises StartError with what is in the way and the cure.
    """
    once = os.environ.get("ONCE", "") not in ("", "0")
    terminal = Terminal()
    with _alone(), _supervised(terminal) as supervisor:
        reviews, port = check_reviews(os.environ), chosen_port(os.environ)
        try:
            env = _start_servers(supervisor)
            env |= {"PORT": str(port), "REVIEWS": reviews}
            _prepare(supervisor, env)
            _start_product(supervisor, port, env)
            status = supervisor.run(programs.command("mainjob", env=env, bare=True))
            if once:
                terminal.silent = True  # the summary's last line stays the last
                return status
            terminal.say(f"Open http://{HOST}:{port}/ - Ctrl-C stops everything.")
            supervisor.wait(lambda: False)
        except Interrupted:
            terminal.say("Stopping; Ctrl-C again stops at once.")
            return INTERRUPTED if once else 0
    raise AssertionError("waiting ends only by an interrupt")


def serve_only() -> int:
    """Start only Postgres and the broker, and stay until Ctrl-C: for work with `manage.py` by hand."""
    terminal = Terminal()
    with _alone(), _supervised(terminal) as supervisor:
        try:
            _start_servers(supervisor)
            terminal.say(f"Postgres and the broker are up, at the addresses in {VAR / NAME}. Ctrl-C stops them.")
            supervisor.wait(lambda: False)
        except Interrupted:
            terminal.say("Stopping.")
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Make the data folder, closed to others, and hold its lock."""
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        if VAR.stat().st_uid == os.geteuid():
            VAR.chmod(0o700 | VAR.stat().st_mode & 0o010)  # the group bit stands for the entry in account.py
        with only_one(VAR):
            check_disk(VAR)
            yield
    except OSError as error:
        raise StartError(
            OBSTACLES.get(error.errno or 0, "{path}: {reason}.").format(
                path=error.filename or VAR, reason=error.strerror or error
            )
        ) from error


@contextmanager
def _supervised(terminal: Terminal) -> Iterator[Supervisor]:
    """A supervisor that stops everything on the way out, whatever the way."""
    supervisor = Supervisor(terminal)
    with supervisor.listening():
        try:
            yield supervisor
        finally:
            supervisor.stop()


def _start_servers(supervisor: Supervisor) -> dict[str, str]:
    """Start Postgres and the broker and wait for them. Returns the environment for everything else."""
    database, broker = postgres.prepare(VAR / "postgres"), valkey.prepare(VAR / "valkey")
    for folder in (database.folder, broker.folder):
        _shorten(folder / "log")
    supervisor.start(programs.database(database))
    supervisor.start(programs.broker(broker))
    _await_server(supervisor, "postgres", database)
    _await_server(supervisor, "valkey", broker)
    postgres.apply_roles(database, DATABASE)
    return {**_users_environment(), **write_environment(VAR, database, broker), **OWN_ENVIRONMENT}


def _await_server(supervisor: Supervisor, name: str, files: postgres.PostgresFiles | valkey.ValkeyFiles) -> None:
    where = f"{files.folder / 'log'} says why"
    supervisor.wait_ready(name, files.answers, seconds=SERVER_PATIENCE, where=where)


def _users_environment() -> dict[str, str]:
    """The user's environment without what `make` put into it and without what would turn our programs."""
    ours = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "GUNICORN_CMD_ARGS", "CELERY_CONFIG_MODULE")
    return {name: value for name, value in os.environ.items() if name not in ours}


def _shorten(log: Path) -> None:
    """Put a log that has grown large aside; the one before it goes."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        shutil.move(log, log.with_name("log.old"))


def _prepare(supervisor: Supervisor, env: Mapping[str, str]) -> None:
    """Migrate and gather the static files, each only if something has changed since it was last done."""
    requirements = BASE / "requirements.txt"
    migrations = [
        requirements,
        *BASE.glob("accounts/migrations/*.py"),
        *BASE.glob("ideation/*/migrations/*.py"),
    ]
    static = [requirements, *(path for path in BASE.glob("*/*/static/**/*") if path.is_file())]
    _once(
        supervisor,
        VAR / "postgres" / "migrated",
        fingerprint(migrations),
        env,
        "migrate",
        "--database",
        "owner",
    )
    _once(
        supervisor,
        VAR / "static" / ".collected",
        fingerprint(static),
        env,
        "collectstatic",
        "--clear",
        "--verbosity",
        "0",
    )


def _once(supervisor: Supervisor, stamp: Path, state: str, env: Mapping[str, str], *command: str) -> None:
    """Run a command of ours unless it was already done for this state. Raises StartError if it fails."""
    if is_done(stamp, state):
        return
    name, *arguments = command
    status = supervisor.run(programs.command(name, *arguments, "--no-input", env=env))
    if status != 0:
        raise StartError(f"`manage.py {name}` failed; its lines above say why. Nothing of yours was changed.")
    mark_done(stamp, state)


def _start_product(supervisor: Supervisor, port: int, env: Mapping[str, str]) -> None:
    """Start workers, beat and web, and wait for the login page."""
    supervisor.start(programs.web(port, env))
    supervisor.start(programs.worker("cpu", env))
    supervisor.start(programs.worker("gpu", env))
    supervisor.start(programs.beat(env))
    address = f"http://{HOST}:{port}/"
    where = "its lines above say why"
    supervisor.wait_ready("web", lambda: _answers(address), seconds=WEB_PATIENCE, where=where)
    supervisor.terminal.say(f"The pages are up at {address}")


def _answers(address: str) -> bool:
    """Whether pages are served at `address`, after whatever redirects; asked without the user's proxy.

    Raises StartError if they are served broken.
    """
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(address, timeout=10).close()
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise StartError(f"{address} answers with an error ({error.code}); the lines of web say why.") from error
    except OSError:
        return False
    return True
