"""Tunes a language model on a brand's reviews: LoRA on a base model, all of its weights, or a small one from nothing.

Maximises L(θ) = Σ log p(x_t | x_<t; θ) over the learnt tokens, with AdamW, warmup, a cosine and clipped gradients.
The order of everything is fixed by the seed, and a run that was stopped goes on from its last whole checkpoint.
"""

import hashlib
import json
import math
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from mlcore import checkpoints
from mlcore.basemodels import BaseModel, describe, device, load, resolve, scratch
from mlcore.batches import Place, plan, tensors
from mlcore.corpus import Corpus, Encoded, Example, read_documents, split, write_documents
from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.folders import hashes, whole_folder, write_file
from mlcore.likelihood import measure, negative_log_likelihood, within
from mlcore.lora import save_adapter, with_adapter
from mlcore.specs.finetune import FinetuneSpec, TrainingStep, Tuned

EVAL_TEXTS = "eval.jsonl"
RESULT = "tuned.json"
STAGES = 5
FORWARD_COST = 0.4
"""A token measured against a token trained, in time; only for the estimate of the seconds left."""


@dataclass
class _Run:
    """Everything that a training run holds while it goes on."""

    spec: FinetuneSpec
    id: str
    corpus: Corpus
    model: Any
    tokenizer: PreTrainedTokenizerBase
    base: BaseModel | None
    data: tuple[Encoded, Encoded]
    steps: list[list[Place]]
    held_out: list[Example]
    parameters: dict[str, torch.nn.Parameter]
    optimizer: torch.optim.Optimizer
    planned: int
    """Tokens of all steps together."""
    done: int = 0
    tokens: int = 0
    seconds: float = 0.0
    curve: list[dict[str, float | None]] = field(default_factory=list)

    @property
    def pad(self) -> int:
        return int(self.tokenizer.pad_token_id)

    @property
    def checkpoints(self) -> Path:
        return self.spec.output / "checkpoints"


def finetune(spec: FinetuneSpec) -> Iterator[Event]:
    """Tunes as the spec says; yields Progress, a TrainingStep a step, and at last Tuned.

    Leaves in spec.output: adapter/ or model/, eval.jsonl (the held-out texts), tuned.json (the result), and while it
    runs checkpoints/. Run again on the same output with the same spec and data, it resumes, or if it had finished
    gives the same result. Raises InputError for a model, corpus or setting that cannot be used, or if it diverges.
    """
    spec.output.mkdir(parents=True, exist_ok=True)
    yield Progress(step="reading_corpus", done=0, total=STAGES, unit="stage")
    corpus = split(read_documents(spec.corpus), eval_share=spec.eval_share, seed=spec.seed)
    write_documents(spec.output / EVAL_TEXTS, corpus.held_out)
    yield Progress(step="loading_model", done=1, total=STAGES, unit="stage")
    base = None if spec.method == "scratch" else resolve(spec.base, spec.models)
    run_id = _run_id(spec, corpus, base)
    if finished := _finished(spec, run_id):
        yield finished
        return
    run = _prepared(spec, run_id, corpus, base)
    yield Progress(step="training", done=2, total=STAGES, unit="stage")
    yield from _resumed(run)
    yield from _train(run)
    yield Progress(step="saving_model", done=4, total=STAGES, unit="stage")
    yield _saved(run)


def _prepared(spec: FinetuneSpec, run_id: str, corpus: Corpus, base: Path | None) -> _Run:
    model, tokenizer = _model(spec, corpus, base)
    replay = read_documents(spec.replay) if spec.replay else []
    train = Encoded(corpus.train, tokenizer, spec.max_length)
    again = Encoded(replay, tokenizer, spec.max_length)
    held_out = Encoded(corpus.held_out, tokenizer, spec.max_length)
    parameters = {name: value for name, value in model.named_parameters() if value.requires_grad}
    steps = plan(
        train,
        again,
        epochs=spec.epochs,
        max_tokens=spec.max_tokens,
        batch_tokens=spec.batch_tokens,
        share=spec.replay_share,
        seed=spec.seed,
    )
    return _Run(
        spec=spec,
        id=run_id,
        corpus=corpus,
        model=model,
        tokenizer=tokenizer,
        base=describe(base) if base else None,
        data=(train, again),
        steps=steps,
        planned=sum(len((train, again)[which][index].tokens) for step in steps for which, index in step),
        held_out=within((held_out[index] for index in range(len(held_out))), spec.eval_tokens),
        parameters=parameters,
        optimizer=torch.optim.AdamW(parameters.values(), lr=spec.learning_rate, weight_decay=0.01),
    )


