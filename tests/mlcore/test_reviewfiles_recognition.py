"""What is recognised of a file: encodings, columns, marketplaces, scales and dates; and what they make of its rows."""

import datetime as dt
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcore.errors import InputError
from mlcore.reviewfiles import recognise
from mlcore.reviewfiles.columns import mapping_of, preset_of
from mlcore.reviewfiles.dates import day_of, days, format_of
from mlcore.reviewfiles.encoding import sequences
from mlcore.reviewfiles.ratings import rating_of, scale_of
from mlcore.reviewfiles.values import currency, price, votes, yes_or_no
from mlcore.specs.reviewfiles import FileLayout
from tests.mlcore.tables import read_all, write


@pytest.mark.parametrize(
    ("cell", "rating"),
    [
        ("5", 5), ("4.5", 4.5), ("4,5", 4.5), ("4.5/5", 4.5), ("8/10", 4.11), ("80%", 4.2), ("4 out of 5", 4),
        ("5.0 out of 5 stars", 5), ("五星", 5), ("四星半", 4.5), ("4星", 4), ("5分", 5), ("5颗星", 5), ("★★★★☆", 4),
        ("★★★", 3), ("⭐⭐⭐⭐⭐", 5), ("★★½☆☆", 2.5), ("好评", 5), ("中评", 3), ("差评", 1), ("非常满意", 5),
        ("４", 4), ("３．５", 3.5), ("Rating: 4", 4), ("1 star", 1), ("negative", 1), ("0/100", 1), ("👍", 5),
        ("6", None), ("0", None), ("-1", None), ("five", None), ("", None), ("5 of the best", None), ("1e3", None),
        ("6/5", None), ("NaN", None), ("inf", None), ("2024-01-01", None), ("1234567", None),
    ],
)  # fmt: skip
def test_ratings_in_any_words(cell: str, rating: float | None) -> None:
    assert rating_of(cell, (1.0, 5.0)) == rating


@pytest.mark.parametrize(
    ("cells", "scale"),
    [
        (["1", "5", "3"], (1, 5)), (["1", "1"], (1, 5)), (["0", "1", "0"], (0, 1)), (["0.2", "0.9"], (0, 1)),
        (["-0.5", "0.9"], (-1, 1)), (["0", "5", "3"], (0, 5)), (["10", "1", "7"], (1, 10)), (["0", "10", "9"], (0, 10)),
        (["85", "20", "100"], (0, 100)), (["4.5/5", "80%"], (1, 5)), (["5"] * 20 + ["9"], (1, 5)), ([], (1, 5)),
        (["好评", "差评"], (1, 5)), (["850", "120"], (0, 1000)),
    ],
)  # fmt: skip
def test_the_scale_of_a_column(cells: list[str], scale: tuple[float, float]) -> None:
    assert scale_of(cells) == scale


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2023-11-09", "dmy"), ("2023/11/9", "mdy"), ("2023.11.09 12:30", "ymd"), ("2023年11月9日", "dmy"),
        ("2023年11月09日 23:59", "ymd"), ("20231109", "ymd"), ("20231109T1230", "ymd"), ("2023-11-09T23:59:59+08:00",
        "ymd"),
        ("2023-11-09T23:59:59.123Z", "ymd"), ("09/11/2023", "dmy"), ("11/09/2023", "mdy"), ("9.11.2023", "dmy"),
        ("09-11-23", "dmy"), ("2023-09-11", "ydm"), ("11-2023-09", "myd"), ("09 2023 11", "dym"), ("9 Nov 2023", "ymd"),
        ("9-Nov-23", "ymd"), ("Nov 9, 2023", "ymd"), ("November 9th, 2023", "ymd"), ("9 de noviembre de 2023", "ymd"),
        ("Reviewed in the United States on November 9, 2023", "ymd"), ("Thu, 9 Nov 2023 10:00:00 GMT", "ymd"),
        ("Thu Nov 09 10:00:00 UTC 2023", "ymd"), ("45239", "excel"), ("45239.75", "excel"), ("1699488000", "epoch"),
        ("1699488000123", "epoch_ms"), ("２０２３／１１／０９", "ymd"), ("11/9/23 14:05", "mdy"), ("2023-11-09",
        "%d/%m/%Y"),
        ("11/09/2023 02:05 PM", "mdy"),
    ],
)  # fmt: skip
def test_dates_in_any_order(cell: str, form: str) -> None:
    assert days(pl.Series([cell, "", None, "soon"]), form).to_list() == [dt.date(2023, 11, 9), None, None, None]


@pytest.mark.parametrize("cell", ["2023-02-29", "31/31/2023", "2023-13-01", "0000-00-00", "1", "99999999", "12/2023",
                                  "2023-11", "tomorrow", "9 Foo 2023", "1500-01-01", "2023-11-09 nonsense",
                                  "9" * 400])  # fmt: skip
