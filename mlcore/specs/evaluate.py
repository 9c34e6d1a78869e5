"""What to measure a tuned model on, and what was found."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from mlcore.errors import InputError
from mlcore.events import Event


@dataclass(frozen=True, kw_only=True)
class EvaluateSpec:
    """Measure a base model, and beside it the model tuned from it, on texts that neither was trained on."""

    runner: ClassVar[str] = "mlcore.evaluate:evaluate"

    texts: Path
    """Held-out texts in the corpus's form: the eval.jsonl that tuning leaves."""

    base: str = "smollm2-135m"
    """Name, folder or .gguf file of the base model."""

    models: Path = Path("var/models")
    """Folder for converted and fetched models."""

    adapter: Path | None = None
    """LoRA adapter's or whole tuned model's folder; None measures the base alone."""

    max_tokens: int = 4_000
    """Whole texts from the file's beginning until so many tokens are read."""

    max_length: int = 384
    """Tokens of one text; what is longer is cut. As in tuning."""

    samples: int = 2
    """Texts to let both models write, side by side."""

    sample_tokens: int = 60
    """Length of each."""

    seed: int = 0
    """Of the samples."""

    def __post_init__(self) -> None:
        for name, least in (("max_tokens", 1), ("max_length", 16), ("samples", 0), ("sample_tokens", 1)):
            if getattr(self, name) < least:
                raise InputError("training_setting", field=name, rule=f"at least {least}", value=getattr(self, name))


@dataclass(frozen=True, kw_only=True)
class Evaluated(Event):
    """The figures; those of the tuned model are None where only a base was measured."""

    perplexity_base: float
    """Of the base model without any adapter."""
    perplexity_tuned: float | None
    bits_per_byte_base: float
    """Comparable between models whatever their vocabularies, which perplexity is not."""
    bits_per_byte_tuned: float | None
    tokens: int
    """Learnt tokens measured, by the base's tokenizer."""
    bytes: int
    """UTF-8 bytes that those tokens spell."""
    texts: int
    samples: list[dict[str, str]] = field(default_factory=list)
    """{"prompt", "base", "tuned"}; tuned is empty where only a base was measured."""
    licence: str = "unknown"
    """The base model's."""
