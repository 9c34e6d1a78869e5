"""Feels sentences anew that were read before, by a sentiment model that came later."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from mlcore.events import Event, Progress
from mlcore.sentiment import judge, level
from mlcore.sentimentmodel import load_sentiment
from mlcore.specs.sentiment import FeelSpec, Felt

PORTION = 5000
"""Sentences that are felt at once."""


def feel(spec: FeelSpec) -> Iterator[Event]:
    """Writes n × 2 numbers to spec.output: each sentence's sentiment (−1 to 1) and level (1 to 5); at last Felt.

    Raises InputError for weights that cannot be read.
    """
    model = load_sentiment(spec.weights) if spec.weights else None
    vectors = np.load(spec.sentences / "vectors.npy", mmap_mode="r", allow_pickle=False)
    found = np.zeros((len(vectors), 2))
    done = 0
    with (spec.sentences / "sentences.jsonl").open(encoding="utf-8") as lines:
        while portion := [json.loads(line) for line in islice(lines, PORTION)]:
            part = slice(done, done + len(portion))
            found[part] = _felt(portion, vectors[part].astype(np.float32), model)
            done += len(portion)
            yield Progress(step="sentiment", done=done, total=len(vectors), unit="sentences")
    np.save(spec.output, found)
    yield Felt(sentences=done)


def _felt(portion: list[dict[str, Any]], vectors: Any, model: Any) -> Any:
    feeling = judge([row["text"] for row in portion], vectors, [row["rating"] for row in portion], model).sentiment
    return np.stack([feeling, np.array([level(value) for value in feeling.tolist()])], axis=1)
