"""Tuning from one end to the other on a model of two layers: every method, the crash, the figures."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mlcore import checkpoints
from mlcore.basemodels import load
from mlcore.corpus import encode, read_documents
from mlcore.errors import InputError
from mlcore.evaluate import evaluate
from mlcore.events import Event, Progress
from mlcore.finetune import finetune, learning_rate
from mlcore.folders import hashes
from mlcore.specs.evaluate import Evaluated, EvaluateSpec
from mlcore.specs.finetune import FinetuneSpec, TrainingStep, Tuned
from tests.mlcore.models import reviews, tiny_gpt2, write_lines


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gpt2(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lines(tmp_path_factory.mktemp("corpus") / "reviews.jsonl", reviews(60))


@pytest.fixture
def spec(base: Path, corpus: Path, tmp_path: Path) -> FinetuneSpec:
    return FinetuneSpec(
        base=str(base),
        models=tmp_path,
        corpus=corpus,
        output=tmp_path / "out",
        learning_rate=5e-3,
        max_tokens=2000,
        epochs=2,
        batch_tokens=256,
        rank=4,
        checkpoint_every=3,
        eval_share=0.2,
    )


def tuned(events: Iterator[Event]) -> Tuned:
    *others, last = events
    assert all(isinstance(event, Progress | TrainingStep) for event in others)
    assert isinstance(last, Tuned)
    return last


def evaluated(spec: EvaluateSpec) -> Evaluated:
    *_, last = evaluate(spec)
    assert isinstance(last, Evaluated)
    return last


@pytest.mark.parametrize("method", ["lora", "full", "scratch"])
def test_every_method_learns_and_leaves_what_it_says(spec: FinetuneSpec, base: Path, method: str) -> None:
    result = tuned(finetune(replace(spec, method=method)))
    validations = [entry["validation_perplexity"] for entry in result.curve if entry["validation_perplexity"]]
    assert len(validations) == 4
    assert validations[-1] < validations[0]
    assert result.artefact_sha256 == hashes(result.folder)
    assert not list(result.folder.rglob("*.bin"))
    assert not (spec.output / "checkpoints").exists()
    assert result.train_documents + result.eval_documents == result.documents == 60
    assert len(read_documents(result.eval_texts)) == result.eval_documents
    figures = evaluated(EvaluateSpec(texts=result.eval_texts, base=str(base), adapter=result.folder, sample_tokens=5))
    assert figures.perplexity_tuned is not None
    assert figures.bits_per_byte_tuned is not None
    assert figures.bits_per_byte_tuned < figures.bits_per_byte_base
    assert figures.perplexity_tuned == pytest.approx(validations[-1], rel=1e-3)
    assert [set(sample) for sample in figures.samples] == [{"prompt", "base", "tuned"}] * 2


def test_perplexity_is_that_of_transformers_and_the_base_is_without_adapter(spec: FinetuneSpec, base: Path) -> None:
    result = tuned(finetune(spec))
    figures = evaluated(EvaluateSpec(texts=result.eval_texts, base=str(base), adapter=result.folder, samples=0))
    for adapter, found in ((None, figures.perplexity_base), (result.folder, figures.perplexity_tuned)):
        model, words = load(base, adapter)
        loss, count = 0.0, 0
        for document in read_documents(result.eval_texts):
            example = encode(document, words, 384)
            ids = torch.tensor([example.tokens])
            labels = ids.masked_fill(~torch.tensor([example.learn]), -100)
            mean = model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels).loss
            loss += float(mean.detach()) * example.learnt
            count += example.learnt
        assert found == pytest.approx(math.exp(loss / count), rel=1e-4)
        assert count == figures.tokens


def test_a_run_killed_in_the_middle_ends_as_if_it_had_not_been(spec: FinetuneSpec) -> None:
    whole = tuned(finetune(spec))
    crashed = replace(spec, output=spec.output.with_name("crashed"))
    events = finetune(crashed)
    for event in events:
        if isinstance(event, TrainingStep) and event.step == 8:
            break
    events.close()  # type: ignore[attr-defined]
    newest = max((crashed.output / "checkpoints").iterdir())
    (newest / "state.safetensors").write_bytes(b"half")
    steps = [event.step for event in finetune(crashed) if isinstance(event, TrainingStep)]
    assert steps[0] == 4
    again = tuned(finetune(crashed))
    assert again.curve[-1]["loss"] == pytest.approx(whole.curve[-1]["loss"], abs=1e-3)
    assert again.tokens == whole.tokens
    one, other = (load_file(result.folder / "adapter_model.safetensors") for result in (whole, again))
    assert all(torch.allclose(one[key], other[key], atol=1e-5) for key in one)


def test_a_finished_run_is_not_done_again_and_another_ignores_its_traces(spec: FinetuneSpec) -> None:
    first = tuned(finetune(spec))
    assert not any(isinstance(event, TrainingStep) for event in finetune(spec))
    assert tuned(finetune(spec)) == first
    other = tuned(finetune(replace(spec, seed=5)))
    assert other.artefact_sha256 != first.artefact_sha256


def test_a_start_fits_its_method(spec: FinetuneSpec, base: Path, tmp_path: Path) -> None:
    first = tuned(finetune(replace(spec, max_tokens=500)))
    whole = tuned(finetune(replace(spec, max_tokens=500, method="full", start=first.folder, output=tmp_path / "full")))
    assert (whole.folder / "model.safetensors").exists()
    assert whole.curve[0]["loss"] == pytest.approx(math.log(first.curve[-1]["validation_perplexity"] or 0), abs=1e-3)
    with pytest.raises(InputError) as caught:
        list(finetune(replace(spec, start=base, output=tmp_path / "lora")))
    assert caught.value.code == "adapter_unreadable"


def test_an_adapter_goes_on_from_another_and_replay_is_mixed_in(spec: FinetuneSpec, tmp_path: Path) -> None:
    first = tuned(finetune(spec))
    examples = write_lines(tmp_path / "task.jsonl", [{"segments": [["Name:", False], [" Warm lamp\n", True]]}])
    further = replace(spec, start=first.folder, replay=examples, output=tmp_path / "further", rank=8)
    steps = [event for event in finetune(further) if isinstance(event, TrainingStep)]
    assert steps[0].validation_perplexity == pytest.approx(first.curve[-1]["validation_perplexity"], rel=1e-3)
    config = json.loads((tmp_path / "further" / "adapter" / "adapter_config.json").read_text())
    assert config["r"] == 4
    assert config["base_model_name_or_path"] == "tiny"


def test_a_half_written_checkpoint_is_never_chosen(tmp_path: Path) -> None:
    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.AdamW(layer.parameters())
    parameters = dict(layer.named_parameters())
    for step in (1, 2, 3):
        checkpoints.save(tmp_path, step, parameters, optimizer, {"run": "r", "step": step})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000002", "step-00000003"]
    found = checkpoints.latest(tmp_path, "r")
    assert found is not None
    assert found[1]["step"] == 3
    (tmp_path / "step-00000003" / "position.json").write_text('{"run": "r", "step": 99}')
    found = checkpoints.latest(tmp_path, "r")
    assert found is not None
    assert found[1]["step"] == 2
    assert checkpoints.latest(tmp_path, "another") is None


def test_the_rate_rises_then_falls_to_a_tenth(spec: FinetuneSpec) -> None:
    rates = [learning_rate(step, 100, spec) for step in range(100)]
    assert rates[0] == pytest.approx(spec.learning_rate / 5)
    assert max(rates) == spec.learning_rate
    assert rates[4:] == sorted(rates[4:], reverse=True)
    assert rates[-1] == pytest.approx(spec.learning_rate / 10, rel=0.02)


def test_a_loss_that_is_no_number_stops_the_run(spec: FinetuneSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlcore.finetune.negative_log_likelihood", lambda *_: torch.tensor(math.nan))
    with pytest.raises(InputError) as caught:
        list(finetune(spec))
    assert caught.value.code == "training_diverged"


@pytest.mark.parametrize(
    ("name", "value"),
    [("method", "magic"), ("epochs", 0), ("learning_rate", math.nan), ("eval_share", 0.9), ("max_length", 2)],
)
def test_settings_out_of_range_are_refused(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(InputError, match=name):
        FinetuneSpec(corpus=tmp_path, output=tmp_path, **{name: value})
