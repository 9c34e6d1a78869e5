"""The environment of every process on this machine, kept in var/embedded.env so that `manage.py` works by
hand too.

Addresses are written anew at each start (the project may have moved); the secret key stays.
"""

import secrets
from pathlib import Path

from ideation.embedded.files import write_private
from ideation.embedded.postgres import PostgresFiles
from ideation.embedded.valkey import ValkeyFiles

DATABASE = "ideation"
NAME = "embedded.env"


def write_environment(var: Path, postgres: PostgresFiles, valkey: ValkeyFiles) -> dict[str, str]:
    """Write var/embedded.env, readable by us only, and return what is in it."""
    values = {
        "SECRET_KEY": read_environment(var).get("SECRET_KEY") or secrets.token_urlsafe(48),
        "DATABASE_URL": postgres.url("ideation_app", DATABASE),
        "OWNER_DATABASE_URL": postgres.url("ideation_owner", DATABASE),
        "BROKER_URL": valkey.url,
        "CACHE_URL": valkey.cache_url,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
    }
    write_private(var / NAME, "".join(f"{name}={value}\n" for name, value in values.items()))
    return values


def read_environment(var: Path) -> dict[str, str]:
    """What var/embedded.env says; empty where there is none."""
    try:
        lines = (var / NAME).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)
