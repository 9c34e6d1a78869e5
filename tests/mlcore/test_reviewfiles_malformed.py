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
        rows, rejected, _done = read_all(path)
        assert tuple(rows["text"].to_list()) == case.texts
        assert tuple(one.code for one in rejected) == case.codes
        if case.name.startswith("bidi"):
            assert rows["bidi"].to_list() == [False, True, False]


def _code(path: Path) -> str:
    try:
        read_all(path, masked=True)
    except InputError as error:
        return error.code
    return ""
