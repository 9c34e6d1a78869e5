"""Exports of marketplaces: recognised as theirs, follow-ups tied to first reviews, default praise left out."""

from pathlib import Path

import polars as pl
import pytest

from mlcore.reviewfiles import recognise
from mlcore.reviewfiles.headers import PRESETS
from mlcore.reviewfiles.platforms import DEFAULT_PRAISE
from tests.mlcore.marketplaces import EXPORTS, ROWS
from tests.mlcore.tables import read_all, write


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read_as_its_marketplace_means_it(tmp_path: Path, name: str) -> None:
    export = EXPORTS[name]
    path = write(tmp_path, export.data)
    layout = recognise(path)
    assert (layout.preset, " ".join(layout.mapping)) == (export.preset, export.roles)
    rows, rejected, done = read_all(path, layout)
    assert (done.rows, rejected, done.left_out, done.added) == (ROWS, [], export.left_out, export.together)
    assert done.good == ROWS - export.left_out
    assert rows["follow_up"].sum() == export.together + export.alone + export.apart
    assert rows["date"].null_count() == 0
    if "rating" in layout.mapping:
        assert rows["rating"].null_count() == 0
        assert rows["rating"].is_between(1, 5).all()
    if "source" not in layout.mapping:
        assert rows["source"].unique().to_list() == [PRESETS[export.preset].source]
    firsts = rows.filter(~pl.col("follow_up"))
    key, own = ("first_id", "first_id") if export.apart else ("first_sha256", "content_sha256")
    tied = rows.filter("follow_up" if export.apart else pl.col(key) != "")
    assert tied.height == export.together + export.apart
    assert tied[key].is_in(firsts[own].implode()).all()
    assert rows["content_sha256"].n_unique() == rows.height


def test_every_marketplace_has_its_export() -> None:
    assert {export.preset for export in EXPORTS.values()} == set(PRESETS)


@pytest.mark.parametrize(
    ("text", "is_praise"),
    [
        ("系统默认好评", True), ("（系统默认好评）", True), ("此评价为系统默认好评", True), ("系統默認好評！", True),
        ("15天内买家未作出评价，系统默认好评", True), ("用户未填写评价，默认好评", True), ("未填写评价内容", True),
        ("该用户没有留下评论", True), ("该用户觉得商品一般，给出3星中评", True), ("系统自动好评。", True),
        ("系统默认好评，其实漏水", False), ("质量太差了，系统默认好评", False), ("好评", False), ("默认好评", False),
        ("我没有填写评价因为懒", False), ("该用户觉得商品非常好用", False), ("没有评价", False),
        ("此用户体验很差", False),
    ],
)  # fmt: skip
def test_what_a_platform_writes_is_told_from_what_customers_write(text: str, is_praise: bool) -> None:
    assert pl.Series([text]).str.contains(DEFAULT_PRAISE).to_list() == [is_praise]


def test_a_column_that_asks_whether_it_is_a_follow_up(tmp_path: Path) -> None:
    path = write(tmp_path, "订单号,商品评价,是否追评\nA1,盖子漏水得厉害,否\nA1,过了一周还是漏,是\n")
    rows, _rejected, _done = read_all(path)
    assert rows.select("follow_up", "first_id").rows() == [(False, "A1"), (True, "A1")]
