"""Checkpoints from which a run goes on as if nothing had happened: trained weights, optimiser, random state, position.

Tensors lie in safetensors and the rest in JSON, so nothing that is read back can run code. Each checkpoint is a folder
with a list of its files' hashes; one that does not match its list is passed over.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from mlcore.folders import hashes, whole_folder

LIST = "hashes.json"
POSITION = "position.json"
STATE = "state.safetensors"
KEPT = 2


def save(
    root: Path,
    step: int,
    parameters: dict[str, torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
    position: dict[str, Any],
) -> None:
    """Writes root/step-00000042 whole or not at all, and removes all but the newest KEPT."""
    state = {f"weight|{name}": parameter.detach() for name, parameter in parameters.items()}
    for name, parameter in parameters.items():
        for key, value in optimizer.state.get(parameter, {}).items():
            state[f"optimizer|{name}|{key}"] = value
    state["random|cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        state["random|cuda"] = torch.cuda.get_rng_state()
    with whole_folder(root / f"step-{step:08d}") as folder:
        save_file({key: value.contiguous() for key, value in state.items()}, folder / STATE)
        (folder / POSITION).write_text(json.dumps(position), encoding="utf-8")
        (folder / LIST).write_text(json.dumps(hashes(folder)), encoding="utf-8")
    for old in _folders(root)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def latest(root: Path, run: str) -> tuple[Path, dict[str, Any]] | None:
    """The newest whole checkpoint of the run (its position's "run"), and its position; None if there is none."""
    for folder in _folders(root):
        if _is_whole(folder):
            position: dict[str, Any] = json.loads((folder / POSITION).read_text(encoding="utf-8"))
            if position.get("run") == run:
                return folder, position
    return None


def restore(folder: Path, parameters: dict[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer) -> None:
    """Puts weights, optimiser and random state back."""
    state = load_file(folder / STATE)
    for name, parameter in parameters.items():
        with torch.no_grad():
            parameter.copy_(state[f"weight|{name}"])
        prefix = f"optimizer|{name}|"
        kept = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
        # The count of steps stays on the CPU, as the optimiser keeps it.
        optimizer.state[parameter] = {
            key: value if key == "step" else value.to(parameter.device) for key, value in kept.items()
        }
    torch.set_rng_state(state["random|cpu"])
    if "random|cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["random|cuda"])


def _folders(root: Path) -> list[Path]:
    """Newest first."""
    return sorted(root.glob("step-*"), reverse=True)


def _is_whole(folder: Path) -> bool:
    try:
        listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    there = hashes(folder)
    there.pop(LIST, None)
    return bool(listed) and listed == there