def test_what_is_no_date(cell: str) -> None:
    assert day_of(cell, "ymd") is None
    assert days(pl.Series([cell]), "ymd").to_list() == [None]


@pytest.mark.parametrize(
    ("cells", "form", "unsure"),
    [
        (["2023-11-09", "2023-01-02"], "ymd", False), (["13/11/2023", "01/02/2023"], "dmy", False),
        (["11/13/2023", "01/02/2023"], "mdy", False), (["01/02/2023"], "mdy", True), (["01.02.2023"], "dmy", True),
        (["2023-13-11", "2023-14-02"], "ydm", False), (["45239", "45240.5"], "excel", False),
        (["1699488000"], "epoch", False), (["1699488000000"], "epoch_ms", False), (["20231109"], "ymd", False),
        ([], "ymd", False), (["soon"], "ymd", False),
    ],
)  # fmt: skip
def test_one_order_for_a_whole_column(cells: list[str], form: str, unsure: bool) -> None:
    found = format_of(cells)
    assert found[1] == unsure
    assert found[0] == form or cells == ["soon"]


def test_the_order_is_recognised_from_the_whole_file(tmp_path: Path) -> None:
    early = "".join(f"a review that is long enough {n},0{n % 9 + 1}/0{n % 7 + 1}/2023\n" for n in range(60_000))
    layout = recognise(write(tmp_path, "review,date\n" + early + "the last one,25/12/2023\n" * 3000))
    assert (layout.date_format, layout.notes) == ("dmy", ())


@pytest.mark.parametrize(
    ("header", "preset", "roles"),
    [
        (
            "宝贝标题,买家昵称,初次评价,追加评价,追评时间,评价时间,SKU信息,评价等级",
            "taobao",
            "product author text follow_up follow_up_date date - rating",
        ),
        (
            "商品编号,商品名称,会员昵称,会员等级,评分,评价内容,评价时间,点赞数",
            "jd",
            "- product author - rating text date helpful",
        ),
        (
            "订单编号,商品ID,评价内容,描述相符,物流服务,服务态度,评价时间",
            "pinduoduo",
            "first_id product text rating - - date",
        ),
        ("商品名称,评价内容,商品评分,物流评分,服务评分,达人昵称,评价时间", "douyin", "product text rating - - - date"),
        (
            (
                "marketplace,customer_id,review_id,product_title,star_rating,helpful_votes,vine,verified_purchase,"
                "review_headline,review_body,review_date"
            ),
            "amazon",
            "source author id product rating helpful - verified title text date",
        ),
        (
            "rating,title,text,images,asin,parent_asin,user_id,timestamp,verified_purchase,helpful_vote",
            "amazon",
            "rating title text - product - author date verified helpful",
        ),
        (
            "reviewText,overall,reviewerName,unixReviewTime,price,country,lang",
            "",
            "text rating author date price country language",
        ),
        ("评论,评分,时间,商品", "", "text rating date product"),
        ("評論內容,評分,日期", "", "text rating date"),
    ],
)
def test_columns_of_marketplaces(header: str, preset: str, roles: str) -> None:
    columns = header.split(",")
    assert preset_of(columns) == preset
    mapping = mapping_of(columns, [], preset)
    assert mapping == {role: place for place, role in enumerate(roles.split()) if role != "-"}


def test_a_marketplaces_follow_ups_and_default_praise(tmp_path: Path) -> None:
    path = write(tmp_path, "宝贝标题,买家昵称,初次评价,评价时间,追加评价,追评时间,评价等级,颜色\n"
                 "保温杯,张**,盖子漏水,2023-11-01,用了一周还是漏,2023-11-08,差评,红\n"
                 "保温杯,李**,系统默认好评,2023-11-02,,,好评,\n"
                 "保温杯,王**,此用户没有填写评价。,2023-11-03,后来发现很好用,5天,好评,蓝\n"
                 "保温杯,赵**,评价方未及时做出评价,系统默认好评!,2023-11-03,,,\n"
                 '保温杯,钱**,"评价方未及时做出评价,系统默认好评!",2023-11-03,,,好评,\n')  # fmt: skip
    rows, rejected, done = read_all(path)
    assert rows.select("line", "text", "follow_up", "rating", pl.col("date").cast(pl.String)).rows() == [
        (2, "盖子漏水", False, 1.0, "2023-11-01"),
        (2, "用了一周还是漏", True, 1.0, "2023-11-08"),
        (4, "后来发现很好用", True, 5.0, "2023-11-03"),
    ]
    assert rows["first_sha256"].to_list() == ["", rows["content_sha256"][0], ""]
    assert rows["attributes"].to_list() == ['{"颜色": "红"}', '{"颜色": "红"}', '{"颜色": "蓝"}']
    assert rows["source"].unique().to_list() == ["Taobao/Tmall"]
    assert (done.rows, done.good, done.left_out, done.added) == (5, 2, 2, 1)
    assert [one.code for one in rejected] == ["bad_date"]
    layout = FileLayout(**{**recognise(path).__dict__, "default_praise": False})
    assert read_all(path, layout)[2].left_out == 0