def _model(spec: FinetuneSpec, corpus: Corpus, base: Path | None) -> tuple[Any, PreTrainedTokenizerBase]:
    """The model to train, its trainable weights in float32."""
    model: Any
    if base is None:
        model, tokenizer = scratch((document.plain for document in corpus.train), seed=spec.seed)
        return model.to(device()), tokenizer
    model, tokenizer = load(base, spec.start)
    if spec.method == "full":
        whole = model.merge_and_unload() if isinstance(model, PeftModel) else model
        return whole.float().requires_grad_(True), tokenizer
    if spec.start is None:
        return with_adapter(model, spec.rank, spec.seed), tokenizer
    if not isinstance(model, PeftModel):
        raise InputError("adapter_unreadable", path=spec.start)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("lora_" in name)
    return model, tokenizer


def _resumed(run: _Run) -> Iterator[Event]:
    """Goes to the last checkpoint's position, or measures the untuned model."""
    found = checkpoints.latest(run.checkpoints, run.id)
    if found:
        folder, position = found
        checkpoints.restore(folder, run.parameters, run.optimizer)
        run.done, run.tokens, run.curve = position["step"], position["tokens"], position["curve"]
        run.seconds = position["seconds"]
        return
    began = time.monotonic()
    perplexity = _validation(run)
    speed = sum(len(example.tokens) for example in run.held_out) / (time.monotonic() - began) * FORWARD_COST
    yield _noted(run, math.log(perplexity), perplexity, 0.0, speed)


def _train(run: _Run) -> Iterator[Event]:
    tokens_before, training = run.tokens, 0.0
    validate_at = {round(len(run.steps) * part / run.spec.validations) for part in range(1, run.spec.validations + 1)}
    run.model.train()
    while run.done < len(run.steps):
        rate = learning_rate(run.done, len(run.steps), run.spec)
        began = time.monotonic()
        loss = _step(run, rate)
        training += time.monotonic() - began
        perplexity = _validation(run) if run.done in validate_at else None
        run.seconds += time.monotonic() - began
        yield _noted(run, loss, perplexity, rate, (run.tokens - tokens_before) / max(training, 1e-9))
        if run.done % run.spec.checkpoint_every == 0 or run.done == len(run.steps):
            _checkpoint(run)


def learning_rate(step: int, steps: int, spec: FinetuneSpec) -> float:
    """Rate of the step (counted from 0): rises linearly through the warmup, then falls along a cosine to a tenth."""
    warmup = max(1, round(steps * spec.warmup))
    if step < warmup:
        return spec.learning_rate * (step + 1) / warmup
    part = (step - warmup) / max(1, steps - warmup)
    return spec.learning_rate * (0.1 + 0.9 * (1 + math.cos(math.pi * part)) / 2)


def _step(run: _Run, rate: float) -> float:
    """One update; returns the batch's mean loss in nats."""
    examples = [run.data[which][index] for which, index in run.steps[run.done]]
    tokens, attention, learn = tensors(examples, run.pad, run.model.device)
    count = sum(example.learnt for example in examples)
    loss = negative_log_likelihood(run.model, tokens, attention, learn) / max(1, count)
    value = float(loss.detach())
    if not math.isfinite(value):
        raise InputError("training_diverged", step=run.done + 1)
    for group in run.optimizer.param_groups:
        group["lr"] = rate
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.parameters.values(), run.spec.clip)
    run.optimizer.step()
    run.done += 1
    run.tokens += sum(len(example.tokens) for example in examples)
    return value


def _validation(run: _Run) -> float:
    loss, count = measure(run.model, run.held_out, run.pad)
    # A model that has gone astray would overflow; the number only has to be absurdly large.
    return math.exp(min(loss / max(1, count), 100.0))


