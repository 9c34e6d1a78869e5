"""Measures what tuning has brought: perplexity and bits per byte on held-out texts, base against tuned.

With L = Σ log p(x_t | x_<t; θ) over the T learnt tokens of all texts, perplexity = exp(−L/T) and bits per byte =
−L / (ln 2 · bytes). Learnt are a review's words (title and text) and its end token, each given the control lines and
all before it; the control lines themselves and padding do not count. Of a task's example only the marked segments do.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from peft import PeftModel
from transformers import PreTrainedTokenizerBase

from mlcore.basemodels import describe, load, resolve
from mlcore.corpus import Document, Example, encode, read_documents
from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.generate import write
from mlcore.likelihood import measure
from mlcore.specs.evaluate import Evaluated, EvaluateSpec

STAGES = 4
TEMPERATURE = 0.7
TOP_P = 0.9


def evaluate(spec: EvaluateSpec) -> Iterator[Event]:
    """Measures as the spec says; yields Progress and at last Evaluated.

    Raises InputError if the model, the adapter or the texts cannot be read, or the texts hold nothing to measure.
    """
    yield Progress(step="loading_model", done=0, total=STAGES, unit="stage")
    texts = read_documents(spec.texts)
    path = resolve(spec.base, spec.models)
    whole = spec.adapter is not None and not (spec.adapter / "adapter_config.json").exists()
    model: Any
    model, tokenizer = load(path, None if whole else spec.adapter)
    documents, examples = _chosen(spec, texts, tokenizer)
    yield Progress(step="measuring_base", done=1, total=STAGES, unit="stage")
    if isinstance(model, PeftModel):
        with model.disable_adapter():
            base, base_samples = _measured(spec, model, tokenizer, documents, examples)
    else:
        base, base_samples = _measured(spec, model, tokenizer, documents, examples)
    tuned, tuned_samples = None, [""] * len(base_samples)
    if spec.adapter is not None:
        yield Progress(step="measuring_tuned", done=2, total=STAGES, unit="stage")
        if whole:
            model, tokenizer = load(path, spec.adapter)
            examples = [encode(document, tokenizer, spec.max_length) for document in documents]
        tuned, tuned_samples = _measured(spec, model, tokenizer, documents, examples)
    rows = zip(documents, base_samples, tuned_samples, strict=False)
    yield Evaluated(
        perplexity_base=base[0],
        perplexity_tuned=tuned[0] if tuned else None,
        bits_per_byte_base=base[1],
        bits_per_byte_tuned=tuned[1] if tuned else None,
        tokens=base[2],
        bytes=base[3],
        texts=len(documents),
        samples=[{"prompt": prompt(document), "base": one, "tuned": other} for document, one, other in rows],
        licence=describe(path).licence,
    )


def scores(loss: float, tokens: int, size: int) -> tuple[float, float]:
    """(perplexity, bits per byte) from −L in nats, T tokens and their bytes."""
    return math.exp(loss / tokens), loss / math.log(2) / max(1, size)


def prompt(document: Document) -> str:
    """What stands before the first learnt segment: of a review its control lines."""
    segments = document.segments
    first = next((index for index, (_, learn) in enumerate(segments) if learn), len(segments))
    return "".join(text for text, _ in segments[:first])


def _chosen(
    spec: EvaluateSpec, texts: list[Document], tokenizer: PreTrainedTokenizerBase
) -> tuple[list[Document], list[Example]]:
    """Documents up to the budget, and their tokens."""
    documents: list[Document] = []
    examples: list[Example] = []
    total = 0
    for document in texts:
        example = encode(document, tokenizer, spec.max_length)
        if example.learnt:
            documents.append(document)
            examples.append(example)
            total += len(example.tokens)
        if total >= spec.max_tokens:
            break
    if not examples:
        raise InputError("texts_empty", path=spec.texts)
    return documents, examples


def _measured(
    spec: EvaluateSpec,
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[Document],
    examples: Sequence[Example],
) -> tuple[tuple[float, float, int, int], list[str]]:
    """(Perplexity, bits per byte, tokens, bytes) and the samples."""
    loss, tokens = measure(model, examples, int(tokenizer.pad_token_id))
    size = sum(example.bytes for example in examples)
    prompts = [prompt(document) for document in documents[: spec.samples]]
    samples = write(
        model,
        tokenizer,
        prompts,
        max_tokens=spec.sample_tokens,
        stop=[],
        temperature=TEMPERATURE,
        top_p=TOP_P,
        seed=spec.seed,
    )
    return (*scores(loss, tokens, size), tokens, size), [text for text, _tokens in samples]
