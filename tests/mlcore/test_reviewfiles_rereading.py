"""A file recognised anew with what a person has set, and its first rows as an import would read them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mlcore.errors import InputError
from mlcore.reviewfiles import recognise
from mlcore.reviewfiles.firstrows import FirstRow
from mlcore.reviewfiles.rereading import Previewed, preview, recognise_as
from mlcore.specs.reviewfiles import FileLayout, PreviewSpec, RecogniseAsSpec
from tests.mlcore.tables import read_all, write

TAOBAO = (
    "宝贝标题,买家昵称,评价等级,初次评价,评价时间,追加评价,追评时间\n"
    "保温杯,小红,好评,盖子漏水，打电话13812345678说了,2025-04-03,换了一个就好了,2025-04-09\n"
    "保温杯,小明,好评,系统默认好评,2025-04-04,,\n"
    "保温杯,小刚,还行,保温效果很好,2025-04-05,,\n"
)
PLAIN = "review,stars,date\nThe lid leaks,8/10,03/04/25\nKeeps hot,4,05/04/25\n,4,06/04/25\n"


def again(path: Path, layout: FileLayout | None = None, **changes: Any) -> FileLayout:
    return recognise_as(RecogniseAsSpec(path=path, layout=layout or recognise(path), changes=changes))


def first(path: Path, layout: FileLayout | None = None, count: int = 20) -> Previewed:
    return preview(PreviewSpec(path=path, layout=layout or recognise(path), count=count))


def test_what_is_not_changed_stays(tmp_path: Path) -> None:
    path = write(tmp_path, PLAIN.encode())
    whole = recognise(path)
    assert again(path) == whole
    changed = again(path, rating_scale=(0.0, 10.0))
    assert changed == replace(whole, rating_scale=(0.0, 10.0))
    assert again(path, changed, attributes=(2, 0)).attributes == ()
    assert again(path, changed, mapping={"text": 0}, attributes=(2, 0)).attributes == (2,)


def test_another_encoding_names_the_columns_anew(tmp_path: Path) -> None:
    path = write(tmp_path, TAOBAO.encode("gb18030"))
    right = recognise(path)
    assert (right.encoding, right.preset) == ("gb18030", "taobao")
    wrong = again(path, encoding="cp1252")
    assert wrong.preset == ""
    assert wrong.columns != right.columns
    assert again(path, wrong, encoding="gb18030") == right
    with pytest.raises(InputError) as caught:
        again(path, encoding="utf-8")
    assert caught.value.code == "encoding_unfit"


def test_another_delimiter_quote_and_header_move_the_columns(tmp_path: Path) -> None:
    path = write(tmp_path, b"a;b,c\nexport of shop;x,y\nreview;stars,day\n'good; really';5,1\n'bad';1,2\n")
    layout = again(path, delimiter=";", quote="'", header_row=2)
    assert layout.columns == ("review", "stars,day")
    assert read_all(path, layout=layout)[0]["text"].to_list() == ["good; really", "bad"]
    assert "rows_above_header" in layout.notes
    bare = again(path, layout, header_row=-1)
    assert bare.columns == ("#1", "#2")
    assert (bare.delimiter, bare.quote) == (";", "'")


def test_another_sheet_has_its_own_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["note"])
    book.worksheets[0].append(["exported on a Monday by somebody"])
    sheet = book.create_sheet("Reviews")
    for row in (["content", "score", "when"], ["keeps hot for hours", 9, "2025-04-03"], ["leaks", 2, "2025-04-04"]):
        sheet.append(row)
    book.save(tmp_path / "r.xlsx")
    whole = recognise(tmp_path / "r.xlsx")
    assert (whole.sheet, whole.sheets) == ("Sheet", ("Sheet", "Reviews"))
    layout = again(tmp_path / "r.xlsx", sheet="Reviews")
    assert layout.columns == ("content", "score", "when")
    assert layout.rating_scale == (1.0, 10.0)
    assert [row.cells["rating"] for row in first(tmp_path / "r.xlsx", layout).rows] == ["4.56", "1.44"]
    with pytest.raises(InputError) as caught:
        again(tmp_path / "r.xlsx", sheet="Secret")
    assert caught.value.code == "sheet_missing"


def test_another_column_of_ratings_or_dates_is_read_on_its_own(tmp_path: Path) -> None:
    path = write(
        tmp_path, b"review,score,stars,made,sold\nfine,80,4,2025-01-02,13.02.2025\nbad,20,1,2025-01-03,14.02.2025\n"
    )
    whole = recognise(path)
    mapping = {"text": 0, "rating": 1, "date": 4}
    changed = again(path, mapping=mapping)
    assert (changed.rating_scale, changed.date_format) == ((0.0, 100.0), "dmy")
    assert again(path, changed, mapping={**mapping, "rating": 2}).rating_scale == whole.rating_scale


def test_a_preset_chosen_by_hand_maps_anew(tmp_path: Path) -> None:
    path = write(tmp_path, "商品名称,内容,评价内容,评分\n杯子,包装,盖子漏水了一次,2\n".encode())
    assert recognise(path).mapping["text"] == 2
    layout = again(path, preset="jd")
    assert (layout.preset, layout.mapping["rating"]) == ("jd", 3)
    assert again(path, layout, preset="").preset == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"encoding": "rot13"}, {"delimiter": "ab"}, {"delimiter": "a"}, {"delimiter": '"'}, {"quote": "x"},
        {"header_row": 20}, {"header_row": -2}, {"header_row": 9}, {"rating_scale": (5.0, 1.0)},
        {"rating_scale": (1.0, float("nan"))}, {"date_format": "%Y"}, {"preset": "ebay"}, {"format": "xlsx"},
        {"mapping": {"text": 0, "title": 0}}, {"mapping": {"text": 9}}, {"mapping": {"texts": 0}},
        {"attributes": (-1,)}, {"container": "zip"}, {"member": "../../etc/passwd"}, {"columns": ("a",)},
    ],
)  # fmt: skip
def test_what_nobody_can_mean_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        again(write(tmp_path, PLAIN.encode()), **changes)
    assert caught.value.code == "layout_unfit"


def test_rows_are_shown_as_they_will_be_read(tmp_path: Path) -> None:
    shown = first(write(tmp_path, PLAIN.encode()))
    assert [dict(row.cells) for row in shown.rows] == [
        {"text": "The lid leaks", "rating": "4.11", "date": "2025-03-04"},
        {"text": "Keeps hot", "rating": "4", "date": "2025-05-04"},
        {"rating": "4", "date": "06/04/25"},
    ]
    assert [(row.line, row.code, row.role) for row in shown.rows if row.code] == [(4, "text_empty", "text")]
    assert shown.rating == ("8/10", 4.11)
    assert shown.date == ("03/04/25", "2025-03-04")


def test_names_are_hidden_personal_data_masked_and_platforms_praise_marked(tmp_path: Path) -> None:
    rows = first(write(tmp_path, TAOBAO.encode("gb18030"))).rows
    told, later, praise, wrong = rows
    assert told.cells["author"] == "…"
    assert "13812345678" not in told.cells["text"]
    assert (later.follow_up, later.cells["text"], later.cells["date"]) == (True, "换了一个就好了", "2025-04-09")
    assert praise.left_out
    assert (wrong.code, wrong.role, wrong.cells["author"]) == ("bad_rating", "rating", "…")
    assert not any("小" in cell for row in rows for cell in row.cells.values())


def test_only_so_many_rows_are_read_of_a_large_file(tmp_path: Path) -> None:
    path = write(tmp_path, ("review,stars\n" + "a good cup,5\n,5\n" * 200_000).encode())
    shown = first(path).rows
    assert [row.line for row in shown] == list(range(2, 22))
    assert shown[1] == FirstRow(line=3, cells={"rating": "5"}, code="text_empty", role="text")


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_json_is_shown_too(tmp_path: Path, form: str) -> None:
    rows = '{"text": "fine", "who": {"name": "Ann"}}', '{"text": ""}', "{broken"
    body = "\n".join(rows) if form == "jsonl" else f"[{rows[0]},\n{rows[1]}]"
    shown = first(write(tmp_path, body.encode())).rows
    assert shown[0].cells["text"] == "fine"
    assert "Ann" not in str(shown)


def test_without_a_text_column_nothing_is_shown(tmp_path: Path) -> None:
    path = write(tmp_path, b"a,b\n1,2\n")
    with pytest.raises(InputError) as caught:
        first(path, again(path, mapping={}))
    assert caught.value.code == "no_text_column"