def _noted(run: _Run, loss: float, perplexity: float | None, rate: float, speed: float) -> TrainingStep:
    """Adds the step to the curve."""
    run.curve.append(
        {
            "step": run.done,
            "tokens": run.tokens,
            "loss": loss,
            "validation_perplexity": perplexity,
            "learning_rate": rate,
        }
    )
    return TrainingStep(
        step=run.done,
        steps=len(run.steps),
        tokens=run.tokens,
        loss=loss,
        validation_perplexity=perplexity,
        learning_rate=rate,
        tokens_per_second=speed,
        seconds_left=_work_left(run) / max(speed, 1e-9),
    )


def _work_left(run: _Run) -> float:
    """Tokens to train, plus tokens to measure at their smaller cost."""
    share = 1 - run.done / len(run.steps)
    measured = sum(len(example.tokens) for example in run.held_out) * math.ceil(run.spec.validations * share)
    return run.planned - run.tokens + FORWARD_COST * measured


def _checkpoint(run: _Run) -> None:
    position = {"run": run.id, "step": run.done, "tokens": run.tokens, "seconds": run.seconds, "curve": run.curve}
    checkpoints.save(run.checkpoints, run.done, run.parameters, run.optimizer, position)


def _saved(run: _Run) -> Tuned:
    """Writes the model and the result, then drops the checkpoints, which nobody needs any more."""
    run.model.eval()
    folder = run.spec.output / ("adapter" if run.spec.method == "lora" else "model")
    if run.spec.method == "lora":
        save_adapter(run.model, folder, run.base.name if run.base else "scratch")
    else:
        _save_model(run.model, run.tokenizer, folder)
    tuned = Tuned(
        folder=folder,
        corpus_sha256=run.corpus.sha256,
        artefact_sha256=hashes(folder),
        base_sha256=run.base.sha256 if run.base else "",
        base_licence=run.base.licence if run.base else "",
        base_languages=run.base.languages if run.base else (),
        eval_texts=run.spec.output / EVAL_TEXTS,
        tokens=run.tokens,
        steps=run.done,
        documents=len(run.corpus.train) + len(run.corpus.held_out),
        train_documents=len(run.corpus.train),
        eval_documents=len(run.corpus.held_out),
        seconds=run.seconds,
        curve=run.curve,
    )
    _keep(run.spec, run.id, tuned)
    shutil.rmtree(run.checkpoints, ignore_errors=True)
    return tuned


def _save_model(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    with whole_folder(folder) as temporary:
        model.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)


def _keep(spec: FinetuneSpec, run_id: str, tuned: Tuned) -> None:
    """The result as a file; paths relative to the output, which may be moved."""
    record = asdict(tuned) | {"run": run_id, "folder": tuned.folder.name, "eval_texts": tuned.eval_texts.name}
    write_file(spec.output / RESULT, json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8"))


def _finished(spec: FinetuneSpec, run_id: str) -> Tuned | None:
    """The result of an earlier run on this output, if it was the same run and its files are as it left them."""
    try:
        record = json.loads((spec.output / RESULT).read_text(encoding="utf-8"))
        same = record.pop("run") == run_id
        record["base_languages"] = tuple(record["base_languages"])
        tuned = Tuned(**record | {key: spec.output / record[key] for key in ("folder", "eval_texts")})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return tuned if same and hashes(tuned.folder) == tuned.artefact_sha256 else None


def _run_id(spec: FinetuneSpec, corpus: Corpus, base: Path | None) -> str:
    """Hash of all that decides the outcome: settings, texts, weights. Where things lie does not."""
    places = ("corpus", "output", "models", "base", "start", "replay", "checkpoint_every")
    settings = {key: value for key, value in asdict(spec).items() if key not in places}
    contents = [
        corpus.sha256,
        describe(base).sha256 if base else "",
        json.dumps(hashes(spec.start)) if spec.start else "",
        hashlib.sha256(spec.replay.read_bytes()).hexdigest() if spec.replay and spec.replay.is_file() else "",
    ]
    return hashlib.sha256(json.dumps([settings, contents], sort_keys=True).encode()).hexdigest()
