"""Aspects and intents of reviews in a file: one JSON object a sentence, for the command line."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from mlcore.aspects.find import aspects_of
from mlcore.intents import intents_of
from mlcore.text import sentences

CHUNK = 500
"""Reviews read at a time."""


def aspect_lines(path: Path) -> Iterator[str]:
    """Reviews as JSON Lines with a "text" → a line for each sentence: text, language, aspects, intents."""
    with path.open(encoding="utf-8") as file:
        texts: list[str] = []
        for line in file:
            texts.append(str(json.loads(line).get("text", "")))
            if len(texts) == CHUNK:
                yield from _lines(texts)
                texts = []
        yield from _lines(texts)


def _lines(texts: list[str]) -> Iterator[str]:
    found = [s for text in texts for s in sentences(text)]
    plain, languages = [s.text for s in found], [s.language for s in found]
    both = zip(plain, languages, aspects_of(plain, languages), intents_of(plain, languages), strict=True)
    for text, language, aspects, intents in both:
        row = {"text": text, "language": language, "aspects": [asdict(a) for a in aspects]}
        yield json.dumps(row | {"intents": [i.name for i in intents]}, ensure_ascii=False)
