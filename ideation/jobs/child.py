"""Runs mlcore's work in a process of its own, so that it can be cancelled, bounded in memory, and die without harm.

Not a fork: CUDA and torch don't survive one. The child knows no Django; it gets a spec and sends events.
"""

import importlib
import os
import resource
import threading
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import ClassVar, Protocol

from ideation.base.traces import QuotesNobodyError, quiet_trace
from mlcore.errors import InputError, MlError
from mlcore.events import Event

SECRETS = ("DATABASE_URL", "OWNER_DATABASE_URL", "SECRET_KEY", "BROKER_URL")


class Spec(Protocol):
    """A kind of mlcore work: names the generator function that does it."""

    runner: ClassVar[str]


class ChildCrashedError(QuotesNobodyError):
    """The work raised something nobody expected; the message is its way through the code, without what it said."""


class ChildKilledError(RuntimeError):
    """The process ended without a word: killed, most likely for memory."""


def run_child(spec: Spec, *, megabytes: int, beat: Callable[[], None]) -> Iterator[Event]:
    """The events of a spec's work, done in a new process of at most `megabytes` of data.

    `beat` is called about once a second and may raise to stop it; closing the generator kills the process. Raises
    what the work raised (MlError), ChildCrashedError or ChildKilledError.
    """
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    leash, leash_end = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(spec, sender, leash, megabytes))
    process.start()
    sender.close()
    leash.close()
    try:
        yield from _events(receiver, beat)
        process.join(10)
    finally:
        leash_end.close()
        if process.is_alive():
            process.kill()
        process.join()
        receiver.close()


def _events(receiver: Connection, beat: Callable[[], None]) -> Iterator[Event]:
    while True:
        beat()
        if not receiver.poll(1.0):
            continue
        try:
            message = receiver.recv()
        except EOFError:
            raise ChildKilledError from None
        if isinstance(message, Event):
            yield message
        elif isinstance(message, MlError):
            raise message
        elif message is None:
            return
        else:
            raise ChildCrashedError(message)


def _child(spec: Spec, sender: Connection, leash: Connection, megabytes: int) -> None:
    threading.Thread(target=_die_with_parent, args=(leash,), daemon=True).start()
    for name in SECRETS:
        os.environ.pop(name, None)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20, megabytes * 2**20))
    try:
        module, _colon, name = spec.runner.partition(":")
        for event in getattr(importlib.import_module(module), name)(spec):
            sender.send(event)
        sender.send(None)
    except MlError as error:
        sender.send(error)
    except MemoryError:
        sender.send(InputError("out_of_memory", megabytes=megabytes))
    except OSError as error:
        sender.send(InputError("disk_full") if error.errno == 28 else quiet_trace(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent is to know it
        sender.send(quiet_trace(error))


def _die_with_parent(leash: Connection) -> None:
    # Nothing is ever sent: the read ends when the worker closes its end or dies, kill -9 included.
    try:
        leash.recv()
    except EOFError:
        os._exit(1)
