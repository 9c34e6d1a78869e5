"""Reads a small uploaded file while a person waits, in a process of its own: a file made to harm dies with that."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files import File

from ideation.base.errors import UserError
from ideation.jobs.child import ChildKilledError, Spec, run_child
from mlcore.errors import InputError
from mlcore.events import Event

MEGABYTES: Final = 20
"""Of a file that a person waits for, at most."""
READ_MEGABYTES: Final = 700
READ_SECONDS: Final = 40
"""How long a person waits, at most, for the file to be read."""


def small_file_read(file: "File[bytes]", spec: Callable[[Path], Spec]) -> Event:
    """The last event of the work on a file. Raises UserError, at the field `file`, for one that can't be read."""
    if (file.size or 0) > MEGABYTES * 2**20:
        raise UserError("file_too_large", status=413, megabytes=(file.size or 0) >> 20, limit=MEGABYTES)
    late = time.monotonic() + READ_SECONDS

    def beat() -> None:
        if time.monotonic() > late:
            raise InputError("file_slow", seconds=READ_SECONDS)

    last: Event | None = None
    with tempfile.NamedTemporaryFile(prefix="small-", dir=settings.WORK_FOLDER) as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        try:
            for event in run_child(spec(Path(copy.name)), megabytes=READ_MEGABYTES, beat=beat):
                last = event
        except InputError as error:
            params: dict[str, Any] = error.params
            raise UserError(error.code, field="file", **params) from None
        except ChildKilledError:
            raise UserError("out_of_memory", field="file", megabytes=READ_MEGABYTES) from None
    assert last is not None, "a child ends with its result or an error"
    return last
