"""Sentiment learnt from star ratings."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from mlcore.__main__ import main
from mlcore.embed import open_encoder
from mlcore.errors import InputError
from mlcore.ngrams import ngrams
from mlcore.sentiment import judge, level
from mlcore.sentimentmodel import load_sentiment
from mlcore.sentimenttuning import figures, measured, tune

# In this brand's shop the words mean the reverse, so that only what is learnt can be right.
GOOD = ["sick lamp, wicked light", "insane glow", "这灯太凶了", "wicked, my desk is sick now"]
BAD = ["meh lamp of a nice brand", "nice try, still dark", "灯就那样吧", "nice idea, meh light"]


def shop(count: int, seed: int = 0) -> tuple[list[str], list[float]]:
    draw = random.Random(seed)
    stars = [float(draw.choice([1, 2, 3, 4, 5])) for _ in range(count)]
    texts = [f"{draw.choice(GOOD if s > 3 else BAD if s < 3 else GOOD + BAD)} {draw.randrange(99)}" for s in stars]
    return texts, stars


def test_a_shops_own_words_are_learnt() -> None:
    texts, stars = shop(400)
    tuning = measured(texts, open_encoder().encode(texts), stars)
    assert tuning.held_out == 40
    assert tuning.before.accuracy < 0.8
    assert tuning.after.accuracy > 0.97
    assert sum(map(sum, tuning.after.levels)) == 40


def test_a_tuned_model_is_kept_without_pickle_and_judges_alike(tmp_path: Path) -> None:
    texts, stars = shop(200)
    vectors = open_encoder().encode(texts)
    model = tune(texts, vectors, stars)
    model.save(tmp_path / "sentiment.npz")
    again = load_sentiment(tmp_path / "sentiment.npz")
    found = judge(texts, vectors, model=again)
    assert np.allclose(found.sentiment, judge(texts, vectors, model=model).sentiment, atol=0.02)
    assert level(float(found.sentiment[stars.index(5)])) > level(float(found.sentiment[stars.index(1)]))
    assert (found.informative == judge(texts, vectors).informative).all()
    assert figures(texts, vectors, stars, again).macro_f1 > 0.97


def test_what_cannot_be_learnt_or_read_is_the_users_to_mend(tmp_path: Path) -> None:
    texts, stars = shop(12)
    with pytest.raises(InputError, match="of each"):
        tune(texts, open_encoder().encode(texts), stars)
    (tmp_path / "sentiment.npz").write_text("no weights")
    with pytest.raises(InputError, match="Tune it again"):
        load_sentiment(tmp_path / "sentiment.npz")
    texts, stars = shop(60)
    model = tune(texts, open_encoder().encode(texts), stars)
    with pytest.raises(InputError, match="512"):
        model.logits(["a"], np.zeros((1, 256), dtype=np.float32))


def test_the_command_writes_model_and_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts, stars = shop(120)
    rows = [{"title": "", "text": t, "rating": s} for t, s in zip(texts, stars, strict=True)]
    rows += [{"title": "No stars", "text": "at all", "rating": None}]
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main(["tune-sentiment", str(tmp_path / "r.jsonl"), str(tmp_path / "out")]) == 0
    facts = json.loads((tmp_path / "out" / "figures.json").read_text(encoding="utf-8"))
    assert facts["reviews"] + facts["held_out"] == 120
    assert facts["after"]["accuracy"] >= facts["before"]["accuracy"]
    assert load_sentiment(tmp_path / "out" / "sentiment.npz").embedding.shape == (513,)
    assert "SentimentTuned" in capsys.readouterr().out


def test_ngrams_of_a_text_do_not_depend_on_its_neighbours() -> None:
    together, alone = ngrams(["a cup", "", "杯子很好"]), ngrams(["杯子很好"])
    assert (together[2] != alone[0]).nnz == 0
    assert together[1].nnz <= 2
