"""The command line: help at once, one sentence for what a person can mend, progress line by line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mlcore.__main__ import is_needs, json_lines, main
from mlcore.errors import InputError
from mlcore.needsfile import read_needs, write_needs
from tests.mlcore.models import reviews, tiny_gpt2, write_lines
from tests.mlcore.tables import FORMATS, content, packed, write


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


@pytest.mark.parametrize("form", [*FORMATS, "csv.gz"])
def test_reviews_of_every_format_become_lines_of_their_own(tmp_path: Path, form: str) -> None:
    texts = [f"a kettle for the {n}th time, 漏水" for n in range(3)]
    table = [("review", "stars", "author"), *((text, str(n), "Ann") for n, text in enumerate(texts, start=1))]
    data = packed(content(table, "csv"), "gzip") if form == "csv.gz" else content(table, form)
    path = write(tmp_path, data, name=f"reviews.{form}")
    lines = json_lines(path, tmp_path / "out", "id")
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows] == texts
    assert [row["rating"] for row in rows] == [1, 2, 3]
    assert "Ann" not in lines.read_text(encoding="utf-8")
    # What is in its own form already stays where it is.
    assert json_lines(lines, tmp_path / "out", "id") == lines


def test_needs_and_reviews_in_json_are_told_apart(tmp_path: Path) -> None:
    assert is_needs(write(tmp_path, '{"reviews": 3, "needs": []}', name="needs.json"))
    assert not is_needs(write(tmp_path, '\ufeff [{"text": "fine"}]', name="reviews.json"))
    assert not is_needs(tmp_path / "reviews.xlsx")


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
    for wrong in ("", "[]", json.dumps({"needs": [{}]})):
        path.write_text(wrong)
        with pytest.raises(InputError) as caught:
            read_needs(path, "en")
        assert caught.value.code == "needs_unreadable"
