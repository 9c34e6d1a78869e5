"""The command line: help at once, one sentence for what a person can mend, progress line by line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mlcore.__main__ import main
from mlcore.errors import InputError
from mlcore.needsfile import read_needs, write_needs
from tests.mlcore.models import reviews, tiny_gpt2, write_lines


def test_help_names_every_command_without_loading_torch() -> None:
    line = "import sys, mlcore.__main__; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True).stdout == "False\n"
    shown = subprocess.run(
        [sys.executable, "-m", "mlcore", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(command in shown for command in ("needs", "finetune", "evaluate", "generate", "adapter"))


def test_tuning_and_measuring_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = str(tiny_gpt2(tmp_path / "tiny"))
    corpus = str(write_lines(tmp_path / "reviews.jsonl", reviews(30)))
    out = tmp_path / "out"
    shared = ["--base", base, "--models", str(tmp_path)]
    assert main(["finetune", corpus, "--out", str(out), "--max-tokens", "500", *shared]) == 0
    assert "TrainingStep step=0" in capsys.readouterr().out
    assert main(["evaluate", str(out / "eval.jsonl"), "--adapter", str(out / "adapter"), *shared]) == 0
    assert "perplexity_tuned=" in capsys.readouterr().out


def test_what_a_person_can_mend_is_one_sentence_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tmp_path / "absent.jsonl")]) == 2
    assert main(["needs", str(tmp_path / "absent.csv")]) == 2
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == 2
    assert all(line.startswith("There is no file") for line in shown)


def test_needs_go_through_a_file(tmp_path: Path) -> None:
    sentences = [{"review": "r1", "text": "The cord is short."}, {"review": "r2", "text": "线太短。"}]
    write_lines(tmp_path / "sentences.jsonl", sentences)
    figures = {"mentions": 2, "net_sentiment": -1.0, "importance": 9.0, "satisfaction": 1.0, "opportunity": 17.0}
    needs = [
        {"statement": statement, "label": "cord", "language": language, "members": [at],
         "evidence": [{"sentence": at, "score": 1.0}], **figures}
        for at, (statement, language) in enumerate([("I want a longer cord", "en"), ("希望线更长", "zh")])
    ]  # fmt: skip
    write_lines(tmp_path / "needs.jsonl", needs)
    path = tmp_path / "needs.json"
    assert write_needs(tmp_path, 40, path) == 2
    (need,) = read_needs(path, "zh")
    assert (need.id, need.statement, need.reviews) == ("n2", "希望线更长", 40)
    assert [(one.id, one.text) for one in need.evidence] == [("s1", "线太短。")]
    for content in ("", "[]", json.dumps({"needs": [{}]})):
        path.write_text(content)
        with pytest.raises(InputError) as caught:
            read_needs(path, "en")
        assert caught.value.code == "needs_unreadable"
