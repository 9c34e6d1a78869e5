"""The tests' own Postgres and broker, started before the settings are read: real servers, in a folder thrown away."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from ideation.embedded import postgres, valkey

DATABASE = "ideation_test"
ROOT = Path(__file__).resolve().parent.parent


class Servers:
    """What this run of the tests has started."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ideation-tests-"))
        self.folder.chmod(0o755)
        self.postgres = postgres.start(self.folder / "postgres", settings=postgres.THROWAWAY)
        postgres.apply_roles(self.postgres, DATABASE)
        self.valkey = valkey.start(self.folder / "valkey")

    def environment(self) -> dict[str, str]:
        """What the product's settings read."""
        return {
            "SECRET_KEY": "only-for-tests-and-long-enough-for-django-to-accept-it",
            "DATABASE_URL": self.postgres.url("ideation_app", DATABASE),
            "OWNER_DATABASE_URL": self.postgres.url("ideation_owner", DATABASE),
            "BROKER_URL": self.valkey.url,
            "CACHE_URL": self.valkey.files.cache_url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
            "IDEATION_VAR": str(self.folder / "var"),
            # The shipped model is converted once a checkout, not once a test run.
            "MODELS_FOLDER": str(ROOT / "var" / "models"),
            "LOG_LEVEL": "WARNING",
        }

    def stop(self) -> None:
        """Ends both and removes their files."""
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


_running: list[Servers] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Runs before pytest-django reads the settings."""
    _running.append(Servers())
    early_config.servers = _running[0]  # type: ignore[attr-defined]
    for name in ("MODEL", "GENERATION_URL", "GENERATION_KEY", "GENERATION_MODEL", "HTTPS", "DEBUG"):
        os.environ.pop(name, None)
    os.environ.update(_running[0].environment())


_status: list[int] = []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(exitstatus: int) -> None:
    """Keeps the run's exit status for the very end."""
    _status.append(int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Also after a failed or interrupted run."""
    while _running:
        _running.pop().stop()
    if _status:
        # With torch, igraph and a browser's driver loaded into one process, the interpreter's own end has crashed
        # after a finished run, which would turn a green run red: what is to be reported has been, so leave at once.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status[0])
