"""Log lines that repeat nothing a customer said: an exception is logged by its kind and its way through the code.

Exceptions quote what they choked on: a row in Postgres's detail, a number that wasn't one, a line of a file. So their
messages are left out, of all of them, and what helps to find the fault is put in: Postgres's code and the names of
table and constraint, the operating system's error number. Needs nothing of Django: a worker's child uses it too.
"""

import copy
import logging
import os
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
NAMED = ("table_name", "column_name", "constraint_name")
"""What of Postgres's diagnosis is the schema's and nobody's data."""


class QuotesNobodyError(RuntimeError):
    """An error of ours whose message may be logged, since it is made of words of ours alone."""


def quiet_trace(error: BaseException) -> str:
    """An exception with those that led to it: frames and kinds, without a word of their messages."""
    return "\n".join(_parts(error)).rstrip()


def _parts(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield quiet_trace(before)
        yield "which led to:"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    yield f"{type(error).__module__}.{type(error).__qualname__}{_detail(error)}"


def _detail(error: BaseException) -> str:
    if isinstance(error, QuotesNobodyError):
        return f": {error}"
    if isinstance(error, OSError) and error.errno is not None:
        return f": [{error.errno}] {os.strerror(error.errno)}"
    state, diagnosis = getattr(error, "sqlstate", None), getattr(error, "diag", None)
    if state is None:
        return ""
    names = [str(getattr(diagnosis, name, None) or "") for name in NAMED]
    return f": {state} {' '.join(name for name in names if name)}".rstrip()


class QuietFormatter(logging.Formatter):
    """Formats records as any other does, but for their exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        # Another handler may have left its own, talkative text here.
        record.exc_text = None
        if isinstance(record.args, Mapping) and "traceback" in record.args:
            # Celery puts exception, traceback and arguments of a failed task into the message itself.
            silent = dict.fromkeys(("exc", "traceback", "args", "kwargs"), "")
            record.args = {**record.args, **silent}
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the library's name
        return quiet_trace(ei[1]) if ei[1] is not None else ""