def test_follow_ups_with_rows_of_their_own(tmp_path: Path) -> None:
    path = write(tmp_path, "订单编号,评论类型,评论内容\nA1,初评,盖子漏水\nA1,追评,还是漏\nA2,初评,很好\n")
    rows, _rejected, _done = read_all(path)
    assert rows.select("text", "follow_up", "first_id").rows() == [
        ("盖子漏水", False, "A1"), ("还是漏", True, "A1"), ("很好", False, "A2"),
    ]  # fmt: skip


def test_the_smaller_things(tmp_path: Path) -> None:
    path = write(tmp_path, "review,verified purchase,helpful votes,price,country,size\n"
                 'Fits well,true,"1,204",¥129.00,CN,XL\nToo small,否,One person found this helpful,"1.299,00 €",DE,\n'
                 "Fine,maybe,—,free,,\n")  # fmt: skip
    rows, _rejected, _done = read_all(path)
    assert rows.select("verified", "helpful", "price", "currency", "country", "attributes").rows() == [
        (True, 1204, 129.0, "CNY", "CN", '{"size": "XL"}'), (False, 1, 1299.0, "EUR", "DE", None), (None, None, None,
        "", "", None),
    ]  # fmt: skip
    assert (yes_or_no("Verified Purchase"), votes("有用(12)"), votes("1.2万人"), price("12.5")) == (
        True,
        12,
        None,
        12.5,
    )
    assert (price("1,299"), price("$5"), currency("5 USD"), currency("x")) == (1299.0, 5.0, "USD", "")


@given(st.lists(st.one_of(st.binary(max_size=2), st.sampled_from([one.encode() for one in "aé漏😀"]))))
def test_bytes_that_are_no_utf8_are_counted_as_a_decoder_does(parts: list[bytes]) -> None:
    data = b"".join(parts)
    text = data.decode("utf-8", "replace")
    known = sum(char > "\x7f" and char != "\ufffd" for char in text)
    assert sequences(data) == (known, len(re.findall("\ufffd+", text)))


@pytest.mark.parametrize(("wrong", "encoding"), [(1, "utf-8"), (400, "gb18030")])
def test_a_few_wrong_rows_make_no_other_file_of_it(tmp_path: Path, wrong: int, encoding: str) -> None:
    rows = "盖子漏水，包里全湿了,1\n".encode("gb18030") * wrong + b"plain words in every other row,5\n" * 400
    known = "保温效果很好，冬天也够用,5\n".encode() * 20
    assert recognise(write(tmp_path, b"review,rating\n" + rows + known)).encoding == encoding


def test_a_text_without_a_name_is_recognised_by_its_length(tmp_path: Path) -> None:
    layout = recognise(write(tmp_path, "a;b\n5;I would buy this kettle again\n1;The cord is much too short\n"))
    assert (layout.delimiter, layout.mapping) == (";", {"text": 1})


def test_the_sample_shows_the_first_rows_masked(tmp_path: Path) -> None:
    lines = "".join(f"call me at 13812345678 about number {n},{n % 5 + 1}\n" for n in range(30))
    layout = recognise(write(tmp_path, "review,rating\n" + lines))
    assert len(layout.sample) == 20
    assert "13812345678" not in repr(layout)


def test_texts_are_masked_and_what_was_written_comes_along(tmp_path: Path) -> None:
    path = write(tmp_path, "review,rating\nwrite to jane@example.com please,2\nnothing here,4\njane@example.com,x\n")
    rows, rejected, _done = read_all(path, masked=True)
    assert rows.select("text", "as_written").rows() == [
        ("write to [email] please", '{"text": "write to jane@example.com please", "title": ""}'),
        ("nothing here", None),
    ]
    assert [one.code for one in rejected] == ["bad_rating"]


def test_a_corrected_layout_is_read_as_corrected(tmp_path: Path) -> None:
    path = write(tmp_path, "review,date,rating\nfine,01/02/2023,8\n")
    layout = recognise(path)
    corrected = FileLayout(**{**layout.__dict__, "date_format": "dmy", "rating_scale": (0.0, 10.0)})
    rows, _rejected, _done = read_all(path, corrected)
    assert rows.select(pl.col("date").cast(pl.String), "rating").row(0) == ("2023-02-01", 4.2)
    for wrong in ({"mapping": {"text": 7}}, {"rating_scale": (5.0, 5.0)}, {"attributes": (-1,)}):
        with pytest.raises(InputError) as caught:
            read_all(path, FileLayout(**{**layout.__dict__, **wrong}))
        assert caught.value.code == "layout_unfit"
    with pytest.raises(InputError) as caught:
        read_all(path, FileLayout(**{**layout.__dict__, "mapping": {}}))
    assert caught.value.code == "no_text_column"
