"""A BERT learns sentiment: a tiny one, made here."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from mlcore.bertsentiment import BertSentiment, open_bert
from mlcore.errors import InputError
from mlcore.sentiment import judge

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] good bad lamp cup 好 坏".split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bert")
    (place / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizerFast(str(place / "vocab.txt")).save_pretrained(place)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(place, safe_serialization=True)
    return place


def test_a_bert_learns_good_from_bad_and_is_kept(folder: Path, tmp_path: Path) -> None:
    bert = open_bert(str(folder), tmp_path)
    texts, stars = ["good lamp", "bad lamp", "cup 好", "坏 cup"] * 8, [5.0, 1.0, 4.0, 2.0] * 8
    *_, last = bert.learn(texts, stars, epochs=10, rate=5e-3)
    assert (last.done, last.total) == (20, 20)
    bert.save(tmp_path / "tuned")
    again = BertSentiment(tmp_path / "tuned")
    found = judge(texts[:4], np.zeros((4, 512), dtype=np.float32), model=again).sentiment
    assert (found > 0).tolist() == [True, False, True, False]


def test_one_sided_ratings_and_empty_folders_are_the_users_to_mend(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="of each"):
        next(open_bert(str(folder), tmp_path).learn(["good"], [5.0]))
    with pytest.raises(InputError, match=r"config\.json"):
        open_bert(str(tmp_path), tmp_path)
