"""The one place that measures how probable a model finds a text; training, evaluation and choosing all ask here."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from peft import PeftModel
from transformers import PreTrainedModel

from mlcore.batches import by_length, tensors
from mlcore.corpus import Example

PLAIN_HEADS = ("gpt2", "llama", "mistral", "qwen2", "qwen3", "gemma3_text")
"""Architectures whose logits are just the output embedding of the last hidden state."""


def negative_log_likelihood(
    model: PreTrainedModel | PeftModel, tokens: torch.Tensor, attention: torch.Tensor, learn: torch.Tensor
) -> torch.Tensor:
    """−Σ log p(x_t | x_<t; θ) in nats over the tokens marked in learn. All three are rows x positions.

    Where the architecture allows, logits are made for the learnt positions only: with a large vocabulary they cost
    more memory than all else together.
    """
    core: Any = model.get_base_model() if isinstance(model, PeftModel) else model
    wanted = learn[:, 1:].bool()
    with torch.autocast("cuda", dtype=torch.bfloat16, enabled=tokens.device.type == "cuda"):
        if core.config.model_type in PLAIN_HEADS and not getattr(core.config, "final_logit_softcapping", None):
            hidden = core.base_model(input_ids=tokens, attention_mask=attention, use_cache=False).last_hidden_state
            logits = core.get_output_embeddings()(hidden[:, :-1][wanted])
        else:
            logits = model(input_ids=tokens, attention_mask=attention, use_cache=False).logits[:, :-1][wanted]
    loss: torch.Tensor = torch.nn.functional.cross_entropy(logits.float(), tokens[:, 1:][wanted], reduction="sum")
    return loss


@torch.inference_mode()
def measure(
    model: PreTrainedModel | PeftModel, examples: Sequence[Example], pad: int, batch_tokens: int = 512
) -> tuple[float, int]:
    """(−L in nats, T learnt tokens) over all examples; perplexity is exp(−L/T)."""
    loss, count = 0.0, 0
    was_training = model.training
    model.eval()
    for batch in by_length(examples, batch_tokens):
        tokens, attention, learn = tensors(batch, pad, model.device)
        loss += float(negative_log_likelihood(model, tokens, attention, learn))
        count += sum(example.learnt for example in batch)
    model.train(was_training)
    return loss, count


def within(examples: Iterable[Example], max_tokens: int) -> list[Example]:
    """The first examples up to so many tokens, at least one of them; those with nothing learnt are left out."""
    chosen: list[Example] = []
    total = 0
    for example in examples:
        if example.learnt:
            chosen.append(example)
            total += len(example.tokens)
            if total >= max_tokens:
                break
    return chosen
