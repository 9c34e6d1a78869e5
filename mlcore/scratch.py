"""A small model of one's own: a GPT-2 without training and a tokenizer that knows nothing but the given texts."""

from collections.abc import Iterable

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedModel, PreTrainedTokenizerBase, PreTrainedTokenizerFast

END = "<|endoftext|>"
CONTEXT = 512


def scratch(
    texts: Iterable[str], *, seed: int = 0, vocabulary: int = 4096, width: int = 128, layers: int = 4
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """An untrained GPT-2 of the given width and depth with its own byte-level BPE tokenizer, trained on the texts.

    vocabulary is an upper limit: few texts give fewer tokens. The context is 512 tokens. Deterministic under the seed.
    """
    tokenizer = _trained_tokenizer(texts, vocabulary)
    config = GPT2Config(
        vocab_size=len(tokenizer), n_positions=CONTEXT, n_embd=width, n_layer=layers, n_head=max(1, width // 32),
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        bos_token_id=tokenizer.eos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    torch.manual_seed(seed)
    return GPT2LMHeadModel(config), tokenizer


def _trained_tokenizer(texts: Iterable[str], vocabulary: int) -> PreTrainedTokenizerBase:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=END, eos_token=END, pad_token=END)
