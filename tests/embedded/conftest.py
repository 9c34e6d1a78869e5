"""Folders for the servers' files. Pytest's own won't do: a run of pytest that starts beside this one closes the folder
above them to others again, and with it to the system user that the servers run as.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ideation-embedded-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder for one test."""
    yield from _folder()


@pytest.fixture(scope="module")
def module_path() -> Iterator[Path]:
    """A folder for all tests of a module."""
    yield from _folder()
