"""The task adapter that ships with the project: a base model tuned on the worked examples of `frames`.

It is rebuilt by `python -m mlcore adapter`. The recipe is this file and the examples; nothing else went into the
weights. The same documents serve as replay when a brand tunes on its own reviews, so that the model does not unlearn
how to fill in the forms.
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save

from mlcore.folders import write_file
from mlcore.frames import EXAMPLES, read_examples, render_forms
from mlcore.specs.finetune import FinetuneSpec

ADAPTERS = Path(__file__).parent / "adapters"
BASE = "smollm2-135m"
SHIPPED = ADAPTERS / BASE
"""The adapter for the default base model."""

WEIGHTS = "adapter_model.safetensors"

TURNS = 3
"""Renderings of each example, every one with its needs in another order and other sentences shown."""


def write_documents(path: Path, examples: Path = EXAMPLES, *, turns: int = TURNS) -> int:
    """Writes the training documents, one {"segments": [[text, learn], …]} a line; returns how many there are."""
    lines = [
        json.dumps({"segments": form}, ensure_ascii=False)
        for turn in range(turns)
        for example in read_examples(examples)
        for form in render_forms(example, turn)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, ("\n".join(lines) + "\n").encode())
    return len(lines)


def recipe(output: Path, models: Path) -> FinetuneSpec:
    """How the shipped adapter was tuned: some 72,000 tokens, ten minutes on two free cores."""
    return FinetuneSpec(
        corpus=output / "documents.jsonl",
        output=output,
        base=BASE,
        models=models,
        learning_rate=5e-4,
        epochs=1,
        max_tokens=72_000,
        batch_tokens=448,
        rank=16,
        eval_share=0.02,
        eval_tokens=1_500,
        validations=2,
        checkpoint_every=40,
        seed=0,
    )


def halve(adapter: Path, target: Path) -> None:
    """Copies an adapter with its numbers in 16 bits: half the bytes; loading turns them back into 32."""
    weights = load_file(adapter / WEIGHTS)
    target.mkdir(parents=True, exist_ok=True)
    halved = {name: value.astype(np.float16) for name, value in weights.items()}
    write_file(target / WEIGHTS, save(halved, metadata={"format": "pt"}))
    write_file(target / "adapter_config.json", (adapter / "adapter_config.json").read_bytes())


def shipped(base: str) -> Path | None:
    """The adapter that ships with the project for this base model, None if there is none."""
    return SHIPPED if base == BASE and (SHIPPED / WEIGHTS).exists() else None
