"""The embedded servers, for real: who may log in, what they listen on, and what survives a crash."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from ideation.embedded import account, postgres, valkey
from ideation.embedded.environment import read_environment, write_environment
from ideation.embedded.errors import StartError

DATABASE = "ideation"


@pytest.fixture(scope="module")
def folder(module_path: Path) -> Path:
    """A folder whose path has blanks and is too long for a socket."""
    path = module_path / "my projects" / ("long " * 20)
    path.mkdir(parents=True)
    return path


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[postgres.PostgresHandle]:
    handle = postgres.start(folder / "postgres", settings=postgres.THROWAWAY)
    postgres.apply_roles(handle, DATABASE)
    yield handle
    handle.stop()
    shutil.rmtree(handle.files.socket)  # under /tmp, because the path is too long


@pytest.fixture(scope="module")
def spare(module_path: Path) -> Path:
    """A folder for servers that one test after the other starts: creating the files takes longest."""
    return module_path / "spare"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[valkey.ValkeyHandle]:
    handle = valkey.start(tmp_path / "valkey")
    yield handle
    handle.stop()


@pytest.mark.parametrize("role", postgres.LOGIN_ROLES)
def test_each_role_logs_in_and_has_no_power_over_the_server(server: postgres.PostgresHandle, role: str) -> None:
    with psycopg.connect(server.url(role, DATABASE)) as connection:
        row = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert connection.execute("SELECT '[1,2]'::vector <-> '[1,4]'").fetchone() == (2.0,)
    assert row == (role, False, False, False)


@pytest.mark.parametrize("role", [*postgres.LOGIN_ROLES, "ideation_system"])
def test_nobody_gets_in_without_the_password(server: postgres.PostgresHandle, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(server.files.socket), port=postgres.PORT, user=role, dbname=DATABASE, password="x")


def test_no_tcp_port_is_open(server: postgres.PostgresHandle, broker: valkey.ValkeyHandle) -> None:
    with server.superuser() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("off",)  # a throw-away server
    with redis.Redis(unix_socket_path=str(broker.files.socket)) as client:
        assert client.config_get("port", "appendonly") == {"port": "0", "appendonly": "yes"}


def test_sockets_passwords_and_data_are_closed_to_others(
    server: postgres.PostgresHandle, broker: valkey.ValkeyHandle
) -> None:
    for path in (server.files.socket, server.files.data, broker.files.data, broker.files.socket.parent):
        assert path.stat().st_mode & 0o077 == 0
    assert (server.files.folder / "passwords.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_is_no_superuser(server: postgres.PostgresHandle) -> None:
    child = subprocess.run(
        [
            postgres.postgres_binaries() / "psql",
            "-h",
            server.files.socket,
            "-U",
            "postgres",
            "-c",
            "SELECT 1",
        ],
        user="nobody",
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode != 0
    assert "Permission denied" in child.stderr


def test_roles_are_applied_again_without_harm(server: postgres.PostgresHandle) -> None:
    postgres.apply_roles(server, DATABASE)
    psycopg.connect(server.url("ideation_app", DATABASE)).close()


def test_the_environment_keeps_its_secret_and_is_private(
    server: postgres.PostgresHandle, broker: valkey.ValkeyHandle, tmp_path: Path
) -> None:
    first = write_environment(tmp_path, server.files, broker.files)
    again = write_environment(tmp_path, server.files, broker.files)
    assert first["SECRET_KEY"] == again["SECRET_KEY"]
    assert read_environment(tmp_path) == again
    assert (tmp_path / "embedded.env").stat().st_mode & 0o777 == 0o600


def test_postgres_comes_back_after_a_crash_with_what_was_written(spare: Path) -> None:
    first = postgres.start(spare)
    with first.superuser() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(first.child.pid, signal.SIGKILL)
    first.child.wait()
    assert (first.files.data / "postmaster.pid").exists()

    second = postgres.start(spare)
    with second.superuser() as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    second.stop()


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(tmp_path: Path) -> None:
    valkey.start(tmp_path / "valkey").stop()
    pid_file = tmp_path / "valkey" / "data" / "pid"
    pid_file.write_text(str(os.getpid()))  # a number that is now another process's: ours
    valkey.start(tmp_path / "valkey").stop()


def test_a_server_left_running_is_ended_before_the_next(tmp_path: Path) -> None:
    left = valkey.start(tmp_path / "valkey")
    with redis.Redis(unix_socket_path=str(left.files.socket)) as client:
        client.set("kept", "yes")
    following = valkey.start(tmp_path / "valkey")
    assert left.child.wait(5) == 0
    with redis.Redis(unix_socket_path=str(following.files.socket)) as client:
        assert client.get("kept") == b"yes"
    following.stop()


def test_a_server_that_cannot_start_says_why(spare: Path) -> None:
    with pytest.raises(StartError, match="max_connections"):
        postgres.start(spare, settings={"max_connections": "0"})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_the_system_user_may_pass_a_closed_folder_but_not_look_into_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "open").mkdir(parents=True)
    closed.chmod(0o700)
    servers, nobody = account.server_account(tmp_path), pwd.getpwnam("nobody")
    assert servers is not None
    account.let_through(servers, closed / "open")

    def may(user: int, *command: str) -> bool:
        return subprocess.run(command, user=user, group=user, capture_output=True, check=False).returncode == 0

    assert may(servers.uid, "ls", str(closed / "open"))
    assert not may(servers.uid, "ls", str(closed))
    assert not may(nobody.pw_uid, "ls", str(closed / "open"))


def test_stopping_is_quick(spare: Path) -> None:
    handle = postgres.start(spare)
    with handle.superuser() as connection:
        begin = time.monotonic()
        handle.stop()
        assert time.monotonic() - begin < 5
        assert connection.closed == 0  # the client hasn't noticed yet, and didn't hold us up
