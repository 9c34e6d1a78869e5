"""Turns a GGUF file into a folder of float32 safetensors that transformers loads, once, whatever processes ask for it.

Quantised weights are unpacked exactly as llama.cpp would read them; the licence and the languages come from the
file's own metadata, since a converted folder must not forget whose model it is.
"""

import io
import json
import struct
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import gguf
import torch
from gguf import GGUFReader
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from mlcore.errors import InputError
from mlcore.folders import exclusive, sha256, whole_folder

ORIGIN = "origin.json"
"""Beside converted weights: {"name", "licence", "languages", "source_sha256"}."""


def convert(source: Path, target: Path, name: str, languages: tuple[str, ...] = ()) -> Path:
    """Makes target, a model folder, from source, a .gguf file, unless it is there already; returns target.

    Takes some 20 s and 4 bytes a parameter of disk. Atomic, and safe when two processes ask at once: the second waits
    and finds the folder. Raises InputError if the file is no GGUF, is cut short or holds no known architecture.
    """
    with exclusive(target.with_name(f".{target.name}.lock")):
        if not (target / ORIGIN).exists():
            with whole_folder(target) as folder:
                _write(source, folder, name, languages)
    return target


def _write(source: Path, folder: Path, name: str, languages: tuple[str, ...]) -> None:
    try:
        origin = _origin(source, name, languages)
        model = _unpacked(source)
        tokenizer = AutoTokenizer.from_pretrained(str(source.parent), gguf_file=source.name)
    except (
        ValueError,
        KeyError,
        IndexError,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        struct.error,
    ) as error:
        raise InputError("model_unreadable", path=source) from error
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / ORIGIN).write_text(json.dumps(origin, ensure_ascii=False, indent=1), encoding="utf-8")


def _unpacked(source: Path) -> Any:
    """The model in float32, free of the mark that keeps transformers from saving what it read from GGUF."""
    logging.disable_progress_bar()
    # The bar that unpacking draws asks nobody whether it may.
    with redirect_stderr(io.StringIO()):
        read = AutoModelForCausalLM.from_pretrained(str(source.parent), gguf_file=source.name, dtype=torch.float32)
    config = type(read.config).from_dict(
        {key: value for key, value in read.config.to_dict().items() if key != "quantization_config"}
    )
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.load_state_dict(read.state_dict())
    return model


def _origin(source: Path, name: str, languages: tuple[str, ...]) -> dict[str, object]:
    fields = GGUFReader(str(source)).fields
    return {
        "name": name,
        "licence": _text(fields.get("general.license")) or "unknown",
        "languages": list(languages) or _texts(fields.get("general.languages")),
        "source_sha256": sha256(source),
    }


def _text(field: gguf.ReaderField | None) -> str:
    return str(field.contents()) if field else ""


def _texts(field: gguf.ReaderField | None) -> list[str]:
    return [str(item) for item in field.contents()] if field else []
