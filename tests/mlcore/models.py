"""Tiny models and reviews of our own, made on the spot, for the tests of tuning, measuring and writing."""

import json
import random
from pathlib import Path

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from mlcore.scratch import scratch

# Matrices this small gain nothing from a second core and lose much by waiting for it.
torch.set_num_threads(1)

WORDS = (
    "lamp kettle chair blanket bottle zip handle lid cord light warm quiet loud heavy soft bright leaks wobbles bends "
    "hums folds lasts stains breaks after before during winter mornings evenings week month my daughter desk kitchen "
    "garden train bag bought returned kept love regret wish would longer shorter cheaper sturdier washable"
).split()


def reviews(count: int, seed: int = 0) -> list[dict[str, object]]:
    """Different short reviews, so unlike each other that none is another's near-duplicate."""
    draw = random.Random(seed)
    return [
        {
            "id": str(number),
            "title": " ".join(draw.sample(WORDS, 2)),
            "text": " ".join(draw.sample(WORDS, draw.randint(8, 16))).capitalize() + ".",
            "rating": float(draw.randint(1, 5)),
            "date": None,
            "product": draw.choice(["Lamp", "Kettle"]),
            "source": None,
            "language": "en",
        }
        for number in range(count)
    ]


def write_lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def tokenizer() -> PreTrainedTokenizerBase:
    return scratch([str(row["text"]) for row in reviews(60)], vocabulary=400, width=32, layers=1)[1]


def save(model: PreTrainedModel, words: PreTrainedTokenizerBase, folder: Path) -> Path:
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def tiny_gpt2(folder: Path) -> Path:
    """A GPT-2 of two layers, untrained but fixed by its seed."""
    return save(*scratch([str(row["text"]) for row in reviews(60)], vocabulary=400, width=32, layers=2), folder)
