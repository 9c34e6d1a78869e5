"""A batch comes out of the enrichment with all it needs; masking reads only rows that hint at personal data."""

import json
import random
from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.enrich import enriched, unpacked
from mlcore.enrich.sketch import sketches
from mlcore.personal import find, mask
from mlcore.personalhints import hinted
from mlcore.reviewfiles.events import ROWS, Batch
from mlcore.reviewfiles.masking import masked
from tests.mlcore.test_personal import examples

EXAMPLES = [text for text, _wanted in examples()]
PARTS = st.sampled_from(
    [*"@＠.．-－ :：，,#＃()（）［］", " at ", "AT", "艾特", " dot ", "点", "com", "cn", "anna", "Ａｎｎａ",
     "微信", "VX", "qq", "加v", "１３８", "13800138000", "12", "3456", "街", "里", "路", "小区", "号", "栋", "3", "十",
     "Street", "St", "Main", "north", "live", "send to ", "P.O. Box 5", "1st", "\u00a0", "\u3000", "\x1c",
     "ı", "İ", "K", "١٢٣٤٥٦", "+86", "²"]
)  # fmt: skip
woven = st.lists(PARTS, max_size=14).map("".join)


def wide(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


def rows(texts: list[str], **columns: list[object]) -> pl.DataFrame:
    given_columns = {"line": list(range(1, len(texts) + 1)), "text": texts, **columns}
    return pl.DataFrame(
        {name: given_columns.get(name, [None] * len(texts)) for name in ROWS}, schema=dict(ROWS), strict=False
    )


def test_a_batch_has_all_that_is_told_from_its_texts() -> None:
    free = "Received this for free. The lid leaks in my bag every day."
    texts = ["盖子漏水，包里全湿了，客服说是使用不当，真不好。", "ok", free]
    made = enriched(rows(texts, language=["", "English", "fr"], date=[date(2026, 1, 2), None, None]))
    assert made["language"].to_list() == ["zh", "English", "en"]
    assert made["characters"].to_list() == [24, 2, 58]
    assert made["tokens"].to_list() == [20, 1, 12]
    assert [json.loads(one) if one else None for one in made["flags"]] == [
        None,
        None,
        {"incentivised": "Received this for free"},
    ]
    assert made["sketch"][1] is None
    assert (unpacked(made["sketch"][0] + made["sketch"][2]) == sketches(pl.Series(texts))[[0, 2]]).all()
    assert set(made.columns) == {*ROWS, "characters", "tokens", "flags", "sketch"}
    assert made.schema["characters"] == made.schema["tokens"] == pl.Int32
    assert made.schema["sketch"] == pl.Binary


def test_an_empty_batch_stays_one() -> None:
    assert enriched(rows([])).height == 0


@given(woven)
@settings(max_examples=1500, deadline=None)
def test_no_text_without_a_hint_has_anything_personal(text: str) -> None:
    assert hinted(pl.Series([text])).item() or find(text) == []


def test_no_example_cut_or_joined_is_lost() -> None:
    chance = random.Random(11)
    texts = list(EXAMPLES)
    for _ in range(4_000):
        one, other = chance.choice(EXAMPLES), chance.choice(EXAMPLES)
        texts.append(one[chance.randrange(len(one)) :] + other[: chance.randrange(len(other)) + 1])
        texts.append("".join(wide(char) if chance.random() < 0.3 else char for char in one))
    silent = pl.Series(texts).filter(~hinted(pl.Series(texts))).to_list()
    assert [text for text in silent if find(text)] == []
    assert len(silent) > 100


def test_masking_a_batch_is_masking_each_row() -> None:
    titles = [None if number % 3 else text for number, text in enumerate(reversed(EXAMPLES))]
    found = masked(Batch(rows=rows(EXAMPLES, title=titles), rejected=[], read=len(EXAMPLES)))
    assert found.rows["text"].to_list() == [mask(text) for text in EXAMPLES]
    assert found.rows["title"].to_list() == [title and mask(title) for title in titles]
    changed = [bool(find(text) or (title and find(title))) for text, title in zip(EXAMPLES, titles, strict=True)]
    assert [bool(written) for written in found.rows["as_written"]] == changed
    assert sum(found.personal.values()) == sum(len(find(text)) for text in [*EXAMPLES, *filter(None, titles)])
