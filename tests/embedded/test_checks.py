"""Each thing that is in the way of a start gets a sentence that says what happened and what to do."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from ideation.embedded import checks
from ideation.embedded.errors import StartError


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind((checks.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_free_port_is_taken_as_it_is(taken_port: int) -> None:
    free = checks._free_port(taken_port)
    assert checks.chosen_port({"PORT": str(free)}) == free


def test_a_taken_port_is_named_with_a_command_that_works(taken_port: int) -> None:
    with pytest.raises(StartError, match=f"Port {taken_port} is taken.*PORT=\\d+ make run") as refusal:
        checks.chosen_port({"PORT": str(taken_port)})
    proposed = str(refusal.value).split("PORT=")[1].split()[0]
    assert checks.chosen_port({"PORT": proposed}) == int(proposed)


@pytest.mark.parametrize("port", ["abc", "0", "-1", "70000", "8000 ", "८०००"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(StartError, match="is not a port"):
        checks.chosen_port({"PORT": port})


def test_an_empty_port_means_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_refusal", lambda _port: None)
    assert checks.chosen_port({"PORT": ""}) == checks.DEFAULT_PORT


def test_only_one_start_holds_a_folder(tmp_path: Path) -> None:
    with checks.only_one(tmp_path):
        assert checks.holder(tmp_path) is not None
        with pytest.raises(StartError, match=r"already runs from this folder \(process \d+\).*make stop"):
            checks.only_one(tmp_path).__enter__()
    assert checks.holder(tmp_path) is None
    with checks.only_one(tmp_path):
        pass


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=300_000_000))
    with pytest.raises(StartError, match=r"Only 0\.3 GB are free"):
        checks.check_disk(tmp_path)


def test_a_review_file_is_found_from_where_make_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "评论.csv").write_text("text\nfine\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert checks.check_reviews({"REVIEWS": "评论.csv"}) == str(tmp_path / "评论.csv")
    assert checks.check_reviews({"REVIEWS": ""}) == ""


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_missing_review_file_is_named_before_anything_starts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StartError, match=r"There is no file .*REVIEWS=reviews\.csv make run"):
        checks.check_reviews({"REVIEWS": name})
