"""Where a server's Unix socket lies: beside its data if the path allows it, else in a private folder under
/tmp.

The kernel takes 107 bytes for a socket's path, and neither libpq's URLs nor Valkey's options like blanks in
it.
"""

import hashlib
import os
import re
from pathlib import Path

from ideation.embedded.account import own
from ideation.embedded.errors import StartError
from ideation.embedded.process import Account

LONGEST_PATH = 100
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
LONGEST_NAME = len("/.s.PGSQL.5432.lock")
SHORT = Path("/tmp")  # noqa: S108 - the folder made below is checked to be ours and closed to others


def socket_folder(server: Path, account: Account | None) -> Path:
    """A folder that only `account` (and root) may enter, for the socket of the server whose files are in
    `server`.

    Raises StartError if somebody else has taken the folder's name under /tmp.
    """
    beside = server.resolve() / "socket"
    if len(os.fsencode(beside)) + LONGEST_NAME <= LONGEST_PATH and PLAIN_PATH.fullmatch(str(beside)):
        return own(beside, account)
    return own(_private(server.resolve(), account), account)


def _private(server: Path, account: Account | None) -> Path:
    """The folder under /tmp, checked to be a real folder that is ours and not a trap of another user's."""
    digest = hashlib.sha256(os.fsencode(server)).hexdigest()[:12]
    folder = SHORT / f"ideation-{os.geteuid()}-{digest}"
    if not folder.is_symlink():
        folder.mkdir(mode=0o700, exist_ok=True)
    ours = {os.geteuid()} if account is None else {os.geteuid(), account.uid}
    if folder.is_symlink() or folder.stat().st_uid not in ours:
        raise StartError(f"{folder} belongs to somebody else. Remove it, or move the project to a shorter path.")
    return folder
