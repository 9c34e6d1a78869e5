"""Malformed files: each read with an exact account or refused with a code, and never anything else."""

from pathlib import Path

import pytest

from mlcore.errors import SENTENCES, InputError
from tests.mlcore.malformed import Case, cases
from tests.mlcore.tables import read_all, write

CASES = list(cases())


def test_the_corpus_is_large_and_has_no_case_twice() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_read_with_an_exact_account_or_refused_with_a_code(tmp_path: Path, case: Case) -> None:
    path = write(tmp_path, case.data)
    if case.refused:
        with pytest.raises(InputError) as caught:
            read_all(path)
        assert caught.value.code == case.refused
        assert str(caught.value).endswith(".")
    elif case.texts is None:
        assert _code(path) in {"", *SENTENCES}
    else:
        rows, rejected, done = read_all(path)
        assert tuple(rows["text"].to_list()) == case.texts
        assert tuple(one.code for one in rejected) == case.codes
        assert done.rows - done.left_out == len(case.texts) + len(case.codes)
        if case.name.startswith("bidi"):
            assert rows["bidi"].to_list() == [False, True, False]


@pytest.mark.parametrize("case", [case for case in CASES if case.name.startswith("dates")], ids=lambda case: case.name)
def test_dates_in_any_order_are_the_same_days(tmp_path: Path, case: Case) -> None:
    rows, _rejected, _done = read_all(write(tmp_path, case.data))
    assert [str(day) for day in rows["date"]] == ["2023-01-31", "2023-02-13", "2023-12-25", "2023-11-09"]


def test_ratings_in_words_are_on_one_scale(tmp_path: Path) -> None:
    (case,) = (case for case in CASES if case.name == "ratings in words")
    rows, _rejected, _done = read_all(write(tmp_path, case.data))
    assert rows["rating"].to_list() == [4.5, 5, 4, 4.11, 4.2, 4, 5, 4, 3, 4.5, 3]


def _code(path: Path) -> str:
    try:
        read_all(path, masked=True)
    except InputError as error:
        return error.code
    return ""
