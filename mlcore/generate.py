"""Writes on from prompts with a local model: batched, with a key-value cache, each row sampled by its own seed.

One decoding loop of our own instead of transformers' generate, for three reasons: a row's text must depend on its
own seed and not on its neighbours, rows that have finished must stop costing time, and the long beginning that all
prompts of a batch share (a brief, say) must be read once, not once a row.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

SHARED_AT_LEAST = 16
"""Common tokens from which reading them apart pays."""


@dataclass
class _Row:
    """One text being written."""

    position: int
    """Where its prompt stood in the caller's list."""
    generator: torch.Generator
    tokens: list[int] = field(default_factory=list)
    text: str = ""


class Continuation(NamedTuple):
    """What was written on from a prompt, and how many tokens that took."""

    text: str
    tokens: int


@torch.inference_mode()
def write(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: list[str],
    *,
    max_tokens: int,
    stop: list[str],
    temperature: float,
    top_p: float,
    seed: int,
    batch: int = 32,
) -> list[Continuation]:
    """Continues each prompt by at most max_tokens tokens; returns the continuations in the prompts' order.

    A text ends before the first of the stop strings or at the model's end token, neither included. temperature 0
    takes the likeliest token; otherwise tokens are drawn from the smallest set that holds top_p of the probability
    (nucleus sampling, Holtzman et al. 2020). Row i draws from seed + i, whatever the batch.
    """
    encoded = [tokenizer(prompt)["input_ids"] or [_start(tokenizer)] for prompt in prompts]
    order = sorted(range(len(prompts)), key=lambda index: len(encoded[index]))
    written = [Continuation("", 0)] * len(prompts)
    for first in range(0, len(order), batch):
        rows = [_Row(index, _generator(seed + index)) for index in order[first : first + batch]]
        _write_rows(
            model, tokenizer, rows, [encoded[row.position] for row in rows], max_tokens, stop, temperature, top_p
        )
        for row in rows:
            written[row.position] = Continuation(row.text, len(row.tokens))
    return written


def _write_rows(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: list[_Row],
    prompts: list[list[int]],
    max_tokens: int,
    stop: list[str],
    temperature: float,
    top_p: float,
) -> None:
    """Fills the rows' texts. The cache and the mask keep only rows that are still being written."""
    logits, cache, mask = _read(model, prompts, _pad(tokenizer), max_tokens)
    ends = _end_tokens(model, tokenizer)
    live = rows
    for step in range(max_tokens):
        drawn = _draw(logits, [row.generator for row in live], temperature, top_p)
        going = [index for index, row in enumerate(live) if not _take(row, drawn[index], tokenizer, ends, stop)]
        if not going or step == max_tokens - 1:
            return
        if len(going) < len(live):
            kept = torch.tensor(going, device=mask.device)
            cache.batch_select_indices(kept)
            mask = mask[kept]
            live = [live[index] for index in going]
        last = torch.tensor([[row.tokens[-1]] for row in live], device=mask.device)
        mask = torch.cat([mask, mask.new_ones(len(live), 1)], dim=1)
        logits = _forward(model, last, mask, cache)


def _read(
    model: PreTrainedModel, prompts: list[list[int]], pad: int, max_tokens: int
) -> tuple[torch.Tensor, DynamicCache, torch.Tensor]:
    """Reads the prompts: logits of the next token (rows x vocabulary), the cache, the mask (rows x positions)."""
    device = model.device
    cache = DynamicCache(config=model.config)
    shared = _shared_length(prompts) if max(map(len, prompts)) + max_tokens <= _window(model) else 0
    if shared:
        beginning = torch.tensor([prompts[0][:shared]], device=device)
        _forward(model, beginning, torch.ones_like(beginning), cache)
        cache.batch_repeat_interleave(len(prompts))
    rests = [prompt[shared:] for prompt in prompts]
    width = max(map(len, rests))
    ids = torch.tensor([[pad] * (width - len(rest)) + rest for rest in rests], device=device)
    mask = torch.tensor([[1] * shared + [0] * (width - len(rest)) + [1] * len(rest) for rest in rests], device=device)
    return _forward(model, ids, mask, cache), cache, mask


def _window(model: PreTrainedModel) -> float:
    """Tokens that every layer can look back on. Beyond, padding between beginning and rest would push words out."""
    slides = any("sliding" in kind for kind in getattr(model.config, "layer_types", None) or [])
    return float(model.config.sliding_window) if slides else float("inf")


def _shared_length(prompts: list[list[int]]) -> int:
    """How many tokens all prompts begin with, leaving each at least one to read; 0 if too few to bother."""
    if len(prompts) < 2:
        return 0
    low, high = min(prompts), max(prompts)
    limit = min(len(prompt) for prompt in prompts) - 1
    shared = next((index for index in range(limit) if low[index] != high[index]), limit)
    return shared if shared >= SHARED_AT_LEAST else 0


def _forward(model: PreTrainedModel, ids: torch.Tensor, mask: torch.Tensor, cache: DynamicCache) -> torch.Tensor:
    """Next-token logits in float32 after feeding ids (left-padded, as the last columns of mask say)."""
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
    output: Any = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    logits: torch.Tensor = output.logits[:, -1].float()
    return logits


def _draw(logits: torch.Tensor, generators: list[torch.Generator], temperature: float, top_p: float) -> list[int]:
    if temperature == 0:
        return [int(token) for token in logits.argmax(dim=-1)]
    chances, tokens = torch.softmax(logits.cpu() / temperature, dim=-1).sort(dim=-1, descending=True)
    # A token stays if the ones before it have not yet reached top_p, so the likeliest always stays.
    chances = chances.masked_fill(chances.cumsum(dim=-1) - chances >= top_p, 0.0)
    return [
        int(tokens[row, torch.multinomial(chances[row], 1, generator=generator)])
        for row, generator in enumerate(generators)
    ]


def _take(row: _Row, token: int, tokenizer: PreTrainedTokenizerBase, ends: set[int], stop: list[str]) -> bool:
    """Adds the token to the row; True if the text has come to its end."""
    if token in ends:
        return True
    row.tokens.append(token)
    text = str(tokenizer.decode(row.tokens, skip_special_tokens=True))
    cuts = [place for mark in stop if (place := text.find(mark)) >= 0]
    # A character of several tokens shows as U+FFFD until its last byte is there.
    row.text = text[: min(cuts)] if cuts else text.rstrip("\ufffd")
    return bool(cuts)


def _end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> set[int]:
    """What the tokenizer and the model's own generation settings take for the end."""
    settings: Any = getattr(model.generation_config, "eos_token_id", None)
    own = settings if isinstance(settings, list) else [settings]
    return {int(token) for token in [tokenizer.eos_token_id, *own] if token is not None}


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _pad(tokenizer: PreTrainedTokenizerBase) -> int:
    return int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else _start(tokenizer))


def _start(tokenizer: PreTrainedTokenizerBase) -> int:
    """The token to begin with where a prompt is empty."""
    token = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    return int(token or 0)
