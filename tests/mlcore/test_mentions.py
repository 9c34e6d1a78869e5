"""Reviews and mentions as columns: averaging, parts of them, and what they refuse."""

import numpy as np
import pytest

from mlcore.mentions import Mentions, review_table


def test_sentences_of_one_review_on_one_need_are_one_mention() -> None:
    found = Mentions.of_sentences([3, 0, 3, 3], [1, 1, 1, 0], [-1, 0.5, 0, 1])
    assert found.review.tolist() == [0, 3, 3]
    assert found.need.tolist() == [1, 0, 1]
    assert found.sentiment.tolist() == [0.5, 1, -0.5]
    assert found.within(np.array([True, False, False, False])).review.tolist() == [0]
    assert found.matrix(found.sentiment, (4, 2)).toarray()[3].tolist() == [1, -0.5]
    assert len(Mentions.of_sentences([], [], [])) == 0


def test_a_table_knows_what_is_unknown() -> None:
    table = review_table([5, None, float("nan")], product=[0, 1, -1])
    assert table.rated.tolist() == [True, False, False]
    assert table.column("product").tolist() == [0, 1, -1]
    assert table.day.tolist() == [-1, -1, -1]
    assert table.reweighted(np.array([2.0, 1, 0])).weight.sum() == 3
    assert len(review_table([])) == 0


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="one entry per review"):
        review_table([5, 4], product=[1])
    with pytest.raises(ValueError, match="no column colour"):
        review_table([5], colour=[1])
    with pytest.raises(ValueError, match="no column"):
        review_table([5]).column("rating")
    with pytest.raises(ValueError, match="weights"):
        review_table([5], weight=[-1])
    with pytest.raises(ValueError, match="between -1 and 1"):
        Mentions.of_sentences([0], [0], [float("nan")])
    with pytest.raises(ValueError, match="same length"):
        Mentions.of_sentences([0, 1], [0], [0])
    with pytest.raises(ValueError, match="from 0 on"):
        Mentions.of_sentences([-1], [0], [0])
