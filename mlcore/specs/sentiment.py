"""How sentiment is learnt from star ratings, and what the learning tells."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mlcore.errors import InputError
from mlcore.events import Event

Confusion = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class TuneSentimentSpec:
    """Learn from a brand's own star ratings what its customers' words feel like."""

    runner: ClassVar[str] = "mlcore.sentimenttuning:tune_sentiment"

    reviews: Path
    """JSON Lines, a review a line: text, rating from 1 to 5, title or not. Those without text or rating are skipped."""
    output: Path
    """Folder for sentiment.npz (weights, no pickle) and figures.json."""
    encoder: str = "universal"
    """Name of the encoder (mlcore.embed.ENCODERS); the tuned model needs the same one ever after."""
    held_out: float = 0.1
    """Share of the reviews that is only measured on, at most 3,000 of them."""
    seed: int = 0
    """The same seed holds out the same reviews."""

    def __post_init__(self) -> None:
        if not 0.01 <= self.held_out <= 0.5:
            raise InputError("sentiment_setting", field="held_out", rule="from 0.01 to 0.5", value=self.held_out)


@dataclass(frozen=True, kw_only=True)
class FeelSpec:
    """Feel anew what sentences say."""

    runner: ClassVar[str] = "mlcore.feeling:feel"

    sentences: Path
    """Folder with sentences.jsonl {"text", "rating" of its review or null} and vectors.npy, n × d."""
    output: Path
    """File for n × 2 numbers: sentiment and level."""
    weights: Path | None
    """Of a tuned model; None: the shipped one."""


@dataclass(frozen=True, kw_only=True)
class Felt(Event):
    """The result; the numbers are in the spec's output."""

    sentences: int


@dataclass(frozen=True, kw_only=True)
class SentimentFigures:
    """How well a model tells good reviews (4, 5 stars) from bad ones (1, 2) that it has not learnt from."""

    accuracy: float
    balanced_accuracy: float
    """The mean of the shares found of the good and of the bad."""
    macro_f1: float
    """The mean of both sides' F1."""
    confusion: Confusion
    """2 × 2: rows bad and good by their stars, columns bad and good by the model."""
    levels: Confusion
    """5 × 5: rows 1 to 5 stars, columns the model's levels 1 to 5."""


@dataclass(frozen=True, kw_only=True)
class SentimentTuned(Event):
    """The result."""

    reviews: int
    """How many were learnt from."""
    held_out: int
    before: SentimentFigures
    """The shipped model's on the held-out reviews."""
    after: SentimentFigures
    """The tuned model's on the same."""
