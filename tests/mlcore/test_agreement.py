"""Alpha and kappa against the worked examples of their papers, and where there is nothing to agree on."""

import numpy as np
import pytest

from mlcore.agreement import cohen, krippendorff

# One line per coder. Krippendorff (2011), 'Computing Krippendorff's Alpha-Reliability', parts A, B and C; the fourth is
# the computational example of the encyclopedia's article on the coefficient.
TWO_CODES = ["0100000000", "1110010010"]
FIVE_CODES = ["aabbdcccedda", "babbbccceddd"]
WITH_GAPS = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
THREE_CODERS = [".....34121133.3", "1.213343.......", "..21344.21133.4"]


def units(coders: list[str]) -> list[list[str | None]]:
    return [[None if code == "." else code for code in unit] for unit in zip(*coders, strict=True)]


@pytest.mark.parametrize(
    ("coders", "alpha"), [(TWO_CODES, 0.095), (FIVE_CODES, 0.692), (WITH_GAPS, 0.743), (THREE_CODERS, 0.691)]
)
def test_alpha_as_published(coders: list[str], alpha: float) -> None:
    found = krippendorff(units(coders)).beyond_chance
    assert found is not None
    assert found.value == pytest.approx(alpha, abs=6e-4)
    assert found.low < found.value < found.high


def test_alpha_tells_its_base() -> None:
    found = krippendorff(units(WITH_GAPS))
    assert (found.units, found.codes, found.observed) == (11, 40, pytest.approx(0.8))
    assert krippendorff([[1, 1], [2, 2], [None, 2]]).beyond_chance is not None


def test_the_interval_of_alpha_covers() -> None:
    rng = np.random.default_rng(1)

    def coded(n: int, seed: int, draws: int) -> tuple[float, float]:
        truth = rng.choice(3, n, p=[0.5, 0.3, 0.2])
        coders = [np.where(rng.random(n) < 0.8, truth, rng.choice(3, n, p=[0.5, 0.3, 0.2])) for _ in range(2)]
        found = krippendorff(np.array(coders).T.tolist(), draws=draws, seed=seed).beyond_chance
        assert found is not None
        return found.low, found.high

    # Two coders that both know the truth with 0.8, and guess with the same chances otherwise, agree by 0.8².
    inside = [low <= 0.64 <= high for low, high in (coded(80, s, 200) for s in range(200))]
    assert 0.82 <= np.mean(inside) <= 0.96


def test_kappa_and_its_error_as_published() -> None:
    # Fleiss, Cohen & Everitt (1969): 200 units in three classes, kappa 0.429 and variance 0.002885.
    table = np.array([[106, 10, 4], [22, 28, 10], [2, 12, 6]])
    row, column = np.indices(table.shape).reshape(2, -1).repeat(table.ravel(), axis=1)
    found = cohen(row.tolist(), column.tolist(), level=0.95)
    assert found.beyond_chance is not None
    assert (found.units, found.observed, found.expected) == (200, pytest.approx(0.7), pytest.approx(0.475))
    assert found.beyond_chance.value == pytest.approx(0.429, abs=5e-4)
    half = (found.beyond_chance.high - found.beyond_chance.low) / 2
    assert (half / 1.959964) ** 2 == pytest.approx(0.002885, abs=5e-7)


def test_kappa_leaves_out_what_one_left_out_and_may_be_below_chance() -> None:
    assert cohen([1, 2, None, 1], [1, 2, 1, None]).units == 2
    against = cohen(["yes", "no"] * 5, ["no", "yes"] * 5).beyond_chance
    assert against is not None
    assert (against.value, against.low) == (-1, -1)


def test_nothing_to_tell_apart_has_no_coefficient() -> None:
    for found in (krippendorff([["a", "a"]] * 9), cohen(["a"] * 9, ["a"] * 9)):
        assert (found.observed, found.beyond_chance) == (1, None)
    for found in (krippendorff([]), krippendorff([["a", None]]), cohen([], [])):
        assert (found.units, found.observed, found.beyond_chance) == (0, None, None)
    with pytest.raises(ValueError, match="one entry per coder"):
        krippendorff([["a", "b"], ["a"]])
    with pytest.raises(ValueError, match="one code each"):
        cohen(["a"], [])
