"""Which operating-system user the embedded servers run as, and how that user reaches their files.

Postgres refuses to run as root, and a broker should not. Started by root, both run as a system user of their
own; an ordinary user runs them as themselves.
"""

import os
import pwd
import shutil
import stat
import struct
import subprocess
from pathlib import Path

from ideation.embedded.errors import StartError
from ideation.embedded.process import Account

SYSTEM_USER = "ideation-servers"

# Linux's binary form of an access control list: a version, then (tag, permissions, id) for each entry.
ACL = "system.posix_acl_access"
ACL_VERSION, ACL_ENTRY = struct.pack("<I", 2), struct.Struct("<HHI")
OWNER, USER, GROUP_OWNER, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
NOBODY, PASS_THROUGH = 0xFFFFFFFF, 0o1


def server_account(data: Path) -> Account | None:
    """The account for servers whose files are in `data`; None for our own.

    Root takes the one that already owns the data (an ordinary user may have made them), or else the system
    user. Raises StartError where the system user can't be created.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return _named(pwd.getpwuid(data.stat().st_uid))
    try:
        return _named(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        return _create_system_user()


def _named(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _create_system_user() -> Account:
    """Make the system user: no home, no shell, no password."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    command = [useradd or "useradd", "--system", "--user-group", "--no-create-home"]
    try:
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", "") or error
        raise StartError(
            f"Postgres doesn't run as root, and the system user {SYSTEM_USER} can't be created "
            f"({str(reason).strip()}). Start as an ordinary user instead."
        ) from error
    return _named(pwd.getpwnam(SYSTEM_USER))


def own(path: Path, account: Account | None) -> Path:
    """Make the folder `path` if needed, for its server alone. Returns it."""
    path.mkdir(parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    if stat.S_IMODE(path.stat().st_mode) != 0o700:
        path.chmod(0o700)
    return path


def let_through(account: Account | None, *paths: Path) -> None:
    """Let `account` pass through every folder above `paths` (a clone in /root is closed to others).

    It gets the right to pass and nothing else: an entry of its own in the folder's access control list. Where
    the file system keeps no such lists, everybody gets the right to pass, but not to list the folder.
    """
    if account is None:
        return
    for path in paths:
        for folder in reversed(path.resolve().parents):
            if not _may_pass(folder, account):
                _open(folder, account)


def _may_pass(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    entries = _acl(folder)
    mask = next((permissions for tag, permissions, _ in entries if tag == MASK), 0o7)
    if any(
        tag == USER and who == account.uid and permissions & mask & PASS_THROUGH for tag, permissions, who in entries
    ):
        return True
    return bool(status.st_mode & (stat.S_IXGRP if status.st_gid == account.gid else stat.S_IXOTH))


def _acl(folder: Path) -> list[tuple[int, int, int]]:
    """The folder's access control list; empty where it has none beside its mode."""
    try:
        raw = os.getxattr(folder, ACL)
    except OSError:
        return []
    return list(ACL_ENTRY.iter_unpack(raw[len(ACL_VERSION) :]))


def _open(folder: Path, account: Account) -> None:
    """Add the entry for `account`, keeping what the list (or the mode it stands for) already said."""
    mode = folder.stat().st_mode
    plain = [(OWNER, mode >> 6 & 7, NOBODY), (GROUP_OWNER, mode >> 3 & 7, NOBODY), (OTHER, mode & 7, NOBODY)]
    entries = [entry for entry in _acl(folder) or plain if entry[0] != MASK and entry[::2] != (USER, account.uid)]
    entries.append((USER, PASS_THROUGH, account.uid))
    mask = 0
    for tag, permissions, _ in entries:
        mask |= permissions if tag in (USER, GROUP_OWNER, GROUP) else 0
    entries.append((MASK, mask, NOBODY))
    try:
        os.setxattr(folder, ACL, ACL_VERSION + b"".join(ACL_ENTRY.pack(*entry) for entry in sorted(entries)))
    except OSError:
        folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
