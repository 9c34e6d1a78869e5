"""What a model's folder says of itself: whether it is whole, what it hashes to, whose it is and what it can do."""

import hashlib
import json
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from mlcore.conversion import ORIGIN
from mlcore.errors import InputError
from mlcore.folders import sha256, write_file

HASHES = ".sha256.json"
"""Beside the weights: {file: [bytes, mtime_ns, sha256]}, so that half a gigabyte is hashed once."""


@dataclass(frozen=True, kw_only=True)
class BaseModel:
    """What a person should know of a model before tuning it."""

    name: str
    path: Path
    sha256: str
    """Of the weights: the file's own, or of the list of all shards' names and hashes."""
    licence: str
    """As its makers name it, e.g. apache-2.0, gemma; 'unknown' where they say nothing."""
    languages: tuple[str, ...]
    """Codes of the languages it writes well; empty if unknown."""
    parameters: int
    instruct: bool
    """Whether it was taught to follow a chat's instructions."""


def describe(path: Path) -> BaseModel:
    """What the folder says of its model: hash, licence, languages, number of parameters (tied ones counted once)."""
    checked(path)
    origin = _json(path / ORIGIN)
    card = _card(path)
    return BaseModel(
        name=origin.get("name") or path.name,
        path=path,
        sha256=_weights_hash(path),
        licence=origin.get("licence") or card.get("license", ["unknown"])[0],
        languages=tuple(origin.get("languages") or card.get("language", [])),
        parameters=_parameters(path),
        instruct=(path / "chat_template.jinja").exists() or "chat_template" in _json(path / "tokenizer_config.json"),
    )


def checked(path: Path) -> Path:
    """The folder itself, once it is known to hold a model of a kind that we read; else raises InputError."""
    if not path.is_dir():
        raise InputError("model_folder_missing", path=path)
    if not (path / "config.json").is_file():
        raise InputError("model_not_a_model", path=path, missing="config.json")
    if not any(path.glob("*.safetensors")):
        if any(path.glob("*.bin")) or any(path.glob("*.pt")) or any(path.glob("*.pth")):
            raise InputError("model_pickle_only", path=path)
        raise InputError("model_not_a_model", path=path, missing="model.safetensors")
    if not any((path / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json")):
        raise InputError("model_not_a_model", path=path, missing="tokenizer.json")
    return path


def _weights_hash(path: Path) -> str:
    known = _json(path / HASHES)
    rows: dict[str, list[Any]] = {}
    for file in sorted(path.glob("*.safetensors")):
        stamp = [file.stat().st_size, file.stat().st_mtime_ns]
        row = known.get(file.name, [])
        rows[file.name] = row if row[:2] == stamp else [*stamp, sha256(file)]
    if rows != known and os.access(path, os.W_OK):
        write_file(path / HASHES, json.dumps(rows).encode())
    digests = {name: str(row[2]) for name, row in rows.items()}
    if len(digests) == 1:
        return next(iter(digests.values()))
    return hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in digests.items()).encode()).hexdigest()


def _parameters(path: Path) -> int:
    try:
        return sum(_numbers(file) for file in path.glob("*.safetensors"))
    except SafetensorError as error:
        raise InputError("model_unreadable", path=path) from error


def _numbers(file: Path) -> int:
    """How many numbers the file's tensors hold, from its header alone."""
    with safe_open(file, framework="numpy") as tensors:
        return sum(math.prod(tensors.get_slice(key).get_shape()) for key in tensors.keys())  # noqa: SIM118 - no dict


def _card(path: Path) -> dict[str, list[str]]:
    """The licence and the languages from a model card's front matter: `key: value` or a list under the key."""
    readme = path / "README.md"
    front = re.match(r"---\n(.*?)\n---", readme.read_text("utf-8", "replace"), re.DOTALL) if readme.is_file() else None
    card: dict[str, list[str]] = {}
    key = ""
    for line in front[1].splitlines() if front else []:
        if pair := re.fullmatch(r"(\w+):\s*(\S*)\s*", line):
            key = pair[1]
            card[key] = [pair[2]] if pair[2] else []
        elif item := re.fullmatch(r"\s*-\s+(\S+)\s*", line):
            card.setdefault(key, []).append(item[1])
    return {key: values for key, values in card.items() if values}


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
