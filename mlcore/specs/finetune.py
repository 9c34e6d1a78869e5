"""How a model is tuned, and what the tuning tells while it runs and at its end."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from mlcore.errors import InputError
from mlcore.events import Event

LIMITS = (
    ("epochs", 1, 1000),
    ("max_tokens", 1, 1e12),
    ("rank", 1, 1024),
    ("eval_tokens", 1, 1e9),
    ("validations", 1, 1000),
    ("checkpoint_every", 1, 1e9),
    ("batch_tokens", 16, 1e6),
    ("max_length", 16, 1e5),
    ("learning_rate", 1e-8, 0.1),
    ("eval_share", 0.001, 0.5),
    ("replay_share", 0, 0.95),
    ("warmup", 0, 1),
    ("clip", 1e-3, 1e6),
)
"""(Setting, least, most), both allowed."""


@dataclass(frozen=True, kw_only=True)
class FinetuneSpec:
    """Tune a base model on reviews. The defaults suit a CPU: some two and a half minutes for smollm2-135m."""

    runner: ClassVar[str] = "mlcore.finetune:finetune"

    corpus: Path
    """Reviews, one JSON object a line; or {"segments": [[text, learn], …]} where only some of a text is learnt."""

    output: Path
    """Folder for the adapter or the model, the held-out texts, the checkpoints. A second run on it resumes."""

    base: str = "smollm2-135m"
    """Name, folder or .gguf file of the base model. Of no effect with method scratch."""

    models: Path = Path("var/models")
    """Folder for converted and fetched models."""

    method: Literal["lora", "full", "scratch"] = "lora"
    """lora: low-rank matrices beside frozen weights; full: all weights; scratch: a small GPT-2 from nothing."""

    start: Path | None = None
    """What to go on from: an adapter, with its own rank (lora); an adapter or a tuned model's folder (full)."""

    replay: Path | None = None
    """Examples of the task, mixed in so that tuning on reviews does not unlearn it. Form as in corpus."""

    replay_share: float = 0.25
    """Replay's share of the training tokens."""

    learning_rate: float = 3e-4
    """At its peak. Good for lora; full does better near 5e-5, scratch near 1e-3."""

    warmup: float = 0.05
    """Share of the steps during which the rate rises to its peak; then it falls along a cosine to a tenth."""

    epochs: int = 3
    """Times that each review is seen, unless the budget ends first."""

    max_tokens: int = 16_000
    """Training stops when it has read so many tokens, replay counted in."""

    batch_tokens: int = 384
    """Tokens a step, padding counted in."""

    max_length: int = 384
    """Tokens of one text; what is longer is cut."""

    rank: int = 16
    """Of the LoRA matrices; their scale is 2, so alpha is twice the rank."""

    clip: float = 1.0
    """Largest norm of a step's gradient."""

    eval_share: float = 0.1
    """Share of the texts held out, whole groups of near-duplicates (and of one author) at a time."""

    eval_tokens: int = 1_500
    """Held-out tokens on which each validation measures."""

    validations: int = 3
    """How often to measure after the start, the end included, at equal distances."""

    checkpoint_every: int = 20
    """Steps between two checkpoints."""

    seed: int = 0
    """Of the split, the order, the new weights."""

    def __post_init__(self) -> None:
        if self.method not in ("lora", "full", "scratch"):
            raise _bad("method", "lora, full or scratch", self.method)
        for name, low, high in LIMITS:
            # Written this way round, so that what is no number at all is refused too.
            if not low <= getattr(self, name) <= high:
                raise _bad(name, f"from {low:g} to {high:g}", getattr(self, name))


@dataclass(frozen=True, kw_only=True)
class TrainingStep(Event):
    """One step of the optimiser. Step 0 comes before the first and carries the untuned model's validation."""

    step: int
    steps: int
    tokens: int
    """Read so far."""
    loss: float
    """Nats a learnt token in this step's batch; at step 0 the validation's."""
    validation_perplexity: float | None
    """On the held-out texts; only where it was measured."""
    learning_rate: float
    tokens_per_second: float
    seconds_left: float


@dataclass(frozen=True, kw_only=True)
class Tuned(Event):
    """What came of it."""

    folder: Path
    """The adapter's, or with full and scratch the model's."""
    corpus_sha256: str
    """Of the corpus's different texts, whatever their order in the file."""
    artefact_sha256: dict[str, str] = field(default_factory=dict)
    """Hash of each file in the folder."""
    base_sha256: str = ""
    """Of the base model's weights; empty with scratch."""
    base_licence: str = "unknown"
    base_languages: tuple[str, ...] = ()
    eval_texts: Path
    """The held-out texts, in the corpus's form: what `evaluate` is to read."""
    tokens: int
    steps: int
    documents: int
    """Different texts in the corpus."""
    train_documents: int
    eval_documents: int
    seconds: float
    curve: list[dict[str, float | None]] = field(default_factory=list)
    """One entry a step: step, tokens, loss, validation_perplexity, learning_rate."""


def _bad(name: str, rule: str, value: object) -> InputError:
    return InputError("training_setting", field=name, rule=rule, value=value)
