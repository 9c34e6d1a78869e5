"""Puts words in the place of personal data in a batch; what was written comes along where something was."""

import json
from collections import Counter
from dataclasses import replace

import polars as pl

from mlcore.personal import find, mask
from mlcore.personalhints import hinted
from mlcore.reviewfiles.events import Batch


def masked(batch: Batch) -> Batch:
    """The batch with texts, titles and the shown values of rejected rows masked."""
    rows, personal = _masked_rows(batch.rows)
    rejected = [replace(one, value=mask(one.value)) for one in batch.rejected]
    return replace(batch, rows=rows, rejected=rejected, personal=dict(personal))


def _masked_rows(rows: pl.DataFrame) -> tuple[pl.DataFrame, Counter[str]]:
    """The rows masked, and how often each kind of personal data was: only rows that hint at any are read one by one."""
    personal: Counter[str] = Counter()
    changed: dict[int, tuple[str, str | None, str]] = {}
    for row in (hinted(rows["text"]) | hinted(rows["title"])).arg_true():
        text, title = rows["text"][row], rows["title"][row]
        in_text, in_title = find(text), find(title) if title else []
        if in_text or in_title:
            personal.update(span.kind for span in (*in_text, *in_title))
            written = json.dumps({"text": text, "title": title}, ensure_ascii=False)
            changed[row] = mask(text, in_text), mask(title, in_title)[:500] if in_title else title, written
    return (_with(rows, changed) if changed else rows), personal


def _with(rows: pl.DataFrame, changed: dict[int, tuple[str, str | None, str]]) -> pl.DataFrame:
    texts, titles = rows["text"].to_list(), rows["title"].to_list()
    written: list[str | None] = [None] * rows.height
    for row, (text, title, as_written) in changed.items():
        texts[row], titles[row], written[row] = text, title, as_written
    return rows.with_columns(
        text=pl.Series(texts, dtype=pl.String),
        title=pl.Series(titles, dtype=pl.String),
        as_written=pl.Series(written, dtype=pl.String),
    )
