"""Sentiment by a BERT of any origin, fine-tuned on star ratings (Devlin et al., 2019, section 4.1): slower than the
linear model by some thousand times, better where there is a base model that fits the brand's language.

Only work in a child process imports this: it brings torch.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from mlcore.basemodels import device, resolve
from mlcore.embed import Vectors
from mlcore.errors import InputError
from mlcore.events import Event, Progress

Floats = NDArray[np.float64]

MAX_TOKENS = 192
"""Of a review; the rest is cut off."""
JUDGED = 64
WARM = 0.1
"""Share of the steps in which the learning rate rises."""


class BertSentiment:
    """A classifier of two classes, bad and good. Give it to mlcore.sentiment.judge as `model`."""

    def __init__(self, folder: Path) -> None:
        """Opens a folder with safetensors and a tokenizer. Raises InputError if it cannot be read."""
        try:
            self.tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self.model: Any = AutoModelForSequenceClassification.from_pretrained(
                folder, num_labels=2, ignore_mismatched_sizes=True, use_safetensors=True, local_files_only=True
            ).to(device())
        except (SafetensorError, ValueError, KeyError, OSError, RuntimeError, TypeError) as error:
            raise InputError("model_unreadable", path=folder) from error

    def logits(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        """n texts → n logits of good against bad; the embeddings are not looked at."""
        self.model.eval()
        found = np.zeros(len(texts))
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        with torch.inference_mode():
            for first in range(0, len(order), JUDGED):
                places = order[first : first + JUDGED]
                scores = self.model(**self._batch([texts[place] for place in places])).logits.float()
                found[places] = (scores[:, 1] - scores[:, 0]).cpu().numpy()
        return found

    def learn(
        self, texts: Sequence[str], ratings: Sequence[float], *, epochs: int = 2, rate: float = 3e-5,
        batch: int = 16, seed: int = 0,
    ) -> Iterator[Event]:  # fmt: skip
        """Learns good (4, 5 stars) from bad (1, 2) by cross-entropy, AdamW, rate falling to zero; yields Progress."""
        rows = [(text, int(stars > 3)) for text, stars in zip(texts, ratings, strict=True) if stars != 3]
        if len({label for _, label in rows}) < 2:
            raise InputError("sentiment_few", good=sum(label for _, label in rows), bad=0, fewest=1)
        torch.manual_seed(seed)
        draw = random.Random(seed)
        steps = epochs * -(-len(rows) // batch)
        optimiser = torch.optim.AdamW(self.model.parameters(), lr=rate, weight_decay=0.01)
        warm = max(1, round(WARM * steps))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
        )
        self.model.train()
        done = 0
        for _ in range(epochs):
            draw.shuffle(rows)
            for first in range(0, len(rows), batch):
                self._step(rows[first : first + batch], optimiser)
                schedule.step()
                done += 1
                yield Progress(step="learning", done=done, total=steps, unit="steps")
        self.model.eval()

    def save(self, folder: Path) -> None:
        """Writes safetensors and tokenizer."""
        self.model.save_pretrained(folder, safe_serialization=True)
        self.tokenizer.save_pretrained(folder)

    def _step(self, rows: Sequence[tuple[str, int]], optimiser: torch.optim.Optimizer) -> None:
        labels = torch.tensor([label for _, label in rows], device=self.model.device)
        loss = self.model(**self._batch([text for text, _ in rows]), labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()

    def _batch(self, texts: list[str]) -> Any:
        return self.tokenizer(texts, padding=True, truncation=True, max_length=self._longest(), return_tensors="pt").to(
            self.model.device
        )

    def _longest(self) -> int:
        return min(MAX_TOKENS, int(getattr(self.model.config, "max_position_embeddings", MAX_TOKENS)))


def open_bert(name: str, models: Path) -> BertSentiment:
    """The BERT of that name: a folder, or a Hugging Face id if downloads are allowed (mlcore.basemodels.resolve)."""
    return BertSentiment(resolve(name, models))
