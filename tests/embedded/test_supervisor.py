"""The supervisor with small made-up programs: lines, restarts, order of the end, and no orphans."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ideation.embedded.errors import StartError
from ideation.embedded.program import Program, Running, manner
from ideation.embedded.supervisor import Interrupted, Supervisor
from ideation.embedded.terminal import Terminal


class Screen(io.BytesIO):
    """A terminal's lines, read back."""

    @property
    def text(self) -> str:
        return self.getvalue().decode()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def supervisor(screen: Screen) -> Iterator[Supervisor]:
    supervisor = Supervisor(Terminal(screen))
    yield supervisor
    supervisor.stop()


def python(code: str, name: str = "fake", **fields: object) -> Program:
    """A program made of a few lines of Python."""
    argv = [sys.executable, "-u", "-c", textwrap.dedent(code)]
    return Program(name=name, argv=argv, cwd=Path.cwd(), stage=fields.pop("stage", 1), **fields)  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    """Whether a process exists and is more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_every_line_bears_its_process_name(supervisor: Supervisor, screen: Screen) -> None:
    status = supervisor.run(python("print('one\\ntwo 二', end='')", restart=False))
    assert status == 0
    assert screen.text.splitlines() == ["fake          | one", "fake          | two 二"]


def test_a_program_that_dies_is_started_again_and_it_is_said(supervisor: Supervisor, screen: Screen) -> None:
    supervisor.start(python("import os, time; print(os.getpid()); time.sleep(60)"))
    state = supervisor.running["fake"]
    assert supervisor.wait(lambda: "fake          |" in screen.text, seconds=10)
    assert state.child is not None
    first = state.child.pid
    os.kill(first, signal.SIGKILL)
    assert supervisor.wait(lambda: screen.text.count("fake          |") == 2, seconds=10)
    assert state.child is not None
    assert state.child.pid != first
    assert "fake was killed by SIGKILL; started again in 1 s." in screen.text


def test_the_pause_grows_with_each_failure_and_not_for_ever() -> None:
    state = Running(program=python(""), started=time.monotonic())
    assert [state.ended(1) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    state.started -= 3600
    assert state.ended(1) == 1


def test_a_program_that_never_answers_is_reported(supervisor: Supervisor) -> None:
    supervisor.start(python("import time; time.sleep(60)"))
    with pytest.raises(StartError, match=r"fake doesn't start; look there\."):
        supervisor.wait_ready("fake", lambda: False, seconds=0.3, where="look there")


def test_a_missing_file_is_reported(supervisor: Supervisor) -> None:
    absent = Program(name="absent", argv=["/no/such/file"], cwd=Path.cwd(), stage=1)
    with pytest.raises(StartError, match="absent can't be started"):
        supervisor.start(absent)


def test_they_stop_from_the_last_stage_to_the_first(supervisor: Supervisor, screen: Screen) -> None:
    polite = """
        import signal, sys
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("bye")))
        print("up")
        signal.pause()
    """
    for stage, name in enumerate(("database", "worker", "web")):
        supervisor.start(python(polite, name=name, stage=stage))
    assert supervisor.wait(lambda: screen.text.count("up") == 3, seconds=10)
    supervisor.stop()
    farewells = [line.split()[0] for line in screen.text.splitlines() if line.endswith("bye")]
    assert farewells == ["web", "worker", "database"]


def test_a_straggler_and_its_children_are_killed(supervisor: Supervisor, screen: Screen) -> None:
    stubborn = """
        import signal, subprocess, sys
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        print("child", child.pid)
        signal.pause()
    """
    supervisor.start(python(stubborn, patience=0.3))
    assert supervisor.wait(lambda: "child" in screen.text, seconds=10)
    grandchild = int(screen.text.split()[-1])
    supervisor.stop()
    assert "doesn't stop and is killed" in screen.text
    assert eventually(lambda: not alive(grandchild))


def test_an_interrupt_ends_waiting(supervisor: Supervisor) -> None:
    with supervisor.listening():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Interrupted):
            supervisor.wait(lambda: False, seconds=5)


def test_a_second_ctrl_c_kills_at_once_but_one_that_comes_twice_does_not(
    supervisor: Supervisor, screen: Screen
) -> None:
    ignore = 'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print("up"); signal.pause()'
    supervisor.start(python(ignore, patience=60))
    assert supervisor.wait(lambda: "up" in screen.text, seconds=10)
    with supervisor.listening():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        assert not supervisor.hurry
        assert supervisor.interrupted_at is not None
        supervisor.interrupted_at -= 2
        os.kill(os.getpid(), signal.SIGINT)
        supervisor.stop()
    assert "fake doesn't stop and is killed" in screen.text


def test_no_orphan_outlives_a_killed_supervisor() -> None:
    code = """
        import sys
        from pathlib import Path
        from ideation.embedded.program import Program
        from ideation.embedded.supervisor import Supervisor
        from ideation.embedded.terminal import Terminal
        supervisor = Supervisor(Terminal())
        for name in ("a", "b"):
            argv = [sys.executable, "-u", "-c", "import os, signal; print(os.getpid()); signal.pause()"]
            supervisor.start(Program(name=name, argv=argv, cwd=Path.cwd(), stage=1))
        supervisor.wait(lambda: False)
    """
    parent = subprocess.Popen([sys.executable, "-u", "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    children = [int(parent.stdout.readline().split()[-1]) for _ in range(2)]
    assert all(alive(pid) for pid in children)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not any(alive(pid) for pid in children))


def test_a_reader_who_has_gone_does_not_stop_the_processes() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as stream:
        terminal = Terminal(stream)
        terminal.say("nobody hears this")
        assert terminal.silent


@pytest.mark.parametrize(("status", "words"), [(3, "ended with status 3"), (-9, "was killed by SIGKILL")])
def test_the_manner_of_an_end_is_told_in_words(status: int, words: str) -> None:
    assert manner(status) == words
