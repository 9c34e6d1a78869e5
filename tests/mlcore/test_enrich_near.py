"""Sketches equal datasketch's, and near duplicates are those that going through row by row finds."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mlcore.enrich.near import near_duplicates
from mlcore.enrich.sketch import HASHES, NONE, packed, shingles, sketches, unpacked
from mlcore.enrich.tokens import tokens

PUBLIC = Path(__file__).parents[3] / "shared" / "data" / "reviews" / "online_shopping_10_cats.zh.csv"
TEXTS = pl.Series(
    [
        "The lid leaks in my bag every single day, and nobody at the shop wants to hear about it.",
        "盖子漏水，包里全湿了，客服说是使用不当，给差评也没有用。",
        "The lid leaks in my bag every single day and nobody at the shop wants to hear about it!!!",
        "Too short",
        "iPhone 15 手机壳 very good, 手感不错，按键也很灵敏，发货很快，推荐。",
        "",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Крышка течёт в сумке каждый день, и в магазине никто об этом не хочет слышать.",
    ]
)
NOTHING = np.empty((0, HASHES), dtype=np.uint32)


def test_a_row_is_datasketchs() -> None:
    (part,) = tokens(TEXTS)
    hashes, bounds = shingles(part)
    for row, low, high in zip(sketches(TEXTS), bounds, bounds[1:], strict=False):
        theirs = MinHash(num_perm=HASHES, scheme="affine32", hashfunc=int)
        theirs.update_batch(hashes[low:high].tolist())
        assert np.array_equal(row, theirs.hashvalues)


def test_punctuation_and_case_are_nothing_and_short_texts_arent_compared() -> None:
    made = sketches(TEXTS)
    assert np.array_equal(made[0], made[2])
    assert [bool((row == NONE).all()) for row in made] == [False, False, False, True, False, True, True, False]


def test_sketches_survive_packing() -> None:
    made = sketches(TEXTS)
    assert {len(one) for one in packed(made)} == {128}
    assert np.array_equal(unpacked(b"".join(packed(made))), made)
    assert packed(np.array([[1] * HASHES], dtype=np.uint32))[0][:4] == b"\x01\x00\x00\x00"
    assert sketches(pl.Series([], dtype=pl.String)).shape == (0, HASHES)


def row_by_row(new: NDArray[np.uint32], known: NDArray[np.uint32]) -> list[tuple[int, bool, int, float]]:
    kept = [(row, True, place) for place, row in enumerate(known)]
    found = []
    for place, row in enumerate(new):
        if (row == NONE).all():
            continue
        alike = [(float((row == other).mean()), *where) for other, *where in kept]
        near = next((one for one in alike if one[0] >= 0.85), None)
        if near:
            found.append((place, near[1], near[2], near[0]))
        else:
            kept.append((row, False, place))
    return found


def related(seed: int, count: int) -> NDArray[np.uint32]:
    """Sketches that differ from a few common ones in up to nine numbers; a few of texts too short."""
    chance = np.random.default_rng(seed)
    rows = np.random.default_rng(7).integers(0, 2**32, (4, HASHES), dtype=np.uint32)[chance.integers(0, 4, count)]
    for row in rows:
        changed = chance.permutation(HASHES)[: chance.integers(0, 10)]
        row[changed] = chance.integers(0, 4, len(changed))
    rows[chance.random(count) < 0.05] = NONE
    return rows


@given(st.integers(0, 2**20), st.integers(0, 60), st.integers(0, 40))
@settings(max_examples=150, deadline=None)
def test_the_outcome_is_that_of_going_row_by_row(seed: int, new: int, known: int) -> None:
    rows, before = related(seed, new), related(seed + 1, known)
    near = near_duplicates(rows, before)
    told = list(zip(near.new.tolist(), near.known.tolist(), near.of.tolist(), near.similarity.tolist(), strict=True))
    assert told == row_by_row(rows, before)


@given(st.integers(0, 2**20), st.integers(1, 59))
@settings(max_examples=50, deadline=None)
def test_batches_leave_the_same_rows(seed: int, cut: int) -> None:
    rows = related(seed, 60)
    whole = set(near_duplicates(rows, NOTHING).new.tolist())
    first = set(near_duplicates(rows[:cut], NOTHING).new.tolist())
    kept = rows[[place for place in range(cut) if place not in first]]
    assert whole == first | {cut + place for place in near_duplicates(rows[cut:], kept).new.tolist()}


def test_a_text_copied_very_often_is_kept_once() -> None:
    chance = np.random.default_rng(3)
    rows = chance.integers(0, 2**32, (20_000, HASHES), dtype=np.uint32)
    rows[5_000:15_000] = rows[0]
    near = near_duplicates(rows, NOTHING)
    assert near.new.tolist() == list(range(5_000, 15_000))
    assert set(near.of.tolist()) == {0}
    assert len(near_duplicates(rows[5_000:], np.repeat(rows[:1], 5_000, axis=0)).new) == 10_000


def test_texts_that_share_their_half_end_in_time() -> None:
    rows = np.random.default_rng(5).integers(0, 2**32, (3_000, HASHES), dtype=np.uint32)
    rows[:, :16] = 9
    assert len(near_duplicates(rows, NOTHING).new) == 0


@pytest.mark.skipif(not PUBLIC.exists(), reason=f"{PUBLIC.name} is absent")
def test_datasketchs_own_index_finds_no_pair_that_is_missed() -> None:
    texts = pl.read_csv(PUBLIC, infer_schema=False)["review"].drop_nulls()[:5_000]
    made = sketches(texts)
    index = MinHashLSH(threshold=0.85, num_perm=HASHES)
    left_out = set(near_duplicates(made, NOTHING).new.tolist())
    theirs = {}
    for place in np.flatnonzero((made != NONE).any(axis=1)).tolist():
        theirs[place] = MinHash(num_perm=HASHES, scheme="affine32", hashvalues=made[place])
        earlier = [other for other in index.query(theirs[place]) if theirs[place].jaccard(theirs[other]) >= 0.85]
        assert bool(earlier) <= (place in left_out or bool(left_out.intersection(earlier)))
        index.insert(place, theirs[place])
    assert left_out
