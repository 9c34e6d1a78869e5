"""Low-rank adapters (LoRA, Hu et al. 2021) on every linear layer of whatever architecture the base model has."""

import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from mlcore.folders import whole_folder


def with_adapter(model: PreTrainedModel, rank: int, seed: int) -> PeftModel:
    """The model with a new adapter; its base weights are frozen. At first it changes nothing, since B is zero."""
    torch.manual_seed(seed)
    config = LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        lora_dropout=0.0,
        target_modules=linear_layers(model),
        # GPT-2 keeps its weights transposed.
        fan_in_fan_out=any(isinstance(module, Conv1D) for module in model.modules()),
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        # peft still asks transformers for a setting by its old name.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
        adapted = get_peft_model(model, config)
    assert isinstance(adapted, PeftModel)
    return adapted


def linear_layers(model: PreTrainedModel) -> list[str]:
    """Last names of all linear layers but the output embedding: c_attn, c_proj, c_fc, or q_proj and its like."""
    head = model.get_output_embeddings()
    return sorted(
        {
            name.rpartition(".")[2]
            for name, module in model.named_modules()
            if isinstance(module, (torch.nn.Linear, Conv1D)) and module is not head
        }
    )


def save_adapter(model: PeftModel, folder: Path, base: str) -> None:
    """Writes adapter_config.json, which names the base and no path of this machine, and adapter_model.safetensors."""
    model.peft_config["default"].base_model_name_or_path = base
    with whole_folder(folder) as temporary:
        # Asked to decide about embeddings by itself, peft would look the base model up on the hub.
        model.save_pretrained(str(temporary), save_embedding_layers=False)
        (temporary / "README.md").unlink(missing_ok=True)
