"""`python -m ideation.embedded` as a person calls it: a second start, the end, a taken port."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent.parent


def environment(var: Path, **extra: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "PORT", "REVIEWS")}
    return {**clean, "IDEATION_VAR": str(var), "NO_COLOR": "1", **extra}


def call(command: str, var: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ideation.embedded", command],
        cwd=HERE,
        env=environment(var, **extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture(scope="module")
def used(module_path: Path) -> Path:
    """A data folder that one start after the other uses."""
    return module_path / "var"


@pytest.fixture
def servers(used: Path) -> Iterator[subprocess.Popen[str]]:
    """`servers`, up and running."""
    argv = [sys.executable, "-m", "ideation.embedded", "servers"]
    with subprocess.Popen(argv, cwd=HERE, env=environment(used), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "are up" in process.stdout.readline()
        yield process
        if process.poll() is None:
            process.kill()


def test_a_second_start_says_so_and_the_first_goes_on(servers: subprocess.Popen[str], used: Path) -> None:
    second = call("run", used)
    assert second.returncode == 1
    assert second.stderr.startswith("Ideation already runs from this folder (process")
    assert second.stderr.count("\n") == 1
    assert servers.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_cleanly_when_asked(servers: subprocess.Popen[str], used: Path, number: signal.Signals) -> None:
    servers.send_signal(number)
    assert servers.wait(20) == 0
    assert not (used / "postgres" / "data" / "postmaster.pid").exists()
    assert not (used / "valkey" / "data" / "pid").exists()


def test_stop_ends_what_runs_and_says_when_nothing_does(servers: subprocess.Popen[str], used: Path) -> None:
    assert call("stop", used).stdout == "Stopped.\n"
    assert servers.wait(5) == 0
    assert call("stop", used).stdout == "Nothing runs from this folder.\n"


def test_a_taken_port_stops_the_start_before_anything_runs(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = call("run", var, PORT=str(other.getsockname()[1]))
    assert refused.returncode == 1
    assert "is taken by another program" in refused.stderr
    assert not (var / "postgres").exists()


def test_a_file_where_the_data_folder_should_be_is_named(var: Path) -> None:
    var.write_text("")
    refused = call("run", var)
    assert refused.returncode == 1
    assert str(var) in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_terms_of_gemma_need_a_yes_and_are_asked_once(var: Path) -> None:
    refused = call("gemma", var)
    assert refused.returncode == 1
    assert "https://ai.google.dev/gemma/terms" in refused.stdout
    assert "GEMMA_TERMS=accepted" in refused.stderr
    assert call("gemma", var, GEMMA_TERMS="accepted").returncode == 0
    again = call("gemma", var)
    assert (again.returncode, again.stdout) == (0, "")


def test_an_unknown_command_lists_those_there_are(var: Path) -> None:
    wrong = call("dance", var)
    assert wrong.returncode == 2
    assert "- servers: only Postgres and the broker" in wrong.stderr
