"""Intervals against the worked examples of their papers."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from mlcore.estimates import base_of, benjamini_hochberg, effective_size, mean_of, newcombe, share_of, welch, wilson


def test_wilson_and_newcombe_as_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857 (one sample: 81/263) and 873 (difference: 56/70 against 48/80).
    one = wilson(81 / 263, 263, 0.95)
    assert (one.low, one.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    apart = newcombe(wilson(56 / 70, 70, 0.95), wilson(48 / 80, 80, 0.95))
    assert apart.value == pytest.approx(0.2)
    assert (apart.low, apart.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert wilson(0.0, 20, 0.95).low == 0
    assert wilson(1.0, 20, 0.95).high == 1


def test_welch_is_welch() -> None:
    one, other = np.array([0.2, 0.4, 0.9, -0.1]), np.array([-0.3, -0.5, 0.1])
    found = welch(mean_of(one, np.ones(4)), mean_of(other, np.ones(3)), 0.9)
    assert found is not None
    known = ttest_ind(one, other, equal_var=False)
    assert found[1] == pytest.approx(known.pvalue)
    assert found[0].low == pytest.approx(known.confidence_interval(0.9).low)
    assert welch(mean_of(one, np.ones(4)), mean_of(one[:1], np.ones(1))) is None
    assert welch(mean_of(np.ones(3), np.ones(3)), mean_of(np.ones(3), np.ones(3))) is None


def test_weights_thin_the_base() -> None:
    assert effective_size(np.ones(7)) == 7
    assert effective_size(np.array([3.0, 1.0])) == pytest.approx(1.6)
    found = share_of(1, 2.0, base_of(np.array([2.0, 1, 1])))
    assert (found.count, found.base) == (1, 3)
    assert found.share is not None
    assert found.share == wilson(0.5, 16 / 6)
    assert share_of(0, 0.0, base_of(np.zeros(2))).share is None
    assert mean_of(np.zeros(0), np.zeros(0)).value is None


def test_many_tests_at_once_as_published() -> None:
    # Benjamini & Hochberg (1995), table 1 and text: of 15 p-values four are findings at 0.05.
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
        0.7590, 1.0,
    ]  # fmt: skip
    assert (benjamini_hochberg(p[::-1]) <= 0.05).sum() == 4
    assert benjamini_hochberg(p)[3] == pytest.approx(0.0095 * 15 / 4)
    assert benjamini_hochberg([]).size == 0
