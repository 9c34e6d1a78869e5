"""The fast encoder: a student of the exact one."""

from pathlib import Path

import numpy as np
import pytest

from mlcore.embed import open_encoder
from mlcore.embed.fast import FastEncoder, load, taught
from mlcore.embed.reading import compose
from mlcore.embed.vectors import unit
from mlcore.sentiment import judge


def test_the_student_points_where_its_teacher_does() -> None:
    encoder = open_encoder("fast")
    english, chinese, other = encoder.encode(
        ["The battery is empty after an hour", "电池一个小时就没电了", "房间很干净"]
    )
    assert english.shape == (encoder.dimensions,) == (256,)
    assert float(english @ chinese) > float(english @ other) + 0.2
    assert encoder.encode([]).shape == (0, 256)


def test_a_texts_vector_does_not_depend_on_its_neighbours() -> None:
    encoder, texts = open_encoder("fast"), ["a cup", "", "很好 " * 900, "The lid leaks, sadly", "杯子"]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.allclose(encoder.encode(texts), alone, atol=1e-4)


def test_the_shipped_sentiment_reads_the_students_vectors() -> None:
    texts = ["The handle broke off after two days", "The handle feels solid and comfortable"]
    bad, good = judge(texts, open_encoder("fast").encode(texts)).sentiment
    assert bad < 0 < good


def test_a_refresh_brings_the_student_nearer_to_its_teacher() -> None:
    texts = [f"{a} {b}, says the {c}" for a in ("lumen", "lux") for b in ("glows", "hums", "fades") for c in "abcdefg"]
    exact = open_encoder().encode(texts)
    student = FastEncoder()
    near = student.refresh(texts, exact)
    wanted = unit(exact @ student.student.directions)
    before, after = ((e.encode(texts) * wanted).sum(axis=1).mean() for e in (student, near))
    assert after > before


def test_a_student_is_trained_on_composed_texts_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = ["The lid drips on my desk", "杯子漏水，包都湿了"]
    monkeypatch.setattr("mlcore.embed.reading._seeds", lambda _: own)
    texts = compose(200, seed=1)
    assert len(texts) == 200
    assert texts == compose(200, seed=1)
    student, likeness = taught(texts, open_encoder().encode(texts), passes=1)
    assert -1 <= likeness <= 1
    student.save(tmp_path / "w.npz")
    assert np.allclose(load(tmp_path / "w.npz").directions, student.directions, atol=1e-3)
