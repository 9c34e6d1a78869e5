"""Turns the panics of libraries written in Rust into refusals: they are no Exception to Python, and would end the
process on a damaged file without a word.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from mlcore.errors import InputError


@contextmanager
def panics_refused(code: str) -> Iterator[None]:
    """Raises InputError with this code where a library panics."""
    try:
        yield
    except BaseException as error:
        # polars' and calamine's are two classes of one name.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(code) from None
