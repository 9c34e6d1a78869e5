"""Runs mlcore's work in a process of its own, so that it can be cancelled, bounded in memory, and die without harm.

Not a fork: CUDA and torch don't survive one. The child knows no Django; it gets a spec and sends events.
"""

import importlib
import os
import resource
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, ClassVar, Protocol

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
    return run_children([spec], megabytes=megabytes, beat=beat)


def run_children(specs: Sequence[Spec], *, megabytes: int, beat: Callable[[], None]) -> Iterator[Event]:
    """The same for several specs side by side, each in its own process; their events come as they are told."""
    children = [_Child(spec, megabytes) for spec in specs]
    try:
        yield from _events({child.receiver: child for child in children}, beat)
        for child in children:
            child.process.join(10)
    finally:
        for child in children:
            child.end()


class _Child:
    """A process at work, and the ends of its pipes that stay here."""

    def __init__(self, spec: Spec, megabytes: int) -> None:
        context = get_context("spawn")
        self.receiver, sender = context.Pipe(duplex=False)
        leash, self.leash_end = context.Pipe(duplex=False)
        self.process = context.Process(target=_child, args=(spec, sender, leash, megabytes))
        self.process.start()
        sender.close()
        leash.close()

    def end(self) -> None:
        """Kills it if it is still there."""
        self.leash_end.close()
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.receiver.close()


def _events(working: dict[Any, _Child], beat: Callable[[], None]) -> Iterator[Event]:
    while working:
        beat()
        for receiver in wait(list(working), 1.0):
            assert isinstance(receiver, Connection)
            try:
                message = receiver.recv()
            except EOFError:
                raise ChildKilledError from None
            if isinstance(message, Event):
                yield message
            elif isinstance(message, MlError):
                raise message
            elif message is None:
                del working[receiver]
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
