"""The product's processes on one machine: how each is called, and in which stage it starts and stops.

They stop in the opposite order: first what takes requests, then what hands out work, then the workers, then
the broker, and the database last.
"""

import signal
import sys
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path

from ideation.embedded import postgres, valkey
from ideation.embedded.checks import HOST
from ideation.embedded.process import clear_leftover
from ideation.embedded.program import Program

BASE = Path(__file__).resolve().parent.parent.parent


class Stage(IntEnum):
    """In which order things start; they stop from the last to the first."""

    DATABASE = 0
    BROKER = 1
    WORKER = 2
    BEAT = 3
    WEB = 4
    COMMAND = 5


def database(files: postgres.PostgresFiles) -> Program:
    """The embedded Postgres. SIGINT is its fast shutdown: sessions end, everything is written down."""
    return Program(
        name="postgres",
        argv=files.command(),
        cwd=files.data,
        env=postgres.environment(),
        stage=Stage.DATABASE,
        log=files.folder / "log",
        account=files.account,
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        patience=30,
        before=lambda: clear_leftover(files.data / "postmaster.pid", files.data, by=signal.SIGINT),
    )


def broker(files: valkey.ValkeyFiles) -> Program:
    """The embedded Valkey."""
    return Program(
        name="valkey",
        argv=files.command(),
        cwd=files.data,
        stage=Stage.BROKER,
        log=files.folder / "log",
        account=files.account,
        death_signal=signal.SIGTERM,
        before=lambda: clear_leftover(files.data / "pid", files.data, by=signal.SIGTERM),
    )


def worker(queue: str, env: Mapping[str, str]) -> Program:
    """A Celery worker that does one job at a time; the work itself runs in a child process of its own."""
    celery = [
        "-A",
        "ideation.celery",
        "--quiet",
        "worker",
        "-Q",
        queue,
        "-P",
        "threads",
        "-c",
        "1",
        "-n",
        f"{queue}@%h",
    ]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    argv = [sys.executable, "-m", "celery", *celery, *quiet]
    return Program(name=f"worker-{queue}", argv=argv, cwd=BASE, env=env, stage=Stage.WORKER, patience=15)


def beat(env: Mapping[str, str]) -> Program:
    """Celery's clock, which calls the sweeper and the brands' schedules."""
    argv = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "ideation.celery",
        "--quiet",
        "beat",
        "--loglevel",
        "WARNING",
    ]
    return Program(name="beat", argv=[*argv, "--pidfile", ""], cwd=BASE, env=env, stage=Stage.BEAT)


def web(port: int, env: Mapping[str, str]) -> Program:
    """Gunicorn: two processes of four threads, loaded once and forked."""
    shape = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"]
    limits = ["--graceful-timeout", "5", "--timeout", "60", "--no-control-socket", "--log-level", "warning"]
    words = ["--logger-class", "ideation.base.weblog.QuietLogger"]
    argv = [sys.executable, "-m", "gunicorn", "ideation.wsgi", "--bind", f"{HOST}:{port}", *shape, *limits, *words]
    return Program(name="web", argv=argv, cwd=BASE, env=env, stage=Stage.WEB)


def command(name: str, *arguments: str, env: Mapping[str, str], bare: bool = False) -> Program:
    """A command of ours that runs once: `manage.py name arguments`."""
    argv = [sys.executable, "manage.py", name, *arguments]
    return Program(name=name, argv=argv, cwd=BASE, env=env, stage=Stage.COMMAND, restart=False, bare=bare)
