"""Puts documents into steps: shuffled, with replay woven in, similar lengths side by side so that little is padding.

Each document stands in a row of its own. Packing several into one row would save the last few per cent of padding,
but a row's later documents would then be read in the light of its earlier ones.
"""

import random
from collections.abc import Iterator, Sequence

import torch

from mlcore.corpus import Encoded, Example

WINDOW = 16
"""Steps' worth of documents that are sorted by length together; the order of the steps is shuffled again."""

Place = tuple[int, int]
"""(0 for the corpus or 1 for replay, index of the document)."""


def plan(
    train: Encoded, replay: Encoded, *, epochs: int, max_tokens: int, batch_tokens: int, share: float, seed: int
) -> list[list[Place]]:
    """The documents of each step. Deterministic: a run that resumes makes the same plan and skips what it has done.

    Ends after the epochs or at max_tokens, whichever is first, but never without a step. A step takes at most
    batch_tokens, padding counted in, or one document.
    """
    draw = random.Random(seed)
    both = (train, replay)
    steps: list[list[Place]] = []
    window: list[Place] = []
    gathered = 0
    for place in _order(train, replay, epochs, max_tokens, share, draw):
        window.append(place)
        gathered += _length(both, place)
        if gathered >= WINDOW * batch_tokens:
            steps += _steps(window, both, batch_tokens, draw)
            window, gathered = [], 0
    return steps + _steps(window, both, batch_tokens, draw)


def tensors(
    examples: Sequence[Example], pad: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Tokens, attention mask and learn mask, each examples x longest, padded on the right."""
    width = max(len(example.tokens) for example in examples)
    fill = [width - len(example.tokens) for example in examples]
    rows = list(zip(examples, fill, strict=True))
    tokens = torch.tensor([example.tokens + [pad] * gap for example, gap in rows], device=device)
    attention = torch.tensor([[1] * len(example.tokens) + [0] * gap for example, gap in rows], device=device)
    learn = torch.tensor([example.learn + [False] * gap for example, gap in rows], device=device)
    return tokens, attention, learn


def by_length(examples: Sequence[Example], batch_tokens: int) -> Iterator[list[Example]]:
    """Batches for measuring, where order does not matter."""
    batch: list[Example] = []
    for example in sorted(examples, key=lambda one: len(one.tokens)):
        if batch and (len(batch) + 1) * len(example.tokens) > batch_tokens:
            yield batch
            batch = []
        batch.append(example)
    if batch:
        yield batch


def _order(
    train: Encoded, replay: Encoded, epochs: int, max_tokens: int, share: float, draw: random.Random
) -> Iterator[Place]:
    """Documents one by one; a replay document whenever replay has fallen behind its share of the tokens."""
    total = replayed = 0
    again = _endless(len(replay), draw)
    for _ in range(epochs):
        for index in draw.sample(range(len(train)), len(train)):
            yield 0, index
            total += len(train[index].tokens)
            while len(replay) and share and replayed < share * total:
                other = next(again)
                yield 1, other
                replayed += len(replay[other].tokens)
                total += len(replay[other].tokens)
            if total >= max_tokens:
                return


def _endless(count: int, draw: random.Random) -> Iterator[int]:
    while count:
        yield from draw.sample(range(count), count)


def _steps(
    window: list[Place], both: tuple[Encoded, Encoded], batch_tokens: int, draw: random.Random
) -> list[list[Place]]:
    steps: list[list[Place]] = []
    for place in sorted(window, key=lambda one: (_length(both, one), one)):
        if steps and (len(steps[-1]) + 1) * _length(both, place) <= batch_tokens:
            steps[-1].append(place)
        else:
            steps.append([place])
    draw.shuffle(steps)
    return steps


def _length(both: tuple[Encoded, Encoded], place: Place) -> int:
    return len(both[place[0]][place[1]].tokens)
